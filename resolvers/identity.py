"""Which thing a record is about, and which thing a reference means."""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from msgspec import UNSET

from model.keys import Foreign, Ref
from model.nouns import NOUNS
from model.records import Record

REFERENCES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "customer": {"parent": "customer"},
        "site": {"customer": "customer"},
        "circuit": {"customer": "customer", "a_end": "site", "z_end": "site"},
        "route": {"circuit": "circuit", "hops": "element"},
        "element": {"site": "site"},
        "link": {"a_element": "element", "z_element": "element"},
        "alarm": {"circuits": "circuit", "element": "element"},
        "kpi": {"circuit": "circuit"},
        "ticket": {"customer": "customer", "circuits": "circuit"},
        "domain": {"customer": "customer", "circuit": "circuit"},
        "session": {"domain": "domain", "tunnel": "tunnel"},
        "tunnel": {"domain": "domain"},
    }
)
"""Noun -> the fields that refer to another thing -> that thing's noun."""


NOTHING: frozenset[object] = frozenset({UNSET, None})
"""What stands in a field that tells nothing."""
SEVERAL = frozenset({list, tuple})
"""The kinds of values in which several references stand: what is read of JSON is a list, what we write a tuple."""
NAMED_BY = {noun: attrgetter(*(kind.identity or (kind.id,))) for noun, kind in NOUNS.items()}
"""Noun -> what reads the value that names a thing off its record, or the values if it takes several."""


def identity(noun: str, record: Record) -> Any:
    """The business key by which records of several sources are about one thing; None where one lacks it."""
    named: Any = NAMED_BY[noun](record)
    if named.__class__ is tuple:
        return None if UNSET in named or None in named else named
    return None if named is UNSET else named


def native(source: str, thing_id: str) -> str | None:
    """The source's own id in `source:native id`; None if that names another source."""
    owner, _, own = thing_id.partition(":")
    return own if owner == source and own else None


def as_refs(value: Any) -> Sequence[Ref]:
    """The references in a field that holds one, several or none."""
    if value is UNSET or value is None:
        return ()
    return (value,) if isinstance(value, str | Foreign) else tuple(value)
