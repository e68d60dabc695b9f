"""Requests under heads that are known are answered as all others are, without the parser."""

import asyncio
import gc
import logging
import re
from collections.abc import Callable
from contextlib import asynccontextmanager

import anyio
import msgspec
import pytest
from anyio.abc import SocketStream

from auth.caller import caller_of
from gateway import access_log
from gateway.exchange import Exchange
from gateway.execution import Executed
from gateway.front import Front
from gateway.known_heads import KnownHeads
from gateway.settings import Settings
from sources.passed_on import passed_on

pytestmark = pytest.mark.anyio

BODY = b'{"query": "{a}"}'
TRACED = b"traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n"


def asked(*more: bytes, body: bytes = BODY, length: int | None = None) -> bytes:
    """Write a request."""
    head = b"POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n" + b"".join(more)
    return head + b"content-length: %d\r\n\r\n" % (len(body) if length is None else length) + body


async def tells(operation, request) -> Executed:
    """Answer, a turn later, with what the executor was given."""
    await asyncio.sleep(0)
    patience = round(request.deadline - asyncio.get_running_loop().time())
    told = [operation.query, dict(passed_on()), request.caller.subject, patience]
    return Executed(msgspec.json.encode({"data": told, "padding": "x" * len(operation.query) * 100}))


async def response(stream: SocketStream, read: bytes = b"") -> bytes:
    """Read one response."""
    with anyio.fail_after(15):
        while b"\r\n\r\n" not in read:
            read += await stream.receive()
        if read.startswith(b"HTTP/1.1 100 "):
            return await response(stream, read.partition(b"\r\n\r\n")[2])
        head, _, body = read.partition(b"\r\n\r\n")
        while len(body) < int(re.search(rb"content-length: (\d+)", head)[1]):
            body += await stream.receive()
    return head + b"\r\n\r\n" + body


def comparable(read: bytes) -> bytes:
    """A response without what is another each time."""
    return re.sub(rb"date: [^\r]*|[0-9a-f]{32}|t=\d+", b"", read)


@pytest.fixture
def shortly(monkeypatch):
    """Count who goes the short way."""
    gone, answer = [], Front.answer

    async def noted(self, exchange):
        gone.append(exchange.whole)
        await answer(self, exchange)

    monkeypatch.setattr(Front, "answer", noted)
    return gone


async def until(holds: Callable[[], bool]) -> None:
    """Wait for a condition."""
    with anyio.fail_after(15):
        while not holds():  # noqa: ASYNC110 - what it waits for tells nobody
            await anyio.sleep(0.01)


@asynccontextmanager
async def connected(running, **said):
    """Open a connection to a gateway."""
    said.setdefault("settings", Settings(drain=0.0))
    async with (
        running(execute=said.pop("execute", tells), **said) as client,
        await anyio.connect_tcp(client.base_url.host, client.base_url.port) as stream,
    ):
        yield stream


async def heard(running, requests, **said) -> list[bytes]:
    """What is answered to requests, one after the other on one connection."""
    async with connected(running, **said) as stream:
        return [comparable((await stream.send(data)) or await response(stream)) for data in requests]


async def both(running, monkeypatch, requests, **said) -> list[bytes]:
    """What is answered, which is the same if no head is known."""
    answered = await heard(running, requests, **said)
    with monkeypatch.context() as patched:
        patched.setattr(KnownHeads, "whole", lambda *_: None)
        assert answered == await heard(running, requests, **said)
    return answered


@pytest.mark.parametrize(
    "head",
    [
        (),
        (b"x-request-id: named\r\n",),
        (b"X-Request-ID: named\r\n", TRACED),
        (b"traceparent: 00-nothing\r\n",),
        (b"accept: application/graphql-response+json\r\n",),
        (b"accept-encoding: gzip, br\r\n", b"x-request-id: named\r\n"),
        (b"x-trunkline-customer: C1,C2\r\n",),
        (b"x-trunkline-customer: ,\r\n",),
        (b"x-trunkline-timeout: 3s\r\n",),
        (b"x-trunkline-timeout: soon\r\n",),
        (b"x-trunkline-timeout: \xff\r\n",),
        (b"origin: http://localhost\r\n", b"sec-fetch-site: same-origin\r\n", b"cookie: a=b\r\n"),
        (b"connection: keep-alive\r\n", b"x: 1\r\n", b"x: 2\r\n"),
    ],
)
async def test_it_is_byte_for_byte_the_same(running, monkeypatch, shortly, head):
    """Whatever a head says of who asks, of what is taken, and how long: from the third time on it is not parsed."""
    bodies = [BODY, b'{"query": "{a b c}"}', b'{"query": "%s"}' % (b"a" * 50), b"[", b"", b'{"query": 1}', b"x" * 3_000]
    requests = [asked(*head, body=body) for body in (BODY, BODY, *bodies)]
    await both(
        running,
        monkeypatch,
        requests,
        settings=Settings(drain=0.0, max_body_bytes=2_000),
        caller_of=lambda h: caller_of(h, staff_by_default=True),
    )
    assert [whole.body for whole in shortly] == bodies


@pytest.mark.parametrize(
    "head",
    [
        (b"host: elsewhere\r\n",),
        (b"expect: 100-continue\r\n",),
        (b"accept: text/csv\r\n",),
        (b"sec-fetch-site: cross-site\r\n", b"origin: http://elsewhere\r\n"),
        (b"content-type: text/plain\r\n",),
        (b"content-encoding: gzip\r\n", b"x: %s\r\n" % (b"a" * 5_000)),
        (b"upgrade: h2c\r\n", b"connection: upgrade\r\n"),
    ],
)
async def test_what_is_not_plain_is_parsed_each_time(running, monkeypatch, shortly, head):
    """What is refused, what wants to be told first, what is large, what would go on otherwise."""
    requests = [asked(*head).replace(b"host: localhost\r\n", b"" if b"host" in head[0] else b"host: localhost\r\n")] * 4
    if b"content-type" in head[0]:
        requests = [data.replace(b"content-type: application/json\r\n", b"") for data in requests]
    if b"upgrade" in head[0]:
        requests = requests[:1]  # nothing is read behind it
    await both(running, monkeypatch, requests)
    assert not shortly


async def test_addresses_other_than_this_are_parsed(running, monkeypatch, shortly):
    """However often they are asked for."""
    await both(running, monkeypatch, [asked().replace(b"/graphql", b"/healthz")] * 4)
    await both(running, monkeypatch, [asked().replace(b"POST", b"PUT")] * 4)
    assert not shortly


@asynccontextmanager
async def known(running, shortly):
    """A connection on which a request has gone the short way once."""
    async with connected(running) as stream:
        for _ in range(3):
            await stream.send(asked())
            await response(stream)
        assert 1 == len(shortly)
        yield stream


async def test_what_comes_in_pieces_or_together_is_parsed(running, shortly):
    """And what comes after it need not be."""
    async with known(running, shortly) as stream:
        await stream.send(asked()[:-5])
        await anyio.sleep(0.05)  # so that it comes by itself
        await stream.send(asked()[-5:])
        await response(stream)
        assert 1 == len(shortly)
        await stream.send(asked() + asked(b"x-request-id: second\r\n") + asked(b"x-request-id: third\r\n"))
        read = b""
        with anyio.fail_after(15):
            while read.count(b"HTTP/1.1 200 ") < 3 or not read.endswith(b'"}'):
                read += await stream.receive()
        assert read.index(b"second") < read.index(b"third")
        await stream.send(asked())
        await response(stream)
        assert 2 == len(shortly)


async def test_what_comes_within_a_request_is_not_taken_for_one(running, shortly):
    """Though it is written like one, and another request on the connection has been answered before."""
    async with known(running, shortly) as stream:
        await stream.send(b"POST /graphql HTTP/1.1\r\nx-request-id: outer\r\nx: ")
        await anyio.sleep(0.05)  # so that what follows comes by itself
        await stream.send(asked())
        assert b"\r\nx-request-id: outer\r\n" in await response(stream)
    assert 1 == len(shortly)


async def test_other_origins_go_through_the_layers(running, monkeypatch, shortly):
    """Where pages of some may ask, and are told so."""
    settings = Settings(drain=0.0, cors_origins=("https://portal.example",))
    answered = await both(running, monkeypatch, [asked(b"origin: https://portal.example\r\n")] * 4, settings=settings)
    assert all(b"access-control-allow-origin: https://portal.example\r\n" in one for one in answered)
    assert not shortly


async def test_what_follows_while_it_is_answered_waits_its_turn(running, shortly):
    """The answers come in the order of the questions."""
    go, begun = asyncio.Event(), []

    async def waits(operation, _request) -> Executed:
        begun.append(operation.query)
        if operation.query == "wait":
            await go.wait()
        return Executed(b'{"data":"%s"}' % operation.query.encode())

    async with connected(running, execute=waits) as stream:
        for _ in range(3):
            await stream.send(asked())
            await response(stream)
        await stream.send(asked(body=b'{"query": "wait"}'))
        await until(lambda: "wait" in begun)
        with anyio.fail_after(15):
            await stream.send(asked(body=b'{"query": "next"}'))
            await anyio.sleep(0.05)  # so that it would be heard
            assert "next" not in begun
            go.set()
            read = b""
            while not read.endswith(b'"next"}'):
                read += await stream.receive()
    assert read.index(b'"wait"') < read.index(b'"next"')
    assert 2 == len(shortly)


async def test_work_for_a_client_that_left_is_given_up(running, shortly):
    """As on the long way."""
    ended = anyio.Event()

    async def hang(operation, _request) -> Executed:
        if operation.query != "wait":
            return Executed(b"{}")
        try:
            await anyio.sleep_forever()
        finally:
            ended.set()

    async with running(execute=hang) as client:
        async with await anyio.connect_tcp(client.base_url.host, client.base_url.port) as stream:
            for _ in range(3):
                await stream.send(asked())
                await response(stream)
            await stream.send(asked(body=b'{"query": "wait"}'))
            await until(lambda: len(shortly) == 2)
        with anyio.fail_after(5):
            await ended.wait()


async def test_a_request_has_its_deadline(running, monkeypatch, shortly):
    """Also one that nobody would answer."""

    async def hang(operation, _request) -> Executed:
        if operation.query == "wait":
            await anyio.sleep_forever()
        return Executed(b"{}")

    requests = [*[asked()] * 3, asked(b"x-trunkline-timeout: 300ms\r\n", body=b'{"query": "wait"}')]
    requests = [data.replace(b"x-trunkline-timeout: 300ms\r\n", b"") for data in requests]
    answered = await both(running, monkeypatch, requests, execute=hang, settings=Settings(drain=0.0, deadline=0.3))
    assert b"DEADLINE_EXCEEDED" in answered[-1]
    assert 2 == len(shortly)


async def test_an_answer_that_is_under_way_when_the_gateway_stops_is_the_last(running, shortly):
    """It is sent, says so, and the connection ends."""
    go = asyncio.Event()

    async def waits(operation, _request) -> Executed:
        if operation.query == "wait":
            await go.wait()
        return Executed(b"{}")

    async with running(execute=waits, settings=Settings(drain=5.0)) as client:
        stream = await anyio.connect_tcp(client.base_url.host, client.base_url.port)
        for _ in range(3):
            await stream.send(asked())
            await response(stream)
        await stream.send(asked(body=b'{"query": "wait"}'))
        await until(lambda: len(shortly) == 2)
        asyncio.get_running_loop().call_later(0.5, go.set)  # when it has begun to stop
    async with stream:
        answer = await response(stream)
        with pytest.raises(anyio.EndOfStream):
            await stream.receive()
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"connection: close\r\n" in answer


async def test_work_that_is_given_up_has_its_time_to_end_when_the_gateway_stops(running, shortly):
    """Also when its connection is gone already."""
    ended = False

    async def tidies_up(operation, _request) -> Executed:
        nonlocal ended
        if operation.query == "wait":
            try:
                await anyio.sleep_forever()
            finally:
                await asyncio.shield(asyncio.sleep(0.5))
                ended = True
        return Executed(b"{}")

    async with connected(running, execute=tidies_up, settings=Settings(drain=5.0)) as stream:
        for _ in range(3):
            await stream.send(asked())
            await response(stream)
        await stream.send(asked(body=b'{"query": "wait"}'))
        await until(lambda: len(shortly) == 2)
    assert ended


async def test_what_fails_beyond_all_answers_is_told_as_on_the_long_way(running, monkeypatch, shortly):
    """By the server itself, without a word of what it was; its log has it, whoever reads that."""
    logged: list[str] = []
    monkeypatch.setattr(logging.getLogger("uvicorn.error"), "error", lambda said, *_, **__: logged.append(said))
    monkeypatch.setattr("gateway.letterhead.Letterhead.head", _fails)
    requests = [asked()]
    monkeypatch.setattr(KnownHeads, "_comes_again", lambda *_: True)
    long, short = [(await heard(running, requests))[0] for _ in range(2)], []
    async with running(execute=tells) as client:
        for _ in range(2):  # an error ends a connection
            async with await anyio.connect_tcp(client.base_url.host, client.base_url.port) as stream:
                await stream.send(asked())
                short.append(comparable(await response(stream)))
    assert 1 == len(shortly)
    assert long == short
    assert 4 == sum("Exception in ASGI application" in said for said in logged)


def _fails(*_):
    raise ValueError("nobody foresaw this")


async def test_each_is_noted_once(running, shortly, caplog):
    """With its name and status."""
    with caplog.at_level(logging.INFO, access_log.log.name):
        await heard(running, [asked(b"x-request-id: n%d\r\n" % number) for number in range(4)])
    noted = [record for record in caplog.records if record.name == access_log.log.name]
    assert 4 == len(noted)
    assert all(record.getMessage().startswith("POST '/graphql' 200 ") for record in noted)
    assert 2 == len(shortly)


@pytest.mark.usefixtures("collector")
async def test_it_leaves_nothing_to_the_cyclic_collector(running, shortly):
    """Neither the request, nor its response, nor the task."""
    async with connected(running) as stream:
        for _ in range(7):
            await stream.send(asked())
            await response(stream)
        shortly.clear()
        assert 1 == len([one for one in gc.get_objects() if isinstance(one, Exchange)])  # until the next one comes
