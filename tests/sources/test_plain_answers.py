"""Answers that are read in one step come out as llhttp reads them, and so does whatever is close to them."""

import asyncio
import re
from collections.abc import Iterable, Iterator
from typing import Any, cast
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.faults import SourceFault
from sources.clients import connection as connections
from sources.clients.connection import Connection, HungUp
from sources.clients.plain_heads import Fields, plain_head
from sources.transport import Response

AT_MOST = 40
NGINX = (
    b"HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sat, 28 Nov 2026 10:31:24 GMT\r\n"
    b"Content-Type: application/json\r\nContent-Length: 2\r\nConnection: keep-alive\r\nAccept-Ranges: bytes\r\n\r\n"
)
EXPRESS = (
    b"HTTP/1.1 200 OK\r\nX-Powered-By: Express\r\ncontent-type: application/json; charset=utf-8\r\n"
    b'content-length: 2\r\nETag: W/"2-x"\r\nCache-Control: no-cache\r\n'
    b"Set-Cookie: a=1\r\nset-cookie: b=2\r\nKeep-Alive: timeout=5\r\n\r\n"
)
LINES = st.sampled_from(
    [
        *(b"Connection: keep-alive", b"connection: Keep-Alive", b"CONNECTION: close", b"cOnnection: close"),
        *(b"Connection: keep-alive, close", b"Proxy-Connection: close", b"Upgrade: h2c", b"Keep-Alive: timeout=5"),
        *(
            b"Content-Length: 2",
            b"content-length: 2",
            b"CONTENT-LENGTH: 3",
            b"Content-Length: 02",
            b"Content-Length: +2",
        ),
        *(
            b"Content-Length: 2 ",
            b"Content-Length:2",
            b"Content-Length: ",
            b"Content-Length: 2, 2",
            b"Content-Length: 41",
        ),
        *(b"Content-Length: 99999999999999999999", b"Content-Encoding: gzip", b"Content-Encoding: identity"),
        *(b"Transfer-Encoding: chunked", b"TRANSFER-ENCODING: chunked", b"transfer-encoding: identity", b"Trailer: x"),
        *(
            b"Content-Type: application/json",
            b"Content-Type: text/html",
            b"CONTENT-TYPE: x",
            b"X-A: 1",
            b"x-a: 2",
            b"X-A:  3  ",
            b"X_A: 4",
        ),
        *(
            b"X-A:",
            b"X-A : 5",
            b" folded",
            b"\tfolded",
            b": nameless",
            b"nothing",
            b"",
            b"X-A: \xe7\x94\xb5",
            b"X-A: a\tb",
        ),
        *(b"X-A: \0", b"X-A: \r", b"X-A: \n", b"X-A: \x7f", b"1: 1", b"X-" + b"a" * 2100 + b": 1"),
    ]
)
STATUS_LINES = st.sampled_from(
    [
        *(b"HTTP/1.1 200 OK",) * 6,
        *(
            *(b"HTTP/1.0 200 OK",) * 2,
            b"HTTP/1.1 200",
            b"HTTP/1.1 200 ",
            b"HTTP/1.1 2000 OK",
            b"HTTP/1.1 204 No Content",
        ),
        *(b"HTTP/1.1 304 Not Modified", b"HTTP/1.1 404 Not Found", b"HTTP/1.1 100 Continue", b"HTTP/2 200 OK"),
        *(b"http/1.1 200 OK", b"HTTP/1.1  200 OK", b"HTTP/1.1 200 \xe7\x94\xb5", b"\r\nHTTP/1.1 200 OK"),
    ]
)
BODIES = st.sampled_from(
    [b"ok"] * 4 + [b"", b"o", b"\r\n", b"x" * 40, b"x" * 41, b"2\r\nok\r\n0\r\n\r\n", b"ok" + NGINX + b"ok"]
)


@st.composite
def answers(draw: st.DrawFn) -> bytes:
    """An answer as servers say them, with some lines that may be odd, its length most often right."""
    body, lines = draw(BODIES), draw(st.sampled_from([NGINX, EXPRESS])).split(b"\r\n")[1:-2]
    if draw(st.booleans()):
        lines = [re.sub(rb"(?i)(content-length): 2", rb"\1: %d" % len(body), line) for line in lines]
    for line in draw(st.lists(LINES, max_size=2)):
        at = draw(st.integers(0, len(lines)))
        lines[at : at + draw(st.integers(0, 1))] = [line]
    end = draw(st.sampled_from([b"\r\n"] * 8 + [b"\n"]))
    return end.join([draw(STATUS_LINES), *lines, b"", b""]) + body


class Wire:
    """A transport that notes whether its end was asked for."""

    ended = False

    def write(self, data: bytes) -> None:
        """Nobody listens."""

    def is_closing(self) -> bool:
        """Whether it has been ended."""
        return self.ended

    def abort(self) -> None:
        """End it."""
        self.ended = True


def heard(loop: asyncio.AbstractEventLoop, exchanges: Iterable[Iterable[bytes]], *, bodiless: bool) -> Iterator[object]:
    """What becomes of exchanges on one connection: of each its answer or fault, and whether another may follow."""
    wire, connection = Wire(), Connection("crm", AT_MOST)
    connection.connection_made(cast("Any", wire))
    for pieces in exchanges:
        answer = connection.ask(b"", loop, bodiless=bodiless, until=0.0, seconds=1.0)
        for piece in pieces:
            if not wire.ended:
                connection.data_received(piece)
        if not connection.fit:
            connection.connection_lost(None)
        yield _what(answer), connection.fit, wire.ended
        if not connection.fit:
            return


def _what(answer: "asyncio.Future[Response]") -> object:
    if not answer.done():
        return None
    fault = answer.exception()
    if fault is not None:
        assert isinstance(fault, SourceFault | HungUp)
        return type(fault), str(fault)
    response = answer.result()
    return response.status, dict(response.headers), response.headers.get("content-type"), response.body


async def _told(exchanges: list[list[bytes]], *, bodiless: bool) -> list[object]:
    return list(heard(asyncio.get_running_loop(), exchanges, bodiless=bodiless))


@given(
    said=st.lists(answers(), min_size=1, max_size=3),
    cut=st.integers(0, 400),
    whole=st.booleans(),
    bodiless=st.sampled_from([False, False, False, True]),
)
@settings(max_examples=1000, deadline=None)
def test_plain_answers_are_read_as_llhttp_reads_them(
    said: list[bytes],
    cut: int,
    whole: bool,
    bodiless: bool,
) -> None:
    """Whole, in two pieces, several on one connection: the same answers, faults and connections that are given up."""
    exchanges = [[one] if whole else [one[:cut], one[cut:]] for one in said]
    exchanges = [[piece for piece in pieces if piece] for pieces in exchanges]
    ours = asyncio.run(_told(exchanges, bodiless=bodiless))
    with patch.object(connections, "plain_head", lambda _: None):
        llhttps = asyncio.run(_told(exchanges, bodiless=bodiless))
    assert llhttps == ours


@pytest.mark.parametrize("head", [NGINX, EXPRESS])
def test_what_servers_say_day_by_day_is_plain(head: bytes) -> None:
    """nginx, Express: their heads are read in one step, whatever comes with them, and only when they are whole."""
    for body in (b"", b"ok", b"ok" + head):
        found = plain_head(head + body)
        assert found is not None
        assert (len(head), 2, len(head) + 2) == (found.size, found.length, found.whole)
    assert [None] * len(head) == [plain_head(head[:size]) for size in range(len(head))]


@pytest.mark.parametrize(
    "line",
    [
        *(b"Connection: close", b"CONNECTION: keep-alive", b"Proxy-Connection: close", b"Upgrade: h2c", b"upgrade: x"),
        *(b"Content-Length: 2", b"content-length: 3", b"CONTENT-LENGTH: 2", b"Content-Type: a/b", b"CONTENT-TYPE: a/b"),
        *(b"Content-Encoding: gzip", b"content-encoding: identity", b"Transfer-Encoding: chunked", b"X-A:  blank"),
        *(
            b"X-A:none",
            b"X-A: ",
            b"X-A : 1",
            b" folded",
            b"X-A: \xe7\x94\xb5",
            b"X-A: \t",
            b"X-A: \r",
            b"X-A: \n",
            b"nothing",
        ),
    ],
)
def test_what_tells_more_is_not_plain(line: bytes) -> None:
    """Of coding, connection or another length, or in an odd way: wherever it stands in a head."""
    for head in (NGINX, EXPRESS):
        lines = head.split(b"\r\n")
        for at in range(1, len(lines) - 1):
            assert plain_head(b"\r\n".join([*lines[:at], line, *lines[at:]])) is None


def test_fields_of_plain_heads_are_a_mapping_like_any_other() -> None:
    """Names in lower case, repeated ones together; what is not there is not there."""
    found = plain_head(EXPRESS)
    assert found is not None
    told = {
        "x-powered-by": "Express",
        "content-type": "application/json; charset=utf-8",
        "content-length": "2",
        "etag": 'W/"2-x"',
        "cache-control": "no-cache",
        "set-cookie": "a=1, b=2",
        "keep-alive": "timeout=5",
    }
    assert told == found.fields
    assert told == {name: Fields(EXPRESS, told["content-type"]).get(name) for name in told}  # before all is told apart
    assert (7, "2", None, "") == (
        len(found.fields),
        found.fields["content-length"],
        found.fields.get("link"),
        found.fields.get("link", ""),
    )
