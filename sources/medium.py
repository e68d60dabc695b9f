"""What a source's answers are made of: JSON, a page, XML. How they are read, and how what is asked is written."""

from typing import Any, Protocol, TypeVar

from model.keys import Lookup
from model.records import Record
from sources.grammar.lookup import AnsweredDeclaration
from sources.paths import Paths
from sources.requests import Written
from sources.rows import Mapper, Row
from sources.transport import Response

L = TypeVar("L", bound=AnsweredDeclaration, contravariant=True)


class Reading(Protocol):
    """How the answers to one lookup are read for the fields of one ask: bytes, a body, its rows, their records."""

    def decoded(self, response: Response) -> Any:
        """The body of an answer; None where it says that there is nothing.

        A SourceFault when its status says so, Malformed when it is not what was agreed.
        """
        ...

    def rows(self, body: Any) -> tuple[list[Row], int]:
        """The rows of a body, and how many came at its outermost list, which is what paging counts in."""
        ...

    def record(self, row: Row) -> Record | None:
        """The record of a row; None for a row that does not say which thing it is about."""
        ...


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
