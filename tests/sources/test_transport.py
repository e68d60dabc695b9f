"""What HTTP itself brings: certificates, kept connections, headers, and nothing from the environment."""

import asyncio
import gc
import socket
import ssl
from asyncio import IncompleteReadError, StreamReader, StreamWriter, start_server
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from types import MappingProxyType

import anyio
import anyio.lowlevel
import pytest

from model.faults import Malformed, Refused, Rejected, TimedOut, Unavailable
from sources import http_transport
from sources.calls import counting_calls
from sources.http_transport import HttpTransport
from sources.requests import Request
from sources.transport import Response
from sources.trust import trusted
from tests.sources.authority import Authority

pytestmark = pytest.mark.anyio
NO_HEADERS: Mapping[str, str] = MappingProxyType({})
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
Talk = Callable[[StreamWriter, bytes], None]
"""What a server does on a connection once it has read the head of a request."""
Listen = Callable[..., Awaitable[str]]


def saying(reply: bytes, heads: list[bytes] | None = None) -> Talk:
    """Reply so, and remember what was asked."""

    def talk(writer: StreamWriter, head: bytes) -> None:
        if heads is not None:
            heads.append(head)
        writer.write(reply)

    return talk


@pytest.fixture
async def listen(anyio_backend: str) -> AsyncIterator[Listen]:
    """Listen as a server that knows no more of HTTP than what a test tells it; `times` requests a connection."""
    open_: dict[StreamWriter, anyio.Event] = {}
    async with AsyncExitStack() as stack:

        async def start(talk: Talk, times: int = 1000, tls: ssl.SSLContext | None = None) -> str:
            async def serve(reader: StreamReader, writer: StreamWriter) -> None:
                ended = open_[writer] = anyio.Event()
                with suppress(IncompleteReadError, OSError):
                    for _ in range(times):
                        talk(writer, await reader.readuntil(b"\r\n\r\n"))
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()
                ended.set()

            server = await stack.enter_async_context(await start_server(serve, "127.0.0.1", 0, ssl=tls))
            return f"http{'s' if tls else ''}://127.0.0.1:{server.sockets[0].getsockname()[1]}"

        yield start
        for writer, ended in open_.items():
            writer.close()
            await ended.wait()


async def get(
    url: str,
    ca: Path | None = None,
    method: str = "GET",
    times: int = 1,
    headers: Mapping[str, str] = NO_HEADERS,
    target: str = "/x",
    pause: float = 0,
) -> list[Response]:
    """Ask so many times over one transport."""
    transport = HttpTransport("crm", url, timeout=5, bytes_at_most=1000, ca=str(ca) if ca else None)
    responses = []
    try:
        for _ in range(times):
            request = Request(method, target, headers=headers)
            responses.append(await transport.send(request, anyio.current_time() + 5))
            await anyio.sleep(pause)
        return responses
    finally:
        await transport.aclose()


async def test_certificates_are_trusted_as_declared(
    listen: Listen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """The machine's, or instead of them those of `ca`; one for another address is none, nor an expired one."""
    ours, others = Authority(tmp_path, "ours"), Authority(tmp_path, "others")
    monkeypatch.setenv("SSL_CERT_FILE", str(others.file))
    trusted.cache_clear()
    request.addfinalizer(trusted.cache_clear)
    at_ours, at_others = await listen(saying(OK), tls=ours.server()), await listen(saying(OK), tls=others.server())
    elsewhere = await listen(saying(OK), tls=ours.server("127.0.0.9"))
    expired = await listen(saying(OK), tls=ours.server(days=0))
    assert b"ok" == (await get(at_ours, ours.file))[0].body
    assert b"ok" == (await get(at_others))[0].body
    for url, ca in (
        (at_others, ours.file),
        (at_ours, None),
        (elsewhere, ours.file),
        (elsewhere, None),
        (expired, ours.file),
    ):
        with pytest.raises(Refused):
            await get(url, ca)


async def test_a_name_that_is_not_known_for_a_while_is_asked_for_again(
    listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names are looked up with each connection, within the time of the exchange."""
    url = (await listen(saying(OK))).replace("127.0.0.1", "localhost")
    loop = asyncio.get_running_loop()
    known = loop.getaddrinfo

    async def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    async def silent(*_: object, **__: object) -> None:
        await anyio.sleep_forever()

    transport = HttpTransport("crm", url, timeout=0.2, bytes_at_most=1000)
    try:
        for lookup, fault in ((unknown, Refused), (silent, TimedOut)):
            monkeypatch.setattr(loop, "getaddrinfo", lookup)
            with pytest.raises(fault):
                await transport.send(Request("GET", "/x"), anyio.current_time() + 5)
        monkeypatch.setattr(loop, "getaddrinfo", known)
        assert b"ok" == (await transport.send(Request("GET", "/x"), anyio.current_time() + 5)).body
    finally:
        await transport.aclose()


async def test_a_server_that_closes_without_a_word_is_asked_again(listen: Listen) -> None:
    """It hangs up after each answer; whether we notice in time or on the way is all one."""
    assert [b"ok"] * 50 == [one.body for one in await get(await listen(saying(OK), times=1), times=50)]


@pytest.mark.parametrize(("method", "asked"), [("GET", 2), ("POST", 1)])
async def test_what_cannot_be_repeated_is_not(listen: Listen, method: str, asked: int) -> None:
    """A server that never answers is asked once more, unless that might do something twice."""
    heads: list[bytes] = []
    with pytest.raises(Unavailable):
        await get(await listen(saying(b"", heads), times=1), method=method)
    assert asked == len(heads)


async def test_connections_are_kept(listen: Listen) -> None:
    """Over and over the same one."""
    writers: list[StreamWriter] = []

    def talk(writer: StreamWriter, _head: bytes) -> None:
        writers.append(writer)
        writer.write(OK)

    await get(await listen(talk), times=5)
    assert (5, 1) == (len(writers), len(set(map(id, writers))))


async def test_nothing_is_remembered_or_taken_from_the_environment(
    listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No cookies, no proxies; what goes out says who we are, in the capitals that old servers want."""
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    heads: list[bytes] = []
    reply = b"HTTP/1.1 200 OK\r\nset-cookie: a=1\r\ncontent-length: 2\r\n\r\nok"
    await get(await listen(saying(reply, heads)), times=2)
    assert heads[0] == heads[1]
    assert b"\r\nUser-Agent: trunkline\r\n" in heads[0]
    assert b"\r\nAccept-Encoding: gzip\r\n" in heads[0]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (b"X-A: 1\r\nx-a: 2", {"x-a": "1, 2"}),
        ("X-A: 电路\r\nX-B: 1".encode(), {"x-b": "1"}),
        ("X-A: 电路\r\nX-B: 1\r\nX-A: 2".encode("gbk"), {"x-b": "1"}),
        (b"X-A: " + b"a" * 60_000, {"x-a": "a" * 60_000}),
        (b"X-A:", {"x-a": ""}),
    ],
)
async def test_headers_come_as_text(listen: Listen, lines: bytes, told: dict[str, str]) -> None:
    """Names in lower case, repeated ones together, long ones whole; what is not ASCII is left out [RFC 9110, 5.5]."""
    reply = b"HTTP/1.1 200 OK\r\n" + lines + b"\r\ncontent-length: 2\r\n\r\nok"
    (response,) = await get(await listen(saying(reply)))
    assert {"content-length": "2", **told} == response.headers


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.0 200 OK\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\no\r\n1;x=y\r\nk\r\n0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK,
    ],
)
async def test_every_way_to_end_a_body_is_understood(listen: Listen, reply: bytes) -> None:
    """By closing, by chunks, after a word in between; each request counts once."""
    counts = counting_calls()
    assert b"ok" == (await get(await listen(saying(reply), times=1)))[0].body
    assert {"crm": 1} == counts


@pytest.mark.parametrize("method", ["HEAD", "GET"])
async def test_answers_without_a_body_are_answers(listen: Listen, method: str) -> None:
    """To HEAD, whatever length is told, and with 204."""
    reply = OK[:-2] if method == "HEAD" else b"HTTP/1.1 204 No Content\r\n\r\n"
    assert [b""] * 2 == [one.body for one in await get(await listen(saying(reply)), method=method, times=2)]


@pytest.mark.parametrize("first", [b"content-length: 2", b"transfer-encoding: chunked"])
async def test_a_length_is_not_believed_that_is_not_held_to(listen: Listen, first: bytes) -> None:
    """Beside chunks it says nothing [RFC 9112, 6.3]: what is listened to is bounded all the same."""
    last = b"transfer-encoding: chunked" if first.startswith(b"content") else b"content-length: 2"
    chunk = b"800\r\n" + b"x" * 0x800 + b"\r\n0\r\n\r\n"
    url = await listen(saying(b"HTTP/1.1 200 OK\r\n" + first + b"\r\n" + last + b"\r\n\r\n" + chunk))
    with pytest.raises(Malformed, match="more than 1000 bytes"):
        await get(url)


@pytest.mark.parametrize("more", [b"x", OK, b"\r\n" + OK])
@pytest.mark.parametrize("late", [False, True])
async def test_an_answer_that_nobody_asked_for_is_nobodys(listen: Listen, more: bytes, late: bool) -> None:
    """Whatever comes after an answer, with it or later: the next request goes out on a connection of its own."""
    writers: list[StreamWriter] = []

    def talk(writer: StreamWriter, _head: bytes) -> None:
        first = not writers
        writers.append(writer)
        writer.write(OK if late or not first else OK + more)
        if late and first:
            asyncio.get_running_loop().call_later(0.05, writer.write, more)

    told = await get(await listen(talk), times=2, pause=0.3)
    assert [b"ok", b"ok"] == [one.body for one in told]
    assert 2 == len(set(map(id, writers)))


@pytest.mark.parametrize("odd", ["a\r\nx-role: staff", "a\nb", "a\rb", "a\0b", "电路"])
async def test_what_would_be_read_as_something_else_is_not_sent(listen: Listen, odd: str) -> None:
    """A header that ends its line, or is no ASCII, whether by its name or its value."""
    heads: list[bytes] = []
    url = await listen(saying(OK, heads))
    for headers in ({"x-key": odd}, {odd: "1"}):
        with pytest.raises(Rejected, match="cannot be sent"):
            await get(url, headers=headers)
    assert not heads


@pytest.mark.parametrize(
    ("target", "sent"),
    [
        ("/x?a=%E7%94%B5&b=1,2", b"/x?a=%E7%94%B5&b=1,2"),
        ("", b"/"),
        ("?a=1", b"/?a=1"),
        ("/电路?a=b c#d", b"/%E7%94%B5%E8%B7%AF?a=b%20c"),
        ("/x\r\ny: z", b"/x%0D%0Ay:%20z"),
    ],
)
async def test_targets_are_written_as_servers_read_them(listen: Listen, target: str, sent: bytes) -> None:
    """In the origin form [RFC 9112, 3.2.1]; what cannot stand in it is escaped, and stays one line."""
    heads: list[bytes] = []
    await get(await listen(saying(OK, heads)), target=target)
    assert heads[0].startswith(b"GET " + sent + b" HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\ny:" not in heads[0]


async def test_a_request_that_is_given_up_is_given_up_upstream(listen: Listen) -> None:
    """Out of time or cancelled: the other side sees its connection close, and works for nobody."""
    writers: list[StreamWriter] = []
    url = await listen(lambda writer, _: writers.append(writer))
    transport = HttpTransport("crm", url, timeout=60, bytes_at_most=1000)
    try:
        with pytest.raises(TimedOut):
            await transport.send(Request("GET", "/x"), anyio.current_time() + 1)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(transport.send, Request("GET", "/x"), anyio.current_time() + 60)
            with anyio.fail_after(20):
                while len(writers) < 2:  # noqa: ASYNC110 - no event tells
                    await anyio.sleep(0.01)
            tasks.cancel_scope.cancel()
        with anyio.fail_after(20):
            while not all(one.is_closing() for one in writers):  # noqa: ASYNC110 - no event tells
                await anyio.sleep(0.01)
    finally:
        await transport.aclose()


async def test_each_exchange_ends_at_its_own_time(listen: Listen) -> None:
    """One that began later may end sooner, and leaves the others to go on; so does one that is over long before."""
    writers: dict[bytes, StreamWriter] = {}
    transport = HttpTransport(
        "crm", await listen(lambda writer, head: writers.update({head.split()[1]: writer})), timeout=60, bytes_at_most=9
    )
    answers: list[Response] = []

    async def send(target: str, seconds: float) -> None:
        answers.append(await transport.send(Request("GET", target), anyio.current_time() + seconds))

    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(send, "/patient", 50)
            for target in ("/a", "/b"):
                with pytest.raises(TimedOut):
                    await send(target, 0.05)
            with anyio.fail_after(20):
                while b"/patient" not in writers:  # noqa: ASYNC110 - no event tells
                    await anyio.sleep(0.01)
            writers[b"/patient"].write(OK)
        with pytest.raises(TimedOut):
            await send("/c", 0.05)
    finally:
        await transport.aclose()
    assert [200] == [one.status for one in answers]


async def test_idle_connections_are_not_kept_for_ever(listen: Listen, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are closed when their time is over, also if nobody asks any more."""
    monkeypatch.setattr(http_transport, "_IDLE_SECONDS", 0.1)
    writers: list[StreamWriter] = []

    def talk(writer: StreamWriter, _head: bytes) -> None:
        writers.append(writer)
        writer.write(OK)

    transport = HttpTransport("crm", await listen(talk), timeout=5, bytes_at_most=1000)
    try:
        for _ in range(2):
            await transport.send(Request("GET", "/x"), anyio.current_time() + 5)
        with anyio.fail_after(20):
            while not writers[0].is_closing():  # noqa: ASYNC110 - no event tells
                await anyio.sleep(0.01)
    finally:
        await transport.aclose()
    assert len(set(map(id, writers))) == 1


async def test_old_servers_ways_of_writing_are_read(listen: Listen) -> None:
    """Lines that end without CR, blanks after the size of a chunk."""
    bare = b"HTTP/1.1 200 OK\ncontent-length: 2\n\nok"
    blank = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2  \r\nok\r\n0\r\n\r\n"
    for reply in (bare, blank):
        assert b"ok" == (await get(await listen(saying(reply))))[0].body


async def test_nothing_of_an_answer_is_kept_by_a_connection_that_rests(listen: Listen) -> None:
    """An answer may be megabytes, and connections are many."""
    transport = HttpTransport("crm", await listen(saying(OK)), timeout=5, bytes_at_most=1000)
    try:
        answer = await transport.send(Request("GET", "/x"), anyio.current_time() + 5)
        await anyio.lowlevel.checkpoint()
        assert not [one for one in gc.get_referrers(answer) if isinstance(one, asyncio.Future)]
    finally:
        await transport.aclose()
