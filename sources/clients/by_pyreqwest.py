"""pyreqwest, used directly: what nearly every request goes out by (docs/decisions/0006)."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import anyio.lowlevel
from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import BuilderError, ConnectError, PyreqwestError, RequestTimeoutError
from pyreqwest.http import HeaderMap
from pyreqwest.response import Response as Streamed

from model.faults import Refused, Rejected, SourceFault, TimedOut, Unavailable
from sources.bodies import comes_within, whole
from sources.transport import Response

_HUNG_UP = "client error (SendRequest)"
"""How the client says that a connection was there, and was lost before an answer began."""
_REPEATABLE = frozenset({"GET", "HEAD"})


class Pyreqwest:
    """Connections to one source, at most `connections` at a time, idle ones kept for `idle` seconds.

    It decompresses nothing, follows nothing, keeps no cookies and reads no proxies from the environment: the first
    two are done where they are bounded, the others not at all. HTTP/1.1, header names in title case.
    """

    def __init__(self, source: str, *, bytes_at_most: int, connections: int, idle: float) -> None:
        self._source = source
        self._bytes_at_most = bytes_at_most
        self._client: Client | None = (
            ClientBuilder()
            .gzip(False)
            .deflate(False)
            .brotli(False)
            .zstd(False)
            .follow_redirects(False)
            .no_proxy()
            .max_connections(connections)
            .pool_max_idle_per_host(connections)
            .pool_idle_timeout(timedelta(seconds=idle))
            .default_headers({"accept-encoding": "gzip", "user-agent": "trunkline"})
            .build()
        )

    async def exchange(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, seconds: float
    ) -> Response:
        """The answer, its last byte included, within so many seconds.

        A server may close a connection that has been idle while a request is on its way there; what can be repeated
        is sent once more then.
        """
        clock = asyncio.get_running_loop().time
        until = clock() + seconds
        try:
            try:
                return await self._once(method, url, headers, body, seconds)
            except ConnectError as err:
                left = until - clock()
                if method not in _REPEATABLE or not _hung_up(err) or left <= 0:
                    raise
            return await self._once(method, url, headers, body, left)
        except asyncio.CancelledError:
            # the client raises one of its own, which the scope that was cancelled would not know for its own
            await anyio.lowlevel.checkpoint_if_cancelled()
            raise
        except RequestTimeoutError as err:
            raise TimedOut(self._source, f"no whole answer within {seconds:.3f} s") from err
        except (PyreqwestError, ValueError) as err:
            raise self._fault(err) from err

    async def aclose(self) -> None:
        """Close all connections; those that are idle go with the client that keeps them, not when it is closed."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _once(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, seconds: float
    ) -> Response:
        if self._client is None:
            raise Unavailable(self._source, "its connections are closed")
        request = self._client.request(method, url).headers(headers).timeout(timedelta(seconds=seconds))
        if body is not None:
            request = request.body_bytes(body)
        async with request.build_streamed() as response:
            told = _told(response.headers)
            return Response(response.status, told, await self._body(response, told))

    async def _body(self, response: Streamed, told: Mapping[str, str]) -> bytes:
        """In one piece where it is told to be within bounds, for the client reads no more than is told."""
        if comes_within(told, self._bytes_at_most):
            return bytes(await response.bytes())
        coding = told.get("content-encoding", "")
        return await whole(self._source, response.body_reader.read_chunk, coding, self._bytes_at_most)

    def _fault(self, err: Exception) -> SourceFault:
        """The fault that an exception stands for; its text may hold URLs and stays out."""
        kind = type(err).__name__
        if isinstance(err, ConnectError) and not _hung_up(err):
            return Refused(self._source, kind)
        if isinstance(err, BuilderError) or not isinstance(err, PyreqwestError):
            return Rejected(self._source, f"a request that cannot be sent ({kind})")
        return Unavailable(self._source, kind)


def _told(headers: HeaderMap) -> dict[str, str]:
    """The headers, those that came several times put together [RFC 9110, 5.3], without those that are not ASCII."""
    try:
        said = headers.dict_multi_value()
    except ValueError:
        return {name: value for name in headers if (value := _joined(headers, name)) is not None}
    return {name: value if value.__class__ is str else ", ".join(value) for name, value in said.items()}


def _joined(headers: HeaderMap, name: str) -> str | None:
    try:
        return ", ".join(headers.getall(name))
    except ValueError:
        return None


def _hung_up(err: ConnectError) -> bool:
    return any(cause["message"] == _HUNG_UP for cause in err.details["causes"] or ())
