"""How one source is talked to: each request in its turn, with our credentials, and again with new ones if refused."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeVar

import anyio
from anyio import to_thread

from model.faults import TimedOut, Unauthorised
from sources.auth import Auth, Plain
from sources.grammar.source import SourceDeclaration
from sources.http_transport import HttpTransport
from sources.requests import Request
from sources.secrets import Secret
from sources.showing import showing
from sources.transport import Response, Transport

T = TypeVar("T")

_LARGE = 64 * 1024
"""Bytes of markup that take about a millisecond to parse: as long as it takes a thread to get its turn."""
_NOTHING: Mapping[str, str] = MappingProxyType({})
"""Is shown to who lets everybody in."""
_FORBIDDEN = frozenset({403, 407})
"""Statuses that say that we are known, and may not: new credentials of ours would be told the same."""


def connected(name: str, declared: SourceDeclaration) -> HttpTransport:
    """The connections to a source, as its declaration wants them."""
    return HttpTransport(
        name,
        declared.url,
        timeout=declared.timeout,
        bytes_at_most=declared.limits.bytes,
        concurrency=declared.concurrency,
        ca=declared.ca,
    )


class Conversation:
    """All that is said to one source, and how it is understood.

    apart: whether large answers are understood in a thread, as others can run while they are parsed.
    """

    def __init__(
        self,
        name: str,
        declared: SourceDeclaration,
        auth: Auth,
        transport: Transport | None = None,
        *,
        accept: str = "application/json",
        apart: bool = False,
    ) -> None:
        self._name = name
        constant = {name.lower(): value for name, value in declared.headers.items()}
        self._plain = {"accept": accept, **{name: one for name, one in constant.items() if isinstance(one, str)}}
        self._secret = {name: one for name, one in constant.items() if isinstance(one, Secret)}
        self._auth = auth
        self._is_open = declared.auth is None and isinstance(auth, Plain)
        self._place = declared.auth.place if declared.auth else "header"
        self._transport = transport or connected(name, declared)
        self._at_once = declared.concurrency
        self._turns: anyio.Semaphore | None = None
        self._apart_from = _LARGE if apart else None

    async def ask(self, request: Request, deadline: float, understand: Callable[[Response], T]) -> T:
        """What `understand` makes of the answer, which it may refuse by raising a SourceFault.

        An answer that is understood as Unauthorised is worth one try with renewed credentials.
        """
        turns = self._turns
        if turns is None:  # made within an event loop, it need not look each time for one
            turns = self._turns = anyio.Semaphore(self._at_once, fast_acquire=True)
        try:
            turns.acquire_nowait()
        except anyio.WouldBlock:
            await self._wait(turns, deadline)
        try:
            shown = _NOTHING if self._is_open else await self._auth.headers(deadline)
            response = await self._transport.send(self._dressed(request, shown), deadline)
            try:
                return understand(response) if self._apart_from is None else await self._apart(response, understand)
            except Unauthorised:
                if response.status in _FORBIDDEN or not await self._auth.renew(shown):
                    raise
            shown = await self._auth.headers(deadline)
            response = await self._transport.send(self._dressed(request, shown), deadline)
            return await self._apart(response, understand)
        finally:
            turns.release()

    async def _wait(self, turns: anyio.Semaphore, deadline: float) -> None:
        """Wait for a turn, which is another's now."""
        try:
            with anyio.fail_after(deadline - anyio.current_time()):
                await turns.acquire()
        except TimeoutError as err:
            raise TimedOut(self._name, "its turn did not come in time") from err

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._transport.aclose()
        await self._auth.aclose()

    async def _apart(self, response: Response, understand: Callable[[Response], T]) -> T:
        """What is understood, in a thread where that takes long."""
        if self._apart_from is None or len(response.body) < self._apart_from:
            return understand(response)
        return await to_thread.run_sync(understand, response, abandon_on_cancel=True)

    def _dressed(self, request: Request, shown: Mapping[str, str]) -> Request:
        always = {**self._plain, **self._secrets()} if self._secret else self._plain
        headers = {**always, **request.headers} if request.headers else always
        dressed = Request(request.method, request.target, headers, request.body)
        return showing(dressed, self._place, shown) if shown else dressed

    def _secrets(self) -> Mapping[str, str]:
        try:
            return {name: one.value() for name, one in self._secret.items()}
        except LookupError as err:
            raise Unauthorised(self._name, f"expected {err.args[0]}") from err
