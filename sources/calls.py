"""How many upstream calls a request has cost: counted where they are made, read where the answer is finished."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_calls: ContextVar[dict[str, int] | None] = ContextVar("upstream_calls", default=None)


@contextmanager
def counted() -> Iterator[dict[str, int]]:
    """Count the upstream calls made in this context and its tasks, by source."""
    counts: dict[str, int] = {}
    token = _calls.set(counts)
    try:
        yield counts
    finally:
        _calls.reset(token)


def count_call(source: str) -> None:
    """One more request has gone out to this source."""
    counts = _calls.get()
    if counts is not None:
        counts[source] = counts.get(source, 0) + 1
