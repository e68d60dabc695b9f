"""What a client sends: one GraphQL operation, read from a bounded body, or from an address."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct
from starlette.types import Message, Receive

from gateway.refusals import departed, malformed, too_large


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


async def read_body(headers: Mapping[str, str], receive: Receive, at_most: int) -> bytes:
    """Read the body; refuses one of more than `at_most` bytes before it is read whole."""
    length = headers.get("content-length", "")
    if not length.isdecimal() or int(length[:20]) <= at_most:
        body, more = _chunk(await receive())
        while more and len(body) <= at_most:
            chunk, more = _chunk(await receive())
            body += chunk
        if len(body) <= at_most:
            return body
    raise too_large(at_most)


def bounded(body: bytes, at_most: int) -> bytes:
    """A body that has been read; refuses one of more than `at_most` bytes."""
    if len(body) > at_most:
        raise too_large(at_most)
    return body


def _chunk(message: Message) -> tuple[bytes, bool]:
    """What has come of a body, and whether there is more."""
    if message["type"] == "http.disconnect":
        raise departed()
    return message.get("body", b""), message.get("more_body", False)


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
