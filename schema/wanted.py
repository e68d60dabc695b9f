"""Which fields of a record an operation needs, read off what it selects."""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from engine.selection import Selection
from model.nouns import NOUNS
from resolvers import sla
from schema.naming import record_field

_NEEDS: Mapping[str, Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "alarm": {"circuit": frozenset({"circuits"}), "affectedCircuits": frozenset({"circuits"})},
        "ticket": {"sla": sla.FIELDS},
    }
)
"""Noun -> GraphQL field -> the record fields that it is made of, where the names do not tell."""
TELLING = frozenset({"provenance", "conflicts"})
"""The fields that tell who said what."""
NODES = ("nodes", "edges.node")
_COUNTED = MappingProxyType({"bySeverity": "perceived_severity", "byState": "state"})
"""A connection's field that counts its nodes -> the record field by which they are counted."""
COUNTS = frozenset({"totalCount", *_COUNTED})
"""A connection's fields that tell how many there are."""


class Wanted(Struct, frozen=True):
    """The record fields that are needed; whether the sources' own words (`raw`) are, and how many there are.

    told: whether it is asked who said what.
    """

    fields: frozenset[str]
    raw: bool = False
    counted: bool = False
    told: bool = False


def wanted(noun: str, selection: Selection) -> Wanted:
    """What is needed to answer this selection on one thing of the noun.

    Provenance of named fields needs these; conflicts need all fields that they are asked for, so that every
    source that could disagree is heard.
    """
    own, needs = NOUNS[noun].fields, _NEEDS.get(noun, {})
    fields: set[str] = set()
    raw = False
    for name, below in selection.fields.items():
        if name in TELLING:
            raw = raw or "raw" in below
            for listed in below.arguments("fields"):
                if listed:
                    fields.update(record_field(str(one)) for one in listed)
                elif name == "conflicts":
                    fields |= own
        else:
            fields |= needs.get(name, {record_field(name)})
    return Wanted(frozenset(fields & own), raw, told=not TELLING.isdisjoint(selection.fields))


def wanted_of_nodes(noun: str, selection: Selection) -> Wanted:
    """What is needed of the nodes of a connection, and of those that are only counted."""
    want = wanted(noun, selection.under(*NODES))
    counted = {field for name, field in _COUNTED.items() if name in selection}
    return Wanted(want.fields | counted, want.raw, not COUNTS.isdisjoint(selection.fields), want.told)
