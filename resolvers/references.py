"""What records refer to: the customer of a circuit, the circuits of a ticket, the element of a hop."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from model.faults import SourceFault
from model.keys import Ref
from model.records import Record
from resolvers.gate import OWNER_UNKNOWN
from resolvers.identity import as_refs
from resolvers.listing import Listing, Paging, is_stale, stretch
from resolvers.matching import fields_of
from resolvers.request import Request
from resolvers.things import NOBODY_KNOWS, things


async def referred(
    request: Request, noun: str, values: Sequence[Any], fields: frozenset[str], *, raw: bool = False
) -> list[Record | SourceFault | None]:
    """What each value of a reference field means; a value that could not be told (a fault) stays one."""
    refs = list(dict.fromkeys(value for value in values if _is_ref(value)))
    found = dict(zip(refs, await things(request, noun, refs, fields, raw=raw), strict=True)) if refs else {}
    meant: list[Record | SourceFault | None] = []
    for value in values:
        if isinstance(value, SourceFault):
            meant.append(value)
        elif _is_ref(value):
            meant.append(found[value].record or found[value].fault)
        else:
            meant.append(None)
    return meant


def _is_ref(value: Any) -> bool:
    return value is not None and value is not UNSET and not isinstance(value, Exception)


async def referred_lists(
    request: Request, noun: str, values: Sequence[Any], fields: frozenset[str], paging: Paging, *, raw: bool = False
) -> list[Listing]:
    """A list of what each value refers to, as far as it may be seen."""
    columns: list[Sequence[Ref]] = [() if isinstance(value, Exception) else as_refs(value) for value in values]
    refs = list(dict.fromkeys(ref for column in columns for ref in column))
    wanted = fields | fields_of(noun, paging.where, paging.order)
    found = dict(zip(refs, await things(request, noun, refs, wanted, raw=raw), strict=True)) if refs else {}
    listings = []
    for value, column in zip(values, columns, strict=True):
        results = [found[ref] for ref in column]
        missing = frozenset().union(*(one.missing for one in results))
        for fault in [value, *(one.fault for one in results)]:
            if isinstance(fault, SourceFault):
                missing |= {(fault.source, fault.code)}
        records = {id(one.record): one.record for one in results if one.record}
        listing = stretch(noun, records.values(), paging)
        hidden = any(code == OWNER_UNKNOWN and source == NOBODY_KNOWS for source, code in missing)
        listings.append(
            replace(
                listing,
                missing=missing,
                stale=is_stale(listing.nodes),
                total=None if missing or hidden else listing.total,
            )
        )
    return listings
