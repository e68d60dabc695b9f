"""A stretch of a list: nodes with stable cursors, and what is missing from it."""

import base64
import binascii
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, TypeVar, overload

import msgspec
from msgspec import Struct

from model.ask import Filter, Order
from model.enums import Completeness
from model.records import Record
from resolvers.matching import comparison, each_in_order, holds, in_order, on_records, sort_key
from resolvers.met import Missing

T = TypeVar("T")


class BadInput(Exception):  # noqa: N818 - it says what it is
    """An argument that cannot be answered; the message is for the client."""


class Paging(Struct, frozen=True):
    """What part of which list is wanted: `first` after the cursor `after`, of what meets `where`, in `order`."""

    first: int
    after: str | None = None
    where: Filter = ()
    order: Order = ()


class Listing(Struct, frozen=True, gc=False):
    """A stretch of a list.

    sorted_as: the noun and the order by which cursors tell the nodes' places; placed: the cursors, where they tell
    otherwise. total: how many there are in all, if that is exact for this caller. missing:
    the sources that should have contributed and did not. stale: something in it is older than it should be.
    matching: all the records of which the nodes are a stretch, when they are at hand. end: where to go on when
    there are no nodes and yet more to come (a bounded scan has met nothing so far).
    """

    nodes: Sequence[Record] = ()
    sorted_as: tuple[str, Order] | None = None
    placed: Sequence[str] = ()
    has_next: bool = False
    has_previous: bool = False
    total: int | None = None
    missing: frozenset[Missing] = frozenset()
    stale: bool = False
    matching: Sequence[Record] | None = None
    end: str | None = None

    @property
    def cursors(self) -> Sequence[str]:
        """One for each node."""
        if self.sorted_as is None:
            return self.placed
        (noun, order), nodes = self.sorted_as, self.nodes
        return Cursors(order_tag("all", noun, order), nodes, lambda record: sort_key(noun, record, order))

    @property
    def completeness(self) -> Completeness:
        """Whether all is there that should be."""
        if self.missing:
            return Completeness.PARTIAL
        return Completeness.STALE if self.stale else Completeness.COMPLETE


class Cursor(Struct, frozen=True, array_like=True):
    """A place in a list, by what decides the order; `tag` tells which list and order it belongs to."""

    tag: str
    key: tuple[Any, ...]


def encode_cursor(tag: str, key: Sequence[Any]) -> str:
    """A cursor as clients see it: opaque."""
    return base64.urlsafe_b64encode(msgspec.json.encode(Cursor(tag, tuple(key)))).decode().rstrip("=")


def decode_cursor(tag: str, cursor: str, length: int) -> tuple[Any, ...]:
    """The place that a cursor means; BadInput if it is none of this list's."""
    found = _read(cursor)
    if found is None:
        raise BadInput("the cursor is not one that this list gave out")
    plain = all(value is None or isinstance(value, bool | int | float | str) for value in found.key)
    if found.tag != tag or len(found.key) != length or not plain:
        raise BadInput("the cursor belongs to another list, or to another order of this one")
    return found.key


def is_of(kind: str, cursor: str | None) -> bool:
    """Whether a cursor was given out by a kind of list: who began one goes on with it, whatever else is asked for."""
    found = _read(cursor) if cursor is not None else None
    return found is not None and found.tag.startswith(f"{kind}:")


def _read(cursor: str) -> Cursor | None:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(raw, type=Cursor)
    except (binascii.Error, ValueError, msgspec.MsgspecError, RecursionError):
        return None


def order_tag(kind: str, noun: str, order: Order) -> str:
    """Names a list's kind and order, so that a cursor of one is not taken for another's."""
    return ":".join([kind, noun, *(("-" if sort.descending else "") + sort.field for sort in order)])


class Cursors(Sequence[str]):
    """The cursors of things, by their places in a list; each is written when somebody asks for it."""

    __slots__ = ("_place_of", "_tag", "_things")

    def __init__(self, tag: str, things: Sequence[T], place_of: Callable[[T], Sequence[Any]]) -> None:
        self._tag, self._things, self._place_of = tag, things, place_of

    def __len__(self) -> int:
        return len(self._things)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> "Cursors": ...
    def __getitem__(self, index: int | slice) -> "str | Cursors":
        if isinstance(index, slice):
            return Cursors(self._tag, self._things[index], self._place_of)
        return encode_cursor(self._tag, self._place_of(self._things[index]))


def place_of(noun: str, paging: Paging) -> tuple[Any, ...] | None:
    """Where a list of records at hand goes on, None from its start; BadInput before anything is asked for it."""
    if paging.after is None:
        return None
    return decode_cursor(order_tag("all", noun, paging.order), paging.after, len(paging.order) + 1)


def stretch(noun: str, records: Collection[Record], paging: Paging) -> Listing:
    """Filter, order and cut records that are all at hand."""
    if not records and paging.after is None:
        return _NOTHING
    if where := on_records(paging.where):
        records = [record for record in records if holds(noun, record, where)]
    matching = in_order(noun, records, paging.order)
    start = _start(noun, matching, paging)
    shown = matching[start : start + paging.first]
    return Listing(
        nodes=shown,
        sorted_as=(noun, paging.order),
        has_next=start + paging.first < len(matching),
        has_previous=start > 0,
        total=len(matching),
        matching=matching,
    )


_ALL_TOLD: frozenset[Missing] = frozenset()
_NOTHING = Listing(total=0, matching=())


def stretches(noun: str, lists: Sequence[Sequence[Record]], paging: Paging) -> list[Listing]:
    """Filter, order and cut many lists at once, each as `stretch` does."""
    if paging.where or paging.after is not None:
        return [stretch(noun, records, paging) for records in lists]
    first, sorted_as = paging.first, (noun, paging.order)
    return [
        (
            Listing(records, sorted_as, (), False, False, count, _ALL_TOLD, False, records)
            if (count := len(records)) <= first
            else Listing(records[:first], sorted_as, (), True, False, count, _ALL_TOLD, False, records)
        )
        if records
        else _NOTHING
        for records in each_in_order(noun, lists, paging.order)
    ]


def _start(noun: str, matching: Sequence[Record], paging: Paging) -> int:
    """Where the stretch begins: behind the place that the cursor tells."""
    place = place_of(noun, paging)
    if place is None:
        return 0
    rank = comparison(paging.order)
    behind = rank(place)
    keys = (sort_key(noun, record, paging.order) for record in matching)
    try:
        return next((index for index, key in enumerate(keys) if rank(key) > behind), len(matching))
    except TypeError:
        raise BadInput("the cursor belongs to another list, or to another order of this one") from None


def is_stale(records: Iterable[Record]) -> bool:
    """Whether any of these comes from an answer past its time."""
    for record in records:
        for one in record.said:
            if one.stale:
                return True
    return False
