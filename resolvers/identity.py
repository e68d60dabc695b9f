"""Which thing a record is about, and which thing a reference means."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from model.keys import Foreign, Ref
from model.nouns import NOUNS
from model.records import CircuitEnd, Hop, Record
from resolvers.policy import Policy, Spelling

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


_WITHIN: Mapping[type, str] = MappingProxyType({CircuitEnd: "site", Hop: "element"})
"""Parts of records that refer to something -> the field in which they do."""
_NAMED_BY = {noun: kind.identity or (kind.id,) for noun, kind in NOUNS.items()}
_SEVERAL = (list, tuple)


def settle(policies: Mapping[str, Policy], noun: str, source: str, record: Record) -> Record:
    """Write the keys of a source's record in their one form; a thing of one source alone is named after it."""
    changed = settling(policies, noun, source, record)
    return replace(record, **changed) if changed else record


def settling(policies: Mapping[str, Policy], noun: str, source: str, record: Record) -> dict[str, Any]:
    """What has to be written otherwise in a record, before it is one of ours; most often it is little or nothing."""
    changed: dict[str, Any] = {}
    kind, own = NOUNS[noun], record.native_id
    if own is not UNSET:
        if not kind.identity:
            changed[kind.id] = f"{source}:{own}"
        if record.keys.get(source) != own:
            changed["keys"] = {**record.keys, source: own}
    if kind.identity:
        key = getattr(record, kind.id)
        if key is not UNSET and (written := _in_one_form(policies[noun].normalise, key)) is not key:
            changed[kind.id] = written
    for field, target in REFERENCES[noun].items():
        value = getattr(record, field)
        if value is not UNSET and value is not None:
            written = _in_one_form(policies[target].normalise, value)
            if written is not value:
                changed[field] = written
    return changed


def _in_one_form(normalise: Spelling, value: Any) -> Any:
    """The value, the very same one if nothing in it has to be written otherwise."""
    if value.__class__ is str:
        return value if value in normalise.known else _written(normalise, value)
    if value.__class__ in _SEVERAL:
        return value if _are_right(normalise, value) else _each_in_one_form(normalise, value)
    field = _WITHIN.get(value.__class__)
    if field is None:
        return value
    named = getattr(value, field)
    written = _in_one_form(normalise, named)
    return value if written is named else replace(value, **{field: written})


def _written(normalise: Spelling, text: str) -> str:
    written = normalise(text)
    return text if written == text else written


def _are_right(normalise: Spelling, values: Sequence[Any]) -> bool:
    """Whether all of these are known to be, or to hold, keys that are written rightly."""
    field = _WITHIN.get(values[0].__class__) if values else None
    return normalise.known.issuperset(values if field is None else [getattr(one, field, None) for one in values])


def _each_in_one_form(normalise: Spelling, values: Sequence[Any]) -> Sequence[Any]:
    written = [_in_one_form(normalise, one) for one in values]
    same = all(new is old for new, old in zip(written, values, strict=True))
    return values if same else tuple(written)


def identity(noun: str, record: Record) -> Any:
    """The business key by which records of several sources are about one thing; None where one lacks it."""
    fields = _NAMED_BY[noun]
    if len(fields) == 1:
        value = getattr(record, fields[0])
        return None if value is UNSET else value
    values = tuple(getattr(record, field) for field in fields)
    return None if UNSET in values or None in values else values


def native(source: str, thing_id: str) -> str | None:
    """The source's own id in `source:native id`; None if that names another source."""
    owner, _, own = thing_id.partition(":")
    return own if owner == source and own else None


def as_refs(value: Any) -> Sequence[Ref]:
    """The references in a field that holds one, several or none."""
    if value is UNSET or value is None:
        return ()
    return (value,) if isinstance(value, str | Foreign) else tuple(value)
