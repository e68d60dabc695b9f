"""One request: who asks, until when, and what has been learnt so far."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import chain
from typing import Any, Protocol

from model.ask import Ask, Condition, Sort, Window
from model.caller import Caller
from model.keys import Foreign
from resolvers.loaders import BlockLoader, Question
from resolvers.merge import Conflict
from resolvers.outcomes import Outcomes, Told
from resolvers.upstreams import Offer, Upstreams
from sources.calls import counting_calls


class Quota(Protocol):
    """What a rate leaves: `remaining` of `limit` requests until `reset` seconds from now; `window` in seconds."""

    @property
    def name(self) -> str:
        """What is counted."""
        ...

    @property
    def limit(self) -> int:
        """How many there are in all."""
        ...

    @property
    def remaining(self) -> int:
        """How many are left."""
        ...

    @property
    def window(self) -> int:
        """In how many seconds."""
        ...

    @property
    def reset(self) -> int:
        """In how many seconds all are there again."""
        ...


QuotaOf = Callable[[Caller], Awaitable[Sequence[Quota]]]


class Request:
    """The state of one operation. It holds its loaders; nothing that it holds refers back to it.

    deadline: a time of the event loop's clock. scope_unsure: who failed to tell which
    enterprises are part of the caller's. quota_of: tells what rate limits leave to a caller. rivals: things that may
    be one or not, by the id of each. columns: the engine's own. owners_later and met_later: what was shown, as it goes
    into `owners` and `met` when somebody asks for these, by `note(request, *told)`; most questions do not.
    """

    __slots__ = (
        "_aliases",
        "_loaders",
        "_met",
        "_owners",
        "caller",
        "columns",
        "deadline",
        "met_later",
        "outcomes_noted",
        "owners_later",
        "quota_of",
        "rivals",
        "scope_unsure",
        "upstreams",
    )

    def __init__(self, upstreams: Upstreams, caller: Caller, deadline: float | None = None) -> None:
        self.upstreams = upstreams
        self.caller = caller
        self.deadline = asyncio.get_running_loop().time() + 10 if deadline is None else deadline
        self.outcomes_noted = Outcomes(counting_calls(), upstreams.worklist)
        self._aliases: dict[tuple[str, Foreign], str | None] = {}
        self._owners: dict[str, dict[str, str]] = {}
        self._met: dict[tuple[str, str], tuple[frozenset[str], Any]] = {}
        self.owners_later: list[Sequence[Any]] = []
        self.met_later: list[Sequence[Any]] = []
        self.quota_of: QuotaOf | None = None
        self.rivals: dict[tuple[str, str], Conflict] = {}
        self.scope_unsure: tuple[str, str] | None = None
        self.columns: dict[Any, Any] = {}
        self._loaders: dict[Question, BlockLoader] = {}

    @property
    def aliases(self) -> dict[tuple[str, Foreign], str | None]:
        """Which business key is meant by a key of some system's own; None where that is told in two ways."""
        self._catch_up(self.owners_later)
        return self._aliases

    @property
    def owners(self) -> dict[str, dict[str, str]]:
        """Which customer owns a thing, by noun and business key, as told so far."""
        self._catch_up(self.owners_later)
        return self._owners

    @property
    def met(self) -> dict[tuple[str, str], tuple[frozenset[str], Any]]:
        """Things already shown, with the fields they were asked for."""
        self._catch_up(self.met_later)
        return self._met

    def _catch_up(self, later: list[Sequence[Any]]) -> None:
        """What is noted may have more to be noted."""
        while later:
            works = later[:]
            later.clear()
            for note, *told in works:
                note(self, *told)

    def alias(self, noun: str, ref: Foreign, key: str) -> None:
        """A key of some system's own is told to mean a thing; told to mean two, it means neither."""
        if self.aliases.setdefault((noun, ref), key) != key:
            self.aliases[noun, ref] = None

    def loader(
        self,
        offer: Offer,
        fields: frozenset[str],
        *,
        raw: bool = False,
        conditions: tuple[Condition, ...] = (),
        window: Window | None = None,
    ) -> BlockLoader:
        """The loader of this lookup and ask; a source is asked for no more than it can speak of."""
        return self.asking(Question(offer, fields & offer.terms.fields, raw, conditions, window))

    def asking(self, question: Question) -> BlockLoader:
        """The loader of a question."""
        loader = self._loaders.get(question)
        if loader is None:
            ask = Ask(
                fields=question.fields,
                caller=self.caller,
                deadline=self.deadline,
                filter=question.conditions,
                window=question.window,
                raw=question.raw,
            )
            loader = self._loaders[question] = BlockLoader(question.offer, ask, self.outcomes_noted)
        return loader

    def ask(
        self,
        fields: frozenset[str],
        *,
        raw: bool = False,
        conditions: tuple[Condition, ...] = (),
        order: tuple[Sort, ...] = (),
        limit: int | None = None,
        window: Window | None = None,
    ) -> Ask:
        """What this request needs of a source, on behalf of its caller and within its deadline."""
        return Ask(
            fields=fields,
            caller=self.caller,
            deadline=self.deadline,
            filter=conditions,
            order=order,
            limit=limit,
            window=window,
            raw=raw,
        )

    def nouns_asked(self) -> set[str]:
        """The nouns of which any source was asked."""
        return self.outcomes_noted.nouns()

    def customers_shown(self) -> set[str]:
        """The customers of whose things any was shown."""
        every = chain.from_iterable(owners.values() for owners in self.owners.values())
        return {owner for owner in every if self.caller.may_see(owner)}

    def outcomes(self) -> list[Told]:
        """What `extensions.sources` says, in the eyes of the caller."""
        return self.outcomes_noted.report(self.upstreams, self.caller)
