"""NetBox's routes: its cables followed for many circuits at once, in few calls.

NetBox traces one port a call and stops at an active device, and which end of a cable is its A end says nothing of the
direction. So the traces are made here: a wave asks for the cabled ports of all devices that have been reached, in three
lists, and all walks go on as far as they lead. Calls grow with the devices on the way, not with the circuits.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from msgspec import Struct, field
from msgspec.json import Decoder
from msgspec.structs import replace

from model.answer import Answer
from model.ask import Ask
from model.enums import RouteRole
from model.faults import BadRequest, Malformed, SourceFault
from model.keys import Key, Lookup
from model.nouns import NOUNS
from model.records import Route
from sources.answers import check_status, json_body
from sources.at_once import all_at_once
from sources.cables import Kind, Passed, Place, Port, Ports, Walk, hops, way
from sources.connectors.rest import Rest
from sources.contract import Terms
from sources.grammar.rest import RestDeclaration
from sources.requests import Request, escaped
from sources.transport import Response, Transport

T = TypeVar("T")

ROUTES = Lookup("route", "circuit")
_TERMS = Terms(fields=frozenset({"circuit", "role", "complete", "hops"}))
_WAVES_AT_MOST = 32
"""As many devices are passed from either end of a circuit; a route that is longer is told as incomplete."""
_ROWS_A_PAGE = 1000
"""As many as NetBox gives, unless it is told to give fewer."""
_RESERVE = 64
"""Bytes of a request line kept for the method and the offset."""


class _Thing(Struct, frozen=True):
    id: int
    name: str | None = None


class _Circuit(Struct, frozen=True):
    id: int
    cid: str


class _Behind(Struct, frozen=True):
    rear_port: int
    rear_port_position: int = 1


class _Row(Struct, frozen=True):
    """A port of any kind, as NetBox tells it; a peer within it tells less of itself."""

    id: int
    device: _Thing | None = None
    circuit: _Circuit | None = None
    name: str | None = None
    description: str = ""
    term_side: str = ""
    cable: _Thing | None = None
    link_peers: "list[_Row]" = field(default_factory=list)
    link_peers_type: str | None = None
    rear_ports: list[_Behind] = field(default_factory=list)
    bridge: _Thing | None = None
    mgmt_only: bool = False

    def port(self, kind: Kind) -> Port | None:
        """The port that is meant; None where it is nowhere that a route could pass."""
        holder = self.device or self.circuit
        if holder is None or self.mgmt_only:
            return None
        return Port(
            id=(kind, self.id),
            place=("device" if self.device else "circuit", holder.id),
            element=self.device.name if self.device else None,
            name=self.name,
            description=self.description,
            cable=str(self.cable.id) if self.cable else None,
            peer=self.link_peers[0].port(Kind(self.link_peers_type or "")) if self._has_a_peer else None,
            behind={(Kind.REAR, one.rear_port): one.rear_port_position for one in self.rear_ports},
            bridge=(Kind.INTERFACE, self.bridge.id) if self.bridge else None,
        )

    @property
    def _has_a_peer(self) -> bool:
        """Whether its cable has one other end; with several nobody could say which is meant."""
        return len(self.link_peers) == 1 and self.link_peers_type in set(Kind)


class _Page(Struct, Generic[T], frozen=True):
    results: list[T]
    count: int | None = None
    next: str | None = None


class _Table(Struct, Generic[T], frozen=True):
    """One of NetBox's lists: what is always asked of it, and how a page of it is read."""

    start: str
    decode: Callable[[bytes], _Page[T]]


def _table(path: str, row: type[T], **constants: str) -> _Table[T]:
    query = escaped([*constants.items(), ("limit", str(_ROWS_A_PAGE))])
    return _Table(f"{path}?{query}", Decoder(_Page[row]).decode)  # type: ignore[valid-type]  # msgspec takes it


_PORT = "id,name,description,device,cable,link_peers,link_peers_type"
_CIRCUITS = _table("/api/circuits/circuits/", _Circuit, fields="id,cid")
_TERMINATIONS = _table(
    "/api/circuits/circuit-terminations/", _Row, fields="id,circuit,term_side,cable,link_peers,link_peers_type"
)
_DEVICE_PORTS: Mapping[Kind, _Table[_Row]] = MappingProxyType(
    {
        Kind.INTERFACE: _table("/api/dcim/interfaces/", _Row, cabled="true", fields=f"{_PORT},bridge,mgmt_only"),
        Kind.FRONT: _table("/api/dcim/front-ports/", _Row, cabled="true", fields=f"{_PORT},rear_ports"),
        Kind.REAR: _table("/api/dcim/rear-ports/", _Row, cabled="true", fields=_PORT),
    }
)


class _Traced(Struct):
    """A circuit whose way is looked for, from whichever of its ends are cabled."""

    circuit: _Circuit
    walks: dict[str, Walk] = field(default_factory=dict)
    passed: list[Passed] = field(default_factory=list)
    complete: bool = False

    def advance(self, ports: Ports) -> None:
        """Go on from both ends, as far as these ports lead."""
        for walk in self.walks.values():
            walk.advance(ports)
        self.passed, self.complete = way(self.walks.get("A"), self.walks.get("Z"), ports)

    @property
    def waits(self) -> set[Place]:
        """The places whose ports it needs to go on."""
        return set() if self.complete else {walk.waits for walk in self.walks.values() if walk.waits is not None}

    def answer(self) -> Answer:
        """What is known of its route; nothing where no end leads anywhere."""
        passed = hops(self.passed)
        route = Route(
            native_id=str(self.circuit.id),
            circuit=self.circuit.cid,
            role=RouteRole.WORKING,
            complete=self.complete,
            hops=passed,
        )
        return Answer(records=[route] if passed else [], as_of=datetime.now(UTC), complete=not self.waits)


class NetBox(Rest):
    """NetBox: what is declared of it, and the routes of its circuits."""

    def __init__(self, name: str, declared: RestDeclaration, transport: Transport | None = None) -> None:
        super().__init__(name, declared, transport)
        self.lookups: Mapping[Lookup, Terms] = MappingProxyType({**self.lookups, ROUTES: _TERMS})

    async def fetch(self, lookup: Lookup, keys: Sequence[Key], ask: Ask) -> Mapping[Key, Answer | SourceFault]:
        """Answer these keys; NetBox refuses all of a call that names a tenant or a site that it does not have."""
        if lookup == ROUTES:
            return await self._routes(keys, ask)
        answers = await self._declared(lookup, keys, ask)
        refused = [key for key, answer in answers.items() if isinstance(answer, BadRequest)]
        noun = NOUNS.get(lookup.by or "")
        if refused and noun is not None and self.lookups[lookup].space is None:
            known = await self._declared(Lookup(noun.name, noun.id), refused, _only(noun.id, ask))
            there = [key for key in refused if isinstance(known.get(key), Answer)]
            answers |= {key: known.get(key, _nothing()) for key in refused}
            answers |= await super().fetch(lookup, there, ask) if there else {}
        return answers

    async def _declared(self, lookup: Lookup, keys: Sequence[Key], ask: Ask) -> dict[Key, Answer | SourceFault]:
        try:
            return dict(await super().fetch(lookup, keys, ask))
        except BadRequest as err:
            return dict.fromkeys(keys, err)

    async def _routes(self, keys: Sequence[Key], ask: Ask) -> dict[Key, Answer | SourceFault]:
        """The routes of circuits; one whose way is found keeps it, whatever happens to those that go further."""
        codes = list(dict.fromkeys(key for key in keys if isinstance(key, str) and key.strip()))
        traced, lost = await self._ends(codes, ask.deadline) if codes else ({}, set())
        fault = await self._follow(list(traced.values()), ask.deadline)
        answers: dict[Key, Answer | SourceFault] = dict.fromkeys(codes, _nothing())
        for code, one in traced.items():
            answers[code] = fault if fault is not None and one.waits else one.answer()
        return answers | dict.fromkeys(lost, Malformed(self.name, f"{ROUTES}: an answer to another question"))

    async def _follow(self, traced: Sequence[_Traced], deadline: float) -> SourceFault | None:
        """Follow cables from device to device, all that wait in one wave; a fault if that had to be broken off."""
        ports: Ports = {}
        for _ in range(_WAVES_AT_MOST):
            for one in traced:
                one.advance(ports)
            waited_for = {place for one in traced for place in one.waits}
            if not waited_for:
                break
            try:
                ports |= await self._ports(waited_for, deadline)
            except SourceFault as err:
                return err
        return None

    async def _ends(self, codes: Sequence[str], deadline: float) -> tuple[dict[str, _Traced], set[str]]:
        """Code -> its circuit, with a walk from each end; a code that two providers use means neither circuit.

        And the codes of which nothing was told in a list that tells of others.
        """
        listed = await self._listed(_CIRCUITS, "cid", codes, deadline)
        rows = [row for row in listed if self._wanted(row.cid in codes)]
        times = Counter(row.cid for row in rows)
        lost = set(codes) - set(times) if len(rows) < len(listed) else set()
        known = {row.id: _Traced(row) for row in rows if times[row.cid] == 1}
        lost |= await self._start(known, deadline)
        return {one.circuit.cid: one for one in known.values()}, lost

    async def _start(self, known: Mapping[int, _Traced], deadline: float) -> set[str]:
        """Let a walk begin at each end of these circuits; the codes of those whose ends are not known."""
        others = False
        for row in await self._listed(_TERMINATIONS, "circuit_id", known, deadline):
            start = row.port(Kind.TERMINATION)
            if start is None or row.circuit is None:
                continue
            if self._wanted(row.circuit.id in known):
                known[row.circuit.id].walks[row.term_side] = Walk(row.circuit.cid, start)
            else:
                others = True
        return {one.circuit.cid for one in known.values() if not one.walks} if others else set()

    async def _ports(self, places: Iterable[Place], deadline: float) -> Ports:
        """The cabled ports of these places."""
        ports: Ports = {place: {} for place in places}
        devices, circuits = ([number for kind, number in ports if kind == one] for one in ("device", "circuit"))
        asked = [(kind, table, "device_id", devices) for kind, table in _DEVICE_PORTS.items()]
        asked.append((Kind.TERMINATION, _TERMINATIONS, "circuit_id", circuits))
        lists = await all_at_once(lambda one: self._listed(*one[1:], deadline), asked)
        for (kind, *_), rows in zip(asked, lists, strict=True):
            for row in rows:
                port = row.port(kind)
                if port is not None and self._wanted(port.place in ports):
                    ports[port.place][port.id] = port
        return ports

    async def _listed(self, table: _Table[T], parameter: str, values: Iterable[str | int], deadline: float) -> list[T]:
        """The rows of these values, in as few calls as they fit into; nothing is asked where there are no values."""
        queries = list(self._queries(table, parameter, values))
        chunks = await all_at_once(lambda query: self._pages(table, query, deadline), queries)
        return [row for rows in chunks for row in rows]

    def _queries(self, table: _Table[T], parameter: str, values: Iterable[str | int]) -> Iterator[str]:
        room = self.declared.request_line_bytes - len(urlsplit(self.declared.url).path) - len(table.start) - _RESERVE
        said = ""
        for value in values:
            more = "&" + escaped([(parameter, str(value))])
            if said and len(said) + len(more) > room:
                yield table.start + said
                said = ""
            said += more
        if said:
            yield table.start + said

    async def _pages(self, table: _Table[T], query: str, deadline: float) -> list[T]:
        """All rows of a list; Malformed if some are kept from us, for one of those left might seem the only one."""
        rows: list[T] = []

        def page(response: Response) -> _Page[T]:
            check_status(self.name, response)
            found: _Page[T] = json_body(self.name, response, self.declared.limits.depth, table.decode)
            return found

        for _ in range(self.declared.limits.pages_at_most):
            found = await self._conversation.ask(Request("GET", f"{query}&offset={len(rows)}"), deadline, page)
            rows += found.results
            if found.next is None or not found.results:
                if len(rows) < (found.count or 0):
                    raise Malformed(self.name, "a list with fewer rows than it says")
                return rows
        raise Malformed(self.name, "a list without end")

    def _wanted(self, asked_for: bool) -> bool:
        """Count what nobody asked for: NetBox answers everything to a filter that it does not know."""
        if not asked_for:
            self.oddities.note("foreign rows", str(ROUTES))
        return asked_for


def _nothing() -> Answer:
    return Answer(records=[], as_of=datetime.now(UTC))


def _only(field_name: str, ask: Ask) -> Ask:
    """What is asked of a thing of which no more is wanted than whether it is there."""
    return replace(ask, fields=frozenset({field_name}), filter=(), order=(), limit=None, raw=False)
