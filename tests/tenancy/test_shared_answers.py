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
CROWD = [(late, str(1 + late % 2)) for late in range(60)]
"""Who comes how many turns later."""
EXECUTOR = EngineExecutor(schema, planned_at=1)


class Late(Guard):
    """A source that answers a moment later, so that others may ask meanwhile."""

    async def around(self, call, lookup, what, ask):
        """Let others go first."""
        await anyio.lowlevel.checkpoint()
        return await call(lookup, what, ask)


def shared(upstreams, ttl):
    """The same sources, whose answers are shared, and kept if `ttl` says for how long."""
    sources = {}
    for name, source in upstreams.sources.items():
        if ttl is None:
            sources[name] = SingleFlight(Late(source))
            continue
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


async def answered(upstreams, who, question, late=0):
    """The answer as text; to one who comes some turns of the event loop later."""
    for _ in range(late):
        await asyncio.sleep(0)
    request = Request(upstreams, who, asyncio.get_running_loop().time() + 30)
    return (await EXECUTOR(Operation(query=question), request)).body.decode()


scopes = st.one_of(st.none(), st.sets(st.sampled_from("1234"), min_size=0, max_size=2).map(frozenset))
ages = st.sampled_from([60.0, 1e-9, None])
asked = st.lists(st.tuples(scopes, st.sampled_from(QUESTIONS), st.integers(0, 40)), min_size=2, max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), rounds=st.lists(asked, min_size=1, max_size=3), ttl=ages)
def test_two_callers_never_see_each_others_rows_through_a_shared_answer(hostile, tenants, seed, rounds, ttl):
    """Whoever asked first, at the same time, a moment before or long ago: each is told their own, as if alone."""

    async def run():
        bare, _, _ = hostile(seed)
        upstreams = shared(bare, ttl)
        for together in rounds:
            asking = (answered(upstreams, caller(tenants, who), what, late) for who, what, late in together)
            for (who, *_), body in zip(together, await asyncio.gather(*asking), strict=True):
                seen = set(re.findall(r"mark(\d)kram", body)) if who is not None else set()
                assert seen <= (who or set()), body
                assert "INTERNAL" not in body, body
        await upstreams.aclose()

    asyncio.run(run())


def test_answers_are_really_shared(hostile, tenants):
    """Else the proof above would prove nothing: whoever comes later, or at the same time, costs no more calls."""

    async def run():
        bare, sources, _ = hostile(4)
        for source in sources:
            source.whole = 1.0  # what is cut is asked for again
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


def test_what_was_said_a_moment_ago_is_really_shared(hostile, tenants):
    """With who comes when it is there already, and is told their own part of it."""

    async def run():
        bare, *_ = hostile(7)
        upstreams = shared(bare, None)
        crowd = [answered(upstreams, caller(tenants, {tenant}), QUESTIONS[0], late=late) for late, tenant in CROWD]
        for (_, tenant), body in zip(CROWD, await asyncio.gather(*crowd), strict=True):
            assert {tenant} == set(re.findall(r"mark(\d)kram", body))
        flights = upstreams.sources.values()
        assert sum(flight.counts["overheard"] for flight in flights) > 0
        assert not any(flight.flights._by_kind for flight in flights)
        await upstreams.aclose()

    asyncio.run(run())
