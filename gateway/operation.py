"""What a client sends: one GraphQL operation, read from a bounded body, or from an address."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import anyio
import msgspec
from msgspec import Struct
from starlette.requests import Request as HttpRequest

from gateway.refusals import malformed, too_large, too_slow

LINGER = 2.0
"""Seconds for which the rest of a body that is too large is read and dropped."""


class Operation(Struct, frozen=True, rename="camel"):
    """A GraphQL request [GraphQL over HTTP, Request Parameters]; keys besides these are ignored."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None


class ReadingOperation(Operation, frozen=True, rename="camel"):
    """One that came by GET: it may change nothing."""


_decoder = msgspec.json.Decoder(Operation)
_mapping_decoder: msgspec.json.Decoder[dict[str, Any] | None] = msgspec.json.Decoder(dict[str, Any] | None)


def read_from_address(parameters: Mapping[str, str]) -> Operation:
    """Read what comes by GET: the same names, of which `variables` and `extensions` are written in JSON."""
    query = parameters.get("query")
    if not query:
        raise malformed("A GET needs a query: /graphql?query={viewer{subject}}")
    return ReadingOperation(
        query,
        _mapping(parameters, "variables"),
        parameters.get("operationName") or None,
        _mapping(parameters, "extensions"),
    )


def _mapping(parameters: Mapping[str, str], name: str) -> dict[str, Any] | None:
    written = parameters.get(name)
    if not written:
        return None
    try:
        return _mapping_decoder.decode(written)
    except (msgspec.MsgspecError, UnicodeError, ValueError, RecursionError):
        raise malformed(f"What the address says of {name} is no JSON object.") from None


async def read_operation(http: HttpRequest, *, at_most: int, within: float) -> Operation:
    """Read the body, no more than `at_most` bytes of it and no longer than `within` seconds."""
    try:
        with anyio.fail_after(within):
            body = await _bounded(http, at_most)
    except TimeoutError:
        raise too_slow() from None
    return decode_operation(body)


async def _bounded(http: HttpRequest, at_most: int) -> bytes:
    body = bytearray()
    chunks = http.stream()
    if not _declared(http) > at_most:
        async for chunk in chunks:
            body += chunk
            if len(body) > at_most:
                break
        else:
            return bytes(body)
    if "expect" not in http.headers:
        await _discard(chunks)
    raise too_large(at_most)


def _declared(http: HttpRequest) -> int:
    length = http.headers.get("content-length", "")
    return int(length[:20]) if length.isdecimal() else 0


async def _discard(chunks: AsyncIterator[bytes]) -> None:
    """Let a client finish writing, within limits: who is cut off in the middle never reads why."""
    with anyio.move_on_after(LINGER):
        async for _ in chunks:
            pass


def decode_operation(body: bytes) -> Operation:
    """Decode a body; whatever is wrong with it is the client's mistake."""
    try:
        return _decoder.decode(body)
    except msgspec.ValidationError as error:
        raise malformed(f"The request body is no GraphQL request: {error}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise malformed("The request body is no valid JSON in UTF-8.") from None
    except RecursionError:
        raise malformed("The request body is nested too deeply.") from None
