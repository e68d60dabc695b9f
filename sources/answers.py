"""What an HTTP answer means: its status as a fault, its body as bounded JSON."""

import codecs
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from json import detect_encoding
from typing import Any

import msgspec

from model.faults import BadRequest, Malformed, Overloaded, Rejected, Unauthorised, Unavailable
from sources.notations import PLAIN, Notation
from sources.paths import ABSENT
from sources.remarks import UTF8, remarks
from sources.transport import Response

_UNAUTHORISED = frozenset({401, 403, 407})
_OVERLOADED = frozenset({429, 503})
_REST = bytes(set(range(256)) - set(b'[]{}"'))
_SQUARED = bytes.maketrans(b"{}", b"[]")
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs"}
"""Character sets that are said for what is really a wider one, with the same characters where both have them."""
_BRACKETS = frozenset({b"[", b"{"})
_decode = msgspec.json.Decoder().decode
UNDECODABLE = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)
"""What is raised of a body that is no JSON, not all of it, nested too deep, or not of the types that are decoded."""


def check_status(source: str, response: Response) -> None:
    """Raise the fault that this status stands for; a 2xx passes."""
    status = response.status
    if 200 <= status < 300:
        return
    detail = f"status {status}"
    if status in _UNAUTHORISED:
        raise Unauthorised(source, detail)
    if status in _OVERLOADED:
        raise Overloaded(source, detail, retry_after=_retry_after(response))
    if 400 <= status < 500:
        raise (Rejected if status in {409, 451} else BadRequest)(source, detail)
    if status >= 500:
        raise Unavailable(source, detail)
    raise Malformed(source, detail)


def json_body(
    source: str,
    response: Response,
    depth: int | None,
    decode: Callable[[bytes], Any] = _decode,
    notation: Notation = PLAIN,
) -> Any:
    """The body of a 2xx, decoded (to plain data, unless `decode` does more); None for 204.

    Malformed when it is not what was agreed.
    """
    body = response.body
    if notation is PLAIN and is_plain(response):
        return json_text(source, body, depth, decode)  # as most often: what follows would find nothing to do
    if response.status == 204 and not body:
        return None
    if not body.strip() and not notation.may_be_empty:
        raise Malformed(source, "an empty body")
    body = _utf8(source, response, notation.encoding)
    if body.lstrip()[:1] == b"<":
        raise Malformed(source, "a page of markup instead of JSON")
    if notation.to_json is not None:
        body = _rewritten(source, body, notation.to_json)
    data = json_text(source, body, depth, decode)
    if data is None:
        raise Malformed(source, "a body of null")
    return data


def no_rows(source: str, found: Any) -> Malformed:
    """The fault where no objects stand that are rows, but this, or nothing at all."""
    nothing = found is ABSENT or found is None
    return Malformed(source, "nothing where the rows should stand" if nothing else "a row that is no object")


def is_plain(response: Response) -> bool:
    """Whether a body begins as JSON does, and is in UTF-8."""
    body = response.body
    return body[:1] in _BRACKETS and b"\0" not in body[:4] and remarks(response.headers).in_utf8


def json_text(source: str, body: bytes, depth: int | None, decode: Callable[[bytes], Any] = _decode) -> Any:
    """JSON in UTF-8, decoded; Malformed when it is none, not all of it, or nested too deep (None: for the decoder)."""
    if depth is not None and not within_depth(body, depth):
        raise Malformed(source, f"JSON nested deeper than {depth}, or not closed")
    try:
        return decode(body)
    except UNDECODABLE as err:
        raise Malformed(source, "a body that is no JSON, or not all of it") from err


def within_depth(body: bytes, limit: int) -> bool:
    """Whether JSON is nested no deeper than `limit`, told without decoding it; False too for what does not close.

    What stands in strings is taken out first, then pairs of brackets are taken away from the inside until nothing
    is left: each step is one pass in C over what remains.
    """
    if b"\\" in body:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    skeleton = body.translate(_SQUARED, _REST).replace(b'""', b"")
    if b'"' in skeleton:
        skeleton = b"".join(skeleton.split(b'"')[::2])
    for _ in range(limit):
        if not skeleton:
            return True
        size = len(skeleton)
        skeleton = skeleton.replace(b"[]", b"")
        if len(skeleton) == size:
            return False
    return not skeleton


def _utf8(source: str, response: Response, encoding: str | None) -> bytes:
    """The body in UTF-8, from what it is declared to be in, or else from what it claims, or its first bytes show."""
    body = response.body.removeprefix(codecs.BOM_UTF8)
    claimed = encoding or remarks(response.headers).charset
    charset = claimed or (detect_encoding(body) if b"\0" in body[:4] else "utf-8")
    if charset in UTF8:
        return body
    try:
        return body.decode(_WIDER.get(charset, charset)).removeprefix("\ufeff").encode()
    except (LookupError, UnicodeError) as err:
        raise Malformed(source, "a body that is not in the character set it claims") from err


def _rewritten(source: str, body: bytes, to_json: Callable[[bytes], bytes]) -> bytes:
    try:
        return to_json(body)
    except ValueError as err:
        raise Malformed(source, "a body that is not in the notation declared") from err


def _retry_after(response: Response) -> float | None:
    """Seconds, from either form of Retry-After [RFC 9110, 10.2.3]."""
    said = response.headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return float(said[:9])
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None
