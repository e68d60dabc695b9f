"""The short way of a join gives what the long way gives, or leaves it to it."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from msgspec import UNSET
from msgspec.structs import replace

from model.answer import Answer
from model.ask import Condition, Operator, Sort
from model.caller import Caller, MaskName, Sight
from model.enums import PerceivedSeverity, RouteRole
from model.faults import TimedOut
from model.keys import Foreign, Lookup
from model.records import Alarm, Circuit, Customer, Hop, Record, Route, Ticket
from resolvers import customers_alarms as alarms_module
from resolvers import references as references_module
from resolvers import related as related_module
from resolvers import roots as roots_module
from resolvers import routes as routes_module
from resolvers import things as things_module
from resolvers.customers_alarms import alarms_of_customers
from resolvers.join import Join
from resolvers.listing import Paging
from resolvers.met import Found
from resolvers.named import told_by_key
from resolvers.policy import NounPolicy
from resolvers.references import referred
from resolvers.related import related
from resolvers.request import Request
from resolvers.roots import root_list
from resolvers.routes import routes_of
from resolvers.rows import Root
from resolvers.sole import listed_alone, listed_together, told_alone
from resolvers.spelling import KeyPolicy
from resolvers.things import things
from resolvers.upstreams import Upstreams
from sources.contract import Terms

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
CUSTOMERS = ("C1", "C2")
CODES = ("a-1", "a-2", "b-1", "b-2")
FIELDS = {
    "circuit": frozenset({"code", "customer", "name", "a_end"}),
    "alarm": frozenset({"alarm_id", "perceived_severity", "raised_at", "circuits", "element"}),
    "ticket": frozenset({"ticket_id", "title", "opened_at", "circuits", "customer"}),
    "route": frozenset({"circuit", "role", "hops", "complete"}),
}
TOGETHER = {"by key", "alarms together", "circuits together"}
FEWER = {
    noun: fields - ({"customer"} if noun == "circuit" else {"circuits", "title"}) for noun, fields in FIELDS.items()
}
POLICIES = st.sampled_from([{}, {"circuit": NounPolicy(key=KeyPolicy(case="lower"))}])
RELATIONS = [Lookup("circuit", "customer"), *(Lookup(noun, "circuit") for noun in ("alarm", "ticket", "route"))]
CALLERS = {
    "staff": Caller("staff", staff=True),
    "one": Caller("one", customers=frozenset({"C1"})),
    "both": Caller("both", customers=frozenset(CUSTOMERS)),
    "nobody": Caller("nobody"),
    "masked": Caller("masked", staff=True, sight=Sight(masks={"ticket": {"title": MaskName.LAST4}})),
    "no alarms": Caller("no alarms", staff=True, sight=Sight(nouns=frozenset({"circuit", "ticket"}))),
}


class Told:
    """A source that says what it is told to say: (lookup, key) -> an answer, a fault, or nothing."""

    name = "only"

    def __init__(self, answers, *, named):
        self.answers = answers
        self.calls = Counter()
        by_key = [Lookup("circuit", "code"), Lookup("customer", "customer_id")]
        self.lookups = {
            lookup: Terms(fields=FIELDS.get(lookup.noun, frozenset({"customer_id"})), named=named)
            for lookup in [*RELATIONS, *by_key]
        }

    async def fetch(self, lookup, keys, ask):
        """As told."""
        self.calls[str(lookup)] += 1
        found = {key: self.answers.get((str(lookup), key)) for key in keys}
        return {key: one for key, one in found.items() if one is not None}


def often(odd, usual, *others):
    """Mostly one thing, so that whole columns of it are met; another once in `odd` times, never if that is 0."""
    if not odd:
        return usual
    return st.integers(1, odd).flatmap(lambda chance: st.one_of(*others) if chance == odd else usual)


def natives(odd, *, named):
    """Ids of a source's own."""
    ids = st.sampled_from(["1", "2", "3", "4", "5", "6", "7", "8"])
    return often(odd, ids, st.just(UNSET)) if not named else ids


def circuits(odd, owner):
    """Circuits, of a customer for the most part."""
    return st.builds(
        Circuit,
        code=often(odd, st.sampled_from(CODES), st.sampled_from([UNSET, "A-1", "ａ-1"])),
        customer=often(
            odd,
            st.sampled_from([owner]),
            st.sampled_from([UNSET, None, "C1", "C2", Foreign("only", "n"), Foreign("x", "y")]),
        ),
        name=st.sampled_from([UNSET, "名"]),
        native_id=often(odd, st.just(UNSET), st.sampled_from(["n1", "n2"])),
        keys=often(odd, st.just({}), st.sampled_from([{"x": "k1"}, {"x": "k2"}])),
    )


def touching(odd, code):
    """What an alarm or a ticket touches."""
    usual = st.sampled_from([(code,), [code], (code, "a-1"), [code, "a-1"]])
    return often(odd, usual, st.sampled_from([UNSET, None, (), ("b-1",), (Foreign("x", "k1"),), ("A-1",)]))


TIMES = st.sampled_from([NOW, NOW.replace(hour=7), NOW.replace(hour=9)])


def alarms(odd, code, *, named, silent):
    """Alarms on a circuit."""
    return st.builds(
        Alarm,
        native_id=natives(odd, named=named),
        raised_at=often(odd, TIMES, st.sampled_from([None, UNSET])),
        perceived_severity=st.sampled_from(PerceivedSeverity),
        circuits=st.just(UNSET) if silent else touching(odd, code),
        element=often(odd, st.just("E1"), st.just(UNSET)),
    )


def tickets(odd, code, owner, *, named, silent):
    """Tickets of a circuit."""
    return st.builds(
        Ticket,
        native_id=natives(odd, named=named),
        title=st.just("title"),
        opened_at=often(odd, TIMES, st.just(UNSET)),
        circuits=st.just(UNSET) if silent else touching(odd, code),
        customer=often(odd, st.just(UNSET), st.sampled_from([owner, "C1", "C2", None, Foreign("x", "y")])),
    )


def routes(odd, code):
    """Routes of a circuit."""
    return st.builds(
        Route,
        circuit=often(odd, st.just(UNSET), st.sampled_from([code, "b-2"])),
        role=often(odd, st.sampled_from(RouteRole), st.just(UNSET)),
        hops=often(
            odd, st.just((Hop(sequence=1, element="E1"),)), st.sampled_from([UNSET, None, (), [Hop(sequence=1)]])
        ),
        complete=st.just(True),
    )


def name_made(record):
    """A record as a source makes it that names its records itself."""
    field = {Alarm: "alarm_id", Ticket: "ticket_id"}.get(type(record))
    if record.native_id is UNSET:
        return record
    keys = {**record.keys, "only": record.native_id}
    return replace(record, keys=keys, **({field: f"only:{record.native_id}"} if field else {}))


def name_of(record):
    """What tells it from the others."""
    return record.code if isinstance(record, Circuit) else getattr(record, "role", None) or record.native_id


def answers(odd, records, *, at_most=4):
    """What is said to one key."""
    whole = st.builds(
        Answer,
        records=st.lists(records, max_size=at_most, unique_by=id if odd == 10 else name_of),
        as_of=st.just(NOW),
        stale=often(odd, st.just(False), st.just(True)),
        complete=often(odd, st.just(True), st.just(False)),
        source=often(odd, st.none(), st.just("another")),
    )
    return often(odd, whole, st.just(TimedOut("only")), st.none())


@st.composite
def worlds(draw):
    """All that a source says, and whether it names its records when they are made."""
    named, silent, odd = draw(st.booleans()), draw(st.booleans()), draw(st.sampled_from([0, 40, 10]))
    said = {}
    for owner in CUSTOMERS:
        said["circuit by customer", owner] = draw(answers(odd, circuits(odd, owner)))
    for code in CODES:
        owner = "C1" if code.startswith("a") else "C2"
        said["circuit by code", code] = draw(
            answers(odd, st.builds(Circuit, code=st.just(code), customer=st.just(owner)))
        )
        said["alarm by circuit", code] = draw(answers(odd, alarms(odd, code, named=named, silent=silent)))
        said["ticket by circuit", code] = draw(answers(odd, tickets(odd, code, owner, named=named, silent=silent)))
        said["route by circuit", code] = draw(answers(odd, routes(odd, code), at_most=2))
    if named:
        said = {
            asked: replace(one, records=[name_made(record) for record in one.records])
            if isinstance(one, Answer)
            else one
            for asked, one in said.items()
        }
    said |= {
        ("customer by customer_id", key): Answer(records=[Customer(customer_id=key)], as_of=NOW) for key in CUSTOMERS
    }
    return said, named


PAGINGS = st.builds(
    Paging,
    first=st.sampled_from([0, 1, 2, 20]),
    where=st.sampled_from([(), (), (Condition("raised_at", Operator.AT_LEAST, NOW),)]),
    order=st.sampled_from(
        [(), (Sort("raised_at", descending=True),), (Sort("perceived_severity"), Sort("raised_at"))],
    ),
)


async def long_way(*_, **__):
    """Leave everything to the long way."""


async def told(world, caller, paging, fields, policies, *, short):
    """All that comes of circuits of customers and what belongs to these, by one way; and what was learnt by it."""
    said, named = world
    source = Told(said, named=named)
    request = Request(Upstreams({"only": source}, policies), caller)
    taken = Counter()

    async def counting(request, join, parents, paging):
        found = await listed_alone(request, join, parents, paging)
        taken[join.noun] += found is not None
        return found

    async def counting_routes(request, join, parents, paging):
        found = await told_alone(request, join, parents, paging)
        taken["route"] += found is not None
        return found

    async def counting_named(request, noun, refs, fields, *, raw):
        found = await told_by_key(request, noun, refs, fields, raw=raw)
        taken["by key"] += found is not None
        return found

    async def counting_together(request, join, groups, paging):
        found = await listed_together(request, join, groups, paging)
        taken[f"{join.noun}s together"] += found is not None
        return found

    with (
        patch.object(alarms_module, "listed_together", counting_together if short else long_way),
        patch.object(roots_module, "listed_together", counting_together if short else long_way),
        patch.object(things_module, "told_by_key", counting_named if short else long_way),
        patch.object(references_module, "told_by_key", counting_named if short else long_way),
        patch.object(related_module, "listed_alone", counting if short else long_way),
        patch.object(routes_module, "told_alone", counting_routes if short else long_way),
        patch.object(related_module, "listed_together", long_way),
        patch.object(routes_module, "heard_together", long_way),
    ):
        found = await things(request, "circuit", ["a-2", "a-2 "], fields["circuit"])
        found += await referred(request, "customer", ["C1", "C2", None, "C1"], frozenset({"customer_id"}))
        found += await referred(request, "circuit", ["b-2", "b-2"], fields["circuit"])
        customers = [Customer(customer_id=key) for key in CUSTOMERS]
        alarms_of = Join("alarm", "circuit", "circuit", fields["alarm"], told=False)
        found += await alarms_of_customers(request, alarms_of, customers, paging)
        if not caller.staff:
            found.append(await root_list(request, Root("circuit", fields["circuit"]), Paging(first=2)))
        by_code = Paging(first=20, order=(Sort("code"),))
        told = "customer" in fields["circuit"]
        of_customer = Join("circuit", "customer", "customer", fields["circuit"], told=told)
        circuits_ = await related(request, of_customer, customers, by_code)
        found += circuits_
        for refs in (["a-1", "b-1", "none"], ["b-2", Foreign("x", "k1")]):
            found += await things(request, "circuit", refs, fields["circuit"])
        parents = [circuit for listing in circuits_ for circuit in listing.nodes]
        if parents:
            for noun in ("alarm", "ticket"):
                part = paging if noun == "alarm" else Paging(first=20, order=(Sort("opened_at", descending=True),))
                join = Join(noun, "circuit", "circuit", fields[noun], told=told)
                found += await related(request, join, parents, part)
            found += await routes_of(request, parents, frozenset({"role", "hops"}))
    learnt = request.owners, request.aliases, request.met, source.calls, request.customers_shown()
    return [plainly(one, fields) for one in found], learnt, taken


def plainly(one, fields):
    """Something that can be compared: a fault's words, a listing's parts; what nobody wants to know is left out."""
    if isinstance(one, Exception):
        return repr(one)
    if one is None or isinstance(one, Found | Record):
        return repr(one)
    if isinstance(one, list | tuple):
        return list(one)
    parts = one.has_next, one.has_previous, one.total, one.missing, one.stale, one.end, list(one.cursors)
    return (
        [wanted_of(record, fields) for record in one.nodes],
        parts,
        one.matching and [wanted_of(record, fields) for record in one.matching],
    )


def wanted_of(record, fields):
    """A record without what nobody asked for."""
    if isinstance(record, Alarm | Ticket):
        noun = "alarm" if isinstance(record, Alarm) else "ticket"
        unwanted = {"circuits": UNSET} if "circuits" not in fields[noun] else {}
        return replace(
            record, **unwanted, said=tuple(replace(one, record=wanted_of(one.record, fields)) for one in record.said)
        )
    if isinstance(record, Circuit) and "customer" not in fields["circuit"]:
        return replace(record, customer=UNSET, said=())
    return record


def test_both_ways_tell_the_same():
    """Records, cursors, totals, what is missing, what was learnt of owners and keys, the calls, whatever is said."""
    taken = Counter()

    # to look for a smaller example takes minutes
    @settings(max_examples=100, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
    @given(worlds(), st.sampled_from(sorted(CALLERS)), PAGINGS, st.sampled_from([FIELDS, FEWER]), POLICIES)
    def compare(world, caller, paging, fields, policies):
        long, learnt, _ = asyncio.run(told(world, CALLERS[caller], paging, fields, policies, short=False))
        short, learnt_too, how_often = asyncio.run(told(world, CALLERS[caller], paging, fields, policies, short=True))
        assert long == short
        assert learnt == learnt_too
        taken.update(how_often)

    compare()
    assert set(+taken) == {"circuit", "alarm", "ticket", "route", *TOGETHER}


@pytest.mark.anyio
async def test_what_nobody_has_is_one_and_the_same():
    """A parent that has nothing costs no listing of its own."""
    source = Told({("circuit by customer", key): Answer(records=[], as_of=NOW) for key in CUSTOMERS}, named=True)
    request = Request(Upstreams({"only": source}), CALLERS["staff"])
    join = Join("circuit", "customer", "customer", FIELDS["circuit"])
    first, second = await related(request, join, [Customer(customer_id=key) for key in CUSTOMERS], Paging(first=20))
    assert (first.total, first is second) == (0, True)


@pytest.mark.anyio
@pytest.mark.parametrize("several", [list, tuple])
@pytest.mark.parametrize("caller", ["staff", "one"])
async def test_columns_that_are_as_usual_go_the_short_way(several, caller):
    """What an alarm touches stands in lists, as it is read of JSON, or in tuples; for customers as for staff."""
    circuit = Circuit(code="a-1", customer="C1", native_id="n1", keys={"only": "n1"})
    alarm = Alarm(native_id="7", alarm_id="only:7", keys={"only": "7"}, raised_at=NOW, circuits=several(["a-1"]))
    said = {"circuit by customer": circuit, "alarm by circuit": alarm}
    keys = {"circuit by customer": "C1", "alarm by circuit": "a-1"}
    answers = {(lookup, keys[lookup]): Answer(records=[record], as_of=NOW) for lookup, record in said.items()}
    request = Request(Upstreams({"only": Told(answers, named=True)}), CALLERS[caller])
    of_customer = Join("circuit", "customer", "customer", FIELDS["circuit"])
    (found,) = await told_alone(request, of_customer, [Customer(customer_id="C1")], Paging(first=20)) or [[]]
    assert [circuit] == [replace(record, said=()) for record in found]
    of_circuit = Join("alarm", "circuit", "circuit", FIELDS["alarm"])
    (found,) = await told_alone(request, of_circuit, [circuit], Paging(first=20)) or [[]]
    assert [alarm] == [replace(record, said=()) for record in found]
