# ruff: noqa: D101, D102 - what these types and fields are is in their names
"""The same schema in Strawberry: written as its documentation shows, or tuned by what can be had without an engine.

Run by uvicorn, as an ASGI application. TUNED=1: parsed and validated documents are kept, JSON is msgspec's, the HTTP
client is pyreqwest. Otherwise: no extensions, the standard library's JSON, httpx.
"""

import os
from collections.abc import Callable
from typing import Any, Self

import httpx
import msgspec
import strawberry
from aiodataloader import DataLoader
from pyreqwest.client import Client, ClientBuilder
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, SchemaExtension, ValidationCache

from bench.field.rows import Row

UPSTREAM = os.environ["UPSTREAM"]
TUNED = bool(os.environ.get("TUNED"))

_httpx = httpx.AsyncClient(limits=httpx.Limits(max_connections=64, max_keepalive_connections=64), timeout=10)
_pyreqwest: list[Client] = []  # made in the event loop


async def get(path: str) -> list[Row]:
    """Rows of an upstream system."""
    rows: list[Row]
    if TUNED:
        if not _pyreqwest:
            _pyreqwest.append(ClientBuilder().error_for_status(enable=True).max_connections(64).build())
        answer = await _pyreqwest[0].get(UPSTREAM + path).build().send()
        rows = msgspec.json.decode(memoryview(await answer.bytes()))
    else:
        rows = (await _httpx.get(UPSTREAM + path)).raise_for_status().json()
    return rows


class Loader(DataLoader[str, Any]):
    """Loads the rows of many keys by one call; one row a key, or a list."""

    def __init__(self, path: str, key: str, *, one: bool = False) -> None:
        super().__init__()
        self._path, self._key, self._one = path, key, one

    async def batch_load_fn(self, keys: list[str]) -> list[Any]:
        groups: dict[str, list[Row]] = {key: [] for key in keys}
        for row in await get(self._path + ",".join(keys)):
            if row[self._key] in groups:
                groups[row[self._key]].append(row)
        return [next(iter(groups[key]), None) if self._one else groups[key] for key in keys]


def loaders() -> dict[str, Loader]:
    """The loaders of one request."""
    return {
        "customer": Loader("/crm/customers?customerId=", "customerId", one=True),
        "circuits": Loader("/inventory/circuits?customer=", "customer"),
        "routes": Loader("/inventory/routes?circuit=", "circuit"),
        "alarms": Loader("/alarms/alarms?circuit=", "circuit"),
        "tickets": Loader("/tickets/tickets?circuit=", "circuit"),
    }


@strawberry.type
class Hop:
    sequence: int
    in_port: str | None
    out_port: str | None
    layer: str | None


@strawberry.type
class Route:
    role: str
    complete: bool
    hops: list[Hop]

    @classmethod
    def of(cls, row: Row) -> Self:
        hops = [
            Hop(sequence=hop["sequence"], in_port=hop["inPort"], out_port=hop["outPort"], layer=hop["layer"])
            for hop in row["hops"]
        ]
        return cls(role=row["role"], complete=row["complete"], hops=hops)


@strawberry.type
class Alarm:
    id: strawberry.ID
    perceived_severity: str | None
    probable_cause: str | None
    specific_problem: str | None
    raised_at: str | None

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(
            id=row["id"],
            perceived_severity=row["perceivedSeverity"],
            probable_cause=row["probableCause"],
            specific_problem=row["specificProblem"],
            raised_at=row["raisedAt"],
        )


@strawberry.type
class AlarmConnection:
    nodes: list[Alarm]


@strawberry.type
class Ticket:
    id: strawberry.ID
    title: str | None
    state: str | None
    priority: str | None
    opened_at: str | None

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(
            id=row["id"],
            title=row["title"],
            state=row["state"],
            priority=row["priority"],
            opened_at=row["openedAt"],
        )


@strawberry.type
class TicketConnection:
    nodes: list[Ticket]


@strawberry.type
class Circuit:
    id: strawberry.ID
    code: str
    name: str | None
    product: str | None
    category: str | None
    bandwidth_bps: int | None
    state: str | None
    operational_state: str | None
    administrative_state: str | None
    usage_state: str | None
    sla_class: str | None
    start_date: str | None

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(
            id=row["id"],
            code=row["code"],
            name=row["name"],
            product=row["product"],
            category=row["category"],
            bandwidth_bps=row["bandwidthBps"],
            state=row["state"],
            operational_state=row["operationalState"],
            administrative_state=row["administrativeState"],
            usage_state=row["usageState"],
            sla_class=row["slaClass"],
            start_date=row["startDate"],
        )

    @strawberry.field
    async def routes(self, info: strawberry.Info) -> list[Route]:
        return [Route.of(row) for row in await info.context["routes"].load(self.code)]

    @strawberry.field
    async def alarms(self, info: strawberry.Info) -> AlarmConnection:
        return AlarmConnection(nodes=[Alarm.of(row) for row in await info.context["alarms"].load(self.code)])

    @strawberry.field
    async def tickets(self, info: strawberry.Info) -> TicketConnection:
        return TicketConnection(nodes=[Ticket.of(row) for row in await info.context["tickets"].load(self.code)])


@strawberry.type
class CircuitConnection:
    nodes: list[Circuit]


@strawberry.type
class Customer:
    id: strawberry.ID
    customer_id: strawberry.ID
    name: str | None
    trading_name: str | None
    tier: str | None
    status: str | None

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(
            id=row["id"],
            customer_id=row["customerId"],
            name=row["name"],
            trading_name=row["tradingName"],
            tier=row["tier"],
            status=row["status"],
        )

    @strawberry.field
    async def circuits(self, info: strawberry.Info, first: int = 20) -> CircuitConnection:
        rows = await info.context["circuits"].load(self.customer_id)
        return CircuitConnection(nodes=[Circuit.of(row) for row in rows[:first]])


@strawberry.type
class CustomerConnection:
    nodes: list[Customer]


@strawberry.input
class CustomerFilter:
    name_prefix: str


@strawberry.type
class Query:
    @strawberry.field
    async def customer(self, info: strawberry.Info, id: strawberry.ID) -> Customer | None:  # noqa: A002 - as asked
        row = await info.context["customer"].load(id)
        return Customer.of(row) if row else None

    @strawberry.field
    async def customers(self, filter: CustomerFilter, first: int = 20) -> CustomerConnection:  # noqa: A002 - as asked
        rows = await get(f"/crm/customers?namePrefix={filter.name_prefix}&limit={first + 1}")
        return CustomerConnection(nodes=[Customer.of(row) for row in rows[:first]])


class Endpoint(GraphQL[dict[str, Loader], None]):
    """Strawberry's own endpoint, with loaders for each request."""

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> dict[str, Loader]:
        return loaders()


class TunedEndpoint(Endpoint):
    """The same with a faster JSON."""

    def encode_json(self, data: object) -> bytes:
        return msgspec.json.encode(data)

    def decode_json(self, data: str | bytes) -> object:
        return msgspec.json.decode(data)


CACHES: list[type[SchemaExtension] | Callable[[], SchemaExtension]] = [ParserCache, ValidationCache]
schema = strawberry.Schema(Query, extensions=CACHES if TUNED else [])
app = Starlette()
app.mount("/graphql", (TunedEndpoint if TUNED else Endpoint)(schema, graphql_ide=None))
