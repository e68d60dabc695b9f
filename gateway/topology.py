"""`/topology/...svg`: pictures of circuits and customers, out of answers that their viewer would get.

What a viewer may not see and what there is not are the same 404. What cannot be told now is a picture that says so.
"""

from collections.abc import Sequence
from hashlib import sha256
from importlib.resources import files

import msgspec
from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from gateway.drawing import circuit, customer, sheet
from gateway.drawing.facts import Circuit, Leaseholder, Loss
from gateway.drawing.wording import say
from gateway.inquiry import Inquiry
from gateway.language import Language, language_of
from gateway.refusals import Refusal
from gateway.reply import refused

ACTIVE = ["RAISED", "UPDATED", "UNKNOWN"]
KEY_AT_MOST = 200
"""Characters of a code or id; what is longer names nothing."""

HEADERS = {
    "cache-control": "private, no-cache",  # kept by its viewer alone, and asked about each time
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "vary": "Accept-Language, Authorization, Cookie, X-Trunkline-Customer",
}


class _Extensions(Struct, frozen=True):
    code: str = "INTERNAL"
    source: str | None = None


class _Error(Struct, frozen=True):
    path: Sequence[str | int] = ()
    extensions: _Extensions = _Extensions()


class _Data(Struct, frozen=True):
    circuit: Circuit | None = None
    customer: Leaseholder | None = None


class _Answer(Struct, frozen=True):
    data: _Data | None = None
    errors: Sequence[_Error] = ()


class _Page(Struct, frozen=True):
    """What is asked for one kind of picture, and by which variable."""

    noun: str
    variable: str
    query: str


def _page(noun: str, variable: str) -> _Page:
    return _Page(noun, variable, (files("gateway.drawing") / f"{noun}.graphql").read_text(encoding="utf-8"))


CIRCUIT, CUSTOMER = _page("circuit", "code"), _page("customer", "id")

_decoder = msgspec.json.Decoder(_Answer)


class Topology:
    """Answers with pictures."""

    def __init__(self, inquiry: Inquiry) -> None:
        self._inquiry = inquiry

    @property
    def routes(self) -> list[Route]:
        """Where they are found."""
        return [
            Route("/topology/circuit/{key:path}.svg", self.circuit, methods=["GET"]),
            Route("/topology/customer/{key:path}.svg", self.customer, methods=["GET"]),
        ]

    async def circuit(self, http: HttpRequest) -> Response:
        """The picture of a circuit, by its code."""
        return await self._picture(http, CIRCUIT)

    async def customer(self, http: HttpRequest) -> Response:
        """The picture of a customer, by its business id."""
        return await self._picture(http, CUSTOMER)

    async def _picture(self, http: HttpRequest, page: _Page) -> Response:
        key, language = http.path_params["key"], language_of(http)
        if len(key) > KEY_AT_MOST:
            raise HTTPException(404)
        try:
            body = await self._inquiry.ask(
                self._inquiry.caller(http), page.query, {page.variable: key, "active": ACTIVE}
            )
        except Refusal as refusal:
            return refused(refusal).response()
        answer = _decoder.decode(body)
        lost = [_loss(error) for error in answer.errors]
        drawn = _drawn(answer.data, lost, language)
        if drawn is not None:
            return _answered(http, drawn)
        if not lost:
            raise HTTPException(404)
        return _answered(http, _untold(page.noun, lost, language), 503)


def _drawn(data: _Data | None, lost: Sequence[Loss], language: Language) -> bytes | None:
    if data is None:
        return None
    if data.circuit is not None:
        return circuit.drawn(data.circuit, lost, language)
    return customer.drawn(data.customer, lost, language) if data.customer is not None else None


def _loss(error: _Error) -> Loss:
    """A field without a value: the last name on its path."""
    names = [step for step in error.path if isinstance(step, str)]
    return Loss(names[-1] if names else "", error.extensions.source, error.extensions.code)


def _untold(noun: str, lost: Sequence[Loss], language: Language) -> bytes:
    """There may be such a thing or not: who would know does not answer."""
    why = ", ".join(sorted({" ".join(filter(None, (loss.source, loss.code))) for loss in lost}))
    title = f"{say(language, f'what {noun}')}: {say(language, 'untold')}"
    return sheet.told(title, why, language)


def _answered(http: HttpRequest, picture: bytes, status: int = 200) -> Response:
    headers = HEADERS | {"etag": f'"{sha256(picture).hexdigest()[:32]}"'}
    if status != 200:  # it may be there again at any moment
        return Response(picture, status, HEADERS | {"cache-control": "no-store"}, "image/svg+xml")
    if headers["etag"] in http.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(picture, headers=headers, media_type="image/svg+xml")
