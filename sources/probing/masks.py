"""What of an exchange may be shown: no secret, wherever it stands, and no header that nobody has declared."""

import json
import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus

import msgspec
from pydantic import BaseModel

from sources.grammar.source import SourceDeclaration
from sources.jmespaths import compile_path
from sources.requests import Request
from sources.secrets import Secret

HIDDEN = "•••"
_PLAIN_HEADERS = frozenset({"accept", "content-type", "soapaction"})
_SECURITY = re.compile(r"(<(?:[\w.-]+:)?Security\b[^>]*>).*?(</(?:[\w.-]+:)?Security>)", re.DOTALL)
"""The header by which SOAP tells who asks: a digest in it is as good as a password to whoever tries long enough."""
_SHORT = 6
"""A part of a header that is shorter than this is no credential by itself."""


class Masks:
    """Hides the credentials of one source, those that are declared and those that it gave us when we signed in."""

    def __init__(self, declared: SourceDeclaration) -> None:
        self._declared = declared
        self._secrets = {secret for secret in _secrets(declared) if secret.strip()}
        self._plain = _PLAIN_HEADERS | _declared_headers(declared)

    def learn(self, request: Request) -> None:
        """Know the credentials that a request shows."""
        for name, value in request.headers.items():
            if name not in self._plain:
                self._secrets |= {part for part in re.split(r"[\s;=,]+", value) if len(part) >= _SHORT}
        self._secrets |= {value for value in _shown(self._declared, request) if value.strip()}

    def headers(self, request: Request) -> Mapping[str, str]:
        """The headers of a request: in full those that show nobody who we are."""
        return {name: self(value) if name in self._plain else HIDDEN for name, value in request.headers.items()}

    def __call__(self, text: str) -> str:
        """A text without any of the credentials."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            for written in dict.fromkeys(_spellings(secret)):
                text = text.replace(written, HIDDEN)
        return _SECURITY.sub(rf"\1{HIDDEN}\2", text)


def _secrets(declared: object) -> Iterator[str]:
    """Every secret within a declaration, as it is now."""
    if isinstance(declared, Secret):
        try:
            yield declared.value()
        except LookupError:
            return
    elif isinstance(declared, BaseModel):
        for name in type(declared).model_fields:
            yield from _secrets(getattr(declared, name))
    elif isinstance(declared, Mapping):
        for value in declared.values():
            yield from _secrets(value)
    elif isinstance(declared, list | tuple):
        for value in declared:
            yield from _secrets(value)


def _declared_headers(declared: SourceDeclaration) -> set[str]:
    """The headers whose values stand in the configuration for everybody to read."""
    lookups: Mapping[str, Any] = getattr(declared, "lookups", {})
    said = [declared.headers, *(getattr(one, "headers", {}) for one in lookups.values())]
    plain = {name.lower() for headers in said for name, value in headers.items() if isinstance(value, str)}
    return plain - {"authorization", "cookie", "proxy-authorization"}


def _shown(declared: SourceDeclaration, request: Request) -> Iterator[str]:
    """What a request shows in the places, other than headers, where the declaration has credentials shown."""
    auth = declared.auth
    if auth is None or auth.place == "header":
        return
    names = [auth.session.name] if auth.session is not None else list(auth.query or auth.body or ())
    if auth.place == "query":
        yield from (value for name, value in parse_qsl(request.target.partition("?")[2]) if name in names)
    else:
        yield from _in_body(request, names)


def _in_body(request: Request, names: list[str]) -> Iterator[str]:
    body = (request.body or b"").decode(errors="replace")
    yield from (value for name, value in parse_qsl(body) if name in names)
    try:
        said = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return
    for one in said if isinstance(said, list) else [said]:
        yield from (value for name in names if isinstance(value := compile_path(name)(one), str))


def _spellings(secret: str) -> Iterator[str]:
    """A secret as it stands in a URL, in JSON, in markup."""
    yield secret
    yield quote(secret, "")
    yield quote_plus(secret)
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield escape(secret, quote=False)
    yield escape(secret)
