"""Answers in JSON decoded straight into what an ask reads of them, and read by functions made for it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from model.keys import Key
from model.records import Record
from sources.answers import no_rows
from sources.matching import Match
from sources.medium import Filed, Reading
from sources.paging import Page
from sources.transport import Response
from sources.typed.functions import Functions

Decode = Callable[[bytes], Any]
Decoded = Callable[[Response, Decode], Any]
"""The body of an answer, decoded as is said; None where it says that there is nothing."""


class TypedReading:
    """Reads answers to one lookup for the fields of one ask; single rows that are odd are read by `plain`.

    Rows are Structs, or pairs of one and the one around it.
    """

    def __init__(self, plain: Reading, functions: Functions, decoded: Decoded) -> None:
        self._source = functions.source
        self._plain = plain
        self._functions = functions
        self._way = functions.way
        self._decoded = decoded

    def decoded(self, response: Response) -> Any:
        """What is read of the body, and nothing else; rows as Structs."""
        return self._decoded(response, self.decode)

    def decode(self, body: bytes) -> Any:
        """The same of the bytes of a body that is JSON."""
        return self._way.decode(body)

    def rows(self, body: Any) -> tuple[Sequence[Any], int]:
        """The objects that the first step leads to, which must be some; a further step goes on inside them."""
        way = self._way
        rows = self._objects(way.first(body), way.outer)
        if way.second is None:
            return rows, len(rows)
        within = [(row, way.second(row)) for row in rows]
        return [(one, row) for row, found in within for one in self._objects(found, way.struct, needed=False)], len(
            rows
        )

    def alone(self, rows: Sequence[Any], body: Any) -> bool:
        """Whether the body itself is the row."""
        return bool(rows) and rows[0] is body

    def keys(self, rows: Sequence[Any], match: Match) -> Sequence[str | Sequence[Key]]:
        """What each row says of the keys that it answers."""
        del match  # it is in what was made
        keys = self._functions.keys
        if keys is None:
            return [()] * len(rows)
        said: Sequence[str | Sequence[Key]] = keys(rows)
        return said

    def records(self, rows: Sequence[Any], page: Page) -> list[Record | None]:
        """The records of some rows of a page."""
        records: list[Record | None] = self._functions.records(rows, Careful(self._plain, page))
        return records

    def file(
        self, rows: Sequence[Any], page: Page, asked: Mapping[Key, list[Record]], natives: set[object]
    ) -> Filed | None:
        """Not in one go."""
        del rows, page, asked, natives
        return None

    def record(self, row: Any) -> Record | None:
        """Of one row, which stands for none of a page."""
        found: Record | None = self._functions.records([row], lambda row: None)[0]
        return found

    def _objects(self, found: Any, struct: type | None, *, needed: bool = True) -> Sequence[Any]:
        if not needed and self._way.nothing(found):
            return []
        rows = found if found.__class__ is list else [found]
        if not {struct}.issuperset(map(type, rows)):
            raise no_rows(self._source, None if self._way.nothing(found) else found)
        return rows


class Careful:
    """Reads a row of a page by the generic way, from the whole of what the source wrote."""

    def __init__(self, plain: Reading, page: Page) -> None:
        self._plain = plain
        self._page = page
        self._rows: dict[int, Any] = {}

    def __call__(self, row: Any) -> Record | None:
        """The record of a row, or None."""
        if not self._rows:
            rows, _ = self._plain.rows(self._plain.decoded(self._page.response))
            self._rows = {id(_itself(one)): plain for one, plain in zip(self._page.rows, rows, strict=True)}
        return self._plain.record(self._rows[id(row)])


def _itself(row: Any) -> Any:
    return row[0] if row.__class__ is tuple else row
