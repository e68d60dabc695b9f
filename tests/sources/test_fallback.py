"""Another source answers in a source's place when that fails, and is not asked otherwise; who said it is told."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from gateway.configuration import understand
from gateway.engine_execution import EngineExecutor
from gateway.operation import Operation
from model.answer import Answer
from model.caller import Caller
from model.keys import Lookup
from resolvers.request import Request
from resolvers.upstreams import Upstreams
from schema.root import schema
from sources.positions import ConfigurationError, Document
from sources.registry import build
from tests.sources.chaos import Chaos, as_json, table
from tests.sources.conftest import BY_CODE, LIST, AskFor, Serve
from tests.sources.guarding import ROWS

pytestmark = pytest.mark.anyio
SOURCE = """
    join: comma
    guards: {guards}
    records: {{circuit: {{code: code, name: name, customer: party}}}}
    lookups:
      circuit by code: {{get: /circuits, keys: {{query: code}}}}
      circuit by self: {{get: /circuits, keys: {{query: id}}}}
      circuit list: {{get: /circuits, paging: {{by: offset, limit: limit, size: 2}}}}
"""
FALLBACK = "{retries: false, fallback: {circuit by code: copy, circuit by self: copy, circuit list: copy}}"
DOWN = as_json({}, 500)
NAMES = [{**row, "name": f"copy of {row['name']}"} for row in ROWS]
QUESTION = """{ circuit(code: "C1") { code name provenance(fields: ["name"]) { source stale } } }"""


class Pair:
    """A system and its copy."""

    def __init__(self, first: Chaos, copy: Chaos, urls: tuple[str, str]) -> None:
        self.first, self.copy = first, copy
        text = f"version: 1\nsources:\n  main:\n    url: {urls[0]}{SOURCE.format(guards=FALLBACK)}"
        text += f"  copy:\n    label: The copy\n    url: {urls[1]}{SOURCE.format(guards='{retries: false}')}"
        self.configuration = understand(Document.parse(text, "t.yaml"))
        self.sources = build(self.configuration.sources)
        self.upstreams = Upstreams(self.sources, self.configuration.nouns, {"copy": "The copy"})

    async def answer(self) -> Any:
        """The answer to a question of staff's."""
        request = Request(self.upstreams, Caller("op", staff=True), asyncio.get_running_loop().time() + 20)
        return msgspec.json.decode((await EngineExecutor(schema)(Operation(query=QUESTION), request)).body)


@pytest.fixture
async def pair(serve: Serve) -> AsyncIterator[Pair]:
    """A system and its copy, both well."""
    first, copy = Chaos(table(ROWS)), Chaos(table(NAMES))
    made = Pair(first, copy, (await serve(first), await serve(copy)))
    yield made
    await made.upstreams.aclose()


async def test_while_the_first_answers_the_other_is_not_asked(pair: Pair, ask: AskFor) -> None:
    """Nor is it offered for what it stands in for."""
    answer = await pair.answer()
    assert [{"source": "main", "stale": False}] == answer["data"]["circuit"]["provenance"]
    assert ([], {}) == (pair.copy.seen, dict(pair.sources["copy"].lookups))
    assert ["main"] == [offer.name for offer in pair.upstreams.offers(BY_CODE)]
    assert (await pair.sources["main"].fetch(BY_CODE, ["none"], ask())) == {}
    assert pair.copy.seen == []


async def test_what_the_other_says_has_the_keys_that_it_would_have_from_the_first(pair: Pair, ask: AskFor) -> None:
    """So that whatever was joined to a thing by its own key is found as before."""
    said = (await pair.sources["main"].fetch(BY_CODE, ["C1"], ask()))["C1"]
    pair.first.answer = lambda request, body: DOWN
    instead = (await pair.sources["main"].fetch(BY_CODE, ["C1"], ask()))["C1"]
    assert isinstance(said, Answer)
    assert isinstance(instead, Answer)
    assert ("copy", {"main": said.records[0].native_id}) == (instead.source, instead.records[0].keys)
    assert said.records[0].keys == instead.records[0].keys


async def test_when_it_fails_the_other_answers_and_that_is_told(pair: Pair) -> None:
    """In provenance and in `extensions.sources`: who failed, who answered."""
    pair.first.answer = lambda request, body: DOWN
    answer = await pair.answer()
    assert "errors" not in answer
    assert {
        "code": "C1",
        "name": "copy of 专线 1",
        "provenance": [{"source": "copy", "stale": False}],
    } == answer["data"]["circuit"]
    told = {one["source"]: (one["outcome"], one["code"], one["calls"]) for one in answer["extensions"]["sources"]}
    assert {"main": ("failed", "SOURCE_UNAVAILABLE", 1), "copy": ("ok", None, 1)} == told


async def test_keys_of_its_own_are_the_copys_too(pair: Pair, ask: AskFor) -> None:
    """A copy keeps things under the same keys, and is asked by them."""
    pair.first.answer = lambda request, body: DOWN
    said = await pair.sources["main"].fetch(Lookup("circuit", "main"), ["7"], ask())
    assert [("C7", "copy")] == [(one.records[0].code, one.source) for one in said.values()]  # type: ignore[union-attr, attr-defined]


async def test_a_list_is_begun_by_the_other_and_gone_on_with_by_nobody(pair: Pair, ask: AskFor) -> None:
    """A place in one system's list is none in another's: what is cut says so."""
    begun = await pair.sources["main"].page(LIST, None, ask())
    pair.first.answer = lambda request, body: DOWN
    page = await pair.sources["main"].page(LIST, None, ask())
    assert ("copy", False, None, 2) == (page.source, page.complete, page.after, len(page.records))
    with pytest.raises(Exception, match="status 500"):
        await pair.sources["main"].page(LIST, begun.after, ask())


async def test_when_both_fail_it_is_the_first_ones_fault(pair: Pair) -> None:
    """That is whom one asked."""
    pair.first.answer = lambda request, body: DOWN
    pair.copy.answer = lambda request, body: as_json({}, 401)
    answer = await pair.answer()
    assert {"main": "SOURCE_UNAVAILABLE"} == {one["source"]: one["code"] for one in answer["extensions"]["sources"]}


@pytest.mark.parametrize(
    ("guards", "expected"),
    [
        ("{fallback: {circuit by code: cpoy}}", "expected 'copy', found 'cpoy'"),
        ("{fallback: {circuit by code: main}}", "expected one of copy, found 'main'"),
        ("{fallback: {circuit by kode: copy}}", "expected 'circuit by code', found 'circuit by kode'"),
        ("{cache: {lookups: {circuit by kode: {ttl: 1s}}}}", "expected 'circuit by code', found 'circuit by kode'"),
    ],
)
def test_what_guards_name_has_to_be_there(guards: str, expected: str) -> None:
    """Sources, lookups: told where they stand."""
    text = f"version: 1\nsources:\n  main:\n    url: http://a.example{SOURCE.format(guards=guards)}"
    text += f"  copy:\n    url: http://b.example{SOURCE.format(guards='{}')}"
    with pytest.raises(ConfigurationError) as caught:
        understand(Document.parse(text, "t.yaml"))
    (mistake,) = caught.value.mistakes
    assert str(mistake).startswith("t.yaml:6:")
    assert str(mistake).endswith(expected)
