"""What records refer to: the customer of a circuit, the circuits of a ticket, the element of a hop."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from model.faults import SourceFault
from model.keys import Ref
from model.records import Record
from resolvers.active_alarms import with_active_alarms
from resolvers.counterparts import fields_around, with_counterparts
from resolvers.identity import as_refs
from resolvers.listing import Listing, Paging, is_stale, place_of, stretch
from resolvers.matching import ACTIVE_ALARMS, fields_of
from resolvers.met import Found, Missing
from resolvers.named import told_by_key
from resolvers.request import Request
from resolvers.things import things


async def referred(
    request: Request, noun: str, values: Sequence[Any], fields: frozenset[str], *, raw: bool = False
) -> list[Record | SourceFault | None]:
    """What each value of a reference field means; a value that could not be told (a fault) stays one."""
    around = fields_around(request, noun)
    if not around:
        told = await told_by_key(request, noun, values, fields, raw=raw)
        if told is not None:
            return told  # type: ignore[return-value]  # records are among what it may be
    refs = list(dict.fromkeys([value for value in values if _is_ref(value)]))
    every = await things(request, noun, refs, fields | around, raw=raw) if refs else []
    found = dict(zip(refs, every, strict=True))
    if around:
        found = await _made_one(request, noun, found, fields, raw=raw)
    meant: list[Record | SourceFault | None] = []
    for value in values:
        if isinstance(value, SourceFault):
            meant.append(value)
        elif _is_ref(value):
            meant.append(found[value].record or found[value].fault)
        else:
            meant.append(None)
    return meant


async def _made_one(
    request: Request, noun: str, found: dict[Any, Found], fields: frozenset[str], *, raw: bool
) -> dict[Any, Found]:
    records = {ref: one.record for ref, one in found.items() if one.record is not None}
    every = await with_counterparts(request, noun, list(records.values()), fields, raw=raw)
    return found | {ref: replace(found[ref], record=one) for ref, one in zip(records, every, strict=True)}


def _is_ref(value: Any) -> bool:
    return value is not None and value is not UNSET and not isinstance(value, Exception)


async def referred_lists(
    request: Request, noun: str, values: Sequence[Any], fields: frozenset[str], paging: Paging, *, raw: bool = False
) -> list[Listing]:
    """A list of what each value refers to, as far as it may be seen."""
    place_of(noun, paging)
    columns: list[Sequence[Ref]] = [() if isinstance(value, Exception) else as_refs(value) for value in values]
    refs = list(dict.fromkeys(ref for column in columns for ref in column))
    wanted = fields | fields_of(noun, paging.where, paging.order)
    found = dict(zip(refs, await things(request, noun, refs, wanted, raw=raw), strict=True)) if refs else {}
    alarmed, unheard = await _alarmed(request, [one.record for one in found.values() if one.record], paging)
    listings = []
    for value, column in zip(values, columns, strict=True):
        results = [found[ref] for ref in column]
        missing = unheard.union(*(one.missing for one in results))
        for fault in [value, *(one.fault for one in results)]:
            if isinstance(fault, SourceFault):
                missing |= {(fault.source, fault.code)}
        records = {id(one.record): one.record for one in results if one.record and id(one.record) in alarmed}
        listing = stretch(noun, records.values(), paging)
        if missing:
            listing = replace(listing, total=None, matching=None)
        listings.append(replace(listing, missing=missing, stale=is_stale(listing.nodes)))
    return listings


async def _alarmed(request: Request, records: Sequence[Record], paging: Paging) -> tuple[set[int], frozenset[Missing]]:
    """Those of the records that have an active alarm, if that is wanted, else all of them; and who could not tell."""
    if not any(condition.field == ACTIVE_ALARMS for condition in paging.where):
        return {id(record) for record in records}, frozenset()
    alarmed, unheard = await with_active_alarms(request, records)
    return {id(record) for record in alarmed}, unheard
