"""Requests come out the same whatever was written before them, and where their targets stand as they are."""

from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from hypothesis import given, settings
from hypothesis import strategies as st

from model.faults import Rejected
from sources.clients.request_heads import Writer
from sources.passed_on import PassedOn
from sources.requests import Request
from sources.targets import after_authority, is_target, target_of

NAMES = st.sampled_from(
    ["accept", "authorization", "x-request-id", "traceparent", "host", "user-agent", "x\r\ny", "电"]
)
VALUES = st.sampled_from(["1", "2", "Bearer a b", "", "a\tb", "a\rb", "a\nb", "a\0b", "路"])
HEADERS = st.dictionaries(NAMES, VALUES, max_size=3)
REQUESTS = st.tuples(
    st.sampled_from(["GET", "HEAD", "POST"]),
    st.sampled_from(["/", "/x?a=1"]),
    HEADERS.map(PassedOn),
    HEADERS,
    st.sampled_from([None, b"", b"said\r\n\xff"]),
)


def by_hand(
    method: str, target: str, passed: Mapping[str, str], headers: Mapping[str, str], body: bytes | None
) -> bytes:
    """A request, all of its lines put together; nothing for one that would be read as something else."""
    fields = {"host": "h:1", "accept-encoding": "gzip", "user-agent": "trunkline", **passed, **headers}
    lines = [f"{method} {target} HTTP/1.1", *(f"{name.title()}: {value}" for name, value in fields.items())]
    if body is not None or method == "POST":
        lines.append(f"Content-Length: {len(body or b'')}")
    if any(not line.isascii() or set(line) & set("\r\n\0") for line in lines):
        return b""
    return "\r\n".join([*lines, "", ""]).encode() + (body or b"")


@given(st.lists(REQUESTS, max_size=5))
@settings(max_examples=500)
def test_requests_are_written_as_by_hand(
    requests: list[tuple[str, str, PassedOn, dict[str, str], bytes | None]],
) -> None:
    """One after another by the same writer, and again. Own headers stand before those passed on, these before ours."""
    writer, requests = Writer("crm", "h:1"), requests * 2

    def written(method: str, target: str, passed: PassedOn, headers: dict[str, str], body: bytes | None) -> bytes:
        try:
            return writer.written(Request(method, target, headers, body), passed)
        except Rejected:
            return b""

    assert [by_hand(*one) for one in requests] == [written(*one) for one in requests]


def test_headers_that_change_in_their_mapping_change_in_the_request() -> None:
    """What is remembered is what they said, not which mapping said it."""
    writer, headers = Writer("crm", "h"), {"authorization": "old"}
    assert b"\r\nAuthorization: old\r\n" in writer.written(Request("GET", "/", headers), PassedOn())
    headers["authorization"] = "new"
    assert b"\r\nAuthorization: new\r\n" in writer.written(Request("GET", "/", headers), PassedOn())


URLS = st.sampled_from(["http://h", "http://h:80", "https://[::1]:1/a", "http://h/a/b", "HTTP://h/a"])
TARGETS = st.one_of(st.text(alphabet="/?#%a&= :电\r\n\x7f", max_size=8), st.text(max_size=8), st.just("/x?a=1,2"))


@given(URLS, TARGETS)
def test_what_stands_for_a_target_is_the_target(url: str, target: str) -> None:
    """And each target stands, once it has been made of a URL; it says what the URL says."""
    made, joined = target_of(url + target), after_authority(url) + target
    assert is_target(made)
    if is_target(joined):
        assert joined == made
        parts = urlsplit(url + target)
        assert made.rstrip("?") == f"{parts.path}?{parts.query}".rstrip("?")
    else:
        assert quote(made, safe="%/:=&?~+!$,;'@()*[]") == made
