"""The short way where several sources answer gives what the long way gives, or leaves it to it."""

import asyncio
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from model.answer import Answer
from model.ask import Condition, Operator, Sort
from model.caller import Caller, MaskName, Sight
from model.enums import OperationalState, PerceivedSeverity, RouteRole, ServiceState
from model.faults import TimedOut
from model.keys import Foreign, Lookup
from model.records import Alarm, Circuit, Customer, Hop, Record, Route, Ticket
from resolvers import references as references_module
from resolvers import related as related_module
from resolvers import routes as routes_module
from resolvers import things as things_module
from resolvers.join import Join
from resolvers.listing import Listing, Paging
from resolvers.met import Found
from resolvers.named import told_by_key
from resolvers.policy import FieldPolicy, NounPolicy, Rule
from resolvers.references import referred
from resolvers.related import related
from resolvers.request import Request
from resolvers.routes import routes_of
from resolvers.several import heard_together, listed_together
from resolvers.things import things
from resolvers.upstreams import Upstreams
from sources.contract import Terms

QUESTIONS = ("circuit by customer", "circuit by code", "alarm by circuit", "ticket by circuit", "route by circuit")
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
CUSTOMERS = ("C1", "C2")
CODES = {"C1": ("a-1", "a-2", "a-3"), "C2": ("b-1",)}
SPOKEN = {
    "first": {"circuit": frozenset({"code", "customer", "name", "state", "sla_class"})},
    "second": {"circuit": frozenset({"code", "customer", "state", "sla_class", "bandwidth_bps"})},
}
FIELDS = {
    "circuit": frozenset({"code", "name", "state", "sla_class", "bandwidth_bps"}),
    "alarm": frozenset({"alarm_id", "perceived_severity", "raised_at", "circuits"}),
    "ticket": frozenset({"ticket_id", "title", "opened_at", "circuits", "customer"}),
    "route": frozenset({"circuit", "role", "hops", "complete"}),
}
FRESHEST = FieldPolicy(rule=Rule.FRESHEST)
POLICIES = [
    {"circuit": NounPolicy(authority=("first",))},
    {"circuit": NounPolicy(authority=("first",), prefer=("second",)), "route": NounPolicy(prefer=("second",))},
    {"circuit": NounPolicy(authority=("first",), fields=dict.fromkeys(("state", "customer"), FRESHEST))},
    {"circuit": NounPolicy(authority=("first", "second"))},
    {"circuit": NounPolicy(authority=("second", "first"), standby=("second",))},
    {"alarm": NounPolicy(standby=("second",)), "route": NounPolicy(standby=("first",))},
]
CALLERS = [
    Caller("staff", staff=True),
    Caller("staff", staff=True),
    Caller("one", customers=frozenset({"C1"})),
    Caller("both", customers=frozenset(CUSTOMERS)),
    Caller("masked", staff=True, sight=Sight(masks={"circuit": {"name": MaskName.LAST4}})),
]
PAGINGS = [
    Paging(first=20, order=(Sort("code"),)),
    Paging(first=1, order=(Sort("code"),)),
    Paging(first=2, order=(Sort("name"), Sort("code"))),
    Paging(first=20, order=(Sort("sla_class", descending=True),)),
    Paging(first=20, where=(Condition("code", Operator.PREFIX, "a-"),)),
]


class Told:
    """A source that says what it is told to say: (lookup, key) -> an answer, or a fault."""

    def __init__(self, name: str, answers: dict[tuple[str, str], Any]) -> None:
        self.name, self.answers, self.calls = name, answers, Counter[str]()
        relations = [Lookup("circuit", "customer"), *(Lookup(noun, "circuit") for noun in ("alarm", "ticket", "route"))]
        by_key = [Lookup("circuit", "code"), Lookup("customer", "customer_id")]
        fields = FIELDS | SPOKEN[name] | {"customer": frozenset({"customer_id"})}
        self.lookups = {lookup: Terms(fields=fields[lookup.noun]) for lookup in [*relations, *by_key]}

    async def fetch(self, lookup, keys, ask):
        """As told."""
        self.calls[str(lookup)] += 1
        found = {key: self.answers.get((str(lookup), key)) for key in keys}
        return {key: one for key, one in found.items() if one is not None}


class World:
    """What two sources say, now and then oddly: all that they say, or one of them about one question."""

    def __init__(self, chance: Random) -> None:
        self.chance, self.odd = chance, chance.choice([0, 0.02, 0.1, 0.3])
        self.oddness = None if self.odd < 0.1 else (chance.choice([*SPOKEN]), chance.choice(QUESTIONS))
        self.said = {source: dict(self.told(source)) for source in SPOKEN}

    def oddly(self, usual: Any, *others: Any) -> Any:
        """Mostly one thing, now and then another."""
        if self.oddness in (None, self.here) and self.chance.random() < self.odd:
            return self.chance.choice(others)
        return usual

    def told(self, source: str):
        """Each question, and what is said to it."""
        for owner, codes in CODES.items():
            self.here = (source, "circuit by customer")
            listed = [self.circuit(source, code, owner) for code in codes if source == "first" or self.chance.random()]
            yield ("circuit by customer", owner), self.answer(source, listed)
            for code in codes:
                self.here = (source, "circuit by code")
                known = [self.circuit(source, code, owner)] if self.chance.random() < 0.8 else []
                yield ("circuit by code", code), self.answer(source, known)
                for noun, make in (("alarm", self.alarm), ("ticket", self.ticket), ("route", self.route)):
                    self.here = (source, f"{noun} by circuit")
                    records = [make(code, owner) for _ in range(self.chance.randrange(3))]
                    yield (f"{noun} by circuit", code), self.answer(source, records)

    def answer(self, source: str, records: list[Record]) -> Any:
        """An answer with these."""
        records = [*records, *self.oddly([], records[:1])]
        stale, cut = self.oddly(False, True), self.oddly(True, False)
        answer = Answer(records=records, as_of=self.chance.choice(TIMES), stale=stale, complete=cut)
        return self.oddly(answer, TimedOut(source), None)

    def circuit(self, source: str, code: str, owner: str) -> Circuit:
        """A circuit, or what this source knows of it."""
        word = self.chance.choice
        fields = {
            "customer": self.oddly(owner, "C2", UNSET, None, Foreign("first", "n")),
            "name": word(["名", "甲", None]),
            "state": word([*[*ServiceState][-3:], ServiceState.UNKNOWN, UNSET]),
            "sla_class": word(["A", "B"]) if source == "second" else self.oddly("A", UNSET, None),
            "bandwidth_bps": word([1, 2, UNSET]),
        }
        own = {name: value for name, value in fields.items() if name in SPOKEN[source]["circuit"]}
        native = self.oddly(UNSET, "n1", "n2")
        return Circuit(code=self.oddly(code, code.upper(), "a-2", UNSET), native_id=native, **own)

    def alarm(self, code: str, _: str) -> Alarm:
        """An alarm on a circuit."""
        return Alarm(
            native_id=str(self.chance.randrange(100)),
            raised_at=self.chance.choice(TIMES),
            perceived_severity=self.chance.choice([*PerceivedSeverity]),
            circuits=self.oddly((code,), UNSET, ("b-1",)),
        )

    def ticket(self, code: str, owner: str) -> Ticket:
        """A ticket about it."""
        number, customer = str(self.chance.randrange(100)), self.oddly(owner, UNSET, "C2")
        return Ticket(native_id=number, opened_at=self.chance.choice(TIMES), circuits=(code,), customer=customer)

    def route(self, code: str, _: str) -> Route:
        """A way of it."""
        hops = self.oddly((Hop(sequence=1, element=self.chance.choice(["E1", "E2"])),), UNSET, None)
        role, native = self.chance.choice([*RouteRole][-2:]), self.oddly(UNSET, "n1")
        complete = self.chance.choice([True, False, UNSET])
        return Route(circuit=self.oddly(UNSET, code), role=role, hops=hops, complete=complete, native_id=native)


TIMES = [NOW, NOW.replace(hour=7), NOW.replace(hour=9)]


async def none(*_: Any, **__: Any) -> None:
    """Leave everything to the long way."""


async def asked(
    world: World, caller: Caller, paging: Paging, policies: Any, taken: Counter[str] | None, told: bool = True
) -> Any:
    """All that comes of circuits of customers and what belongs to these; and what was learnt by it.

    told: whether somebody asks who said what of the circuits.
    """
    sources = {name: Told(name, said) for name, said in world.said.items()}
    request = Request(Upstreams(sources, policies), caller)

    async def listed(request, join, parents, paging):
        found = await listed_together(request, join, parents, paging)
        taken[join.noun] += found is not None
        return found

    async def heard(request, join, parents, paging):
        found = await heard_together(request, join, parents, paging)
        taken[join.noun] += found is not None
        return found

    async def named(request, noun, refs, fields, *, raw):
        found = await told_by_key(request, noun, refs, fields, raw=raw)
        taken["by key"] += found is not None
        return found

    with ExitStack() as stack:
        for module in (things_module, references_module):
            stack.enter_context(patch.object(module, "told_by_key", none if taken is None else named))
        stack.enter_context(patch.object(related_module, "listed_together", none if taken is None else listed))
        stack.enter_context(patch.object(routes_module, "heard_together", none if taken is None else heard))
        customers = [Customer(customer_id=key) for key in CUSTOMERS]
        by_key: list[Any] = await things(request, "circuit", ["a-1", "a-2", "a-1", "x-1"], FIELDS["circuit"])
        join = Join("circuit", "customer", "customer", FIELDS["circuit"], told=told)
        found: list[Any] = await related(request, join, customers, paging)
        circuits = [circuit for listing in found for circuit in listing.nodes]
        if not told:
            found = [replace(listing, nodes=unsaid(listing.nodes)) for listing in found]
        for noun, time in (("alarm", "raised_at"), ("ticket", "opened_at")) if circuits else ():
            part = Paging(first=2, order=(Sort(time, descending=True),))
            join = Join(noun, "circuit", "circuit", FIELDS[noun], told=noun == "alarm")
            found = [*found, *await related(request, join, circuits, part)]
        routes = await routes_of(request, circuits, frozenset({"role", "hops"})) if circuits else []
        by_key += await things(request, "circuit", ["b-1", "a-3"], FIELDS["circuit"] - {"bandwidth_bps"})
        by_key += await referred(request, "circuit", ["b-2", "a-1", "b-2"], FIELDS["circuit"])
    learnt = request.owners, request.aliases, request.met, request.customers_shown()
    return (
        [*map(plainly, [*found, *map(unsaid, routes), *by_key])],
        learnt,
        [source.calls for source in sources.values()],
    )


def unsaid(routes: Any) -> Any:
    """Routes, without who said what of them: nobody asks for that, and on the short way it is not kept."""
    return [replace(route, said=()) for route in routes] if isinstance(routes, list | tuple) else routes


def plainly(one: Any) -> Any:
    """Something that can be compared: a fault's words, all of a listing but what it is not asked for."""
    if isinstance(one, Listing):
        kept = one.has_next, one.has_previous, one.total, one.missing, one.stale, one.end
        matching = one.matching and [record.native_id for record in one.matching]
        return list(one.nodes), list(one.cursors), kept, matching
    return repr(one) if isinstance(one, Exception | Found | Record) else one and list(one)


def test_both_ways_tell_the_same():
    """Records and who said what, cursors, totals, what is missing, what was learnt, the calls, whatever is said."""
    taken: Counter[str] = Counter()
    for seed in range(200):
        chance = Random(seed)  # noqa: S311 - data for a test, no secret
        world, caller = World(chance), chance.choice(CALLERS)
        paging, policies = chance.choice(PAGINGS), chance.choice(POLICIES)
        told = chance.random() < 0.5
        long = asyncio.run(asked(world, caller, paging, policies, None, told))
        short = asyncio.run(asked(world, caller, paging, policies, taken, told))
        assert long == short, f"seed {seed}"
    assert {noun for noun, times in taken.items() if times > 15} == {"circuit", "alarm", "ticket", "route", "by key"}


class ByOwnKeys:
    """A source that is asked one thing, by keys of some system's own: what it says to each."""

    def __init__(self, name: str, lookup: Lookup, terms: Terms, said: dict[str, Record]) -> None:
        self.name, self.lookups, self.said = name, {lookup: terms}, said

    async def fetch(self, lookup, keys, ask):
        """As told."""
        return {key: Answer(records=[self.said[key]], as_of=NOW) for key in keys if key in self.said}


def test_keys_are_translated_by_what_was_said_of_things_that_were_listed():
    """Though nobody asks who said it: the key of who lists a circuit leads to the one by which alarms are had."""
    said = Answer(records=[Circuit(code="a-1", customer="C1", native_id="1")], as_of=NOW)
    added = Answer(records=[Circuit(code="a-1", customer="C1", bandwidth_bps=2)], as_of=NOW)
    sources = {
        "first": Told("first", {("circuit by customer", "C1"): said}),
        "second": Told("second", {("circuit by code", "a-1"): added}),
        "ids": ByOwnKeys(
            "ids",
            Lookup("circuit", "first_id"),
            Terms(fields=frozenset({"code"}), keys=frozenset({"bills"}), space="first"),
            {"1": Circuit(code="a-1", keys={"bills": "9"})},
        ),
        "bills": ByOwnKeys(
            "bills",
            Lookup("alarm", "circuit"),
            Terms(fields=FIELDS["alarm"], space="bills"),
            {"9": Alarm(native_id="7", raised_at=NOW)},
        ),
    }

    async def alarms() -> list[Any]:
        request = Request(Upstreams(sources, {"circuit": NounPolicy(authority=("first",))}), CALLERS[0])
        circuits = Join("circuit", "customer", "customer", FIELDS["circuit"], told=False)
        listings = await listed_together(request, circuits, [Customer(customer_id="C1")], PAGINGS[0])
        assert listings is not None
        (circuit,) = listings[0].nodes
        assert circuit.bandwidth_bps == 2
        (found,) = await related(request, Join("alarm", "circuit", "circuit", FIELDS["alarm"]), [circuit], PAGINGS[0])
        return [alarm.alarm_id for alarm in found.nodes]

    assert asyncio.run(alarms()) == ["bills:7"]


def test_who_turns_out_to_be_anothers_is_hidden():
    """The owner is the one that the policy chooses of what all say, and not the one of whom a list was told."""
    world = World(Random(0))  # noqa: S311 - data for a test, no secret
    for source, owner, time in (("first", "C1", TIMES[1]), ("second", "C2", TIMES[2])):
        listed = Answer(records=[Circuit(code="a-1", customer=owner)], as_of=time)
        world.said[source] = {("circuit by customer", "C1"): listed, ("circuit by code", "a-1"): listed}
    policies = {"circuit": NounPolicy(authority=("first",), fields={"customer": FRESHEST})}
    one, both = (Caller("caller", customers=frozenset(own)) for own in (["C1"], CUSTOMERS))
    shown = [asyncio.run(asked(world, caller, PAGINGS[0], policies, Counter()))[0][0][0] for caller in (one, both)]
    assert [[circuit.customer for circuit in nodes] for nodes in shown] == [[], ["C2"]]


@pytest.mark.parametrize(
    ("rule", "field", "first", "shown"),
    [
        (Rule.FRESHEST, "state", ServiceState.ACTIVE, ServiceState.TERMINATED),
        (Rule.WORST, "operational_state", OperationalState.ENABLED, OperationalState.DISABLED),
    ],
)
@pytest.mark.parametrize("short", [True, False])
def test_what_is_made_of_several_words_decides_what_is_listed(monkeypatch, rule, field, first, shown, short):
    """What a list is cut by is what is shown, and not the word of whoever knows which things there are."""
    spoken = {name: {"circuit": fields["circuit"] | {field}} for name, fields in SPOKEN.items()}
    monkeypatch.setitem(FIELDS, "circuit", FIELDS["circuit"] | {field})
    world = World(Random(0))  # noqa: S311 - data for a test, no secret
    for source, time, state in (("first", TIMES[1], first), ("second", TIMES[2], shown)):
        monkeypatch.setitem(SPOKEN, source, spoken[source])
        listed = Answer(records=[Circuit(code="a-1", customer="C1", **{field: state})], as_of=time)
        world.said[source] = {("circuit by customer", "C1"): listed, ("circuit by code", "a-1"): listed}
    policies = {"circuit": NounPolicy(authority=("first",), fields={field: FieldPolicy(rule=rule)})}
    for state, codes in ((shown, ["a-1"]), (first, [])):
        where = Paging(first=20, order=(Sort("code"),), where=(Condition(field, Operator.EQ, state),))
        taken: Counter[str] | None = Counter() if short else None
        nodes = asyncio.run(asked(world, Caller("staff", staff=True), where, policies, taken))[0][0][0]
        assert [(circuit.code, getattr(circuit, field)) for circuit in nodes] == [(code, shown) for code in codes]
