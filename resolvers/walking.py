"""A root list in an order that its source can give: the source's own pages, walked until enough is found."""

from collections.abc import Sequence

from msgspec.structs import replace

from model.answer import Answer
from model.ask import Order
from model.faults import SourceFault
from model.keys import Lookup
from model.nouns import NOUNS
from model.records import Record
from resolvers.active_alarms import with_active_alarms
from resolvers.gathering import Gathering
from resolvers.listing import BadInput, Cursors, Listing, Paging, decode_cursor, encode_cursor, is_stale, order_tag
from resolvers.masks import concealed
from resolvers.matching import ACTIVE_ALARMS, fields_of, holds, on_records
from resolvers.met import Missing
from resolvers.request import Request
from resolvers.rows import (
    PAGE_SIZE,
    PAGES_AT_MOST,
    Root,
    alone,
    changes,
    judged,
    name_of,
    pushed,
    read_page,
    shown_things,
    thing_of,
    told_whole,
)
from resolvers.things import LIST_CUT
from resolvers.upstreams import Offer

LESSER_AUTHORITY = "LESSER_AUTHORITY"
"""The list goes on from a source that was asked while the one of authority failed."""

Place = tuple[str, str | None, int, str | None]
"""Where a walk goes on: the source, its token for the page, how many rows of it to skip, and the last one's name."""
Row = tuple[Gathering | Record, Place]
"""A row, and the place behind it."""


def walkable(request: Request, offer: Offer, root: Root, order: Order) -> bool:
    """Whether the source's own pages come in the wanted order, and tell all that is wanted.

    Alarms and tickets that are counted are all read: few of their systems tell how many there are, none how bad.
    """
    noun = root.noun
    if not NOUNS[noun].keyed and (root.counted or len(request.upstreams.in_turn(Lookup(noun))[0]) > 1):
        return False
    if not order:
        return True
    field = order[0].field
    pushable = field in offer.terms.orders and not concealed(request.caller.sight, noun, field)
    # what a system says of its own alarms and tickets is what they are; other things are merged
    return len(order) == 1 and pushable and (not NOUNS[noun].keyed or alone(request, offer, order[0]))


async def walked(request: Request, root: Root, paging: Paging, offers: Sequence[Offer]) -> Listing:
    """Walk from the start, or from where the cursor points in the source that it names."""
    tag = order_tag("walk", root.noun, paging.order)
    token, skip, last = None, 0, None
    if paging.after is not None:
        source, token, skip, last = _position(tag, paging.after)
        offers = [offer for offer in offers if offer.name == source]
        if not offers:
            raise BadInput("the cursor belongs to a list of a source that is no longer there")
    missing: set[Missing] = set()
    first = request.upstreams.authority(root.noun)
    for offer in offers:
        walk = _Walk(request, root, paging, offer, tag)
        fault = await walk.go(token, skip, last)
        if fault is None:
            listing = await walk.listing()
            missing |= listing.missing
            if first is not None and first not in (offer.name, *(source for source, _ in missing)):
                missing.add((first, LESSER_AUTHORITY))
            return replace(listing, missing=frozenset(missing), total=None if missing else listing.total)
        missing.add((offer.name, fault.code))
    return Listing(missing=frozenset(missing), has_next=paging.after is not None)


def _position(tag: str, after: str) -> tuple[str, str | None, int, str | None]:
    match decode_cursor(tag, after, 4):
        case (str() as source, str() | None as token, int() as skip, str() | None as last) if skip >= 0:
            return source, token, skip, last
        case _:
            raise BadInput("the cursor is not one that this list gave out")


class _Walk:
    """One walk over a source's pages, until enough is found or enough has been read."""

    def __init__(self, request: Request, root: Root, paging: Paging, offer: Offer, tag: str) -> None:
        self._request, self._root, self._paging, self._offer, self._tag = request, root, paging, offer, tag
        self._pushed = pushed(request, offer, paging.where)
        self._rest = tuple(condition for condition in paging.where if condition not in self._pushed)
        self._deciding = fields_of(root.noun, self._rest, ())
        self._found: list[Row] = []
        self._seen: set[str] = set()
        self._more = self._stale = False
        self._last: str | None = None
        self._end: Place | None = None
        self._total: int | None = None
        self._missing: set[Missing] = set()

    async def go(self, token: str | None, skip: int, last: str | None) -> SourceFault | None:
        """Walk on from a position; a fault if not even the first page can be had."""
        enough = self._paging.first + 1
        first = self._request.upstreams.authority(self._root.noun)
        # a source that names things only in passing names each of them many times
        one_a_row = not self._rest and first in (None, self._offer.name)
        limit = enough + skip if one_a_row else PAGE_SIZE
        if last is not None:
            self._seen.add(last)
        ask = self._request.ask(
            self._root.fields | self._deciding,
            raw=self._root.raw,
            conditions=self._pushed,
            order=tuple(self._paging.order),
            limit=min(limit, PAGE_SIZE),
        )
        pages: list[Answer] = []
        for number in range(PAGES_AT_MOST):
            answer = await read_page(self._request, self._offer, token, ask)
            if isinstance(answer, SourceFault):
                if number == 0:
                    return answer
                self._missing.add((self._offer.name, answer.code))
                self._more = True
                return None
            if number == 0 and not self._rest:
                self._total = answer.total
            pages.append(answer)
            self._stale = self._stale or answer.stale
            if not answer.complete or changes(pages):
                self._missing.add((self._offer.name, LIST_CUT))
            await self._take(answer, token, self._behind(answer, last, skip) if skip else 0)
            if len(self._found) >= enough or answer.after is None:
                self._more = len(self._found) >= enough
                return None
            token, skip = answer.after, 0
            self._end = (self._offer.name, token, 0, self._last)
        self._more = True
        return None

    def _behind(self, answer: Answer, last: str | None, skip: int) -> int:
        """How many rows of a page to skip, to go on behind the last one that was shown.

        So many as when it was shown; where rows have come or gone since, it stands elsewhere. Where it is no more, what
        has moved up before that place is not known, and told to be missing.
        """
        records = answer.records
        if last is None or (skip <= len(records) and self._named(answer, records[skip - 1]) == last):
            return skip
        for index, record in enumerate(records):
            if self._named(answer, record) == last:
                return index + 1
        self._missing.add((self._offer.name, LIST_CUT))
        return skip

    def _named(self, answer: Answer, record: Record) -> str | None:
        """The key or id of a row."""
        thing = thing_of(self._request, self._root.noun, self._offer, answer, record)
        return None if thing is None else name_of(self._root.noun, thing)

    async def _take(self, answer: Answer, token: str | None, skip: int) -> None:
        """Keep what matches of a page, each with the place behind it."""
        request, noun = self._request, self._root.noun
        whole = told_whole(request, self._root, self._offer, self._deciding, answer)
        rows: list[Row] = []
        for index, record in enumerate(answer.records):
            if index < skip:
                continue
            thing = thing_of(request, noun, self._offer, answer, record, whole=whole)
            key = name_of(noun, thing) if thing is not None else None
            if thing is None or key is None or key in self._seen:
                continue
            self._seen.add(key)
            self._last = key
            rows.append((thing, (self._offer.name, token, index + 1, key)))
        self._found += await self._meeting(rows)

    async def _meeting(self, rows: list[Row]) -> list[Row]:
        """Those that meet the conditions which the source did not apply itself."""
        if not self._rest:
            return rows
        request, noun = self._request, self._root.noun
        records = await judged(request, self._root, [thing for thing, _ in rows], self._deciding)
        meeting = {key for key, record in records.items() if holds(noun, record, on_records(self._rest))}
        if any(condition.field == ACTIVE_ALARMS for condition in self._rest):
            alarmed, missing = await with_active_alarms(request, [records[key] for key in meeting])
            self._missing |= missing
            meeting &= {str(getattr(record, NOUNS[noun].id)) for record in alarmed}
        return [(thing, place) for thing, place in rows if name_of(noun, thing) in meeting]

    async def listing(self) -> Listing:
        """What the walk has found, completed and shown."""
        shown = self._found[: self._paging.first]
        nodes, missing = await shown_things(self._request, self._root, [thing for thing, _ in shown])
        pairs = [(nodes[key], place) for thing, place in shown if (key := name_of(self._root.noun, thing)) in nodes]
        found, places = [record for record, _ in pairs], [place for _, place in pairs]
        return Listing(
            nodes=found,
            placed=Cursors(self._tag, places, tuple),
            has_next=self._more,
            has_previous=self._paging.after is not None,
            total=self._total,
            missing=frozenset(self._missing) | missing,
            stale=self._stale or is_stale(found),
            end=encode_cursor(self._tag, self._end) if self._end and self._more and not pairs else None,
        )
