"""What all guards share: a guard passes everything on, and puts itself around what it guards."""

from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from typing import Any, ClassVar, TypeAlias, TypeVar

from model.answer import Answer
from model.ask import Ask
from model.faults import SourceFault
from model.keys import Key, Lookup
from sources.contract import Answers, Health, Source

W = TypeVar("W")
T = TypeVar("T")
Said = Answer | SourceFault
"""What a source says to one key."""
Question: TypeAlias = tuple[Any, ...] | frozenset[str]
"""What of an ask decides the answer; to be hashed and compared."""
Call: TypeAlias = Callable[[Lookup, W, Ask], Awaitable[T]]
"""A source's `fetch` or its `page`: what is wanted of a lookup, keys or a place in a list, and what came of it."""


class Guard:
    """A source around a source, which does nothing; each guard overrides `around`, or `fetch` and `page`.

    counts: how often it has done what it is there for, by its own words for it; read by telemetry.
    """

    kind: ClassVar[str] = "guard"
    """How the configuration calls it."""

    def __init__(self, inner: Source) -> None:
        self.inner = inner
        self.name = inner.name
        self.lookups = inner.lookups
        self.counts: Counter[str] = Counter()

    def fetch(
        self, lookup: Lookup, keys: Sequence[Key], ask: Ask
    ) -> Coroutine[Any, Any, Mapping[Key, Answer | SourceFault]]:
        """Answer these keys."""
        return self.around(self.inner.fetch, lookup, keys, ask)

    def page(self, lookup: Lookup, after: str | None, ask: Ask) -> Coroutine[Any, Any, Answer]:
        """Answer the next stretch of a list."""
        return self.around(self.inner.page, lookup, after, ask)

    async def around(self, call: Call[W, T], lookup: Lookup, what: W, ask: Ask) -> T:
        """Make one call of the source within."""
        return await call(lookup, what, ask)

    async def health(self) -> Health:
        """As the source says: whoever looks at it wants to see it as it is."""
        return await self.inner.health()

    async def aclose(self) -> None:
        """Let go of connections."""
        await self.inner.aclose()


def guards(source: Source) -> Iterator[Guard]:
    """The guards around a source, the outermost first."""
    while isinstance(source, Guard):
        yield source
        source = source.inner


def faults(said: Any) -> Sequence[tuple[Key, SourceFault]]:
    """The faults among what a source says to keys; none of a page, which comes whole or not at all."""
    if said.__class__ is Answer or said.__class__ is Answers:
        return ()
    for one in said.values():
        if one.__class__ is not Answer:
            return [(key, one) for key, one in said.items() if one.__class__ is not Answer]
    return ()


def outcome_of(said: object) -> str:
    """How a call that was answered went: `ok`, or the code of the first key's fault."""
    failed = faults(said)
    return failed[0][1].code if failed else "ok"


def question(ask: Ask) -> Question:
    """What is asked, whoever asks it and however long they will wait."""
    if not (ask.filter or ask.order or ask.raw) and ask.limit is None and ask.window is None:
        return ask.fields  # as most often, and soon hashed
    return (ask.fields, ask.filter, ask.order, ask.limit, ask.window, ask.raw)


def untraced(fault: SourceFault) -> SourceFault:
    """The same fault to be kept or shared: without the frames that it came through, which would keep all else."""
    return type(fault)(fault.source, fault.detail, retry_after=fault.retry_after)


def lookup_of(text: str, source: str) -> Lookup:
    """The lookup of a source that a declaration calls so; `self` is the source's own key space."""
    asked = Lookup.parse(text)
    return Lookup(asked.noun, source if asked.by == "self" else asked.by)
