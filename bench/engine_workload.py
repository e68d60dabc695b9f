# ruff: noqa: D101, D102, S311 - what these types and fields are is in their names; chance makes test data
"""What the engine's benchmark asks, and of what: records, a schema in two ways of resolving, a request's context."""

import random
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import strawberry
from aiodataloader import DataLoader
from msgspec import UNSET, Struct, UnsetType
from strawberry import Info
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig

from engine import batched, read

QUESTION = """query Q($n: Int!) { customers(n: $n) { id name circuits {
  id code name product category bandwidth state slaClass startDate aPort zPort lengthKm
  hops { seq element port latitude longitude state }
  alarms { id severity text raisedAt } tickets { id title status openedAt } } } }"""

Text = str | None | UnsetType
Number = float | int | None | UnsetType


class HopRecord(Struct):
    seq: int
    element: str
    port: Text
    latitude: Number
    longitude: Number
    state: Text


class AlarmRecord(Struct):
    id: str
    severity: Text
    text: Text
    raised_at: Text


class TicketRecord(Struct):
    id: str
    title: Text
    status: Text
    opened_at: Text


class CircuitRecord(Struct):
    id: str
    code: str
    name: Text
    product: Text
    category: Text
    bandwidth: int | None
    state: Text
    sla_class: Text
    start_date: Text
    a_port: Text
    z_port: Text
    length_km: Number


class CustomerRecord(Struct):
    id: str
    name: str


class World(Struct):
    """The records, by the key of what they belong to."""

    customers: list[CustomerRecord]
    circuits: dict[str, list[CircuitRecord]]
    hops: dict[str, list[HopRecord]]
    alarms: dict[str, list[AlarmRecord]]
    tickets: dict[str, list[TicketRecord]]


def world(kind: str, customers: int = 10) -> World:
    """So many customers. `wrong type`: an int where a Float is declared; `unset`: a field that nobody speaks of."""
    chance = random.Random(7)
    made = World([], {}, {}, {}, {})
    number: Callable[[float], Number] = (lambda n: int(n) + 1) if kind == "wrong type" else lambda n: round(n, 4) + 0.1
    text: Callable[[str], Text] = (lambda _: UNSET) if kind == "unset" else lambda t: t
    for c in range(customers):
        customer = CustomerRecord(f"customer-{c}", f"Customer number {c}")
        made.customers.append(customer)
        circuits = made.circuits[customer.id] = []
        for k in range(20):
            code = f"HKG-SIN-{c:02}{k:03}"
            circuits.append(
                CircuitRecord(
                    id=f"circuit-{code}",
                    code=code,
                    name=text(f"Leased line {code}"),
                    product="Ethernet Private Line",
                    category="ETHERNET",
                    bandwidth=10**9,
                    state="ACTIVE",
                    sla_class="GOLD",
                    start_date="2024-03-01",
                    a_port="ge-0/0/1",
                    z_port="ge-0/0/2",
                    length_km=number(chance.uniform(100, 9000)),
                )
            )
            made.hops[code] = [
                HopRecord(h, f"PE-{chance.randrange(900)}", text(f"xe-{h}/0/0"), number(22.3), number(114.2 + h), "UP")
                for h in range(8)
            ]
            made.alarms[code] = [
                AlarmRecord(f"a-{code}-{a}", "MAJOR", text("Loss of signal"), "2026-11-20T08:00:00Z")
                for a in range(chance.randrange(4))
            ]
            made.tickets[code] = [
                TicketRecord(f"t-{code}-{t}", text("Circuit is down"), "OPEN", "2026-11-20T09:00:00Z")
                for t in range(chance.randrange(3))
            ]
    return made


@strawberry.type
class Hop:
    seq: int
    element: str
    port: str | None
    latitude: float | None
    longitude: float | None
    state: str | None


@strawberry.type
class Alarm:
    id: strawberry.ID
    severity: str | None
    text: str | None
    raised_at: str | None


@strawberry.type
class Ticket:
    id: strawberry.ID
    title: str | None
    status: str | None
    opened_at: str | None


@strawberry.type
class PlainCustomer:
    id: strawberry.ID
    name: str


@strawberry.type
class PlainCircuit:
    id: strawberry.ID
    code: str
    name: str | None
    product: str | None
    category: str | None
    bandwidth: int | None
    state: str | None
    sla_class: str | None
    start_date: str | None
    a_port: str | None
    z_port: str | None
    length_km: float | None


def join(name: str, item: type, key: str, *, ordinary: bool) -> Any:
    """A field that joins what belongs to a thing: resolved for all at once, or one by one through a loader."""

    async def for_all(parents: Sequence[Any], info: Info) -> Sequence[Any]:
        belonging = getattr(info.context.world, name)
        return [belonging[getattr(parent, key)] for parent in parents]

    async def for_one(root: Any, info: Info) -> Any:
        return await info.context.loaders[name].load(getattr(root, key))

    if ordinary:
        for_one.__annotations__["return"] = list[item]  # type: ignore[valid-type]
        return strawberry.field(resolver=for_one)
    for_all.__annotations__["return"] = Sequence[list[item]]  # type: ignore[valid-type]
    return batched(description="Joined.", name=name)(for_all)


def schema(*, ordinary: bool) -> strawberry.Schema:
    """The schema, with batched or ordinary resolvers."""
    items = {"hops": Hop, "alarms": Alarm, "tickets": Ticket}
    joined = {name: join(name, item, "code", ordinary=ordinary) for name, item in items.items()}
    circuit = strawberry.type(type("Circuit", (PlainCircuit,), joined))
    joined = {"circuits": join("circuits", circuit, "id", ordinary=ordinary)}
    customer = strawberry.type(type("Customer", (PlainCustomer,), joined))

    async def customers(info: Info, n: int) -> Any:
        return info.context.world.customers[:n]

    customers.__annotations__["return"] = list[customer]  # type: ignore[valid-type]
    query = strawberry.type(type("Query", (), {"customers": strawberry.field(resolver=customers)}))
    caches = [ParserCache, ValidationCache]
    return strawberry.Schema(query, config=StrawberryConfig(default_resolver=read), extensions=caches)


class Loader(DataLoader[str, Any]):
    """Loads what belongs to keys."""

    def __init__(self, belonging: dict[str, Any]) -> None:
        super().__init__()
        self._belonging = belonging

    async def batch_load_fn(self, keys: list[str]) -> list[Any]:
        return [self._belonging[key] for key in keys]


def context(records: World, *, ordinary: bool) -> Any:
    """A request's context; only ordinary resolvers need loaders."""
    names = ("circuits", "hops", "alarms", "tickets") if ordinary else ()
    loaders = {name: Loader(getattr(records, name)) for name in names}
    return SimpleNamespace(world=records, columns={}, loaders=loaders)
