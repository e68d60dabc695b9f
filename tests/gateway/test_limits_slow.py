"""Clients that are slow, silent, gone or greedy: each is bounded, and nobody else waits for them."""

import asyncio
from contextlib import AsyncExitStack

import anyio
import pytest
from anyio.abc import SocketStream

from gateway.execution import Executed
from gateway.settings import Settings

pytestmark = pytest.mark.anyio

BODY = b'{"query": "{a}"}'
HEAD = b"POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"


async def connected(client) -> SocketStream:
    """Open a plain connection to the gateway behind a client."""
    return await anyio.connect_tcp(client.base_url.host, client.base_url.port)


async def rest(stream: SocketStream) -> bytes:
    """Read until the gateway ends the connection."""
    read = b""
    with anyio.fail_after(15):
        try:
            while True:
                read += await stream.receive()
        except (anyio.EndOfStream, anyio.BrokenResourceError):
            return read


@pytest.mark.parametrize("sent", [b"", b"P", b"POST /graphql HTTP/1.1\r\nhost: localhost\r\nx-slow: "])
async def test_a_head_that_does_not_end_ends_the_connection(running, sent):
    """A client that has begun one is told so; one that said nothing is not."""
    async with running(settings=Settings(head_timeout=0.3, drain=0.0)) as client, await connected(client) as stream:
        if sent:
            await stream.send(sent)
        answer = await rest(stream)
    assert answer.startswith(b"HTTP/1.1 408 ") if sent else answer == b""


async def test_a_second_head_is_bounded_as_the_first(running):
    """Whoever has been answered once may not dawdle either."""
    async with running(settings=Settings(head_timeout=0.3, drain=0.0)) as client, await connected(client) as stream:
        await stream.send(HEAD + b"content-length: %d\r\n\r\n" % len(BODY) + BODY)
        with anyio.fail_after(10):
            first = await stream.receive()
        await stream.send(b"GET /healthz HTTP/1.1\r\nx-slow")
        second = await rest(stream)
    assert first.startswith(b"HTTP/1.1 200 ")
    assert b"HTTP/1.1 408 " in second


async def test_drops_of_a_head_do_not_buy_time(running):
    """The bound counts from the first byte, not from the last."""
    async with running(settings=Settings(head_timeout=0.5, drain=0.0)) as client, await connected(client) as stream:

        async def drip():
            await stream.send(HEAD + b"x-slow: ")
            while True:
                await stream.send(b"x")
                await anyio.sleep(0.05)  # it is what the client is about

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(drip)
            answer = await rest(stream)
            tasks.cancel_scope.cancel()
    assert answer.startswith(b"HTTP/1.1 408 ")


async def test_two_hundred_slow_connections_hold_up_nobody(running):
    """Half of them in their heads, half in their bodies; fresh queries are answered within a second."""
    async with running(settings=Settings(deadline=5.0, drain=0.0)) as client, AsyncExitStack() as stack:
        for number in range(200):
            stream = await stack.enter_async_context(await connected(client))
            await stream.send(HEAD if number % 2 else HEAD + b"content-length: 90\r\n\r\n{")
        with anyio.fail_after(1):
            response = await client.post("/graphql", json={"query": "{a}"})
        assert 200 == response.status_code
        with anyio.fail_after(1):
            assert 200 == (await client.get("/healthz")).status_code


async def test_a_head_that_is_too_large_is_refused(running):
    """Neither a header nor an address of a megabyte is kept."""
    async with running() as client:
        for head in (b"GET /healthz HTTP/1.1\r\nx: " + b"a" * 1_000_000, b"GET /" + b"a" * 1_000_000):
            async with await connected(client) as stream:
                try:
                    await stream.send(head)
                except (anyio.BrokenResourceError, BrokenPipeError):
                    continue
                answer = await rest(stream)
            assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")


async def test_work_for_a_client_that_left_is_given_up(running):
    """What waits for upstream systems is cancelled soon after the connection ends."""
    begun, ended = anyio.Event(), anyio.Event()

    async def hang(_operation, _request):
        begun.set()
        try:
            await anyio.sleep_forever()
        finally:
            ended.set()

    async with running(execute=hang) as client:
        async with await connected(client) as stream:
            await stream.send(HEAD + b"content-length: %d\r\n\r\n" % len(BODY) + BODY)
            await begun.wait()
        with anyio.fail_after(5):
            await ended.wait()


async def test_a_client_that_leaves_within_its_body_is_no_error_of_ours(running, caplog):
    """Nothing is logged as unforeseen."""
    async with running() as client:
        async with await connected(client) as stream:
            await stream.send(HEAD + b"content-length: 90\r\n\r\n{")
        assert 200 == (await client.get("/healthz")).status_code
    assert not [record for record in caplog.records if record.name == "trunkline.gateway"]


async def test_who_does_not_read_is_cut_off(running, monkeypatch):
    """An answer that is not taken does not stay in memory for ever."""
    monkeypatch.setattr("gateway.punctual.READING", 0.2)
    lost = asyncio.Event()
    large = Executed(b'{"data":"' + b"x" * 20_000_000 + b'"}')

    async def answer(_operation, _request):
        return large

    async with running(execute=answer) as client, await connected(client) as stream:
        await stream.send(HEAD + b"content-length: %d\r\n\r\n" % len(BODY) + BODY)
        with anyio.fail_after(10):
            while not lost.is_set():
                await anyio.sleep(0.05)
                try:
                    await stream.send(b"\r\n")
                except (anyio.BrokenResourceError, BrokenPipeError):
                    lost.set()
    assert lost.is_set()
