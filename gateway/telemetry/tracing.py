"""Traces of requests that are followed: a span for the operation, one for each asking of a source [OpenTelemetry].

Whether a request is followed is decided once, before anything is done for it; of all others nothing is recorded.
"""

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from random import random
from time import monotonic

import anyio
import anyio.to_thread
from opentelemetry.context import Context
from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    Tracer,
    set_span_in_context,
)

from gateway.operation import Operation
from gateway.traceparent import Traceparent

ASKED_A_SECOND = 10
"""So many requests a second are followed because they ask for it; clients are strangers."""
PATIENCE = 3.0
"""Seconds in which what has not been sent yet is sent when the gateway stops."""


class Tracing:
    """Decides which requests are followed.

    close: sends what has not been sent, and blocks. ratio: the share of those that bring no trace of their own.
    """

    def __init__(
        self, tracer: Tracer, close: Callable[[], None], ratio: float, clock: Callable[[], float] = monotonic
    ) -> None:
        self._tracer = tracer
        self._close = close
        self._ratio = ratio
        self._clock = clock
        self._due = 0.0

    def begin(self, operation: Operation, given: Traceparent | None) -> "Followed | None":
        """Follow an operation, or do not. given: the trace that its request is part of."""
        if not (self._is_asked(given) if given is not None else random() < self._ratio):  # noqa: S311 - a sample
            return None
        parent = None if given is None else set_span_in_context(NonRecordingSpan(_remote(given)), Context())
        return Followed(self._tracer, operation, parent or Context())

    async def aclose(self) -> None:
        """Send what has not been sent, within bounds."""
        with anyio.move_on_after(PATIENCE):
            await anyio.to_thread.run_sync(self._close, abandon_on_cancel=True)

    def _is_asked(self, given: Traceparent) -> bool:
        """Whether its client wants it to be followed, and few others did so of late [GCRA]."""
        if not given.sampled:
            return False
        now = self._clock()
        due = max(self._due, now)
        if due - now > 1.0:
            return False
        self._due = due + 1 / ASKED_A_SECOND
        return True


class Followed:
    """An operation that is followed."""

    def __init__(self, tracer: Tracer, operation: Operation, parent: Context) -> None:
        name = operation.operation_name
        self._tracer = tracer
        self._span = tracer.start_span(f"operation {name}" if name else "operation", parent, SpanKind.SERVER)
        self._within = set_span_in_context(self._span, Context())
        if self._span.is_recording():
            self._span.set_attribute("trunkline.operation.hash", sha256((operation.query or "").encode()).hexdigest())
            if name:
                self._span.set_attribute("graphql.operation.name", name)

    @property
    def headers(self) -> Mapping[str, str]:
        """As which it is passed on."""
        return _headers(self._span)

    def step(self, source: str, lookup: str, keys: int) -> "Step":
        """A source is asked."""
        told: dict[str, str | int] = {"trunkline.source": source, "trunkline.lookup": lookup, "trunkline.keys": keys}
        return Step(self._tracer.start_span(f"{source} {lookup}", self._within, SpanKind.CLIENT, told))

    def end(self, request_id: str, outcome: str, codes: Sequence[str]) -> None:
        """It has been answered."""
        self._span.set_attribute("trunkline.request", request_id)
        self._span.set_attribute("trunkline.outcome", outcome)
        if codes:
            self._span.set_attribute("trunkline.codes", sorted(set(codes)))
        if outcome == "failed":
            self._span.set_status(Status(StatusCode.ERROR))
        self._span.end()


class Step:
    """One asking of a source."""

    __slots__ = ("_span",)

    def __init__(self, span: Span) -> None:
        self._span = span

    @property
    def headers(self) -> Mapping[str, str]:
        """What the source is told."""
        return _headers(self._span)

    def end(self, outcome: str, calls: int) -> None:
        """It is over."""
        self._span.set_attribute("trunkline.outcome", outcome)
        self._span.set_attribute("trunkline.calls", calls)
        if outcome not in ("ok", "cancelled"):
            self._span.set_status(Status(StatusCode.ERROR, outcome))
        self._span.end()


def _headers(span: Span) -> Mapping[str, str]:
    context = span.get_span_context()
    return Traceparent(f"{context.trace_id:032x}", f"{context.span_id:016x}", sampled=True).headers


def _remote(given: Traceparent) -> SpanContext:
    return SpanContext(int(given.trace, 16), int(given.span, 16), is_remote=True, trace_flags=TraceFlags(1))
