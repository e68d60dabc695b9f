"""Callers share calls and kept answers, and still see nothing of each other's: the gate decides on every read."""

import asyncio
import re

import anyio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auth.policy import shipped_policy, sight_of
from gateway.engine_execution import EngineExecutor
from gateway.operation import Operation
from model.caller import Caller, Role
from resolvers.request import Request
from resolvers.upstreams import Upstreams
from schema.root import schema
from sources.grammar.guards import CacheDeclaration
from sources.guards.cache import Cache
from sources.guards.guard import Guard
from sources.guards.single_flight import SingleFlight

ROLE = [Role.CUSTOMER_MANAGER]
KEPT = {"ttl": 60.0, "stale_while_revalidate": 60.0, "stale_if_error": 600.0}
QUESTIONS = (
    "{ circuits(first: 50) { nodes { code name customer { customerId name } tickets { nodes { title } } } } }",
    "{ customers(first: 50) { nodes { customerId name contacts { name } circuits { nodes { code product } } } } }",
    "{ alarms(first: 50) { nodes { probableCause port affectedCircuits { nodes { code } } } } }",
    '{ a: circuit(code: "C0-mark1kram") { name } b: customer(id: "CUST-mark3kram") { name sites { nodes { name } } } }',
    '{ search(text: "kram", first: 20) { nodes { __typename ... on Circuit { code } ... on Customer { name } } } }',
    "{ tickets(first: 50) { nodes { title notes { text } circuits { nodes { code aEnd { port } } } } } }",
)
EXECUTOR = EngineExecutor(schema, planned_at=1)


class Late(Guard):
    """A source that answers a moment later, so that others may ask meanwhile."""

    async def around(self, call, lookup, what, ask):
        """Let others go first."""
        await anyio.lowlevel.checkpoint()
        return await call(lookup, what, ask)


def shared(upstreams, ttl):
    """The same sources, whose answers are shared and kept."""
    sources = {}
    for name, source in upstreams.sources.items():
        lookups = {str(lookup): {**KEPT, "ttl": ttl} for lookup in source.lookups}
        declared = CacheDeclaration.model_validate({"lookups": lookups})
        sources[name] = Cache(SingleFlight(Late(source)), declared, timeout=5.0)
    return Upstreams(sources, None, upstreams.labels)


def caller(tenants, scope):
    """Somebody who may ask for these tenants; staff for all."""
    if scope is None:
        return Caller("op", staff=True, roles=frozenset({Role.OPERATOR}))
    customers = frozenset(tenants[tenant][1] for tenant in scope)
    return Caller("somebody", customers=customers, roles=frozenset(ROLE), sight=sight_of(shipped_policy(), ROLE))


async def answered(upstreams, who, question):
    """The answer as text."""
    request = Request(upstreams, who, asyncio.get_running_loop().time() + 30)
    return (await EXECUTOR(Operation(query=question), request)).body.decode()


scopes = st.one_of(st.none(), st.sets(st.sampled_from("1234"), min_size=0, max_size=2).map(frozenset))
asked = st.lists(st.tuples(scopes, st.sampled_from(QUESTIONS)), min_size=2, max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), rounds=st.lists(asked, min_size=1, max_size=3), ttl=st.sampled_from([60.0, 1e-9]))
def test_two_callers_never_see_each_others_rows_through_a_shared_answer(hostile, tenants, seed, rounds, ttl):
    """Whoever asked first, at the same time or before, fresh or old: each is told their own, and the same as alone."""

    async def run():
        bare, _, _ = hostile(seed)
        upstreams = shared(bare, ttl)
        for together in rounds:
            bodies = await asyncio.gather(*(answered(upstreams, caller(tenants, who), what) for who, what in together))
            for (who, _), body in zip(together, bodies, strict=True):
                seen = set(re.findall(r"mark(\d)kram", body)) if who is not None else set()
                assert seen <= (who or set()), body
                assert "INTERNAL" not in body, body
        await upstreams.aclose()

    asyncio.run(run())


def test_answers_are_really_shared(hostile, tenants):
    """Else the proof above would prove nothing: whoever comes later, or at the same time, costs no more calls."""

    async def run():
        bare, sources, _ = hostile(7)
        upstreams = shared(bare, 60.0)
        question = QUESTIONS[0]
        await answered(upstreams, caller(tenants, None), question)
        first = await answered(upstreams, caller(tenants, {"1"}), question)
        calls = sum(source.calls for source in sources)
        second = await answered(upstreams, caller(tenants, {"1"}), question)
        assert calls == sum(source.calls for source in sources)
        assert "mark1kram" in first
        assert "mark1kram" in second
        crowd = [answered(upstreams, caller(tenants, {"2"}), question) for _ in range(10)]
        bodies = await asyncio.gather(*crowd)
        assert all("mark2kram" in body and "mark1kram" not in body for body in bodies)
        flights = [guard.inner for guard in upstreams.sources.values()]
        assert sum(flight.counts["joined"] for flight in flights) > 0
        await upstreams.aclose()

    asyncio.run(run())
