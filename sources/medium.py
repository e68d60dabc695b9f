"""What a source's answers are made of: JSON, a page, XML. How they are read, and how what is asked is written."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, TypeVar

from model.keys import Key, Lookup
from model.records import Record
from sources.grammar.lookup import AnsweredDeclaration
from sources.matching import Match
from sources.paging import Page
from sources.paths import Paths
from sources.requests import Written
from sources.rows import Mapper, Row
from sources.transport import Response

L = TypeVar("L", bound=AnsweredDeclaration, contravariant=True)


Filed: TypeAlias = tuple[int, int, int]
"""What became of rows besides records.

How many nobody asked for; how many of these say no key at all; how many of those that were asked for do not say which
thing they are about.
"""


class Reading(Protocol):
    """How the answers to one lookup are read for the fields of one ask: bytes, a body, its rows, their records."""

    def decoded(self, response: Response) -> Any:
        """The body of an answer; None where it says that there is nothing.

        A SourceFault when its status says so, Malformed when it is not what was agreed.
        """
        ...

    def rows(self, body: Any) -> tuple[Sequence[Any], int]:
        """The rows of a body, and how many came at its outermost list, which is what paging counts in."""
        ...

    def alone(self, rows: Sequence[Any], body: Any) -> bool:
        """Whether the body itself is the one row."""
        ...

    def keys(self, rows: Sequence[Any], match: Match) -> Sequence[str | Iterable[Key]]:
        """What each row says of the keys that it answers: one as text, or several; as `match` would tell it."""
        ...

    def records(self, rows: Sequence[Any], page: Page) -> list[Record | None]:
        """The records of some rows of a page; None for a row that does not say which thing it is about."""
        ...

    def record(self, row: Any) -> Record | None:
        """The record of one row."""
        ...

    def file(
        self, rows: Sequence[Any], page: Page, asked: Mapping[Key, list[Record]], natives: set[object]
    ) -> Filed | None:
        """Put the records of some rows into the lists of the keys that they answer, in one go.

        asked: key, as rows say it -> its list. natives: the set that the native ids of records are put into. None
        where these rows are to be taken by `keys` and `records`.
        """
        ...


class RowByRow:
    """A reading whose rows are Rows, each read by itself."""

    def alone(self, rows: Sequence[Row], body: Any) -> bool:
        """Whether the body itself is the one row."""
        return bool(rows) and rows[0].data is body

    def keys(self, rows: Sequence[Row], match: Match) -> Sequence[Iterable[Key]]:
        """As `match` tells it."""
        return [match(row) for row in rows]

    def records(self, rows: Sequence[Row], page: Page) -> list[Record | None]:
        """One by one."""
        del page
        return [self.record(row) for row in rows]

    def file(
        self, rows: Sequence[Row], page: Page, asked: Mapping[Key, list[Record]], natives: set[object]
    ) -> Filed | None:
        """Not in one go."""
        del rows, page, asked, natives
        return None

    def record(self, row: Row) -> Record | None:
        """The record of one row."""
        raise NotImplementedError


class Medium(Protocol[L]):
    """What the answers of one source are made of."""

    @property
    def paths(self) -> Paths:
        """The language of the paths into them."""
        ...

    @property
    def accept(self) -> str:
        """The media types to ask for [RFC 9110, 12.5.1]."""
        ...

    @property
    def apart(self) -> bool:
        """Whether others can run while an answer is parsed, so that a large one is better parsed in a thread."""
        ...

    @property
    def charset(self) -> str:
        """The character set of what is escaped into a request line."""
        ...

    def can_say(self, text: str) -> bool:
        """Whether a text has a place in a body."""
        ...

    def writer(self, declared: L) -> Written:
        """How what is asked by a lookup is written into a body."""
        ...

    def decoded(self, response: Response) -> Any:
        """As `Reading.decoded`, of an answer that is to no lookup."""
        ...

    def reading(self, lookup: Lookup, declared: L, mapper: Mapper, fields: frozenset[str], *, raw: bool) -> Reading:
        """How answers to a lookup are read into records of these fields, with `Record.raw` where it is asked for."""
        ...
