"""`/`: a page for people, and `/status.json`, by which it stays true. Both in the eyes of who looks.

Staff see every source with its name, what it can be asked and how long it takes; a customer sees public labels and
whether they answer; who may see nothing at all sees none.
"""

from collections.abc import Callable, Sequence

import anyio
import msgspec
from anyio import current_time
from msgspec import Struct
from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from gateway.inquiry import Inquiry
from gateway.language import language_of
from gateway.negotiation import JSON
from gateway.pages.home import FAVICON, POLICY, Figures, Home, SourceState, rendered
from gateway.readiness import Readiness
from gateway.refusals import Refusal
from gateway.reply import refused
from model.caller import Caller
from resolvers.upstreams import Upstreams

FRESH = 1.5
"""Seconds for which the states of the sources are repeated to everybody who looks."""
FIGURES_FRESH = 30.0
"""Seconds for which figures are repeated to those with the same rights: they cost a few calls upstream."""
FIGURES_WITHIN = 2.0
"""Seconds that the figures may take; the page does not wait longer for them."""
FIGURES_KEPT = 100
"""For how many different viewers figures are kept."""

FIGURES = """
query HomePage {
  customers(first: 1) { totalCount }
  circuits(first: 1) { totalCount }
  alarms(first: 1, filter: {state: [RAISED, UPDATED]}) { totalCount }
  tickets(first: 1) { totalCount }
  worth: circuits(first: 1, filter: {withActiveAlarms: true}) { nodes { code customer { customerId } } }
}
"""
VARY = "Accept-Language, Authorization, Cookie, X-Trunkline-Customer"
PAGE_HEADERS = {
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "vary": VARY,
}


class _Owner(Struct, frozen=True, rename="camel"):
    customer_id: str


class _Circuit(Struct, frozen=True):
    code: str
    customer: _Owner | None = None


class _Count(Struct, frozen=True, rename="camel"):
    total_count: int | None = None
    nodes: Sequence[_Circuit] = ()


class _Data(Struct, frozen=True):
    customers: _Count | None = None
    circuits: _Count | None = None
    alarms: _Count | None = None
    tickets: _Count | None = None
    worth: _Count | None = None


class _Answer(Struct, frozen=True):
    data: _Data | None = None


_decoder = msgspec.json.Decoder(_Answer)


class HomePage:
    """Answers people. Keeps what it has learnt for a moment, so that many viewers cost no more than one."""

    def __init__(self, inquiry: Inquiry, sdl: Callable[[], str]) -> None:
        self._inquiry = inquiry
        self._sdl = sdl
        self._states = States(inquiry)
        self._figures: dict[bytes, tuple[float, Figures | None]] = {}

    @property
    def routes(self) -> list[Route]:
        """Where it is found."""
        return [
            Route("/", self.page, methods=["GET"]),
            Route("/status.json", self.status, methods=["GET"]),
            Route("/schema.graphql", self.schema, methods=["GET"]),
            Route("/favicon.svg", favicon, methods=["GET"]),
        ]

    async def page(self, http: HttpRequest) -> Response:
        """The page as it is now; its script keeps it so."""
        try:
            caller = self._inquiry.caller(http)
        except Refusal as refusal:
            return refused(refusal).response()
        sources: list[SourceState] | None = None
        figures: Figures | None = None

        async def ask_states() -> None:
            nonlocal sources
            sources = await self._states.seen_by(caller)

        async def ask_figures() -> None:
            nonlocal figures
            figures = await self._figures_for(caller)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask_states)
            tasks.start_soon(ask_figures)
        url = str(http.base_url).rstrip("/")
        home = Home(url, sources, figures, () if caller.staff else sorted(caller.customers))
        return HTMLResponse(rendered(home, language_of(http)), headers=PAGE_HEADERS)

    async def status(self, http: HttpRequest) -> Response:
        """The states of the sources, for the page's script and for whoever likes JSON."""
        try:
            seen = await self._states.seen_by(self._inquiry.caller(http))
        except Refusal as refusal:
            return refused(refusal).response()
        return Response(msgspec.json.encode({"sources": seen or []}), headers={"vary": VARY}, media_type=JSON)

    async def schema(self, _: HttpRequest) -> Response:
        """The schema in its own language."""
        return Response(self._sdl(), headers={"cache-control": "no-cache"}, media_type="text/plain; charset=utf-8")

    async def _figures_for(self, caller: Caller) -> Figures | None:
        if not _may_look(caller):
            return None
        rights = msgspec.json.encode(caller, order="deterministic")
        until, figures = self._figures.get(rights, (0.0, None))
        if current_time() >= until:
            figures = await self._counted(caller)
            if len(self._figures) >= FIGURES_KEPT:
                self._figures.clear()
            self._figures[rights] = (current_time() + FIGURES_FRESH, figures)
        return figures

    async def _counted(self, caller: Caller) -> Figures | None:
        try:
            body = await self._inquiry.ask(caller, FIGURES, within=FIGURES_WITHIN)
        except Refusal:
            return None
        data = _decoder.decode(body).data or _Data()
        circuit = data.worth.nodes[0] if data.worth and data.worth.nodes else None
        owner = circuit.customer.customer_id if circuit and circuit.customer else None
        told = {"customers": data.customers, "circuits": data.circuits, "alarms": data.alarms, "tickets": data.tickets}
        counts = {name: count.total_count if count else None for name, count in told.items()}
        return Figures(counts, circuit.code if circuit else None, owner)


class States:
    """The states of all sources, each asked once for everybody who looks at the same time."""

    def __init__(self, inquiry: Inquiry) -> None:
        self._inquiry = inquiry
        self._readiness = Readiness(lambda: inquiry.upstreams.sources, fresh=FRESH)

    async def seen_by(self, caller: Caller) -> list[SourceState] | None:
        """What this viewer may know of them; None if that is nothing."""
        if not _may_look(caller):
            return None
        _, found = await self._readiness.report()
        upstreams = self._inquiry.upstreams
        known = [state for state in found if state["source"] in upstreams.sources]
        seen = [_seen(upstreams, state, internals=caller.internals) for state in known]
        return sorted(seen, key=lambda one: (one.label, one.name or ""))


def _seen(upstreams: Upstreams, state: dict[str, object], *, internals: bool) -> SourceState:
    name = str(state["source"])
    code = str(state["code"]) if state["code"] else None
    public = SourceState(upstreams.labels[name], str(state["state"]), code)
    if not internals:
        return public
    lookups = sorted(str(lookup) for lookup in upstreams.sources[name].lookups)
    return SourceState(public.label, public.state, code, name, float(str(state["ms"])), lookups)


def _may_look(caller: Caller) -> bool:
    return caller.staff or bool(caller.customers)


async def favicon(_: HttpRequest) -> Response:
    """The mark by which browsers tell the tab."""
    return Response(FAVICON, headers={"cache-control": "public, max-age=86400"}, media_type="image/svg+xml")
