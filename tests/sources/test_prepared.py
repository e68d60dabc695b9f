"""Keys that are asked for together, in the short way, are answered as they are when each is looked at."""

import asyncio
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.answer import Answer
from model.ask import Ask
from model.caller import Caller
from model.faults import SourceFault
from model.keys import Lookup
from sources.compiled import Prepared
from sources.configuration import read_sources
from sources.connectors.rest import Rest
from sources.positions import Document
from sources.requests import Request
from sources.transport import Response
from sources.typed.expecting import ExpectingReading
from sources.typed.reading import TypedReading

MANY, ONE = Lookup("circuit", "customer"), Lookup("circuit", "code")
DECLARED = """
sources:
  s:
    url: http://x/y
    request_line_bytes: 300
    limits: {rows_at_most: 12}
    records: {circuit: {native_id: id, code: code, name: name, customer: party}}
    lookups:
      circuit by customer: {get: /c, query: {a: 1}, keys: {query: p, join: repeat}, %s}
      circuit by code: {get: "/c", headers: {x-one: "1"}, keys: {query: code, %s}, %s}
"""
WAYS = ["join: comma", "join: repeat", "join: one", "join: comma, at_most: 3", "join: comma, like: '[A-Z].*'"]
MORE = ["missing: [404]", "match_case: false", "each: rows", "outcome: {at: ok, good: ['yes'], missing: ['no']}", ""]
KEYS = st.sampled_from(["A", "B", "b", "AA1", "x y", "é", "", " ", "A,B", "~._-", ("A",), "LONG" * 60])


class Noted:
    """A transport that answers always the same, and notes what it is asked."""

    def __init__(self, response: Response) -> None:
        self.asked: list[Request] = []
        self._response = response

    async def send(self, request: Request, deadline: float) -> Response:
        """Note it."""
        del deadline
        self.asked.append(request)
        return self._response

    async def aclose(self) -> None:
        """Nothing to let go."""


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """What a system might say: rows of all kinds, on their own or within, or something else."""
    value = st.sampled_from(["A", "B", "b", "AA1", "x y", "é", None, "", 1, ["A", "B"], {"c": 1}])
    row = st.fixed_dictionaries({}, optional=dict.fromkeys(("id", "code", "name", "party"), value))
    rows: Any = draw(st.lists(row | st.none(), max_size=4) | st.lists(row, max_size=15) | row | value)
    around = draw(st.sampled_from([None, None, {"ok": "yes"}, {"ok": "no"}, {"ok": "what"}]))
    body = msgspec.json.encode(rows if around is None else {**around, "rows": rows})
    return draw(st.sampled_from([b"", b"", b"", b" ", b"\xef\xbb\xbf", b"<"])) + body


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop for a test that runs many times."""
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


async def fetched(text: str, response: Response, lookup: Lookup, keys: list[Any], fields: frozenset[str]) -> Any:
    """What was asked, what a source says then, and what was odd about it."""
    declared: Any = read_sources(Document.parse(text, "t.yaml"))["s"]
    transport = Noted(response)
    source = Rest("s", declared, transport)
    ask = Ask(fields=fields, caller=Caller("ann", staff=True), deadline=asyncio.get_running_loop().time() + 9)
    said: Any
    try:
        said = {key: told(one) for key, one in (await source.fetch(lookup, keys, ask)).items()}
    except SourceFault as err:
        said = told(err)
    return transport.asked, said, dict(source.oddities.counts)


def told(one: Answer | SourceFault) -> Any:
    """What was said, whenever that was."""
    return (type(one), str(one)) if isinstance(one, SourceFault) else (list(one.records), one.complete, one.stale)


@given(
    ways=st.tuples(st.sampled_from(MORE), st.sampled_from(WAYS), st.sampled_from(MORE)),
    keys=st.lists(KEYS, max_size=6) | st.lists(st.sampled_from(["A", "B", "b", "AA1", "~._-"]), min_size=1, max_size=3),
    body=bodies(),
    status=st.sampled_from([200] * 6 + [204, 404, 503]),
    kind=st.sampled_from(["application/json", "application/json; charset=UTF-8", "text/x; charset=gbk", ""]),
    lookup=st.sampled_from([MANY, ONE]),
    fields=st.frozensets(st.sampled_from(["code", "name", "customer"])),
)
@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_both_ways_give_the_same(
    loop: asyncio.AbstractEventLoop,
    ways: tuple[str, str, str],
    keys: list[Any],
    body: bytes,
    status: int,
    kind: str,
    lookup: Lookup,
    fields: frozenset[str],
) -> None:
    """The same requests, answers and faults, and the same is told to be odd."""
    text = DECLARED % ways
    response = Response(status, {"content-type": kind}, body)
    short = loop.run_until_complete(fetched(text, response, lookup, keys, fields))
    with (
        patch.object(Prepared, "request", lambda prepared, keys: None),
        patch.object(ExpectingReading, "decoded", TypedReading.decoded),
    ):
        expected = loop.run_until_complete(fetched(text, response, lookup, keys, fields))
    assert expected == short


@pytest.mark.parametrize(("native", "kept"), [("1", 1), (None, 2)])
def test_a_row_that_comes_twice_is_there_once(loop: asyncio.AbstractEventLoop, native: str | None, kept: int) -> None:
    """Where it has an id of its own; it is counted then."""
    row = {"code": "C", "party": "A", **({"id": native} if native else {})}
    response = Response(200, {"content-type": "application/json"}, msgspec.json.encode([row, row]))
    text = DECLARED % ("", "join: comma", "")
    _, said, odd = loop.run_until_complete(fetched(text, response, MANY, ["A"], frozenset({"code"})))
    records, complete, _ = said["A"]
    assert (kept, True) == (len(records), complete)
    assert ({("duplicate rows", str(MANY)): 1} if native else {}) == odd


def test_most_are_asked_the_short_way(loop: asyncio.AbstractEventLoop) -> None:
    """Keys that stand as they are, however they are joined; others are looked at each."""
    text = DECLARED % ("", "join: comma", "")
    declared: Any = read_sources(Document.parse(text, "t.yaml"))["s"]
    prepared = Rest("s", declared, Noted(Response(200, {}, b"[]")))._compiled[MANY].prepared
    ask = Ask(fields=frozenset({"name"}), caller=Caller("ann", staff=True), deadline=0)
    assert prepared(ask) is prepared(ask)
    asked = prepared(ask).request(dict.fromkeys(["A", "B"]))
    assert asked is not None
    assert asked.target == "/c?a=1&p=A&p=B"
    for keys in ([], ["A", ""], ["A", " "], ["é"], [("A", "B")], ["LONG" * 99]):
        assert prepared(ask).request(dict.fromkeys(keys)) is None
