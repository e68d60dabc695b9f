"""`POST /hooks/invalidate`: a system tells what has changed, so that kept answers about it are dropped at once.

It shows a secret of this gateway's (`gateway: {hook_secret: ...}`), as `Authorization: Bearer`; where none is
configured there is no such address.
"""

from collections.abc import Sequence
from typing import Annotated

import anyio
import msgspec
from msgspec import Meta, Struct
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from gateway.bearer import shows
from gateway.negotiation import JSON
from gateway.operation import read_body
from gateway.refusals import Refusal, malformed, not_known, too_slow
from gateway.reply import refused
from sources.controls import Controls
from sources.secrets import Secret

ADDRESS = "/hooks/invalidate"
BYTES_AT_MOST = 262_144
WITHIN = 5.0


class _Told(Struct, frozen=True):
    tags: Annotated[Sequence[Annotated[str, Meta(min_length=1, max_length=256)]], Meta(max_length=1_000)]


_decoder = msgspec.json.Decoder(_Told)


class Hooks:
    """Hears what systems tell."""

    def __init__(self, controls: Controls, secret: Secret | None) -> None:
        self._controls = controls
        self._secret = secret

    @property
    def routes(self) -> list[Route]:
        """Where it is found, if anywhere."""
        return [Route(ADDRESS, self.invalidate, methods=["POST"])] if self._secret is not None else []

    async def invalidate(self, http: HttpRequest) -> Response:
        """Drop what has one of the tags told: `{"tags": ["circuit:BJSH-OTN-000017"]}`."""
        try:
            self._let_in(http)
            with anyio.fail_after(WITHIN):
                tags = _tags(await read_body(http.headers, http.receive, BYTES_AT_MOST))
        except TimeoutError:
            return refused(too_slow()).response()
        except Refusal as refusal:
            return refused(refusal).response()
        dropped = await self._controls.forget(tags)
        return Response(msgspec.json.encode({"dropped": dropped}), media_type=JSON)

    def _let_in(self, http: HttpRequest) -> None:
        if not shows(http.headers, self._secret):
            raise not_known("This hook")


def _tags(body: bytes) -> Sequence[str]:
    try:
        return _decoder.decode(body).tags
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise malformed('The request body is not of the form {"tags": ["circuit:CODE"]}.') from None
