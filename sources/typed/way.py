"""What of a body is decoded, and the way from there to its rows."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from sources.jmespaths import compile_path, dotted
from sources.paths import ABSENT, ITSELF
from sources.typed.forms import TIMES
from sources.typed.places import Inexpressible, Place
from sources.typed.wire import Attribute
from sources.typed.words import is_words

Step = tuple[type, str]


class Way:
    """The steps of a lookup to its rows, in a body of which some other paths (`told`) are read, too.

    strict: whether values are held to what is expected of them, by a decoder that refuses all else. `holds_words`:
    whether it holds some to words or times, once it is closed.
    """

    def __init__(self, steps: Sequence[str], told: Sequence[str], *, strict: bool = False) -> None:
        if len(steps) > 2 or (steps[0].strip() == ITSELF and told):
            raise Inexpressible
        self._names = [_names(step) for step in steps]
        self._body = Attribute(strict=strict)
        for path in told:
            if (dotted(path) or [])[: len(self._names[0])] == self._names[0]:
                raise Inexpressible  # it leads into the rows
            Place(self._body).reads(path)
        self._outer = self._body.below(self._names[0])
        self._row = self._outer.below(self._names[1]) if len(steps) > 1 else self._outer
        self._row.rows = len(steps) == 1
        self.first = compile_path(steps[0])
        self.places = [Place(self._row), Place(self._outer)][: len(steps)]

    def close(self) -> None:
        """All that is read is known now."""
        on_the_way = [self._body, *_passed(self._body, self._names[0])]
        on_the_way += _passed(self._outer, self._names[1]) if len(self._names) > 1 else []
        structs = [one.struct for one in on_the_way]
        if None in structs:
            raise Inexpressible
        self.outer, self.struct = self._outer.struct, self._row.struct
        self.holds_words = any(is_words(kind) or kind in TIMES for kind in self._body.kinds)
        self._decode = msgspec.json.Decoder(self._body.type).decode
        self.decode: Callable[[bytes], Any] = self._decode if self._body is self._outer else self._unfolding
        self.second = _inside(self._outer, self._names[1]) if len(self._names) > 1 else None

    def _unfolding(self, body: bytes) -> Any:
        """What is read of a body: plain data on the way to the rows, and Structs for them."""
        return _unfolded(self._body, self._decode(body), self._outer)

    @staticmethod
    def nothing(found: Any) -> bool:
        """Whether there are no rows within a row."""
        return found is None or found is UNSET or found is ABSENT


def _names(step: str) -> list[str]:
    names = [] if step.strip() == ITSELF else dotted(step)
    if names is None:
        raise Inexpressible
    return names


def _passed(start: Attribute, names: Sequence[str]) -> Iterator[Attribute]:
    for name in names:
        start = start.names[name]
        yield start


def _inside(start: Attribute, names: Sequence[str]) -> Callable[[Any], Any]:
    """From a row to what stands within it."""
    steps: list[Step] = []
    for name in names:
        steps.append((start.struct or object, start.field(name)))
        start = start.names[name]

    def inside(row: Any) -> Any:
        for struct, field in steps:
            if row.__class__ is not struct:
                return None if row is None else UNSET
            row = getattr(row, field)
        return row

    return inside


def _unfolded(attribute: Attribute, found: Any, end: Attribute) -> Any:
    """What was decoded on the way to the rows, as plain data."""
    if attribute is end or found.__class__ is not attribute.struct:
        return found
    said = {name: (one, getattr(found, attribute.field(name))) for name, one in attribute.names.items()}
    return {name: _unfolded(one, value, end) for name, (one, value) in said.items() if value is not UNSET}
