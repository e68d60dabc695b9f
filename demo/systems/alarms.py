"""The alarm system (TMF642): what the network complains of, newest first.

Its quirks: ids are numbers; it knows circuits by the inventory's service id; severities come in every case; one alarm
in five says `isRoot`, as the standard's own sample does; it pages by a cursor in the Link header and tells no total;
rows come in its own order, whatever the order of the ids asked for.
"""

import base64
import hashlib
import time
from datetime import datetime
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from demo.operator import Operator
from demo.systems.system import Editions, System, application, resource
from demo.tmf630 import Collection, Filter, Habits, Json, json_response
from demo.world.alarms import Alarm

BASE = "/tmf-api/alarmManagement/v4"
CLIENT_ID, CLIENT_SECRET = "demo-alarms", "demo-alarms-secret"
TOKEN_LIVES_SECONDS = 300
_CASES = (str.capitalize, str.upper, str.lower)


def build(operator: Operator) -> System:
    """Set up the alarm system for one operator."""
    tokens = _Tokens()
    alarms = Editions(operator, lambda: _alarms(operator))
    routes = [
        Route("/token", tokens.issue, methods=["POST"]),
        *resource(f"{BASE}/alarm", alarms, tokens.guard),
    ]
    return System(
        name="alarms",
        app=application(routes),
        paths={"tmf642": BASE},
        auth={
            "kind": "oauth2",
            "token_path": "/token",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
        },
        latency=(5, 25),
    )


def _alarms(operator: Operator) -> Collection[Alarm]:
    return Collection(
        rows=sorted(operator.alarms_now, key=lambda alarm: (alarm.raised, alarm.id), reverse=True),
        name=lambda alarm: str(alarm.id),
        write=_write,
        filters={
            "id": Filter(lambda alarm: (str(alarm.id),)),
            "affectedService.id": Filter(lambda alarm: (circuit.service_id for circuit in alarm.circuits)),
            "alarmedObject.id": Filter(lambda alarm: (alarm.element,) if alarm.element else ()),
            "state": Filter(lambda alarm: (alarm.state,)),
            "perceivedSeverity": Filter(lambda alarm: (alarm.severity,), str.lower),
        },
        orders={
            "alarmRaisedTime": lambda alarm: (alarm.raised, alarm.id),
            "id": lambda alarm: alarm.id,
        },
        habits=Habits(page=100, most=500, cursor=True),
    )


class _Tokens:
    """Issues bearer tokens by client credentials (RFC 6749, 4.4) and forgets them when they expire."""

    def __init__(self) -> None:
        self._expiry: dict[str, float] = {}

    async def issue(self, request: Request) -> Response:
        """Issue a token to the one client, which names itself in the form or by Basic."""
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        if form.get("grant_type") != "client_credentials":
            return json_response({"error": "unsupported_grant_type"}, 400)
        if _client(request, form) != (CLIENT_ID, CLIENT_SECRET):
            return json_response({"error": "invalid_client"}, 401, {"WWW-Authenticate": "Basic"})
        token = hashlib.blake2b(f"{len(self._expiry)}/{CLIENT_SECRET}".encode(), digest_size=16).hexdigest()
        self._expiry[token] = time.monotonic() + TOKEN_LIVES_SECONDS
        return json_response({"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_LIVES_SECONDS})

    def guard(self, request: Request) -> None:
        """Let in only who bears a token that lives."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or self._expiry.get(token, 0.0) <= time.monotonic():
            challenge = 'Bearer error="invalid_token"'
            raise HTTPException(401, "Unauthorized", {"WWW-Authenticate": challenge})


def _client(request: Request, form: dict[str, str]) -> tuple[str | None, str | None]:
    scheme, _, basic = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id"), form.get("client_secret")
    try:
        user, _, secret = base64.b64decode(basic, validate=True).decode().partition(":")
    except ValueError:
        return None, None
    return user, secret


def _write(alarm: Alarm) -> Json:
    case = _CASES[alarm.id % 3]
    body: Json = {
        "id": alarm.id,
        "href": f"{BASE}/alarm/{alarm.id}",
        "externalAlarmId": f"EMS-{alarm.id}",
        "alarmType": alarm.event_type,
        "perceivedSeverity": case(alarm.severity),
        "probableCause": alarm.cause,
        "state": alarm.state,
        "ackState": "acknowledged" if alarm.acknowledged else "unacknowledged",
        "isRoot" if alarm.id % 5 == 0 else "isRootCause": alarm.root,
        "alarmRaisedTime": _time(alarm.raised),
        "alarmReportingTime": _time(alarm.raised),
        "serviceAffecting": bool(alarm.circuits),
        "plannedOutageIndicator": "inPlannedOutage" if alarm.planned else "notInPlannedOutage",
        "sourceSystemId": "ems-1",
        "affectedService": [_affected(circuit.service_id) for circuit in alarm.circuits],
        "@type": "Alarm",
    }
    body |= _where(alarm)
    if alarm.changed:
        body["alarmChangedTime"] = _time(alarm.changed)
    if alarm.cleared:
        body["alarmClearedTime"] = _time(alarm.cleared)
    return body


def _where(alarm: Alarm) -> Json:
    """Say what the alarm is on: an element, perhaps at a port, or else the service itself."""
    if alarm.element is None:
        service = alarm.circuits[0].service_id
        return {"alarmedObjectType": "Service", "alarmedObject": _affected(service)}
    body: Json = {
        "alarmedObjectType": "Port" if alarm.port else "NetworkElement",
        "alarmedObject": {
            "id": alarm.element,
            "href": f"/tmf-api/resourceInventoryManagement/v4/resource/{alarm.element}",
        },
        "specificProblem": f"{alarm.cause} on {alarm.port}" if alarm.port else alarm.cause,
    }
    if alarm.port:
        body["alarmDetails"] = f"port={alarm.port}"
    return body


def _affected(service_id: str) -> Json:
    return {"id": service_id, "href": f"/tmf-api/serviceInventory/v4/service/{service_id}"}


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
