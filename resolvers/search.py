"""Search: customers, circuits and sites by a part of a code, a name or an address.

Upstream systems cannot search as people do. A text that is a whole key is looked up; beyond that, who asks for some
customers gets all that belongs to these read through, and staff the lists of the sources of authority, up to a
bound that is told (`SCAN_LIMIT`).
"""

import asyncio
import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from model.keys import Lookup
from model.nouns import NOUNS
from model.records import Record
from resolvers.belonging import belonging, together, undecided
from resolvers.gathering import Gathering
from resolvers.join import Join
from resolvers.listing import BadInput, Listing, Paging, encode_cursor, is_stale
from resolvers.met import Missing
from resolvers.request import Request
from resolvers.rows import Root, judged, thing_of
from resolvers.scanning import all_pages
from resolvers.things import things

SEARCHED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "customer": ("customer_id", "name", "trading_name"),
        "circuit": ("code", "name"),
        "site": ("site_id", "name", "address", "city"),
    }
)
"""Noun -> the fields in which a text is looked for, the key first."""
SHORTEST = 2
LONGEST = 200
_EXACT, _BEGINS, _CONTAINS = range(3)


async def search(request: Request, text: str, first: int, fields: Mapping[str, frozenset[str]]) -> Listing:
    """The things that a text names, the best matches first; `fields` is what is wanted of each noun's things."""
    sought = folded(text)
    if not SHORTEST <= len(sought) <= LONGEST:
        raise BadInput(f"a text to search for has from {SHORTEST} to {LONGEST} characters")
    found = await asyncio.gather(*(_candidates(request, noun, text) for noun in SEARCHED))
    missing: set[Missing] = set()
    ranked: list[tuple[int, int, str, str]] = []
    for order, (noun, (records, why)) in enumerate(zip(SEARCHED, found, strict=True)):
        missing |= why
        for key, record in records.items():
            rank = _rank(noun, record, sought)
            if rank is not None:
                ranked.append((rank, order, key, noun))
    ranked.sort()
    shown = ranked[:first]
    nodes, why = await _described(request, shown, fields)
    pairs = [(nodes[noun, key], (rank, order, key)) for rank, order, key, noun in shown if (noun, key) in nodes]
    missing |= why
    return Listing(
        nodes=[record for record, _ in pairs],
        placed=[encode_cursor("search", place) for _, place in pairs],
        has_next=len(ranked) > first,
        total=None if missing else len(ranked),
        missing=frozenset(missing),
        stale=is_stale([record for record, _ in pairs]),
    )


def folded(text: str) -> str:
    """A text as it is compared: width, case and blanks do not count."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _rank(noun: str, record: Record, sought: str) -> int | None:
    best: int | None = None
    for field in SEARCHED[noun]:
        value = getattr(record, field)
        if not isinstance(value, str):
            continue
        here = folded(value)
        rank = _EXACT if here == sought else _BEGINS if here.startswith(sought) else _CONTAINS
        if sought in here and (best is None or rank < best):
            best = rank
    return best


async def _candidates(request: Request, noun: str, text: str) -> tuple[dict[str, Record], set[Missing]]:
    """The things of a noun among which the text is looked for."""
    if not request.caller.may_ask(noun):
        return {}, set()
    if request.caller.staff:
        return await _listed(request, noun, text)
    return await _owned(request, noun)


async def _owned(request: Request, noun: str) -> tuple[dict[str, Record], set[Missing]]:
    fields = frozenset(SEARCHED[noun])
    wanted = fields if noun == "customer" else frozenset[str]()
    found = await things(request, "customer", sorted(request.caller.customers), wanted)
    missing = {reason for one in found for reason in one.missing}
    records: Sequence[Record] = [one.record for one in found if one.record is not None]
    if noun != "customer":
        own = together(await belonging(request, Join(noun, "customer", "customer", fields), records, Paging(first=0)))
        records, missing = own.records, set(own.missing)
    return {str(getattr(record, NOUNS[noun].id)): record for record in records}, missing


async def _listed(request: Request, noun: str, text: str) -> tuple[dict[str, Record], set[Missing]]:
    fields = frozenset(SEARCHED[noun])
    exact, (gatherings, missing) = await asyncio.gather(
        things(request, noun, [text], fields), _scanned(request, noun, fields)
    )
    driver = next((one.place or one.source for own in gatherings.values() for one in own.statements), None)
    # where the list's own source has the last word, nobody else needs to be heard before something has been found
    open_ = undecided(request, noun, list(gatherings.values()), fields, driver)
    root = Root(noun, fields)
    records = await judged(request, root, list(gatherings.values()), fields if open_ else frozenset())
    key = request.upstreams.policy(noun).normalise(text)
    if exact[0].record is not None and exact[0].record.said:
        records.setdefault(key, exact[0].record)
    return records, missing


async def _scanned(request: Request, noun: str, fields: frozenset[str]) -> tuple[dict[str, Gathering], set[Missing]]:
    missing: set[Missing] = set()
    for offer in request.upstreams.by_authority(Lookup(noun)):
        pages, why = await all_pages(request, Root(noun, fields), Paging(first=0), offer, frozenset())
        missing |= why
        rows = [thing_of(request, noun, offer, page, record) for page in pages for record in page.records]
        if pages:
            return {row.key: row for row in rows if isinstance(row, Gathering)}, missing
    return {}, missing


async def _described(
    request: Request, shown: Sequence[tuple[int, int, str, str]], fields: Mapping[str, frozenset[str]]
) -> tuple[dict[tuple[str, str], Record], set[Missing]]:
    """What is wanted of the things that are shown."""
    keys: dict[str, list[str]] = {}
    for _, _, key, noun in shown:
        keys.setdefault(noun, []).append(key)
    found = await asyncio.gather(*(things(request, noun, keys[noun], fields[noun]) for noun in keys))
    described: dict[tuple[str, str], Record] = {}
    missing: set[Missing] = set()
    for (noun, asked), results in zip(keys.items(), found, strict=True):
        for key, one in zip(asked, results, strict=True):
            missing |= one.missing
            if one.record is not None:
                described[noun, key] = one.record
    return described, missing
