"""Heads that are known say what the parser said of them; whatever is not one whole request is left to the parser."""

from typing import Any

import httptools
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.known_heads import LARGEST, MOST, SLOWLY, VARYING, KnownHeads, Plain

BODY = b'{"query": "{a}"}'
PLAIN = ("host: localhost", "content-type: application/json")
LENGTH = "content-length: 16"


class Parsed:
    """What the parser tells of some bytes."""

    def __init__(self, data: bytes) -> None:
        self.headers: list[tuple[bytes, bytes]] = []
        self.body, self.ended = b"", 0
        httptools.HttpRequestParser(self).feed_data(data)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Note it."""
        self.headers.append((name.lower(), value))

    def on_body(self, body: bytes) -> None:
        """Note it."""
        self.body += body

    def on_message_complete(self) -> None:
        """Count it."""
        self.ended += 1

    @property
    def scope(self) -> dict[str, Any]:
        """As the application sees it."""
        return {"headers": self.headers}


def reads(scope: dict[str, Any]) -> Plain:
    """Find every head plain."""
    said = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
    return Plain({name: value for name, value in said.items() if name not in VARYING}, "application/json", "")


def request(*lines: str, body: bytes = BODY) -> bytes:
    """Write a request."""
    return "\r\n".join(["POST /graphql HTTP/1.1", *lines, "\r\n"]).encode("latin-1") + body


def came(heads: KnownHeads, data: bytes) -> bool:
    """Have a connection get what is one request, and learn of it what is wanted; whether it was known."""
    parsed = Parsed(data)
    assert parsed.ended == 1
    if heads.whole(data) is not None:
        return True
    if heads.wanted is data:
        heads.learn(data, parsed.scope, parsed.body)
    return False


def taught(*requests: bytes) -> KnownHeads:
    """Have heads learned."""
    heads = KnownHeads(reads)
    for data in requests:
        came(heads, data)
    return heads


NAMES = st.sampled_from(
    ["Content-Length", "content-length", "X-Request-ID", "x-request-id", "traceparent", "accept", "x"]
)
VALUES = st.sampled_from(
    ["16", "17", "016", "+16", "0", "abc", "a.b-c_d", "a b", "", " 16", "é", "00-" + "a" * 32, "a" * 65]
)
LINES = st.lists(
    st.builds(lambda name, colon, value: f"{name}{colon}{value}", NAMES, st.sampled_from([": ", ":", ":  "]), VALUES),
    max_size=4,
)


@given(LINES, LINES, st.sampled_from([BODY, BODY + b"1", b"", BODY + request(*PLAIN, LENGTH)]))
@example([LENGTH, "x-request-id: abc"], [LENGTH, "x-request-id: def"], BODY)
@example([LENGTH], [LENGTH], BODY + request(*PLAIN, LENGTH))
@example([LENGTH], ["content-length: 17"], BODY + b"1")
@example([LENGTH, "x-request-id: a"], [LENGTH, "x-request-id: a b"], BODY)
@example(["x-request-id: 16", "content-length: 16"], ["x-request-id: 17", "content-length: 16"], BODY)
def test_what_is_said_of_a_request_is_what_the_parser_says(first, second, body):
    """Whatever was learned before: the parser finds the same fields and body in it, and nothing else behind it."""
    learned, asked = request(*PLAIN, *first), request(*PLAIN, *second, body=body)
    try:
        heads = taught(learned, learned)
    except (AssertionError, httptools.HttpParserError):
        return
    whole = heads.whole(asked)
    if whole is None:
        return
    parsed = Parsed(asked)
    said = {name.decode(): value.decode("latin-1") for name, value in parsed.headers}
    assert (1, parsed.body) == (parsed.ended, whole.body)
    assert said == {
        **whole.plain.headers,
        "content-length": str(len(whole.body)),
        **({"x-request-id": whole.name} if whole.name is not None else {}),
        **({"traceparent": whole.trace} if whole.trace is not None else {}),
    }


def test_a_head_is_known_from_the_second_time_on():
    """Whatever its request's name, trace and length are then."""
    one = request(*PLAIN, "X-Request-Id: one", LENGTH)
    two = request(*PLAIN, "X-Request-Id: two", "Content-Length: 0".lower(), body=b"")
    assert taught(one).whole(one) is None
    whole = taught(one, two).whole(one)
    assert whole is not None
    assert ("one", None, BODY) == (whole.name, whole.trace, whole.body)


ONE = request(*PLAIN, LENGTH)


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(ONE[:-1], id="more of its body is to come"),
        pytest.param(ONE + b"\r\n", id="something follows"),
        pytest.param(ONE + ONE, id="another follows"),
        pytest.param(b"\r\n" + ONE, id="something goes before"),
        pytest.param(ONE[:40], id="more of its head is to come"),
        pytest.param(ONE[-16:], id="it is a body"),
        pytest.param(b"", id="it is nothing"),
        pytest.param(b"\r\n\r\n", id="it is empty lines"),
        pytest.param(ONE.replace(b" 16", b" 016"), id="its length is written otherwise"),
        pytest.param(ONE.replace(b" 16", b"  16"), id="its length stands elsewhere"),
        pytest.param(ONE.replace(b" 16", b" 16\r\n 16"), id="a field goes on in a second line"),
        pytest.param(ONE.replace(b" 16", b" 16\r\ncontent-length: 16"), id="its length is told twice"),
        pytest.param(ONE.replace(b"\r\n", b"\n"), id="its lines end otherwise"),
        pytest.param(ONE.replace(b"localhost", b"elsewhere"), id="a field says something else"),
        pytest.param(ONE.replace(b"POST", b"PUT"), id="it is of another method"),
        pytest.param(request(*PLAIN, "x-request-id: a", LENGTH), id="it has a name"),
    ],
)
def test_whatever_differs_goes_to_the_parser(asked):
    """By one byte, or if more or less has come than one request."""
    heads = taught(ONE, ONE)
    assert heads.whole(ONE) is not None
    assert heads.whole(asked) is None


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([], id="no length"),
        pytest.param(["transfer-encoding: chunked"], id="chunks"),
        pytest.param(["content-length:16"], id="a length without a space"),
        pytest.param([LENGTH, "x-request-id: a", "x-request-id: b"], id="two names"),
        pytest.param([LENGTH, "x-request-id: a", "x-request-id:b"], id="two names, one of which is not cut out"),
        pytest.param([LENGTH, "x-request-id: a b"], id="a name that is none"),
        pytest.param([LENGTH, "x: " + "a" * LARGEST], id="a large head"),
    ],
)
def test_what_may_be_read_in_two_ways_is_not_learned(lines):
    """Nor what is too large to be kept."""
    body = b"" if not lines else b"10\r\n" + BODY + b"\r\n0\r\n\r\n" if "chunked" in lines[0] else BODY
    odd = request(*PLAIN, *lines, body=body)
    assert taught(odd, odd, odd).whole(odd) is None


def test_a_head_behind_which_another_body_was_read_is_not_learned():
    """Where the parser found the body to be something else, it has not found the head to end there."""
    heads = KnownHeads(reads)
    heads.learn(ONE, Parsed(ONE).scope, BODY[::-1])
    assert heads.whole(ONE) is None
    heads.learn(ONE, Parsed(ONE).scope, BODY)
    assert heads.whole(ONE) is not None


def test_what_is_not_plain_is_not_learned():
    """Whoever reads it says so."""
    heads = KnownHeads(lambda _: None)
    assert not any(came(heads, ONE) for _ in range(4))


def test_so_many_are_kept():
    """Where there are more, those that were used last stay, and few of the others take the place of one."""
    many = [request(*PLAIN, f"x: {number}", LENGTH) for number in range(MOST)]
    heads = taught(*many, *many)
    more = request(*PLAIN, "x: more", LENGTH)
    assert [False] * (SLOWLY + 1) == [came(heads, more) for _ in range(SLOWLY + 1)]
    assert came(heads, more)
    assert [False] + [True] * (MOST - 1) == [heads.whole(data) is not None for data in many]
