"""How many upstream calls a request has cost: counted where they are made, read where the answer is finished."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_calls: ContextVar[dict[str, int] | None] = ContextVar("upstream_calls", default=None)


def counting_calls() -> dict[str, int]:
    """Start a new count in this context and the tasks made from it; the dict fills up as calls go out, by source."""
    counts: dict[str, int] = {}
    _calls.set(counts)
    return counts


def count_call(source: str) -> None:
    """One more request has gone out to this source."""
    counts = _calls.get()
    if counts is not None:
        counts[source] = counts.get(source, 0) + 1


@contextmanager
def counting_apart() -> Iterator[dict[str, int]]:
    """A block whose calls are counted apart, too; they are added to those of the request when it ends."""
    whole, apart = _calls.get(), dict[str, int]()
    token = _calls.set(apart)
    try:
        yield apart
    finally:
        _calls.reset(token)
        if whole is not None:
            for source, calls in apart.items():
                whole[source] = whole.get(source, 0) + calls
