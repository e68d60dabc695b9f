"""The gate: the one place where a record is shown to a caller or not.

A noun says who owns it (`model.nouns`): a customer by a field of the record, whoever owns a circuit or a domain that
the record names, or nobody in particular (shared). Staff see everything. For anybody else the gate fails closed: a
record whose owner is not theirs, or cannot be told, is hidden; in the second case the caller is told that
something may be missing (`OWNER_UNKNOWN`), never what.
"""

from collections.abc import Mapping, Sequence, Set
from enum import Enum, auto
from functools import cache
from itertools import chain
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from model.faults import SourceFault
from model.keys import Foreign, Ref
from model.nouns import NOUNS
from model.records import Record
from resolvers.columns import reader
from resolvers.gather import complete, exists, merged, resolve
from resolvers.gathering import Gathering
from resolvers.identity import NOTHING, SEVERAL, as_refs
from resolvers.request import Request

OWNER_UNKNOWN = "OWNER_UNKNOWN"
_OWNER_FIELD: Mapping[str, str] = MappingProxyType(
    {"customer": "customer_id", "site": "customer", "circuit": "customer", "ticket": "customer", "domain": "customer"}
)
"""Noun -> the field that names the owner."""
_VIA: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "route": ("circuit", "circuit"),
        "kpi": ("circuit", "circuit"),
        "alarm": ("circuits", "circuit"),
        "ticket": ("circuits", "circuit"),
        "domain": ("circuit", "circuit"),
        "session": ("domain", "domain"),
        "tunnel": ("domain", "domain"),
    }
)
"""Noun -> the field that names things whose owner is its owner, too, and those things' noun."""

_NOBODY: Mapping[str, str] = MappingProxyType({})
_NO_FIELDS: frozenset[str] = frozenset()
_TEXT = frozenset({str})


class Verdict(Enum):
    """What the gate says of a record."""

    SHOWN = auto()
    HIDDEN = auto()
    UNTOLD = auto()
    """Hidden because the owner cannot be told now."""


def owner_fields(request: Request, noun: str) -> frozenset[str]:
    """The fields of a noun that must be known for the gate to judge this caller's request."""
    return _NO_FIELDS if _open_to(request, noun) else ownership(noun)


def _via_field(noun: str) -> str | None:
    return _VIA[noun][0] if noun in _VIA else None


async def admit(request: Request, noun: str, records: Sequence[Record]) -> list[Verdict]:
    """Judge records, which must be merged: an owner that sources disagree on is the one that the policy chooses."""
    if not request.caller.may_ask(noun):
        return [Verdict.HIDDEN] * len(records)
    if _open_to(request, noun):
        verdicts = [Verdict.SHOWN] * len(records)
    else:
        verdicts = await _by_owner_or_via(request, noun, records)
    if NOUNS[noun].keyed:
        _remember(request, noun, records, verdicts)
    return verdicts


@cache
def ownership(noun: str) -> frozenset[str]:
    """The fields that tell whose a noun's things are: the owner, or what they touch."""
    return frozenset(field for field in (_OWNER_FIELD.get(noun), _via_field(noun)) if field)


def all_theirs(request: Request, noun: str, records: Sequence[Record]) -> bool:
    """Whether all of these are the caller's, as they say and as is known; False where it takes `admit` to tell."""
    if _open_to(request, noun):
        return request.caller.may_ask(noun)
    return theirs(request, noun, {field: _keys_told(field, records) for field in ownership(noun)})


def _keys_told(field: str, records: Sequence[Record]) -> Set[object]:
    values = list(map(attrgetter(field), records))
    if SEVERAL.issuperset(map(type, values)):
        return {*chain.from_iterable(values), *(NOTHING if not all(values) else ())}
    return NOTHING if any(value.__class__ in SEVERAL for value in values) else set(values)


def theirs(request: Request, noun: str, told: Mapping[str, Set[object]]) -> bool:
    """Whether things that tell these keys, UNSET or None among them where one tells nothing, are all the caller's.

    told: by the fields of `ownership`. False where it takes `admit` to tell.
    """
    if not request.caller.may_ask(noun):
        return False
    if _open_to(request, noun):
        return True
    field = _OWNER_FIELD.get(noun)
    if field is not None and not NOTHING.issuperset(told[field]):
        return told[field] <= request.caller.customers
    if noun not in _VIA:
        return False
    field, touched = _VIA[noun]
    known: Mapping[Any, str] = request.owners.get(touched, _NOBODY)
    return request.caller.customers.issuperset(map(known.get, told[field]))


def _open_to(request: Request, noun: str) -> bool:
    return request.caller.staff or NOUNS[noun].shared


async def _by_owner_or_via(request: Request, noun: str, records: Sequence[Record]) -> list[Verdict]:
    return await _via(request, noun, records, await _by_owner(request, noun, records))


async def _by_owner(request: Request, noun: str, records: Sequence[Record]) -> list[Verdict]:
    field = _OWNER_FIELD.get(noun)
    if field is None:
        return [Verdict.HIDDEN] * len(records)
    values = [getattr(record, field) for record in records]
    strangers = list(dict.fromkeys(value for value in values if isinstance(value, Foreign)))
    meant = dict(zip(strangers, await resolve(request, "customer", strangers, frozenset()), strict=True))
    return [_judge(request, meant.get(value, value) if isinstance(value, Foreign) else value) for value in values]


def _judge(request: Request, owner: object) -> Verdict:
    match owner:
        case str():
            return Verdict.SHOWN if request.caller.may_see(owner) else Verdict.HIDDEN
        case Gathering():
            return Verdict.SHOWN if request.caller.may_see(owner.key) else Verdict.HIDDEN
        case SourceFault():
            return Verdict.UNTOLD
        case _:
            return Verdict.HIDDEN


async def _via(request: Request, noun: str, records: Sequence[Record], verdicts: list[Verdict]) -> list[Verdict]:
    """Show what names no owner of its own and touches a circuit, or a domain, of the caller's."""
    if noun not in _VIA:
        return verdicts
    field, touched = _VIA[noun]
    named: list[tuple[int, Sequence[Ref]]] = []
    doubtful: dict[Ref, None] = {}
    for index, record in enumerate(records):
        value = getattr(record, field)
        if verdicts[index] is Verdict.SHOWN or _owned_by_someone(noun, record):
            continue
        if isinstance(value, SourceFault):
            verdicts[index] = Verdict.UNTOLD
            continue
        refs = as_refs(value)
        if any(_known_owner(request, touched, ref) is True for ref in refs):
            verdicts[index] = Verdict.SHOWN
            continue
        named.append((index, refs))
        doubtful.update(dict.fromkeys(ref for ref in refs if _known_owner(request, touched, ref) is None))
    judged = await those_shown(request, touched, list(doubtful)) if doubtful else {}
    for index, refs in named:
        told = [judged[ref] for ref in refs if ref in judged]
        if Verdict.SHOWN in told:
            verdicts[index] = Verdict.SHOWN
        elif Verdict.UNTOLD in told and verdicts[index] is not Verdict.UNTOLD:
            verdicts[index] = Verdict.UNTOLD
    return verdicts


def _owned_by_someone(noun: str, record: Record) -> bool:
    """A record that names its owner is judged by that alone: another's ticket is not shown for the circuits in it."""
    field = _OWNER_FIELD.get(noun)
    return field is not None and isinstance(getattr(record, field), str | Foreign)


def _known_owner(request: Request, noun: str, ref: Ref) -> bool | None:
    """Whether a thing is known, in this request, to be the caller's; None where that has not been asked."""
    key = ref if isinstance(ref, str) else request.aliases.get((noun, ref))
    owner = request.owners.get(noun, _NOBODY).get(key) if key is not None else None
    return None if owner is None else request.caller.may_see(owner)


async def those_shown(request: Request, noun: str, refs: Sequence[Ref]) -> dict[Ref, Verdict]:
    """Judge circuits, or domains, by their references alone, asking for nothing but their owners."""
    fields = owner_fields(request, noun)
    found = await resolve(request, noun, refs, fields)
    gatherings = list({one.key: one for one in found if isinstance(one, Gathering)}.values())
    await complete(request, noun, gatherings, fields)
    records = [merged(request, one, fields) for one in gatherings]
    owners = await _by_owner_or_via(request, noun, records)
    _remember(request, noun, records, owners)
    judged = {
        gathering.key: verdict if exists(request, gathering) else Verdict.HIDDEN
        for gathering, verdict in zip(gatherings, owners, strict=True)
    }
    return {
        ref: judged[one.key] if isinstance(one, Gathering) else _judge(request, one)
        for ref, one in zip(refs, found, strict=True)
    }


def _remember(request: Request, noun: str, records: Sequence[Record], verdicts: Sequence[Verdict]) -> None:
    """Keep what was learnt of those whose owner can be told."""
    judged = zip(records, verdicts, strict=True)
    remember(request, noun, [record for record, verdict in judged if verdict is not Verdict.UNTOLD])


def remember(request: Request, noun: str, records: Sequence[Record]) -> None:
    """Keep who owns what, and what is also called how, for the rest of the request."""
    names, owner_field = reader(noun, NOUNS[noun].id)(records), _OWNER_FIELD.get(noun)
    keys = reader(noun, "keys")(records)
    for name, told in zip(names, keys, strict=True) if any(keys) else ():
        if isinstance(name, str):
            for space, own in told.items():
                request.alias(noun, Foreign(space, own), name)
    if owner_field is None:
        return
    owners = reader(noun, owner_field)(records)
    if not _TEXT.issuperset(map(type, owners)):
        owners = [_as_known(request, owner) for owner in owners]
    told = {
        name: owner
        for name, owner in zip(names, owners, strict=True)
        if name.__class__ is str and owner.__class__ is str
    }
    if told:
        request.owners.setdefault(noun, {}).update(told)


def _as_known(request: Request, owner: object) -> object:
    return request.aliases.get(("customer", owner)) if isinstance(owner, Foreign) else owner
