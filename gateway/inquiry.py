"""Questions that the gateway's own pages ask, of the gateway: through the same executor and gate as everybody's."""

from typing import Any

import anyio
from starlette.requests import Request as HttpRequest

from auth.caller import BadCaller
from gateway.endpoint import GRACE, CallerOf
from gateway.generations import Generations
from gateway.operation import Operation
from gateway.refusals import bad_caller, past_deadline
from gateway.settings import Settings
from model.caller import Caller
from resolvers.request import Request
from resolvers.upstreams import Upstreams


class Inquiry:
    """Asks on behalf of whoever looks at a page."""

    def __init__(self, generations: Generations, settings: Settings, caller_of: CallerOf) -> None:
        self._generations = generations
        self._deadline = settings.deadline
        self._caller_of = caller_of

    @property
    def upstreams(self) -> Upstreams:
        """The sources as they are configured now."""
        return self._generations.now.upstreams

    def caller(self, http: HttpRequest) -> Caller:
        """Who looks."""
        try:
            return self._caller_of(http.headers)
        except BadCaller as error:
            raise bad_caller(str(error)) from None

    async def ask(
        self, caller: Caller, query: str, variables: dict[str, Any] | None = None, within: float | None = None
    ) -> bytes:
        """The answer as JSON, within the request's deadline or so many seconds; `past_deadline` if there is none."""
        seconds = self._deadline if within is None else min(within, self._deadline)
        deadline = anyio.current_time() + seconds
        generation = self._generations.enter()
        try:
            with anyio.fail_after(seconds + GRACE):
                request = Request(generation.upstreams, caller, deadline)
                return (await generation.execute(Operation(query=query, variables=variables), request)).body
        except TimeoutError:
            raise past_deadline() from None
        finally:
            self._generations.leave(generation)
