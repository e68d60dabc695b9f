"""Tenants whose every word bears a mark, and sources that say more than they were asked.

Whatever a caller of one tenant asks, no byte of the answer, its headers or the log may bear another's mark.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from model.answer import Answer
from model.ask import Ask
from model.enums import (
    AlarmState,
    CircuitCategory,
    PerceivedSeverity,
    RouteRole,
    ServiceState,
    SessionState,
    TicketKind,
    TicketState,
)
from model.faults import TimedOut
from model.keys import Foreign, Key, Lookup
from model.nouns import NOUNS
from model.records import (
    Alarm,
    Circuit,
    CircuitEnd,
    Contact,
    Customer,
    Domain,
    Element,
    Hop,
    Link,
    Note,
    Record,
    Route,
    Session,
    Site,
    StateChange,
    Ticket,
    Tunnel,
)
from resolvers.policy import NounPolicy
from resolvers.upstreams import Upstreams
from sources.contract import Health, HealthState, Terms

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
TENANTS = ("1", "2", "3", "4")
PART_OF = {"4": "1"}
"""Tenant 4 is part of tenant 1."""


def mark(tenant: str) -> str:
    """What every word of a tenant's data bears."""
    return f"mark{tenant}kram"


def customer_id(tenant: str) -> str:
    """A tenant's business id."""
    return f"CUST-{mark(tenant)}"


@dataclass
class World:
    """The truth: noun -> records as one source would say them."""

    seed: int
    things: dict[str, list[Record]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rng = random.Random(self.seed)  # noqa: S311 - data, not secrets
        self.things = {noun: [] for noun in NOUNS}
        self.things["element"] = [
            Element(native_id=f"E{n}", element_id=f"E{n}", name=f"element {n}", site="PLANT") for n in range(4)
        ]
        self.things["link"] = [Link(native_id=f"L{n}", link_id=f"L{n}", a_element=f"E{n}") for n in range(3)]
        for tenant in TENANTS:
            self._tenant(rng, tenant)
        self._shared_alarms(rng)
        self._crossed_tickets()
        self._domains(rng)

    def _tenant(self, rng: random.Random, tenant: str) -> None:
        word, owner = mark(tenant), customer_id(tenant)
        parent = customer_id(PART_OF[tenant]) if tenant in PART_OF else None
        self.things["customer"].append(
            Customer(
                native_id=f"n-{owner}",
                customer_id=owner,
                name=f"name {word}",
                status=word,
                parent=parent,
                contacts=(Contact(name=word, phone=f"138{word}1234", email=f"{word}@example"),),
            )
        )
        sites = [f"S{n}-{word}" for n in range(2)]
        self.things["site"] += [
            Site(native_id=f"n-{site}", site_id=site, name=word, address=word, city=word, customer=owner)
            for site in sites
        ]
        for n in range(rng.randint(1, 4)):
            code = f"C{n}-{word}"
            owner_ref = Foreign("beta", f"n-{owner}") if rng.random() < 0.3 else owner
            self.things["circuit"].append(
                Circuit(
                    native_id=f"n-{code}",
                    keys={"beta": f"n-{code}"},
                    code=code,
                    name=f"{rng.choice('ab')} {word}",
                    product=word,
                    category=rng.choice(list(CircuitCategory)),
                    bandwidth_bps=rng.choice([10**6, 10**9]),
                    state=rng.choice(list(ServiceState)),
                    customer=owner_ref,
                    a_end=CircuitEnd(site=sites[0], port=word, address=word),
                    z_end=CircuitEnd(site=sites[-1], port=word, address=word),
                )
            )
            hops = tuple(Hop(sequence=i, element=f"E{i}", in_port=word, link=f"L{i % 3}") for i in range(3))
            self.things["route"].append(
                Route(native_id=f"r-{code}", circuit=code, role=RouteRole.WORKING, complete=True, hops=hops)
            )
            ref = Foreign("beta", f"n-{code}") if rng.random() < 0.5 else code
            self.things["alarm"].append(
                Alarm(
                    native_id=f"a-{code}",
                    perceived_severity=rng.choice(list(PerceivedSeverity)),
                    probable_cause=word,
                    specific_problem=word,
                    state=rng.choice(list(AlarmState)),
                    raised_at=NOW,
                    circuits=(ref,),
                    element=f"E{rng.randrange(4)}",
                    port=word,
                )
            )
            self.things["ticket"].append(
                Ticket(
                    native_id=f"t-{code}",
                    title=word,
                    kind=TicketKind.TROUBLE,
                    state=rng.choice(list(TicketState)),
                    opened_at=NOW,
                    due_at=NOW,
                    changes=(StateChange(state=TicketState.PENDING, at=NOW),),
                    circuits=(code,),
                    notes=(Note(author=word, text=word),),
                    **({} if rng.random() < 0.3 else {"customer": owner}),
                )
            )

    def _shared_alarms(self, rng: random.Random) -> None:
        """Faults of the network that touch circuits of several tenants: they name nobody in their words."""
        codes = [record.code for record in self.things["circuit"] if isinstance(record, Circuit)]
        for n in range(4):
            self.things["alarm"].append(
                Alarm(
                    native_id=f"shared-{n}",
                    probable_cause="LOS",
                    raised_at=NOW,
                    circuits=tuple(rng.sample(codes, 3)),
                    element=f"E{n}",
                )
            )

    def _crossed_tickets(self) -> None:
        """Tickets of one tenant in which somebody has noted another's circuit."""
        for owner, other in (("2", "1"), ("1", "3"), ("3", "2")):
            self.things["ticket"].append(
                Ticket(
                    native_id=f"crossed-{owner}-{mark(owner)}",
                    title=mark(owner),
                    opened_at=NOW,
                    customer=customer_id(owner),
                    circuits=(f"C0-{mark(other)}",),
                )
            )

    def _domains(self, rng: random.Random) -> None:
        """A VPDN domain on most circuits, some owned by these alone; one on a circuit that is another's."""
        owners = {"1": "3", "2": "1"}
        for circuit in [record for record in self.things["circuit"] if isinstance(record, Circuit)]:
            tenant = circuit.product[4:5] if isinstance(circuit.product, str) else ""
            own = {} if rng.random() < 0.4 else {"customer": customer_id(tenant)}
            self._domain(mark(tenant), f"{circuit.code}.vpdn", str(circuit.code), own)
        for tenant, other in owners.items():
            realm = f"crossed-{mark(tenant)}.vpdn"
            self._domain(mark(tenant), realm, f"C0-{mark(other)}", {"customer": customer_id(tenant)})

    def _domain(self, word: str, realm: str, circuit: str, owner: Mapping[str, str]) -> None:
        tunnel = Tunnel(native_id=f"u-{realm}", domain=realm, lac=word, lns=word, started_at=NOW)
        session = Session(
            native_id=f"s-{realm}",
            user_name=f"{word}@{realm}",
            domain=realm,
            tunnel=Foreign("beta", f"u-{realm}"),
            lac=word,
            framed_ip=word,
            state=SessionState.ACTIVE,
            started_at=NOW,
        )
        self.things["domain"].append(
            Domain(native_id=f"d-{realm}", realm=realm, name=word, lns=(word,), circuit=circuit, **owner)
        )
        self.things["tunnel"].append(tunnel)
        self.things["session"].append(session)


def _related(record: Record, lookup: Lookup, world: World) -> set[str]:
    """The keys of a lookup under which a record is rightly found."""
    by, noun = lookup.by, NOUNS[lookup.noun]
    if by == "beta":
        return {str(record.native_id)}
    if by == noun.id and not noun.identity:
        return {str(record.native_id)}
    names = [by] if by in noun.fields else [f"{by}s"] if f"{by}s" in noun.fields else []
    if by == "site":
        names = ["a_end", "z_end"]
    found: set[str] = set()
    for name in names:
        value = getattr(record, name)
        for one in value if isinstance(value, tuple) else (value,):
            found |= _keys(one, by, world)
    if lookup == Lookup("ticket", "customer"):
        owners = {r.code: r.customer for r in world.things["circuit"] if isinstance(r, Circuit)}
        for code in record.circuits if isinstance(record, Ticket) else ():
            found |= _keys(owners[code], "customer", world)
    return found


def _keys(value: object, by: str | None, world: World) -> set[str]:
    if isinstance(value, CircuitEnd):
        value = value.site
    if isinstance(value, Foreign):
        if value.key.startswith("u-"):
            return {value.key}
        noun = "customer" if value.key.startswith("n-CUST") else "circuit"
        for record in world.things[noun]:
            if record.native_id == value.key:
                return {str(getattr(record, NOUNS[noun].id))}
    return {value} if isinstance(value, str) else set()


LOOKUPS = [
    Lookup.parse(text)
    for text in """
        customer list; customer by customer_id; customer by parent; customer by beta
        site list; site by site_id; site by customer
        circuit list; circuit by code; circuit by customer; circuit by site; circuit by beta
        route by circuit; element list; element by element_id; link by link_id
        alarm list; alarm by alarm_id; alarm by circuit; alarm by element
        ticket list; ticket by ticket_id; ticket by customer; ticket by circuit
        domain by realm; domain by customer; domain by circuit
        session by session_id; session by domain; session by tunnel
        tunnel by tunnel_id; tunnel by domain; tunnel by beta
    """.replace("\n", ";").split(";")
    if text.strip()
]
BY_OWN_KEYS = ("beta", "tunnel")
"""What only beta is asked by, in its own keys."""


class Malicious:
    """A source that answers with more than it was asked: rows of anybody, twice, in any order; sometimes not at all."""

    def __init__(self, name: str, world: World, rng: random.Random, faults: float) -> None:
        self.name, self._world, self._rng, self._faults = name, world, rng, faults
        self.whole = 0.9
        """The part of its lists that it does not cut."""
        self.calls = 0
        own = [lookup for lookup in LOOKUPS if lookup.by not in BY_OWN_KEYS or name == "beta"]
        self.lookups: Mapping[Lookup, Terms] = {
            lookup: Terms(
                fields=NOUNS[lookup.noun].fields,
                space="beta" if lookup.by in BY_OWN_KEYS else None,
                filters=frozenset(),
                orders=frozenset(rng.sample(sorted(NOUNS[lookup.noun].fields), 2)),
            )
            for lookup in own
        }

    async def fetch(self, lookup: Lookup, keys: Sequence[Key], ask: Ask) -> Mapping[Key, Answer | TimedOut]:
        """Answer, with rows that nobody asked for among them."""
        self.calls += 1
        if self._rng.random() < self._faults:
            raise TimedOut(self.name, f"secret of {mark('1')}")
        rows = self._world.things[lookup.noun]
        answers: dict[Key, Answer | TimedOut] = {}
        for key in keys:
            if self._rng.random() < self._faults / 2:
                answers[key] = TimedOut(self.name)
                continue
            own = [row for row in rows if key in _related(row, lookup, self._world)]
            strangers = self._rng.sample(rows, min(len(rows), self._rng.choice([0, 1, 3])))
            both = [self._told(row) for row in own + strangers]
            self._rng.shuffle(both)
            answers[key] = Answer(records=both, as_of=NOW, complete=self._rng.random() < self.whole, total=99)
        return answers

    async def page(self, lookup: Lookup, after: str | None, ask: Ask) -> Answer:
        """A stretch of everybody's rows."""
        self.calls += 1
        if self._rng.random() < self._faults:
            raise TimedOut(self.name, f"secret of {mark('2')}")
        start = int(after or 0)
        rows = self._world.things[lookup.noun][start : start + 5]
        more = start + 5 < len(self._world.things[lookup.noun])
        return Answer(records=[self._told(row) for row in rows], as_of=NOW, after=str(start + 5) if more else None)

    def _told(self, record: Record) -> Record:
        return record

    async def health(self) -> Health:
        """Up."""
        return Health(HealthState.UP, 0.1)

    async def aclose(self) -> None:
        """Nothing to let go."""


@pytest.fixture(scope="session")
def hostile():
    """A way to make the upstreams of a hostile world: `hostile(seed, faults, nouns, names)`."""

    def make(
        seed: int,
        faults: float = 0.0,
        nouns: Mapping[str, NounPolicy] | None = None,
        names: Sequence[str] = ("alpha", "beta"),
    ) -> tuple[Upstreams, list[Malicious], World]:
        rng = random.Random(seed)  # noqa: S311 - data, not secrets
        world = World(seed)
        sources = [Malicious(name, world, rng, faults) for name in names]
        labels = {name: name.capitalize() for name in names}
        return Upstreams({source.name: source for source in sources}, nouns, labels), sources, world

    return make


@pytest.fixture(scope="session")
def tenants():
    """The tenants, their marks and ids, and who is part of whom."""
    return {tenant: (mark(tenant), customer_id(tenant)) for tenant in TENANTS}
