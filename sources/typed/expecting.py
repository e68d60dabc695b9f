"""Answers in JSON that are held to what systems most often write, and otherwise read with care."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import msgspec

from model.keys import Key
from model.records import Record
from sources.answers import UNDECODABLE, is_plain
from sources.matching import Match
from sources.medium import Filed, Reading
from sources.paging import Page
from sources.transport import Response
from sources.typed.functions import Functions
from sources.typed.reading import Careful, Decoded, TypedReading

_LONGEST_REST = 10
_MANY, _PAGES = 4, 16
"""Where one row in so many is odd, so many pages are not filed in one go: each odd row costs twice what others do."""


class ExpectingReading(TypedReading):
    """Decodes a body by what is expected of it; one that is otherwise is decoded and read by another reading.

    A system that is otherwise each time is soon taken as it is: after so many answers in a row that were otherwise,
    the next 2, 4, 8 ... 1,024 go to that one at once.
    """

    def __init__(
        self,
        plain: Reading,
        functions: Functions,
        decoded: Decoded,
        otherwise: Callable[[], TypedReading],
        *,
        as_it_is: bool,
    ) -> None:
        super().__init__(plain, functions, decoded)
        self._make_other = otherwise
        self._as_it_is = as_it_is
        self._otherwise = self._rest = self._by_itself = 0

    @cached_property
    def _other(self) -> TypedReading:
        return self._make_other()

    def decoded(self, response: Response) -> Any:
        """What is read of the body, soonest where it is as expected."""
        if self._rest:
            self._rest -= 1
            return self._other.decoded(response)
        if not self._as_it_is or response.status != 200 or not is_plain(response):
            return super().decoded(response)
        try:
            found = self._way.decode(response.body)
        except msgspec.ValidationError:
            return self._refused().decoded(response)
        except UNDECODABLE:
            return super().decoded(response)
        self._otherwise = 0
        return found

    def decode(self, body: bytes) -> Any:
        """What is read of a body, its rows as Structs of this reading or of another one."""
        if self._rest:
            self._rest -= 1
            return self._other.decode(body)
        try:
            found = self._way.decode(body)
        except msgspec.ValidationError:
            return self._refused().decode(body)
        self._otherwise = 0
        return found

    def _refused(self) -> TypedReading:
        """Who reads a body that is otherwise, and for some time all others."""
        self._otherwise = min(self._otherwise + 1, _LONGEST_REST)
        self._rest = 1 << self._otherwise
        return self._other

    def rows(self, body: Any) -> tuple[Sequence[Any], int]:
        """As the reading does that has decoded it."""
        rows = self._way.first(body)
        if rows.__class__ is list and (not rows or rows[0].__class__ is self._way.struct):  # and so are all of them
            return rows, len(rows)
        return ([rows], 1) if rows.__class__ is self._way.struct else self._other.rows(body)

    def keys(self, rows: Sequence[Any], match: Match) -> Sequence[str | Sequence[Key]]:
        """As the reading does that has decoded them."""
        return super().keys(rows, match) if self._is_ours(rows) else self._other.keys(rows, match)

    def records(self, rows: Sequence[Any], page: Page) -> list[Record | None]:
        """As the reading does that has decoded them."""
        return super().records(rows, page) if self._is_ours(rows) else self._other.records(rows, page)

    def file(
        self, rows: Sequence[Any], page: Page, asked: Mapping[Key, list[Record]], natives: set[object]
    ) -> Filed | None:
        """In one go, if they are as expected, or as the reading does that has decoded them."""
        if not rows:
            return None
        if not self._is_ours(rows):
            return self._other.file(rows, page, asked, natives)
        if self._by_itself:
            self._by_itself -= 1
            return None
        filed: Filed = self._functions.filed(rows, asked, natives, page, self._one_by_one)
        return filed

    def _one_by_one(self, rows: Sequence[Any], page: Page) -> Callable[[Any], Record | None]:
        """From an odd one of some rows of a page to its record, or None."""
        careful, records, times = Careful(self._plain, page), self._functions.records, 0

        def one(row: Any) -> Record | None:
            nonlocal times
            times += 1
            if times * _MANY > len(rows):
                self._by_itself = _PAGES
            found: Record | None = records([row], careful)[0]
            return found

        return one

    def _is_ours(self, rows: Sequence[Any]) -> bool:
        return bool(rows) and rows[0].__class__ is self._way.struct
