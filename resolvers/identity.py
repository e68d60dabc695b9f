"""Which thing a record is about, and which thing a reference means."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from model.keys import Foreign, Ref
from model.nouns import NOUNS
from model.records import CircuitEnd, Hop, Record
from resolvers.policy import Policy

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


def settle(policies: Mapping[str, Policy], noun: str, source: str, record: Record) -> Record:
    """Write the keys of a source's record in their one form; a thing of one source alone is named after it."""
    kind = NOUNS[noun]
    changed: dict[str, Any] = {}
    if kind.identity:
        key = getattr(record, kind.id)
        if isinstance(key, str) and (normal := policies[noun].normalise(key)) != key:
            changed[kind.id] = normal
    elif isinstance(record.native_id, str):
        changed[kind.id] = f"{source}:{record.native_id}"
    for field, target in REFERENCES[noun].items():
        value = getattr(record, field)
        if value is not UNSET and value is not None:
            written = _in_one_form(policies[target], value)
            if written is not value:
                changed[field] = written
    return replace(record, **changed) if changed else record


def _in_one_form(policy: Policy, value: Any) -> Any:
    match value:
        case str():
            normal = policy.normalise(value)
            return value if normal == value else normal
        case CircuitEnd(site=str() as site):
            normal = policy.normalise(site)
            return value if normal == site else replace(value, site=normal)
        case Hop(element=str() as element):
            normal = policy.normalise(element)
            return value if normal == element else replace(value, element=normal)
        case list() | tuple():
            written = tuple(_in_one_form(policy, one) for one in value)
            return value if all(new is old for new, old in zip(written, value, strict=True)) else written
        case _:
            return value


def identity(noun: str, record: Record) -> Any:
    """The business key by which records of several sources are about one thing; None where one lacks it."""
    fields = NOUNS[noun].identity or (NOUNS[noun].id,)
    values = tuple(getattr(record, field) for field in fields)
    if any(value is UNSET or value is None for value in values):
        return None
    return values if len(values) > 1 else values[0]


def native(source: str, thing_id: str) -> str | None:
    """The source's own id in `source:native id`; None if that names another source."""
    owner, _, own = thing_id.partition(":")
    return own if owner == source and own else None


def as_refs(value: Any) -> Sequence[Ref]:
    """The references in a field that holds one, several or none."""
    if value is UNSET or value is None:
        return ()
    return (value,) if isinstance(value, str | Foreign) else tuple(value)
