"""Sessions: a token that is got by signing in, and shown until it is refused."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec

from model.faults import Malformed, Rejected, Unauthorised
from sources.answers import check_status, json_body
from sources.grammar.access import SessionDeclaration, TokenDeclaration
from sources.grammar.source import SourceDeclaration
from sources.held import Held
from sources.http_transport import HttpTransport
from sources.jmespaths import compile_path
from sources.outcomes import Outcome
from sources.requests import Request, placed
from sources.secrets import Secret, revealed
from sources.transport import Response
from sources.values import text

_TOKEN_AT_MOST = 8192


class Session:
    """Shows a token that is got by signing in."""

    def __init__(
        self, source: str, declared: SessionDeclaration, at: SourceDeclaration, outcome: Outcome | None
    ) -> None:
        self._source = source
        self._declared = declared
        self._depth = at.limits.depth
        self._outcome = outcome
        self._token = _token(declared.token)
        self._in_body = isinstance(declared.token, str) or outcome is not None
        own = declared.post.startswith("/")
        self._target = declared.post if own else ""
        self._constant = at.headers if own else {}
        self._transport = HttpTransport(
            source,
            at.url if own else declared.post,
            timeout=at.timeout,
            bytes_at_most=at.limits.bytes,
            concurrency=1,
            ca=at.ca,
            counted=False,
        )
        self._session = Held(self._sign_in)

    async def headers(self, deadline: float) -> Mapping[str, str]:
        """The token, from a session that is open as far as we know."""
        return await self._session.held(deadline)

    async def renew(self, refused: Mapping[str, str]) -> bool:
        """Forget the refused token."""
        self._session.refused(refused)
        return True

    async def aclose(self) -> None:
        """Close connections; the session is left to expire."""
        await self._transport.aclose()

    async def _sign_in(self, deadline: float) -> Mapping[str, str]:
        response = await self._transport.send(self._request(), deadline)
        try:
            token = text(self._token(self._body(response), response))
        except ValueError as err:
            raise Malformed(self._source, "a sign-in without a token") from err
        if not token.strip() or len(token) > _TOKEN_AT_MOST or not token.isprintable() or not token.isascii():
            raise Malformed(self._source, "a sign-in with a token that cannot be sent")
        return {self._declared.name: self._declared.shown(token)}

    def _body(self, response: Response) -> Any:
        """What the sign-in answered; whatever rejects it rejects our credentials."""
        try:
            check_status(self._source, response)
            body = json_body(self._source, response, self._depth) if self._in_body else None
            if self._outcome is not None and body is not None and not self._outcome.found(body):
                raise Unauthorised(self._source, "no such sign-in")
        except Rejected as err:
            raise Unauthorised(self._source, f"no session ({err.detail})") from err
        return body

    def _request(self) -> Request:
        try:
            said = {
                name: value.value() if isinstance(value, Secret) else value
                for name, value in self._declared.body.items()
            }
        except LookupError as err:
            raise Unauthorised(self._source, f"expected {err.args[0]}") from err
        if self._declared.form:
            kind, body = "application/x-www-form-urlencoded", urlencode(said).encode()
        else:
            document: Any = {}
            for name, value in said.items():
                document = placed(document, name, value)
            kind, body = "application/json", msgspec.json.encode(document)
        told = {**self._headers(), "accept": "application/json", "content-type": kind}
        return Request("POST", self._target, told, body)

    def _headers(self) -> Mapping[str, str]:
        """The source's constant headers, which are for nobody else."""
        try:
            return {name.lower(): revealed(value) for name, value in self._constant.items()}
        except LookupError as err:
            raise Unauthorised(self._source, f"expected {err.args[0]}") from err


def _token(declared: str | TokenDeclaration) -> Callable[[Any, Response], Any]:
    """Takes the token from a sign-in's answer: its body, or what came with it."""
    if isinstance(declared, str):
        get = compile_path(declared)
        return lambda body, response: get(body)
    if declared.header is not None:
        header = declared.header.lower()
        return lambda body, response: response.headers.get(header)
    given = re.compile(rf"(?:^|,)\s*{re.escape(declared.cookie or '')}=([^;,]+)")

    def cookie(body: Any, response: Response) -> Any:
        found = given.search(response.headers.get("set-cookie", ""))
        return found[1].strip() if found else None

    return cookie
