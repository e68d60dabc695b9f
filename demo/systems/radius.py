"""The RADIUS accounting service: VPDN domains, their tunnels and their users' sessions, over a JSON API of its own.

Its quirks: attributes are named after those of RFC 2865 to 2868; times are seconds since 1970, and numbers strings;
domains and tunnels take repeated parameters, sessions are asked for by a POSTed filter, which must not be empty; pages
have numbers; realms are in lower case whatever the case of what is asked.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache, cached_property
from typing import Annotated, Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from demo.operator import Operator
from demo.systems.system import Guard, System, demand_header
from demo.tmf630 import Filter, Json, Row, json_response
from demo.world.vpdn import Domain, Session, Tunnel

BASE = "/acct/v1"
KEY = "demo-radius-key"
MOST_KEYS = 200
PAGE, MOST = 50, 500
INTERIM_SECONDS = 300
"""A session is heard of when it starts, and so often from then on."""


class SessionFilter(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Which sessions are asked for; lists are alternatives, and all that is said must hold."""

    realms: tuple[str, ...] = ()
    session_ids: tuple[str, ...] = ()
    tunnel_ids: tuple[str, ...] = ()
    status_types: tuple[str, ...] = ()
    started_from: int | None = None
    started_to: int | None = None


class SessionQuery(msgspec.Struct, forbid_unknown_fields=True):
    """A POSTed question about sessions: the filter, and which page."""

    filter: SessionFilter
    page: Annotated[int, msgspec.Meta(ge=1)] = 1
    size: Annotated[int, msgspec.Meta(ge=1)] = PAGE


_QUERY = msgspec.json.Decoder(SessionQuery)


def build(operator: Operator) -> System:
    """Set up the accounting service for one operator."""
    guard, desk = demand_header("X-Acct-Key", KEY, "AcctKey"), _Desk(operator)
    routes = [
        Route(f"{BASE}/realms", _listed("realms", desk.realms(), guard)),
        Route(f"{BASE}/tunnels", _listed("tunnels", desk.tunnels(), guard)),
        Route(f"{BASE}/sessions/query", desk.sessions(guard), methods=["POST"]),
    ]
    return System(
        name="radius",
        app=Starlette(routes=routes, exception_handlers={HTTPException: _refusal}),
        paths={"acct": BASE},
        auth={"kind": "header", "header": "X-Acct-Key", "value": KEY},
        latency=(8, 30),
    )


Handler = Callable[[Request], Any]
Choice = Callable[[Request], tuple[list[Json], int, int]]


class _Desk:
    """Finds and writes what there is."""

    def __init__(self, operator: Operator) -> None:
        self._operator = operator

    @property
    def _sessions(self) -> Sequence[Session]:
        return self._operator.sessions

    @cached_property
    def _by(self) -> dict[str, dict[str, list[int]]]:
        by: dict[str, Filter[Session]] = {
            "realms": Filter(lambda session: (session.tunnel.domain.realm,)),
            "session_ids": Filter(lambda session: (session.id,)),
            "tunnel_ids": Filter(lambda session: (session.tunnel.id,)),
        }
        return {name: one.index(self._sessions) for name, one in by.items()}

    def realms(self) -> Choice:
        """Domains by realm, by customer or by circuit."""
        filters: dict[str, Filter[Domain]] = {
            "realm": Filter(lambda domain: (domain.realm,), str.lower),
            "custNo": Filter(lambda domain: (domain.circuit.customer.id,)),
            "accessCircuit": Filter(lambda domain: (domain.circuit.code,)),
        }
        return _choice(lambda: self._operator.domains, filters, _realm)

    def tunnels(self) -> Choice:
        """Tunnels by id or by realm."""
        filters: dict[str, Filter[Tunnel]] = {
            "tunnelId": Filter(lambda tunnel: (tunnel.id,)),
            "realm": Filter(lambda tunnel: (tunnel.domain.realm,), str.lower),
        }
        return _choice(lambda: list({one.tunnel.id: one.tunnel for one in self._sessions}.values()), filters, _tunnel)

    def sessions(self, guard: Guard) -> Handler:
        """Sessions by what the POSTed filter says."""

        async def answer(request: Request) -> Response:
            guard(request)
            query = _decoded(await request.body())
            found, size = self._matching(query.filter), min(query.size, MOST)
            start = (query.page - 1) * size
            rows = [self._session(self._sessions[at]) for at in found[start : start + size]]
            return json_response({"total": str(len(found)), "page": str(query.page), "sessions": rows})

        return answer

    def _matching(self, asked: SessionFilter) -> list[int]:
        if not (asked.realms or asked.session_ids or asked.tunnel_ids):
            raise HTTPException(400, "one of realms, sessionIds and tunnelIds is expected")
        found: set[int] | None = None
        for name, index in self._by.items():
            wanted = _keys(getattr(asked, name))
            if wanted:
                keys = {key.lower() for key in wanted} if name == "realms" else wanted
                positions = {at for key in keys for at in index.get(key, ())}
                found = positions if found is None else found & positions
        return [at for at in sorted(found or (), reverse=True) if _meets(self._sessions[at], asked)]

    def _session(self, session: Session) -> Json:
        now = self._operator.clock.now
        tunnel, lasted = session.tunnel, session.seconds(now)
        body: Json = {
            "acctSessionId": session.id,
            "userName": session.user,
            "realm": tunnel.domain.realm,
            "callingStationId": session.station,
            "acctStatusType": _status(session),
            "framedIpAddress": session.address,
            "tunnelType": "L2TP",
            "tunnelId": tunnel.id,
            "tunnelClientAuthId": tunnel.lac.name,
            "tunnelServerAuthId": tunnel.lns.name,
            "acctStartTime": _epoch(session.started),
            "acctSessionTime": str(lasted),
            "acctInputOctets": str(session.up * lasted),
            "acctOutputOctets": str(session.down * lasted),
            "eventTimestamp": _epoch(session.stopped or now - timedelta(seconds=lasted % INTERIM_SECONDS)),
        }
        if session.stopped:
            body |= {"acctStopTime": _epoch(session.stopped), "acctTerminateCause": session.cause}
        return body


def _choice(
    all_rows: Callable[[], Sequence[Row]], filters: dict[str, Filter[Row]], write: Callable[[Row], Json]
) -> Choice:
    """Choose, by repeated parameters of which one at least is given, a page of rows, and count them all."""

    @cache
    def indexed() -> tuple[Sequence[Row], dict[str, dict[str, list[int]]]]:
        rows = all_rows()
        return rows, {name: one.index(rows) for name, one in filters.items()}

    def chosen(request: Request) -> tuple[list[Json], int, int]:
        query = request.query_params
        strange = set(query) - set(filters) - {"page", "size"}
        if strange or not set(query) & set(filters):
            raise HTTPException(400, f"one of {', '.join(filters)} is expected")
        found: set[int] | None = None
        rows, indices = indexed()
        for name, index in indices.items():
            if name in query:
                keys = {filters[name].fold(key) for key in _keys(query.getlist(name))}
                positions = {at for key in keys for at in index.get(key, ())}
                found = positions if found is None else found & positions
        page, size = _number(query.get("page"), 1), min(_number(query.get("size"), PAGE), MOST)
        shown = sorted(found or ())[(page - 1) * size : page * size]
        return [write(rows[at]) for at in shown], len(found or ()), page

    return chosen


def _listed(name: str, choose: Choice, guard: Guard) -> Handler:
    async def answer(request: Request) -> Response:
        guard(request)
        rows, total, page = choose(request)
        return json_response({"total": str(total), "page": str(page), name: rows})

    return answer


def _realm(domain: Domain) -> Json:
    return {
        "realm": domain.realm,
        "description": f"{domain.circuit.customer.name}VPDN",
        "custNo": domain.circuit.customer.id,
        "accessCircuit": domain.circuit.code,
        "lns": [{"name": server.name, "address": server.address} for server in domain.lns],
        "maxSessions": str(domain.most),
        "enabled": "1" if domain.open else "0",
    }


def _tunnel(tunnel: Tunnel) -> Json:
    return {
        "tunnelId": tunnel.id,
        "realm": tunnel.domain.realm,
        "tunnelType": "L2TP",
        "acctTunnelConnection": str(tunnel.number),
        "tunnelClientAuthId": tunnel.lac.name,
        "tunnelClientEndpoint": tunnel.lac.address,
        "tunnelServerAuthId": tunnel.lns.name,
        "tunnelServerEndpoint": tunnel.lns.address,
        "acctStartTime": _epoch(tunnel.started),
    }


def _status(session: Session) -> str:
    return "Stop" if session.stopped else "Interim-Update"


def _meets(session: Session, asked: SessionFilter) -> bool:
    started = session.started.timestamp()
    return (
        (not asked.status_types or _status(session) in asked.status_types)
        and (asked.started_from is None or started >= asked.started_from)
        and (asked.started_to is None or started <= asked.started_to)
    )


def _keys(given: Iterable[str]) -> set[str]:
    keys = {key for key in given if key}
    if len(keys) > MOST_KEYS:
        raise HTTPException(400, f"at most {MOST_KEYS} keys in one request")
    return keys


def _decoded(body: bytes) -> SessionQuery:
    try:
        return _QUERY.decode(body)
    except msgspec.DecodeError as err:
        raise HTTPException(400, f"{err}") from err


def _number(written: str | None, otherwise: int) -> int:
    if written is None:
        return otherwise
    if not written.isdecimal() or not int(written):
        raise HTTPException(400, "a number from 1 on is expected")
    return int(written)


def _epoch(moment: datetime) -> str:
    return str(int(moment.timestamp()))


async def _refusal(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 (Starlette hands over what the handler is registered for)
    return json_response({"error": {"status": str(error.status_code), "text": error.detail}}, error.status_code)
