"""httpx: where an own choice of trusted certificates is wanted, which the faster client does not offer."""

import logging
import ssl
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy

import anyio
import httpx

from model.faults import Malformed, Refused, Rejected, SourceFault, TimedOut, Unavailable
from sources.bodies import whole
from sources.transport import Response

logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log every URL, keys of customers and all


class Httpx:
    """Connections to one source, at most `connections` at a time, idle ones kept for `idle` seconds."""

    def __init__(
        self, source: str, *, verify: ssl.SSLContext | bool, bytes_at_most: int, connections: int, idle: float
    ) -> None:
        self._source = source
        self._bytes_at_most = bytes_at_most
        self._client = httpx.AsyncClient(
            verify=verify,
            timeout=None,  # noqa: S113 - the time for the whole exchange is stricter
            limits=httpx.Limits(
                max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=idle
            ),
            headers={"accept-encoding": "gzip", "user-agent": "trunkline"},
            trust_env=False,
        )
        self._client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    async def exchange(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, seconds: float
    ) -> Response:
        """The answer, its last byte included, within so many seconds."""
        try:
            with anyio.fail_after(seconds):
                async with self._client.stream(method, url, headers=headers, content=body) as response:
                    coding = response.headers.get("content-encoding", "")
                    pieces = response.aiter_raw()
                    content = await whole(self._source, lambda: anext(pieces, None), coding, self._bytes_at_most)
                    return Response(response.status_code, dict(response.headers.items()), content)
        except TimeoutError as err:
            raise TimedOut(self._source, f"no whole answer within {seconds:.3f} s") from err
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, UnicodeError) as err:
            raise fault_of(self._source, err) from err

    async def aclose(self) -> None:
        """Close all connections."""
        await self._client.aclose()


def fault_of(source: str, err: Exception) -> SourceFault:
    """The fault that an exception of httpx stands for; its text may hold URLs and stays out."""
    kind = type(err).__name__
    match err:
        case httpx.TimeoutException():
            return TimedOut(source, kind)
        case httpx.ConnectError():
            return Refused(source, kind)
        case httpx.UnsupportedProtocol() | httpx.InvalidURL() | httpx.LocalProtocolError() | UnicodeError():
            return Rejected(source, f"a request that cannot be sent ({kind})")
        case httpx.DecodingError():
            return Malformed(source, kind)
        case _:
            return Unavailable(source, kind)
