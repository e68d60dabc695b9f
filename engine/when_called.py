"""Functions that may never be needed."""

from collections.abc import Callable
from typing import Any


class WhenCalled:
    """A generated function that is made when it is first called.

    What is read plainly all through is a part of the loop above it, and needs a function of its own only where
    something there is not as declared.
    """

    __slots__ = ("_function", "_make")

    def __init__(self, make: Callable[[], Callable[..., Any]]) -> None:
        self._make = make
        self._function: Callable[..., Any] | None = None

    def __call__(self, *given: Any) -> Any:
        """Call it."""
        if self._function is None:
            self._function = self._make()
        return self._function(*given)
