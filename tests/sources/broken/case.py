"""What a case of the set is: what is said, and what must come of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import UnsetType

from model.faults import SourceFault
from tests.sources.broken.wire import Answering, Said

Row = tuple[str | UnsetType | None, int | UnsetType | None]
Rows = Mapping[str, Row]
"""Code of a circuit -> its name, its bandwidth."""
ONE: Row = ("电路一", 2_000_000)
TWO: Row = ("电路二", 10_000_000)
BOTH: Rows = {"BJ-1": ONE, "BJ-2": TWO}
NONE: Rows = {}
LEAK = "LEAK"
"""What no client may see: in whatever a system says that was not agreed."""
PASSWORD = "hunter2"
"""What we show to systems, which some of them say again."""


@dataclass(frozen=True)
class Broken:
    """A broken answer.

    becomes: the fault of both lookups, or the rows that are believed. by_customer: those of that lookup, where they
    are others. lost: keys that fault alone. others: whether nothing is said of BJ-1 but of others, so that who asks for
    it alone gets the answer to another question. complete: whether the answer claims to be all there is. hangs: whether
    it takes the deadline to see that nothing will come. declared: how the source is declared, if not as its medium is.
    """

    says: bytes | Said | Answering
    becomes: type[SourceFault] | Rows
    complete: bool = True
    by_customer: Rows | None = None
    lost: Mapping[str, type[SourceFault]] = field(default_factory=dict)
    others: bool = False
    hangs: bool = False
    declared: str = ""


@dataclass(frozen=True)
class Medium:
    """How the sources of some cases are declared, what such a source says when all is well, and the cases."""

    name: str
    declared: str
    well: bytes | Answering
    cases: Mapping[str, Broken]


def said_by(media: Sequence[Medium]) -> list[tuple[Medium, str]]:
    """Every case of these."""
    return [(medium, name) for medium in media for name in medium.cases]
