"""What a followed request asks of a source, with all the waiting, is told to who follows it."""

from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, ClassVar

from model.answer import Answer
from model.ask import Ask
from model.faults import SourceFault
from model.keys import Key, Lookup
from sources.calls import counting_apart
from sources.guards.guard import Call, Guard, T, W, outcome_of
from sources.passed_on import passing_on
from sources.trail import Trail, trail


class Trace(Guard):
    """Leaves a step in the trail of a request that has one. The outermost of all, and nothing where none has."""

    kind: ClassVar[str] = "trace"

    def fetch(
        self, lookup: Lookup, keys: Sequence[Key], ask: Ask
    ) -> Coroutine[Any, Any, Mapping[Key, Answer | SourceFault]]:
        """Answer these keys."""
        followed = trail()
        if followed is None:
            return self.inner.fetch(lookup, keys, ask)
        return self._told(followed, len(keys), self.inner.fetch, lookup, keys, ask)

    def page(self, lookup: Lookup, after: str | None, ask: Ask) -> Coroutine[Any, Any, Answer]:
        """Answer the next stretch of a list."""
        followed = trail()
        if followed is None:
            return self.inner.page(lookup, after, ask)
        return self._told(followed, 0, self.inner.page, lookup, after, ask)

    async def _told(self, followed: Trail, keys: int, call: Call[W, T], lookup: Lookup, what: W, ask: Ask) -> T:
        step, outcome = followed.step(self.name, str(lookup), keys), "cancelled"
        with counting_apart() as calls, passing_on(step.headers):
            try:
                said = await call(lookup, what, ask)
                outcome = outcome_of(said)
                return said  # noqa: TRY300 - the step ends in either case
            except SourceFault as err:
                outcome = err.code
                raise
            except Exception:
                outcome = SourceFault.code
                raise
            finally:
                step.end(outcome, calls.get(self.name, 0))
