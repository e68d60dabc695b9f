"""Connections that are kept between requests: for a while after each response, by one timer."""

from functools import partial

import anyio
import pytest
import uvicorn
from anyio.abc import SocketStream

from gateway.execution import Executed
from tests.gateway.conftest import echo

pytestmark = pytest.mark.anyio

KEPT = 0.3
BODY = b'{"query": "{a}"}'
HEAD = b"POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 16\r\n\r\n"
ASKED = HEAD + BODY
ANSWERED = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture
def briefly(monkeypatch):
    """Have servers keep idle connections for a moment only."""
    monkeypatch.setattr("gateway.server.uvicorn.Config", partial(uvicorn.Config, timeout_keep_alive=KEPT))


async def late(_operation, _request) -> Executed:
    """Answer after idle connections would have ended."""
    await anyio.sleep(2 * KEPT)
    return Executed(b'{"data":{}}')


async def answers(stream: SocketStream, asked: bytes) -> int:
    """How many come if one asks, hears all, and asks again, until the connection ends by itself."""
    heard, each = b"", asked.count(b"POST")
    with anyio.fail_after(15):
        await stream.send(asked)
        while heard.count(ANSWERED) < each:
            heard += await stream.receive()
        await stream.send(asked)
        try:
            while True:
                heard += await stream.receive()
        except anyio.EndOfStream:
            return heard.count(ANSWERED)


@pytest.mark.usefixtures("briefly")
@pytest.mark.parametrize(("execute", "asked"), [(echo, ASKED), (late, ASKED), (echo, ASKED + ASKED)])
async def test_a_connection_is_kept_after_each_response_and_then_ends(running, execute, asked):
    """However long the response took, and also if several were asked for at once."""
    async with (
        running(execute=execute) as client,
        await anyio.connect_tcp(client.base_url.host, client.base_url.port) as stream,
    ):
        assert 2 * asked.count(b"POST") == await answers(stream, asked)
