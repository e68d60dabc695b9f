"""Requests that show who we are: in a header, among the parameters, or in the body."""

from collections.abc import Mapping
from typing import Any

import msgspec

from sources.grammar.access import Place
from sources.requests import Request, escaped, placed


def showing(request: Request, place: Place, shown: Mapping[str, str]) -> Request:
    """The request with what is shown in its place; a request without a body has none to show it in."""
    match place:
        case "header":
            return msgspec.structs.replace(request, headers={**request.headers, **shown})
        case "query":
            mark = "&" if "?" in request.target else "?"
            return msgspec.structs.replace(request, target=f"{request.target}{mark}{escaped(shown.items())}")
        case "body" if request.body is not None:
            return msgspec.structs.replace(request, body=_within(request.body, request.headers, shown))
        case _:
            return request


def _within(body: bytes, headers: Mapping[str, str], shown: Mapping[str, str]) -> bytes:
    """The body, a form or JSON, with more in it."""
    if headers.get("content-type") == "application/x-www-form-urlencoded":
        return b"&".join(part for part in (body, escaped(shown.items()).encode()) if part)
    said: Any = msgspec.json.decode(body)
    for name, value in shown.items():
        said = [placed(one, name, value) for one in said] if isinstance(said, list) else placed(said, name, value)
    return msgspec.json.encode(said)
