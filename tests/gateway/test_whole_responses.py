"""A response in one piece is the response that ASGI's two messages make."""

import re

import anyio
import pytest
from anyio.abc import SocketStream

from gateway import front
from gateway.execution import Executed
from gateway.settings import Settings

pytestmark = pytest.mark.anyio

BODY = b'{"query": "{a}"}'
HEAD = b"%s /graphql HTTP/1.%d\r\nhost: localhost\r\nx-request-id: named\r\ncontent-type: application/json\r\n%s"
BROWSER = b"accept: application/json\r\naccept-encoding: gzip\r\n"


def asked(more: bytes = b"", method: bytes = b"POST", version: int = 1) -> bytes:
    """Write a request."""
    return HEAD % (method, version, more) + b"content-length: %d\r\n\r\n" % len(BODY) + BODY


async def heard(stream: SocketStream, responses: int, end: bytes = b"}") -> bytes:
    """Read so many responses, the last of which ends so, or until the connection ends."""
    read = b""
    with anyio.fail_after(15):
        while read.count(b"HTTP/1.1 ") < responses or not read.endswith(end):
            try:
                read += await stream.receive()
            except (anyio.EndOfStream, anyio.BrokenResourceError):
                return read
    return read


def _dateless(read: bytes) -> bytes:
    return re.sub(rb"date: [^\r]*", b"date: then", read)


async def large(_operation, _request) -> Executed:
    """Answer with more than a socket takes at once, ended by a zero byte."""
    return Executed(b'{"data":"' + b"x" * 3_000_000 + b'"}\0')


@pytest.mark.parametrize(
    ("requests", "responses"),
    [
        (asked(), 1),
        (asked(b"expect: 100-continue\r\n"), 2),
        (asked() + asked(BROWSER) + asked(method=b"PUT"), 3),
        (asked() + b"no request at all\r\n\r\n", 2),
        (asked(b"connection: close\r\n"), 1),
        (asked(version=0), 1),
        (asked(method=b"HEAD"), 1),
        (asked(b"accept: text/csv\r\n"), 1),
        (asked(b"x-trunkline-timeout: \xff\r\n"), 1),
    ],
)
async def test_it_is_byte_for_byte_the_same(running, monkeypatch, requests, responses):
    """Pipelined, packed, refused, to a browser or to one that leaves: whoever looks at the bytes sees no difference."""
    both = []
    for offered in (True, False):
        if not offered:
            monkeypatch.setattr(front, "sender_of", lambda _: None)
        async with (
            running(settings=Settings(drain=0.0)) as client,
            await anyio.connect_tcp(client.base_url.host, client.base_url.port) as stream,
        ):
            await stream.send(requests)
            end = b"\r\n\r\n" if requests.startswith(b"HEAD") else b"." if b"no request" in requests else b"}"
            both.append(_dateless(await heard(stream, responses, end)))
    assert both[0] == both[1]
    assert both[0].startswith(b"HTTP/1.1 ")


async def test_a_large_one_is_whole_and_the_next_one_follows(running):
    """Also to somebody who reads late."""
    async with (
        running(execute=large) as client,
        await anyio.connect_tcp(client.base_url.host, client.base_url.port) as stream,
    ):
        await stream.send(asked() + asked())
        await anyio.sleep(0.2)
        read = await heard(stream, 2, b"\0")
        while read.count(b"\0") < 2:
            read += await stream.receive()
    assert 2 == read.count(b"HTTP/1.1 200 OK\r\n")
    assert 2 == read.count(b"x" * 3_000_000)


async def test_it_is_used(running, monkeypatch):
    """A plain question leaves by it."""
    used = []
    given = front.sender_of

    def noted(scope):
        sender = given(scope)
        assert not scope["extensions"]  # or else they would be a cycle
        return lambda *arguments: used.append(done := sender(*arguments)) or done

    monkeypatch.setattr(front, "sender_of", noted)
    async with running() as client:
        assert 200 == (await client.post("/graphql", json={"query": "{a}"})).status_code
    assert used == [True]
