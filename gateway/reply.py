"""An answer over HTTP before it is sent: whoever makes one need not know by which way it leaves."""

from collections.abc import Mapping

import msgspec
from msgspec import Struct
from starlette.responses import Response

from gateway.negotiation import JSON
from gateway.refusals import Refusal

_NONE: Mapping[str, str] = {}


class Reply(Struct, frozen=True):
    """Status, body, the body's media type and whatever other headers there are, in lower case."""

    status: int
    body: bytes
    media: str | None = JSON
    headers: Mapping[str, str] = _NONE

    def response(self) -> Response:
        """As Starlette sends it."""
        return Response(self.body, self.status, self.headers, self.media)


def refused(refusal: Refusal, media: str = JSON) -> Reply:
    """Say why a request was not let in."""
    return Reply(refusal.status, msgspec.json.encode(refusal.payload()), media, refusal.headers)
