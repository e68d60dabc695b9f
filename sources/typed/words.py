"""Words of closed vocabularies, decoded as what they mean.

The decoder finds the members of an Enum by their values. Here the values are spellings, and the members those of the
model: the decoder takes the table as it stands.
"""

from collections.abc import Callable, Iterator
from enum import Enum, StrEnum
from functools import lru_cache
from typing import Any

from sources.grammar.fields import FieldDeclaration
from sources.grammar.nouns import Shape
from sources.rows import UNREADABLE
from sources.values import reader

_KEPT = 512


class Words(Enum):
    """How the members of one of the model's vocabularies are usually spelt; all other text is refused."""


class OpenWords(Words):
    """As `Words`, but that all other text is decoded as it stands."""

    @classmethod
    def _missing_(cls, value: object) -> Any:
        """For the decoder, of a text that is not among them."""
        return value


def is_words(kind: type | None) -> bool:
    """Whether what is expected is words of a closed vocabulary."""
    return kind is not None and issubclass(kind, Words)


def may_be_text(kind: type | None) -> bool:
    """Whether words may have been decoded as they stand."""
    return kind is not None and issubclass(kind, OpenWords)


def words(shape: Shape, declared: FieldDeclaration, *, closed: bool = False) -> type[Words]:
    """Those of a field, with the table by which its source's words are translated."""
    return _words(shape, tuple(declared.values.items()), closed)


@lru_cache(_KEPT)
def _words(shape: Shape, table: tuple[tuple[str, Any], ...], closed: bool) -> type[Words]:
    meaning = _meaning(shape, FieldDeclaration(at="@", values=dict(table)))
    usual = [*(written for written, _ in table), *_usual(shape.kind)]

    spelt = _closed() if closed else _open()
    spelt._value2member_map_ = {written: said for written in usual if (said := meaning(written)) is not written}
    return spelt


def _closed() -> type[Words]:
    class Spelt(Words):
        NOTHING = ""

    return Spelt


def _open() -> type[Words]:
    class Spelt(OpenWords):
        NOTHING = ""

    return Spelt


def _meaning(shape: Shape, declared: FieldDeclaration) -> Callable[[str], Any]:
    """From text to the member that it says, None where it says nothing; text of which that is not known stays it."""
    read, unknown = reader(shape, declared, None, ""), shape.kind("UNKNOWN")

    def meaning(written: str) -> Any:
        try:
            said = read(written)
        except UNREADABLE:
            return written
        return written if said is unknown else said

    return meaning


def _usual(kind: type[StrEnum]) -> Iterator[str]:
    """How systems most often write the members, and that there is nothing."""
    yield ""
    for member in kind:
        parts = member.value.lower().split("_")
        names = [part.capitalize() for part in parts]
        yield from (member.value, "_".join(parts), "-".join(parts), " ".join(parts), "".join((parts[0], *names[1:])))
        yield from ("".join(names), " ".join(names), " ".join((names[0], *parts[1:])))
