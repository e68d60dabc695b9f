"""The provisioning system: work orders, over SOAP 1.1 with a WSDL.

Its quirks: two namespaces, one of them the default; a security header with a user and a password; times of Beijing
without saying so; `xsi:nil` where work is not finished; a fault comes with HTTP 500, but for one about too
much that was asked at once, which comes with HTTP 200.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from functools import cached_property
from importlib.resources import files

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from demo.operator import Operator
from demo.systems.envelopes import NAMES, Element, FaultError, element, enveloped, fault, opened, texts
from demo.systems.orders import STEPS
from demo.systems.system import System
from demo.tmf630 import Filter
from demo.trouble import Unfiltered
from demo.world.tickets import Note
from demo.world.workorders import WorkOrder

BASE = "/ws/provisioning"
USER, PASSWORD = "demo-provisioning", "demo-provisioning-password"
MOST_KEYS = 100
MOST = 200
_BEIJING = timezone(timedelta(hours=8))
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_LOCATION = b"http://127.0.0.1/ws/provisioning"
_REQUEST = "soapenv:Body/svc:QueryWorkOrdersRequest"
_CREDENTIALS = "soapenv:Header/wsse:Security/wsse:UsernameToken/wsse:"


def build(operator: Operator) -> System:
    """Set up the provisioning system for one operator."""
    desk = _Desk(operator)
    return System(
        name="provisioning",
        app=Starlette(routes=[Route(BASE, _described), Route(BASE, desk.answer, methods=["POST"])]),
        paths={"soap": BASE},
        auth={"kind": "wsse", "user": USER, "password": PASSWORD},
        latency=(15, 50),
    )


async def _described(request: Request) -> Response:
    """Hand out the WSDL, with the address at which it was asked for."""
    if "wsdl" not in request.query_params:
        return Response("Provisioning service. Append ?wsdl.", media_type="text/plain")
    wsdl = (files("demo") / "data" / "provisioning.wsdl").read_bytes()
    return Response(wsdl.replace(_LOCATION, str(request.url.replace(query="")).encode()), media_type="text/xml")


class _Desk:
    """Finds and writes work orders."""

    def __init__(self, operator: Operator) -> None:
        self._operator = operator

    @property
    def _rows(self) -> Sequence[WorkOrder]:
        return self._operator.work_orders

    @cached_property
    def _by(self) -> dict[str, dict[str, list[int]]]:
        filters: dict[str, Filter[WorkOrder]] = {
            "circuitCode": Filter(lambda work: (work.circuit.code,)),
            "customerId": Filter(lambda work: (work.circuit.customer.id,)),
            "workOrderId": Filter(lambda work: (work.id,)),
        }
        return {name: one.index(self._rows) for name, one in filters.items()}

    async def answer(self, request: Request) -> Response:
        """Answer one envelope, well or with a fault."""
        try:
            everything = isinstance(request.scope.get("trouble"), Unfiltered)
            return enveloped(self._queried(opened(await request.body()), everything))
        except FaultError as error:
            return fault(error)

    def _queried(self, envelope: Element, everything: bool) -> Element:
        _guard(envelope)
        asked = envelope.find(_REQUEST, NAMES)
        if asked is None:
            raise FaultError("soapenv:Client", "PRV-1003", "未知操作")
        found = range(len(self._rows)) if everything else self._matching(asked)
        start, size = _number(asked, "start", 0), min(_number(asked, "size", MOST), MOST)
        shown = [_written(self._rows[at]) for at in found[start : start + size]]
        total = element("svc:total", str(len(found)))
        return element("svc:QueryWorkOrdersResponse", total, element("svc:workOrders", *shown))

    def _matching(self, asked: Element) -> Sequence[int]:
        """Find what any of the keys names; no keys at all name everything."""
        named, found = False, set[int]()
        for name, index in self._by.items():
            keys = texts(asked, f"svc:criteria/typ:{name}")
            if len(keys) > MOST_KEYS:
                raise FaultError("soapenv:Client", "PRV-2001", f"一次最多查询{MOST_KEYS}个", 200)
            named = named or bool(keys)
            found |= {at for key in keys for at in index.get(key, ())}
        return sorted(found) if named else range(len(self._rows))


def _guard(envelope: Element) -> None:
    said = [texts(envelope, _CREDENTIALS + part) for part in ("Username", "Password")]
    if said != [[USER], [PASSWORD]]:
        raise FaultError("wsse:FailedAuthentication", "PRV-0001", "用户名或密码错误")


def _number(asked: Element, name: str, otherwise: int) -> int:
    for written in texts(asked, f"svc:range/typ:{name}"):
        if not written.isdecimal():
            raise FaultError("soapenv:Client", "PRV-1004", f"{name}应为数字")
        return int(written)
    return otherwise


def _written(work: WorkOrder) -> Element:
    notes = [note for note in work.order.notes if work.dispatched < note.at <= (work.finished or note.at)]
    # A work order stands in the service's namespace, and all that is in it in the types'.
    return element(
        "svc:workOrder",
        element("typ:workOrderId", work.id),
        element("typ:serviceOrderId", work.order.id),
        element("typ:title", f"{work.circuit.code} {STEPS[work.step]}"),
        element("typ:step", work.step),
        element("typ:team", work.team),
        element("typ:status", work.state),
        element("typ:priority", work.order.priority),
        element("typ:customerId", work.circuit.customer.id),
        element("typ:circuits", element("typ:circuitCode", work.circuit.code)),
        element("typ:dispatchTime", _time(work.dispatched)),
        element("typ:dueTime", _time(work.due)),
        _finished(work),
        *(_remark(note) for note in notes),
    )


def _finished(work: WorkOrder) -> Element:
    if work.finished:
        return element("typ:finishTime", _time(work.finished))
    nothing = element("typ:finishTime")
    nothing.set(_NIL, "true")
    return nothing


def _remark(note: Note) -> Element:
    told = {"author": note.author, "time": _time(note.at), "text": note.text}
    return element("typ:remark", *(element(f"typ:{name}", value) for name, value in told.items()))


def _time(moment: datetime) -> str:
    return moment.astimezone(_BEIJING).replace(tzinfo=None).isoformat(timespec="seconds")
