"""Walks the pages of one call, never without end."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import islice, pairwise, starmap

import msgspec

from sources.at_once import all_at_once
from sources.compiled import CompiledLookup
from sources.grammar.source import LimitsDeclaration
from sources.paging import Page, Position, is_cut
from sources.requests import Call, Request

Send = Callable[[Request], Awaitable[Page]]
"""Sends one request and gives back its page."""


class Stretch(msgspec.Struct):
    """The pages of one call. complete: False when there were more than came."""

    pages: list[Page]
    complete: bool = True


async def walk(compiled: CompiledLookup, call: Call, limits: LimitsDeclaration, send: Send) -> Stretch:
    """All pages of a call, up to the caps.

    A list that does not move on (a position that was there before, a page that is the former one again), that
    passes a cap, or that gives fewer rows than its total says, is told as incomplete; so is one that changes meanwhile.
    """
    way = compiled.paging
    position = way.first(compiled.size)
    first = await send(call.request(position, compiled.place))
    rest = way.remaining(position, first)
    if rest is not None and not rest:
        stretch = Stretch([first], complete=not (compiled.may_be_cut and is_cut(first)))
    elif rest is None:
        stretch = await _one_by_one(compiled, call, limits, send, position, first)
    else:
        stretch = await _all_at_once(compiled, call, limits, send, first, rest)
    if first.total is not None and falls_short(stretch.pages, first.total):
        stretch.complete = False
    return stretch


def falls_short(pages: Sequence[Page], total: int) -> bool:
    """Whether pages do not hold as many rows as the first one says, each counted once, or another says otherwise."""
    again = sum(starmap(_again, pairwise(pages)))
    if sum(page.received for page in pages) - again < total:
        return True
    return any(page.total not in (None, total) for page in pages)


def _again(former: Page, page: Page) -> int:
    """How many rows of a page came at the end of the former one already: others have been put in before them."""
    if former.response.body == page.response.body:
        return page.received
    last = former.rows[-1] if former.rows else None
    return page.rows.index(last) + 1 if last is not None and last in page.rows else 0


async def _all_at_once(
    compiled: CompiledLookup, call: Call, limits: LimitsDeclaration, send: Send, first: Page, rest: Iterable[Position]
) -> Stretch:
    most = min(limits.pages_at_most, max(1, -(-limits.rows_at_most // max(1, first.received)))) - 1
    ahead = list(islice(rest, most + 1))
    requests = [call.request(position, compiled.place) for position in ahead[:most]]
    return Stretch([first, *(await all_at_once(send, requests) if requests else [])], complete=len(ahead) <= most)


async def _one_by_one(
    compiled: CompiledLookup,
    call: Call,
    limits: LimitsDeclaration,
    send: Send,
    position: Position,
    page: Page,
) -> Stretch:
    stretch = Stretch([page])
    seen = {tuple(sorted(position.items()))}
    received = page.received
    while (following := compiled.paging.following(position, page)) is not None:
        known = tuple(sorted(following.items()))
        if known in seen or len(stretch.pages) >= limits.pages_at_most or received >= limits.rows_at_most:
            stretch.complete = False
            break
        seen.add(known)
        former, position = page, following
        page = await send(call.request(position, compiled.place))
        if page.received and page.response.body == former.response.body:
            stretch.complete = False
            break
        stretch.pages.append(page)
        received += page.received
    return stretch
