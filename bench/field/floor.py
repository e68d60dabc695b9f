"""The floor: what somebody would write who wants these answers and no others, on a bare server with a bare client.

Run by uvicorn, as an ASGI application. No schema, no checks, no deadlines, no faults: it is there to show how much of
what a gateway costs is the price of Python and of HTTP.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any, cast
from urllib.parse import urlsplit

import httptools
import msgspec

from bench.field.rows import Row

UPSTREAM = urlsplit(os.environ["UPSTREAM"])
HOST, PORT = UPSTREAM.hostname or "", UPSTREAM.port or 80
HEADERS = [(b"content-type", b"application/json")]
CUSTOMER = ("id", "customerId", "name", "tradingName", "tier", "status")
CIRCUIT = (
    *("id", "code", "name", "product", "category", "bandwidthBps", "state", "operationalState"),
    *("administrativeState", "usageState", "slaClass", "startDate"),
)
HOP = ("sequence", "inPort", "outPort", "layer")
ALARM = ("id", "perceivedSeverity", "probableCause", "specificProblem", "raisedAt")
TICKET = ("id", "title", "state", "priority", "openedAt")


class Connection(asyncio.Protocol):
    """One connection to the upstream systems, for one request at a time."""

    transport: asyncio.Transport
    parser: httptools.HttpResponseParser
    answer: asyncio.Future[bytes]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what to write to."""
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class

    def data_received(self, data: bytes) -> None:
        """Hand on what came."""
        self.parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        """Keep a piece of the body."""
        self.pieces.append(body)

    def on_message_complete(self) -> None:
        """The answer is there."""
        self.answer.set_result(b"".join(self.pieces))

    def ask(self, path: str) -> asyncio.Future[bytes]:
        """Send a request."""
        self.answer = asyncio.get_running_loop().create_future()
        self.pieces: list[bytes] = []
        self.parser = httptools.HttpResponseParser(self)
        self.transport.write(f"GET {path} HTTP/1.1\r\nhost: {UPSTREAM.netloc}\r\n\r\n".encode())
        return self.answer


_idle: list[Connection] = []


async def get(path: str) -> list[Row]:
    """Rows of an upstream system."""
    if _idle:
        connection = _idle.pop()
    else:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(Connection, HOST, PORT)
    body = await connection.ask(path)
    _idle.append(connection)
    rows: list[Row] = msgspec.json.decode(body)
    return rows


def picked(row: Row, names: tuple[str, ...]) -> Row:
    """Some attributes of a row."""
    return {name: row[name] for name in names}


def by(key: str, rows: Iterable[Row], make: Callable[[Row], Row]) -> Mapping[str, list[Row]]:
    """What is made of rows, in one list for each key."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[key], []).append(make(row))
    return groups


def route(row: Row) -> Row:
    """A route as it is answered."""
    hops = [picked(hop, HOP) for hop in row["hops"]]
    return {"role": row["role"], "complete": row["complete"], "hops": hops}


async def with_circuits(customers: list[Row]) -> list[Row]:
    """Customers as they are answered, with all that belongs to them."""
    circuits = await get("/inventory/circuits?customer=" + ",".join(one["customerId"] for one in customers))
    codes = ",".join(row["code"] for row in circuits)
    routes, alarms, tickets = await asyncio.gather(
        get(f"/inventory/routes?circuit={codes}"),
        get(f"/alarms/alarms?circuit={codes}"),
        get(f"/tickets/tickets?circuit={codes}"),
    )
    routes_by = by("circuit", routes, route)
    alarms_by = by("circuit", alarms, lambda row: picked(row, ALARM))
    tickets_by = by("circuit", tickets, lambda row: picked(row, TICKET))

    def circuit(row: Row) -> Row:
        code, shown = row["code"], picked(row, CIRCUIT)
        shown["routes"] = routes_by.get(code, [])
        shown["alarms"] = {"nodes": alarms_by.get(code, [])}
        shown["tickets"] = {"nodes": tickets_by.get(code, [])}
        return shown

    of = by("customer", circuits, circuit)
    return [picked(one, CUSTOMER) | {"circuits": {"nodes": of.get(one["customerId"], [])}} for one in customers]


async def answer(query: str, variables: Mapping[str, str]) -> Row:
    """The data."""
    if "name" in variables:
        customers = await get(f"/crm/customers?namePrefix={variables['name']}&limit=11")
        return {"customers": {"nodes": await with_circuits(customers)}}
    customers = await get(f"/crm/customers?customerId={variables['id']}")
    if "circuits" not in query:
        return {"customer": picked(customers[0], ("customerId", "name", "tier"))}
    return {"customer": (await with_circuits(customers))[0]}


async def app(
    scope: Mapping[str, Any],
    receive: Callable[[], Awaitable[Mapping[str, Any]]],
    send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
) -> None:
    """Answer one request."""
    if scope["type"] != "http":
        return
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    asked = msgspec.json.decode(body)
    told = msgspec.json.encode({"data": await answer(asked["query"], asked["variables"])})
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": told})
