"""The example of a system that speaks GraphQL: what stands on the page works, against a system as it describes."""

import json
from typing import Any

import anyio
import pytest
from graphql import build_schema, graphql_sync
from starlette.requests import Request
from starlette.responses import Response

from model.ask import Ask, Condition, Operator, Sort
from model.caller import Caller
from model.enums import ServiceState
from model.keys import Lookup
from model.nouns import NOUNS
from sources.configuration import read_sources
from sources.positions import Document
from sources.registry import CONNECTORS
from tests.docs.pages import ROOT, blocks
from tests.sources.chaos import Chaos, as_json
from tests.sources.conftest import listening

pytestmark = pytest.mark.anyio
SCHEMA = build_schema("""
type Query {
  circuits(codes: [String!], filter: Filter, orderBy: CircuitOrder, first: Int, after: String): Circuits!
  customer(number: ID!): Customer
}
input Filter { state: State }
enum State { IN_USE STOPPED }
enum CircuitOrder { CODE_ASC CODE_DESC }
type Customer { circuits(current: Boolean): [Circuit!]! }
type Circuits { nodes: [Circuit!]!, totalCount: Int!, pageInfo: PageInfo! }
type PageInfo { endCursor: String, hasNextPage: Boolean! }
type Circuit { code: String!, title: String, speed: Int, state: State, owner: Owner }
type Owner { number: ID! }
""")
CIRCUITS = [
    {"code": "A1", "title": "电路一", "speed": 155, "state": "IN_USE", "owner": {"number": "C1"}},
    {"code": "A2", "title": "电路二", "speed": 1000, "state": "STOPPED", "owner": {"number": "C2"}},
]


class Root:
    """The resolvers."""

    def circuits(self, info: Any, **said: Any) -> Any:
        """By codes or by state, in either order."""
        state = (said.get("filter") or {}).get("state")
        found = [one for one in CIRCUITS if one["code"] in (said.get("codes") or ["A1", "A2"])]
        found = [one for one in found if state in (None, one["state"])]
        found = found[::-1] if said.get("orderBy") == "CODE_DESC" else found
        return {"nodes": found, "totalCount": len(found), "pageInfo": {"endCursor": "end", "hasNextPage": False}}

    def customer(self, info: Any, number: str) -> Any:
        """Whose circuits are asked for as they are now."""

        def circuits(info: Any, current: bool | None = None) -> Any:
            return [one for one in CIRCUITS if one["owner"] == {"number": number}] if current else None

        return {"circuits": circuits}


def answer(request: Request, body: bytes) -> Response:
    """Who shows the token is answered."""
    assert request.headers["authorization"] == "Bearer hush-hush"
    said = json.loads(body)
    result = graphql_sync(SCHEMA, said["query"], Root(), variable_values=said["variables"])
    return as_json(result.formatted)


async def test_the_example_is_asked_as_the_page_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """By codes in a list, by customers under aliases, and as a list that it filters and orders itself."""
    monkeypatch.setenv("QUALITY_TOKEN", "hush-hush")
    text = next(one.text for one in blocks(ROOT / "docs" / "sources.md") if "speaks: graphql" in one.text)
    async with listening(chaos := Chaos(answer)) as url:
        declared = read_sources(Document.parse(text.replace("https://quality.example", url), "sources.md"))["quality"]
        source = CONNECTORS["graphql"]("quality", declared)
        by_code = await source.fetch(Lookup("circuit", "code"), ["A1", "A2", "A9"], _ask())
        by_customer = await source.fetch(Lookup("circuit", "customer"), ["C1", "C2"], _ask())
        stopped = await source.page(
            Lookup("circuit"), None, _ask(filter=(Condition("state", Operator.EQ, ServiceState.INACTIVE),))
        )
        backwards = await source.page(Lookup("circuit"), None, _ask(order=(Sort("code", descending=True),)))
        await source.aclose()
    assert len(chaos.seen) == 4
    assert told(by_code) == {"A1": ["A1"], "A2": ["A2"]}
    assert told(by_customer) == {"C1": ["A1"], "C2": ["A2"]}
    assert told({"stopped": stopped, "backwards": backwards}) == {"stopped": ["A2"], "backwards": ["A2", "A1"]}
    (first,) = by_code["A1"].records  # type: ignore[union-attr]
    assert (first.name, first.bandwidth_bps, first.customer) == ("电路一", 155_000_000, "C1")  # type: ignore[attr-defined]


def told(answers: Any) -> dict[str, list[str]]:
    """Codes."""
    return {key: [record.code for record in found.records] for key, found in answers.items()}


def _ask(**more: Any) -> Ask:
    deadline = anyio.current_time() + 10
    return Ask(fields=NOUNS["circuit"].fields, caller=Caller("test", staff=True), deadline=deadline, **more)
