"""A root list in an order that no source can give: everything up to a bound, sorted here."""

import asyncio
from collections.abc import Sequence

from msgspec.structs import replace

from model.answer import Answer
from model.faults import SourceFault
from model.keys import Lookup
from model.nouns import NOUNS
from model.records import Record
from resolvers.active_alarms import with_active_alarms
from resolvers.correlated import correlated
from resolvers.gathering import Gathering
from resolvers.listing import Listing, Paging, is_stale, place_of, stretch
from resolvers.matching import ACTIVE_ALARMS, fields_of
from resolvers.met import Missing
from resolvers.request import Request
from resolvers.rows import (
    PAGE_SIZE,
    PAGES_AT_MOST,
    SCAN_LIMIT,
    Root,
    changes,
    judged,
    name_of,
    pushed,
    read_page,
    shown_things,
    thing_of,
)
from resolvers.things import LIST_CUT
from resolvers.upstreams import Offer

_BOUNDS = frozenset({LIST_CUT, SCAN_LIMIT})
"""Why something is missing though nobody has failed."""


async def scanned_list(request: Request, root: Root, paging: Paging, offers: Sequence[Offer]) -> Listing:
    """Read all pages up to a bound, and sort what they hold; who was cut short is named as missing."""
    place_of(root.noun, paging)
    correlating = request.upstreams.policy(root.noun).correlating
    deciding = fields_of(root.noun, paging.where, paging.order) | correlating
    missing: set[Missing] = set()
    scanned: dict[str, Gathering | Record] = {}
    read: list[Answer] = []
    if NOUNS[root.noun].keyed:
        for offer in offers:
            pages, why = await all_pages(request, root, paging, offer, deciding)
            missing |= why
            if pages:
                read += pages
                _collect(request, root.noun, offer, pages, scanned)
                break
    else:
        for turn in request.upstreams.in_turn(Lookup(root.noun)):
            every = await asyncio.gather(*(all_pages(request, root, paging, offer, deciding) for offer in turn))
            for offer, (pages, why) in zip(turn, every, strict=True):
                missing |= why
                read += pages
                _collect(request, root.noun, offer, pages, scanned)
            if all(code in _BOUNDS for _, code in missing):
                break
        scanned = _made_one(request, root.noun, scanned)
    records = await judged(request, root, list(scanned.values()), deciding)
    candidates: Sequence[Record] = list(records.values())
    if any(condition.field == ACTIVE_ALARMS for condition in paging.where):
        candidates, unheard = await with_active_alarms(request, candidates)
        missing |= unheard
    listing = stretch(root.noun, candidates, paging)
    names = [str(getattr(record, NOUNS[root.noun].id)) for record in listing.nodes]
    nodes, unheard = await shown_things(request, root, [scanned[name] for name in names])
    return replace(
        listing,
        nodes=[nodes[name] for name in names],
        missing=frozenset(missing) | unheard,
        total=None if missing else listing.total,
        matching=None if missing else listing.matching,
        stale=any(page.stale for page in read) or is_stale(nodes.values()),
    )


def _made_one(request: Request, noun: str, scanned: dict[str, Gathering | Record]) -> dict[str, Gathering | Record]:
    """What two systems both hold, once, where the configuration says how to tell."""
    if not request.upstreams.policy(noun).correlate:
        return scanned
    (every,) = correlated(request, noun, [[one for one in scanned.values() if isinstance(one, Record)]])
    return {name_of(noun, one): one for one in every}


async def all_pages(
    request: Request, root: Root, paging: Paging, offer: Offer, deciding: frozenset[str]
) -> tuple[list[Answer], set[Missing]]:
    """All pages of a source's list up to a bound, and why there are no more."""
    ask = request.ask(
        root.fields | deciding, raw=root.raw, conditions=pushed(request, offer, paging.where), limit=PAGE_SIZE
    )
    pages: list[Answer] = []
    token: str | None = None
    for _ in range(PAGES_AT_MOST):
        answer = await read_page(request, offer, token, ask)
        if isinstance(answer, SourceFault):
            return pages, {(offer.name, answer.code)}
        pages.append(answer)
        token = answer.after
        if token is None:
            return pages, {(offer.name, LIST_CUT)} if not answer.complete or changes(pages) else set()
    return pages, {(offer.name, SCAN_LIMIT)}


def _collect(
    request: Request, noun: str, offer: Offer, pages: Sequence[Answer], into: dict[str, Gathering | Record]
) -> None:
    for page in pages:
        for record in page.records:
            thing = thing_of(request, noun, offer, page, record)
            if thing is not None:
                into.setdefault(name_of(noun, thing), thing)
