"""The control server: which systems there are, what they were asked, what is wrong with them, and what is true."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from demo.clock import Clock
from demo.operator import Operator
from demo.story import chapters
from demo.tmf630 import json_response
from demo.trouble import KINDS, AnyTrouble
from demo.truth import truth

if TYPE_CHECKING:
    from demo.serve import RunningSystem


def build(operator: Operator, systems: Mapping[str, "RunningSystem"]) -> Starlette:
    """Set up the control server over the running systems."""
    board = _Switchboard(operator, systems)
    routes = [
        Route("/healthz", board.health),
        Route("/systems", board.list_systems),
        Route("/systems/{name}/trouble", board.switch_on, methods=["POST"]),
        Route("/systems/{name}/trouble", board.heal, methods=["DELETE"]),
        Route("/calls", board.list_calls),
        Route("/calls/reset", board.reset_calls, methods=["POST"]),
        Route("/truth", board.tell_truth),
        Route("/clock", board.tell_time),
        Route("/clock", board.set_clock, methods=["POST"]),
        Route("/story", board.tell_story),
    ]
    return Starlette(routes=routes, exception_handlers={HTTPException: _refusal})


class Setting(msgspec.Struct, forbid_unknown_fields=True):
    """What is to be done to the clock: first it is moved, then it runs."""

    to: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    advance_s: float | None = None
    speed: float | None = None


_CLOCK = msgspec.json.Decoder(Setting)
_TROUBLE: msgspec.json.Decoder[AnyTrouble] = msgspec.json.Decoder(AnyTrouble)


class _Switchboard:
    """The handlers of the control server."""

    def __init__(self, operator: Operator, systems: Mapping[str, "RunningSystem"]) -> None:
        self._operator = operator
        self._systems = systems

    async def health(self, _: Request) -> Response:
        return json_response({"status": "ok"})

    async def list_systems(self, _: Request) -> Response:
        return json_response({name: _describe(system) for name, system in self._systems.items()})

    async def switch_on(self, request: Request) -> Response:
        system, trouble = self._named(request), _decode(await request.body())
        await system.trouble(trouble)
        return json_response(_describe(system))

    async def heal(self, request: Request) -> Response:
        system = self._named(request)
        await system.trouble(None)
        return json_response(_describe(system))

    async def list_calls(self, _: Request) -> Response:
        return json_response({name: _calls(system) for name, system in self._systems.items()})

    async def reset_calls(self, _: Request) -> Response:
        for system in self._systems.values():
            system.troubled.counted.reset()
        return json_response({"status": "ok"})

    async def tell_truth(self, _: Request) -> Response:
        return json_response(truth(self._operator))

    async def tell_time(self, _: Request) -> Response:
        return json_response(_time(self._operator))

    async def set_clock(self, request: Request) -> Response:
        try:
            _move(self._operator.clock, _CLOCK.decode(await request.body()))
        except (msgspec.ValidationError, msgspec.DecodeError, ValueError, OverflowError) as err:
            raise HTTPException(422, f"{err}; expected any of to (RFC 3339), advance_s and speed") from err
        return json_response(_time(self._operator))

    async def tell_story(self, _: Request) -> Response:
        told = msgspec.to_builtins(chapters(self._operator))
        for chapter in told:
            for fact in chapter["facts"]:
                fact["url"] = self._systems[fact["system"]].address["apis"][fact["api"]].rstrip("/") + fact["path"]
        return json_response({"clock": _time(self._operator), "chapters": told})

    def _named(self, request: Request) -> "RunningSystem":
        name = request.path_params["name"]
        if name not in self._systems:
            raise HTTPException(404, f"no system is called {name!r}; there are {', '.join(self._systems)}")
        return self._systems[name]


def _move(clock: Clock, setting: Setting) -> None:
    if setting == Setting():
        raise ValueError("nothing to do")
    to = (setting.to or clock.now) + timedelta(seconds=setting.advance_s or 0)
    clock.set(to, clock.speed if setting.speed is None else setting.speed)


def _time(operator: Operator) -> dict[str, Any]:
    clock = operator.clock
    return {"now": clock.now, "base": clock.base, "speed": clock.speed}


def _decode(body: bytes) -> AnyTrouble:
    try:
        return _TROUBLE.decode(body)
    except (msgspec.ValidationError, msgspec.DecodeError) as err:
        raise HTTPException(422, f"{err}; expected an object whose kind is one of {', '.join(KINDS)}") from err


def _describe(system: "RunningSystem") -> dict[str, Any]:
    counted = system.troubled.counted
    calls = {"total": counted.total, "byRoute": counted.by_route}
    return {**system.address, "trouble": system.troubled.trouble, "calls": calls}


def _calls(system: "RunningSystem") -> dict[str, Any]:
    counted = system.troubled.counted
    return {"count": counted.total, "calls": list(counted.calls)}


async def _refusal(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 (Starlette hands over what the handler is registered for)
    return json_response({"error": error.detail}, error.status_code)
