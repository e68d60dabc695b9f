"""What the guard refuses by policy and by price, through HTTP."""

import pytest

from gateway.execution import Executed
from gateway.guard.bounds import Budget
from gateway.guard.guarded import Guarded
from gateway.guard.rules import Audience, Rules
from model.caller import Caller
from model.keys import Lookup
from resolvers.upstreams import Upstreams
from schema.root import schema
from sources.contract import Terms

pytestmark = pytest.mark.anyio

GRAPHQL = {"accept": "application/graphql-response+json"}
MANY = "{ customers(first: 1000) { nodes { circuits(first: 1000) { nodes { alarms(first: 1000) { totalCount } } } } } }"
STAFF, CUSTOMER = Caller("s", staff=True), Caller("c", customers=frozenset({"C1"}))


async def answer(_operation, _request):
    """Answer as if it had been run."""
    return Executed(b'{"data":{"ok":true},"extensions":{"sources":[]}}')


def guarded(fake, execute=answer, **rules):
    """Guard an executor over one source that lists customers."""
    everything = {
        Lookup("customer"): Terms(fields=frozenset()),
        Lookup("circuit", "customer"): Terms(fields=frozenset(), keys_at_most=10),
        Lookup("alarm", "circuit"): Terms(fields=frozenset(), keys_at_most=10),
    }
    return Guarded(execute, schema, Upstreams({"crm": fake("crm", lookups=everything)}), Rules(**rules))


async def post(running, fake, query, *, caller=CUSTOMER, execute=answer, body=None, **rules):
    """Post one query to a guarded gateway."""
    async with running(execute=guarded(fake, execute, **rules), caller_of=lambda _: caller) as client:
        return await client.post("/graphql", json={"query": query, **(body or {})}, headers=GRAPHQL)


@pytest.mark.parametrize(
    ("audience", "caller", "status"),
    [
        (Audience.EVERYBODY, CUSTOMER, 200),
        (Audience.STAFF, STAFF, 200),
        (Audience.STAFF, CUSTOMER, 400),
        (Audience.NOBODY, STAFF, 400),
    ],
)
async def test_the_schema_is_shown_by_policy(running, fake, audience, caller, status):
    """To everybody, to staff, or to nobody; `__typename` is no question about the schema."""
    shown = await post(running, fake, "{ __schema { types { name } } }", caller=caller, introspection=audience)
    plain = await post(running, fake, "{ __typename viewer { __typename } }", caller=caller, introspection=audience)
    assert (status, 200) == (shown.status_code, plain.status_code)
    if status == 400:
        assert "INTROSPECTION_DISABLED" == shown.json()["errors"][0]["extensions"]["code"]


@pytest.mark.parametrize(
    ("rules", "suggested"), [({}, True), ({"suggestions": False}, False), ({"introspection": Audience.STAFF}, False)]
)
async def test_mistakes_suggest_names_only_to_who_may_ask_for_the_schema(running, fake, rules, suggested):
    """Otherwise a dictionary and patience would tell all names of the schema."""
    response = await post(running, fake, "{ viewer { subjec } }", **rules)
    (error,) = response.json()["errors"]
    assert (400, "GRAPHQL_VALIDATION_FAILED") == (response.status_code, error["extensions"]["code"])
    assert suggested is ("subject" in error["message"])


async def test_mistakes_in_variables_suggest_nothing_either(running, fake):
    """They are found by the executor, and told without names, too."""

    async def refuse(_operation, _request):
        return Executed(b'{"errors":[{"message":"No GOL. Did you mean \'GOLD\'?"}]}', refused=True)

    response = await post(running, fake, "{ viewer { subject } }", execute=refuse, suggestions=False)
    assert {"errors": [{"message": "No GOL."}]} == response.json()


@pytest.mark.parametrize("caller", [STAFF, CUSTOMER])
async def test_an_operation_over_budget_is_refused_in_figures(running, fake, caller):
    """Nobody is asked anything, and the client reads what it would have cost and what it may."""

    async def fail(_operation, _request):
        pytest.fail("it was run")

    response = await post(running, fake, MANY, caller=caller, execute=fail)
    (error,) = response.json()["errors"]
    told = error["extensions"]
    budget = Budget()
    expected = budget.staff_rows if caller.staff else budget.rows
    assert (400, "COST_EXCEEDED", expected) == (response.status_code, told["code"], told["budget"]["rows"])
    assert told["rows"] > 10**9
    assert str(told["rows"]) in error["message"]


async def test_variables_decide_what_it_costs(running, fake):
    """The same document is refused for a thousand and run for ten; what is skipped costs nothing."""
    query = """query ($n: Int = 10, $deep: Boolean!) {
      customers(first: $n) { nodes { circuits(first: 1000) @include(if: $deep) { nodes { code } } } } }"""
    got = [
        (await post(running, fake, query, body={"variables": variables})).status_code
        for variables in ({"deep": True}, {"n": 1000, "deep": True}, {"n": 1000, "deep": False})
    ]
    assert [200, 400, 200] == got


async def test_the_cost_is_told_to_who_asks(running, fake):
    """By the request's own `extensions`; the data stay as they were."""
    query = "{ customers(first: 10) { nodes { circuits(first: 20) { nodes { code } } } } }"
    response = await post(running, fake, query, body={"extensions": {"cost": True}}, caller=STAFF)
    told = response.json()
    assert {"ok": True} == told["data"]
    assert [] == told["extensions"]["sources"]
    assert 210 == told["extensions"]["cost"]["rows"]
    assert "cost" not in (await post(running, fake, query, caller=STAFF)).json()["extensions"]


async def test_an_answer_that_is_too_large_is_not_given(running, fake):
    """The client is told its size and the bound."""
    response = await post(running, fake, "{ viewer { subject } }", max_answer_bytes=10)
    (error,) = response.json()["errors"]
    assert (400, "ANSWER_TOO_LARGE", 10) == (
        response.status_code,
        error["extensions"]["code"],
        error["extensions"]["bound"],
    )


async def test_aliases_are_paid_one_by_one(running, fake):
    """What is asked ten times costs ten times, what is written ten times under one name costs once."""
    one = "circuits(first: 10) { nodes { code } }"
    several = "{{ customers(first: 1) {{ nodes {{ {} }} }} }}".format(" ".join(f"a{n}: {one}" for n in range(10)))
    same = "{{ customers(first: 1) {{ nodes {{ {} }} }} }}".format(" ".join([one] * 10))
    asked = {"extensions": {"cost": True}}
    rows = [
        (await post(running, fake, query, body=asked, caller=STAFF)).json()["extensions"]["cost"]["rows"]
        for query in (several, same)
    ]
    assert [101, 11] == rows
