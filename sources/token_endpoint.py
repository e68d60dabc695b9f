"""Connections to a token endpoint: no more is listened to than is to a source, and only answers are passed on."""

import httpx

from model.faults import Malformed, Rejected, Unauthorised
from sources.answers import check_status, json_body
from sources.bodies import Body
from sources.transport import Response

_DEPTH = 16
_TOKEN_AT_MOST = 8192


class TokenEndpoint(httpx.AsyncBaseTransport):
    """Passes on what an OAuth client can read, and raises what else there is as the fault that it is."""

    def __init__(self, source: str, inner: httpx.AsyncBaseTransport, bytes_at_most: int) -> None:
        self._source = source
        self._inner = inner
        self._bytes_at_most = bytes_at_most

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, whose body is an object of JSON with a token that can be sent."""
        request.headers["accept-encoding"] = "identity"
        answer = await self._inner.handle_async_request(request)
        try:
            response = Response(answer.status_code, dict(answer.headers.items()), await self._body(answer))
        finally:
            await answer.aclose()
        self._check(response)
        return httpx.Response(response.status, content=response.body, headers={"content-type": "application/json"})

    async def aclose(self) -> None:
        """Close all connections."""
        await self._inner.aclose()

    async def _body(self, answer: httpx.Response) -> bytes:
        body = Body(self._source, answer.headers, self._bytes_at_most)
        async for piece in answer.aiter_raw():
            body.take(piece)
        return body.whole()

    def _check(self, response: Response) -> None:
        if 300 <= response.status < 400:
            raise Rejected(self._source, "a token endpoint that leads elsewhere")
        try:
            check_status(self._source, response)
        except Rejected as err:
            raise Unauthorised(self._source, f"no token ({err.detail})") from err
        said = json_body(self._source, response, _DEPTH)
        if type(said) is not dict:
            raise Malformed(self._source, "a token answer that is no object")
        if "error" in said:
            raise Unauthorised(self._source, "no token, but an error")
        if not _can_be_sent(said.get("access_token")):
            raise Malformed(self._source, "a token answer without a token that can be sent")


def _can_be_sent(token: object) -> bool:
    if type(token) is not str or not token.strip() or len(token) > _TOKEN_AT_MOST:
        return False
    return token.isascii() and token.isprintable()
