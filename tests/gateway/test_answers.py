"""What becomes of an operation: data, or errors with codes, and never the text of an exception."""

import logging

import pytest
import strawberry
from strawberry import Info

from gateway.strawberry_execution import StrawberryExecutor
from model.faults import TimedOut
from schema.root import schema

GRAPHQL = {"accept": "application/graphql-response+json"}


@strawberry.type
class Query:
    """Fields that fail, each in a way of its own."""

    @strawberry.field
    def ok(self, number: int = 1) -> int | None:
        """Answer with the number given."""
        return number

    @strawberry.field
    def falls(self) -> int | None:
        """Fail as a mistake of ours would."""
        raise RuntimeError("password=hunter2")

    @strawberry.field
    def lies(self) -> int | None:
        """Return what the type does not allow."""
        return "hunter2"  # type: ignore[return-value]

    @strawberry.field
    def must(self) -> int:
        """Return nothing where something must be."""
        return None  # type: ignore[return-value]

    @strawberry.field
    def source(self, info: Info) -> int | None:
        """Fail as a source does."""
        raise TimedOut("crm", "http://crm.internal/customer?key=hunter2")


@pytest.fixture
def asked(running):
    """Ask the failing schema one question."""

    async def ask(body, headers=None):
        async with running(execute=StrawberryExecutor(strawberry.Schema(Query))) as client:
            return await client.post("/graphql", json=body, headers=headers)

    return ask


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": " "}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{" + "ok {" * 5000 + "ok" + "}" * 5000 + "}"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": ""}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "mutation { ok }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query A { ok }", "operationName": "B"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query A { ok } query B { ok }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query ($n: Int!) { ok(number: $n) }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query ($n: Int!) { ok(number: $n) }", "variables": {"n": "x"}}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query ($n: Int!) { ok(number: $n) }", "variables": {"n": 10**30}}, "GRAPHQL_VALIDATION_FAILED"),
    ],
)
@pytest.mark.anyio
async def test_what_cannot_be_run_is_refused(asked, body, code):
    """The document or its variables are the client's to mend: 400 without data, each error with a code."""
    response = await asked(body, GRAPHQL)
    assert (400, ["errors"]) == (response.status_code, list(response.json()))
    assert {code} == {error["extensions"]["code"] for error in response.json()["errors"]}


@pytest.mark.parametrize("field", ["falls", "lies"])
@pytest.mark.anyio
async def test_an_unforeseen_error_takes_its_field_and_tells_nothing(asked, caplog, field):
    """The other fields are there; text and traceback are in the log."""
    with caplog.at_level(logging.ERROR, "trunkline.gateway"):
        response = await asked({"query": f"{{ ok {field} }}"})
    assert {"ok": 1, field: None} == response.json()["data"]
    (error,) = response.json()["errors"]
    assert ("Internal server error", [field]) == (error["message"], error["path"])
    assert {"code": "INTERNAL", "requestId": response.headers["x-request-id"]} == error["extensions"]
    assert "hunter2" not in response.text
    assert "hunter2" in caplog.text


@pytest.mark.anyio
async def test_data_that_is_lost_whole_is_still_an_answer(asked):
    """It was run: 200, `data: null`, and what the sources did."""
    response = await asked({"query": "{ must }"}, GRAPHQL)
    body = response.json()
    assert (200, None, []) == (response.status_code, body["data"], body["extensions"]["sources"])
    assert "INTERNAL" == body["errors"][0]["extensions"]["code"]


@pytest.mark.anyio
async def test_a_fault_of_a_source_is_told_by_its_code(running, fake):
    """Source and code, and nothing of what went over the wire."""
    async with running(fake("crm"), execute=StrawberryExecutor(strawberry.Schema(Query))) as client:
        response = await client.post("/graphql", json={"query": "{ source }"})
    (error,) = response.json()["errors"]
    assert {"code": "SOURCE_TIMED_OUT", "source": "crm", "rows": 1} == error["extensions"]
    assert "hunter2" not in response.text


@pytest.mark.anyio
async def test_an_operation_without_sources_is_answered(running):
    """Introspection needs nobody."""
    async with running(execute=StrawberryExecutor(schema)) as client:
        response = await client.post("/graphql", json={"query": "{ __typename }"})
    assert {"data": {"__typename": "Query"}, "extensions": {"sources": []}} == response.json()
