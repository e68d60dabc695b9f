"""The tenancy proof: random callers ask random questions of sources that say too much."""

import asyncio
import logging
import os
import random

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
)

from auth.policy import shipped_policy, sight_of
from gateway.engine_execution import EngineExecutor
from gateway.operation import Operation
from model.caller import Caller, Role
from model.ids import encode_id
from resolvers import belonging, gate, gather, hearing, things
from resolvers.policy import NounPolicy
from resolvers.request import Request
from schema.root import schema

pytestmark = pytest.mark.anyio

OPERATIONS = int(os.environ.get("TRUNKLINE_TENANCY_OPERATIONS", "500"))
"""How many operations the proof tries; the whole of it is 10,000."""
GRAPH = schema._schema
ROLES = [Role.CUSTOMER_VIEWER, Role.CUSTOMER_MANAGER, Role.ACCOUNT_MANAGER, Role.PARTNER]


class Writer:
    """Writes random operations: every field, every argument, aliases, fragments, ids of anybody."""

    def __init__(self, rng, world):
        self.rng = rng
        self.keys = {noun: [str(row.native_id) for row in rows] for noun, rows in world.things.items()}
        self.business = {
            "customer": [row.customer_id for row in world.things["customer"]],
            "circuit": [row.code for row in world.things["circuit"]],
            "site": [row.site_id for row in world.things["site"]],
            "element": [row.element_id for row in world.things["element"]],
            "link": [row.link_id for row in world.things["link"]],
            "alarm": [f"{s}:{row.native_id}" for row in world.things["alarm"] for s in ("alpha", "beta")],
            "ticket": [f"{s}:{row.native_id}" for row in world.things["ticket"] for s in ("alpha", "beta")],
            "domain": [row.realm for row in world.things["domain"]],
            "session": [f"{s}:{row.native_id}" for row in world.things["session"] for s in ("alpha", "beta")],
            "tunnel": [f"{s}:{row.native_id}" for row in world.things["tunnel"] for s in ("alpha", "beta")],
        }
        self.cursors = []

    def operation(self):
        """One operation."""
        return "query Random " + self.selection(GRAPH.query_type, 0)

    def selection(self, kind, depth):
        """A selection of a type's fields: all plain ones, and some that lead on."""
        if isinstance(kind, GraphQLUnionType):
            return (
                "{ __typename "
                + " ".join(f"... on {one.name} {self.selection(one, depth)}" for one in kind.types)
                + "}"
            )
        fields = dict(kind.fields)
        if kind is GRAPH.query_type:
            chosen = self.rng.sample(sorted(fields), self.rng.randint(1, 3))
        else:
            leaves = [name for name, told in fields.items() if is_leaf_type(get_named_type(told.type))]
            nested = [name for name in fields if name not in leaves]
            chosen = leaves + (self.rng.sample(nested, min(len(nested), self.rng.randint(1, 3))) if depth < 5 else [])
        written = [self.field(name, fields[name], depth) for name in chosen]
        if isinstance(kind, GraphQLInterfaceType) and kind.name == "Node":
            some = self.rng.sample(GRAPH.get_possible_types(kind), 3)
            written += [f"... on {one.name} {self.selection(one, depth)}" for one in some]
        written = [one for one in written if one] or ["__typename"]
        return "{ " + " ".join(written) + " }"

    def field(self, name, told, depth):
        """A field under an alias, with some of its arguments."""
        kind = get_named_type(told.type)
        below = "" if is_leaf_type(kind) else " " + self.selection(kind, depth + 1)
        if below and depth >= 6:
            return ""
        arguments = []
        for given, said in told.args.items():
            required = isinstance(said.type, GraphQLNonNull) and said.default_value is None
            if required or str(said.type).endswith("!") or self.rng.random() < 0.4:
                value = self.value(name, given, said.type)
                if value is not None:
                    arguments.append(f"{given}: {value}")
        alias = f"x{self.rng.randrange(10**9)}: "
        return f"{alias}{name}{'(' + ', '.join(arguments) + ')' if arguments else ''}{below}"

    def value(self, field, name, kind):
        """A literal for an argument: keys and ids are those of anybody."""
        if isinstance(kind, GraphQLNonNull):
            kind = kind.of_type
        if name in ("id", "site", "customer", "code"):
            noun = (
                name
                if name in self.business
                else {"ticket": "ticket", "site": "site", "customer": "customer"}.get(field, "circuit")
            )
            if field == "node":
                noun = self.rng.choice(sorted(self.business))
            key = self.rng.choice(self.business[noun])
            return (
                f'"{key if name == "code" or (self.rng.random() < 0.3 and field != "node") else encode_id(noun, key)}"'
            )
        if name == "realm":
            return f'"{self.rng.choice(self.business["domain"])}"'
        if name == "text":
            return f'"{self.rng.choice(["mark", "kram", "C0", "CUST", "name"])}"'
        if name == "first":
            return str(self.rng.choice([0, 1, 3, 1000]))
        if name == "after":
            return f'"{self.rng.choice(self.cursors)}"' if self.cursors and self.rng.random() < 0.5 else None
        if name in ("from", "raisedFrom", "openedFrom", "startedFrom"):
            return '"2026-11-19T00:00:00Z"'
        if name in ("to", "raisedTo", "openedTo", "startedTo"):
            return '"2026-11-21T00:00:00Z"'
        if name == "fields":
            return None
        if name == "step":
            return '"PT1H"'
        if isinstance(kind, GraphQLEnumType):
            return self.rng.choice(sorted(kind.values))
        if isinstance(kind, GraphQLList):
            return f"[{self.value(field, name + '[]', kind.of_type)}]"
        if isinstance(kind, GraphQLInputObjectType):
            parts = []
            for part, said in kind.fields.items():
                if isinstance(said.type, GraphQLNonNull) or self.rng.random() < 0.3:
                    value = self.value(field, part, said.type)
                    if value is not None:
                        parts.append(f"{part}: {value}")
            return "{" + ", ".join(parts) + "}"
        return {"Boolean": "true", "Int": "1", "Float": "1.0", "BigInt": "1"}.get(kind.name, '"m"')


async def _prove(hostile, tenants, caplog, operations, seed):
    """Run random operations; the first leak as words, None if there is none; and how many answers had data in them."""
    rng = random.Random(seed)  # noqa: S311 - a test that can be repeated, not a secret
    executor, told = EngineExecutor(schema, planned_at=1), 0
    for number in range(operations):
        if number % 50 == 0:
            upstreams, _, world = hostile(seed * 1000 + number, rng.choice([0.0, 0.0, 0.15]))
            writer = Writer(rng, world)
        scope = rng.sample(sorted(tenants), rng.choice([0, 1, 1, 1, 2]))
        role, children = rng.choice(ROLES), rng.random() < 0.3
        caller = Caller(
            "someone",
            customers=frozenset(tenants[tenant][1] for tenant in scope),
            children=children,
            roles=frozenset({role}),
            sight=sight_of(shipped_policy(), [role]),
        )
        query = writer.operation()
        request = Request(upstreams, caller, asyncio.get_running_loop().time() + 30)
        caplog.clear()
        body = (await executor(Operation(query=query), request)).body.decode()
        allowed = {*scope, *(["4"] if children and "1" in scope else [])}
        for tenant, (word, _) in tenants.items():
            if tenant not in allowed and (word in body or word in caplog.text.replace(f"secret of {word}", "")):
                place = body.find(word)
                saw = f"{sorted(allowed)} saw {tenant}: {body[max(0, place - 300) : place + 80]}"
                return "\n".join([f"seed {seed}, operation {number}", saw, query]), told
        assert "INTERNAL" not in body, (query, body[:600], caplog.text[-1500:])
        told += any(tenants[tenant][0] in body for tenant in allowed)
    return None, told


async def test_no_byte_of_another_tenant_is_ever_told(hostile, tenants, caplog):
    """Any caller, any path, any order, sources that fail and sources that say too much: nothing foreign comes out."""
    caplog.set_level(logging.INFO)
    leak, told = await _prove(hostile, tenants, caplog, OPERATIONS, seed=int(os.environ.get("TRUNKLINE_SEED", "1")))
    assert leak is None, leak
    assert told > OPERATIONS / 4  # the proof is about answers that say something


CORRELATING = {
    "alarm": NounPolicy.model_validate({"correlate": [{"equal": ["element"], "within": {"raised_at": "5m"}}]}),
    "ticket": NounPolicy.model_validate({"correlate": [{"equal": ["opened_at"]}]}),
}
"""Rules by which everybody's alarms and tickets may be one."""


async def test_no_byte_of_another_tenant_is_told_where_records_are_correlated(hostile, tenants, caplog):
    """What may be one with another's record is not merged with it, nor told to be like it."""
    caplog.set_level(logging.INFO)

    def correlating(seed, faults=0.0):
        return hostile(seed, faults, CORRELATING)

    leak, told = await _prove(correlating, tenants, caplog, OPERATIONS // 3, seed=11)
    assert leak is None, leak
    assert told > OPERATIONS / 12


@pytest.fixture
def alone(hostile):
    """A hostile world of one source, about whose things nobody else is heard: joins go the short way where they can."""
    return lambda seed, faults=0.0: hostile(seed, faults, None, ("beta",))


async def test_no_byte_of_another_tenant_is_told_where_one_source_tells_all(alone, tenants, caplog):
    """The short way of a join shows nobody what the long way would not."""
    caplog.set_level(logging.INFO)
    leak, told = await _prove(alone, tenants, caplog, OPERATIONS // 3, seed=21)
    assert leak is None, leak
    assert told > OPERATIONS / 12


@pytest.mark.parametrize("by_key", [False, True], ids=["to joins", "to things"])
async def test_a_hole_in_a_short_way_is_found(alone, tenants, caplog, monkeypatch, by_key):
    """Where a short way takes everything for the caller's, the same proof finds a leak."""
    held = hearing.Hearing._all_theirs

    def careless(self, request, told):
        return self.question.offer.by_key is by_key or held(self, request, told)

    monkeypatch.setattr(hearing.Hearing, "_all_theirs", careless)
    for seed in range(1, 9):
        leak, _ = await _prove(alone, tenants, caplog, 100, seed)
        if leak is not None:
            return
    pytest.fail("nobody noticed that a short way takes everything for the caller's")


async def _everybody_is_admitted(request, noun, records):
    return [gate.Verdict.SHOWN] * len(records)


THOSE_SHOWN = gate.those_shown


async def _circuits_are_shown(request, noun, refs):
    judged = await THOSE_SHOWN(request, noun, refs)
    return judged if noun == "domain" else dict.fromkeys(refs, gate.Verdict.SHOWN)


async def _domains_are_shown(request, noun, refs):
    judged = await THOSE_SHOWN(request, noun, refs)
    return judged if noun == "circuit" else dict.fromkeys(refs, gate.Verdict.SHOWN)


def _absorb_anything(request, offer, gathering, said):
    gathering.note_asked(offer)
    if not isinstance(said, Exception) and said is not None and said.records:
        gathering.hear(offer, said, list(said.records)[:1])


HOLES = {
    "the gate on joins": (belonging, "admit", _everybody_is_admitted),
    "the gate on things": (things, "admit", _everybody_is_admitted),
    "who owns a circuit": (gate, "those_shown", _circuits_are_shown),
    "who owns a domain": (gate, "those_shown", _domains_are_shown),
    "a record that names its owner": (gate, "_owned_by_someone", lambda noun, record: False),
    "rows that were not asked for": (gather, "absorb", _absorb_anything),
    "the owner of a record": (gate, "_judge", lambda request, owner: gate.Verdict.SHOWN),
}


@pytest.mark.parametrize("hole", HOLES)
async def test_a_hole_in_the_gate_is_found(hostile, tenants, caplog, monkeypatch, hole):
    """With any one check taken away, the same proof finds a leak."""
    module, name, instead = HOLES[hole]
    monkeypatch.setattr(module, name, instead)
    for seed in range(1, 9):
        leak, _ = await _prove(hostile, tenants, caplog, 100, seed)
        if leak is not None:
            return
    pytest.fail(f"nobody noticed that {hole} was gone")
