"""Bodies as text for people: in their own character set, and JSON with its lines and blanks."""

import msgspec

from sources.oddities import Oddities
from sources.pages import text
from sources.transport import Response


def answer(response: Response, encoding: str | None) -> str:
    """The body of an answer; encoding: what it is declared to be in."""
    found = text(response, Oddities("probe"), encoding)
    return _in_lines(found)


def question(body: bytes | None) -> str:
    """The body of a request."""
    return _in_lines((body or b"").decode(errors="replace"))


def _in_lines(body: str) -> str:
    if not body.lstrip().startswith(("{", "[")):
        return body.strip()
    try:
        return msgspec.json.format(body.encode()).decode()
    except msgspec.DecodeError:
        return body.strip()
