"""Connections that the gateway ends while their clients may still send: who reads hears why, who goes on is cut off."""

from contextlib import AsyncExitStack

import anyio
import pytest

from gateway.settings import Settings
from tests.gateway.test_limits_slow import BODY, HEAD, connected, rest

pytestmark = pytest.mark.anyio

ASKED = HEAD + b"content-length: %d\r\n\r\n" % len(BODY) + BODY
TOO_LARGE = HEAD + b"content-length: 20000000\r\n\r\n"
ENDLESS = HEAD + b"transfer-encoding: chunked\r\n\r\n"
CHUNK = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
CUT = (anyio.BrokenResourceError, BrokenPipeError)
BRIEFLY = Settings(deadline=0.3, drain=0.0)


async def _endlessly(stream, chunk):
    while True:
        await stream.send(chunk)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (TOO_LARGE, 413),
        (ENDLESS + CHUNK * 17, 413),
        (HEAD + b"content-length: 2000000\r\n\r\n" + b"x" * 2_000_000, 413),
        (HEAD + b"content-length: 90\r\n\r\n{", 408),
        (HEAD + b"expect: 100-continue\r\ncontent-length: 20000000\r\n\r\n", 413),
        (b"no request at all\r\n\r\n", 400),
    ],
    ids=["declared", "endless", "complete", "slow", "expecting", "malformed"],
)
async def test_an_answer_that_ends_the_connection_ends_it(running, sent, status):
    """Whoever sent it waits for nothing more: the answer is followed by the connection's end, and by nothing else."""
    async with running(settings=BRIEFLY) as client, await connected(client) as stream:
        await stream.send(sent)
        with anyio.fail_after(1.5):
            answer = await rest(stream)
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert b"\r\nconnection: close\r\n" in answer
    assert 1 == answer.count(b"HTTP/1.1 ")


@pytest.mark.parametrize("chunk", [CHUNK, ASKED], ids=["a body", "more requests"])
async def test_who_goes_on_sending_is_cut_off(running, monkeypatch, chunk):
    """After a moment in which the answer can be read; none of it is heard."""
    monkeypatch.setattr("gateway.held.LINGER", 0.3)
    async with running(settings=BRIEFLY) as client, await connected(client) as stream:
        await stream.send(ENDLESS + CHUNK * 17)
        assert (await rest(stream)).startswith(b"HTTP/1.1 413 ")
        with anyio.fail_after(5), pytest.raises(CUT):
            await _endlessly(stream, chunk)


async def test_who_sends_all_before_reading_reads_the_answer(running):
    """Also where most of it comes after it was refused."""
    async with running(settings=BRIEFLY) as client, await connected(client) as stream:
        await stream.send(ENDLESS)
        for _ in range(320):
            await stream.send(CHUNK)
            await anyio.lowlevel.checkpoint()
        answer = await rest(stream)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert answer.endswith(b"}")


async def test_requests_after_the_last_one_are_not_answered(running):
    """Not even those that came with it, or under a head that is known."""
    async with running(settings=BRIEFLY) as client, await connected(client) as stream:
        for _ in range(3):
            await stream.send(ASKED)
            assert (await stream.receive()).startswith(b"HTTP/1.1 200 ")
        await stream.send(HEAD + b"connection: close\r\ncontent-length: %d\r\n\r\n" % len(BODY) + BODY + ASKED + ASKED)
        await stream.send(ASKED)
        assert 1 == (await rest(stream)).count(b"HTTP/1.1 ")


async def test_a_gateway_that_stops_waits_for_no_client_that_has_its_answer(running, monkeypatch):
    """Neither for one that keeps its connection nor for one that heard its last response."""
    monkeypatch.setattr("gateway.held.LINGER", 60.0)
    async with AsyncExitStack() as open_for_long:
        with anyio.fail_after(15):
            async with running(settings=Settings(drain=30.0)) as client:
                idle, last = [await open_for_long.enter_async_context(await connected(client)) for _ in range(2)]
                await idle.send(ASKED)
                assert (await idle.receive()).startswith(b"HTTP/1.1 200 ")
                await last.send(TOO_LARGE)
                assert (await rest(last)).startswith(b"HTTP/1.1 413 ")
