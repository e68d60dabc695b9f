"""Texts of looping functions: one that goes by what is plain, and a careful one that does all again where it is not.

    def build(run, scope, objects):
        out = []
        try:
            for o in objects:
                v1 = o.name
                if v1.__class__ is not str and v1 is not None: v1 = odd()
                out.append(map5(v1))
            return out
        except Exception: pass
        return careful(run, scope, objects)

    def build(run, scope, objects):
        out = []
        for o in objects:
            try: v1 = o.name
            except Exception as error: v1 = lost(run, field2, error, (trail3, scope, len(out)))
            else:
                if v1.__class__ is not str and v1 is not None:
                    v1 = mend(run, field2, type4, v1, (trail3, scope, len(out)))
            out.append(map5(v1))
        return out

The plain one has nothing to tell, and so no places: it is a third as long. The careful one is made when it is first
needed, which for most operations is never. What may not be done twice, a resolver's call, is for the careful one alone.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn, TypeAlias, TypeVar

from engine.when_called import WhenCalled

Function: TypeAlias = Callable[..., Any]


class _Odd(Exception):  # noqa: N818 - it says what a value is
    """A value is not plainly as declared."""


class _Doubtful(Exception):  # noqa: N818 - it says what a text is
    """What is to be done may not be done twice, or is done with care in any case."""


def _odd() -> NoReturn:
    raise _Odd


class Text:
    """The text of one function, and what its names are bound to.

    names: those that it sees from the first. careful: the function that does all again; None for the text of that one.
    depth: how deep within the function its loop's lines stand.
    """

    def __init__(self, names: Mapping[str, Any], careful: Function | None) -> None:
        self.at_once = careful is not None
        self.depth = 3 if self.at_once else 2
        self.names: dict[str, Any] = {**names, "odd": _odd, "careful": careful}
        self._bound: dict[tuple[str, int], str] = {}
        self._lines: list[str] = []
        self._first: list[str] = []

    def function(self, parameters: Sequence[str], loop: str, made: str) -> Function:
        """The function, when all its lines are there."""
        given, within = f"run, scope, {', '.join(parameters)}", "  " * (self.depth - 1)
        looping = [f"{within}{loop}", *self._lines, f"{within}  out.append({made})", f"{within}return out"]
        if self.at_once:
            looping = ["  try:", *looping, "  except Exception: pass", f"  return careful({given})"]
        lines = [f"def build({given}):", "  out = []", *self._first, *looping]
        exec(compile("\n".join(lines), "<plan>", "exec"), self.names)  # noqa: S102 - see `generate`: names only
        built: Function = self.names.pop("build")
        return built

    def bound(self, kind: str, value: Any) -> str:
        """The name of a value, which is kept under it."""
        name = self._bound.get((kind, id(value)))
        if name is None:
            name = self._bound[kind, id(value)] = f"{kind}{len(self.names)}"
            self.names[name] = value
        return name

    def before_all(self, text: str) -> None:
        """Add a line before the loop."""
        self._first.append(f"  {text}")

    def line(self, depth: int, text: str) -> None:
        """Add a line to the loop."""
        self._lines.append("  " * depth + text)

    def attempt(self, depth: int, statement: str, otherwise: str) -> None:
        """Add what may raise, and what is to be done then."""
        if self.at_once:
            self.line(depth, statement)
        else:
            self.line(depth, f"try: {statement}")
            self.line(depth, f"except Exception: {otherwise}")

    def doubt(self) -> None:
        """What comes now is for the careful function alone."""
        if self.at_once:
            raise _Doubtful


Written = TypeVar("Written", bound=Text)


def at_once(text: Callable[[Function | None], Written], written: Callable[[Written], Function]) -> Function:
    """The function that goes by what is plain, before the careful one; that one alone if there is any doubt."""
    try:
        return written(text(WhenCalled(lambda: written(text(None)))))
    except _Doubtful:
        return written(text(None))
