"""What every system is: a name, an application, who may ask it, and how quick it is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from demo.operator import Operator
from demo.tmf630 import Collection, Row, error_response

Guard = Callable[[Request], None]


@dataclass(frozen=True, slots=True)
class System:
    """One upstream system, before it has a port; `latency` is its range in milliseconds."""

    name: str
    app: Starlette
    paths: dict[str, str]
    auth: dict[str, str]
    latency: tuple[int, int]


class Editions(Generic[Row]):
    """A collection that changes with the story: set up anew when something has changed since it was last asked for."""

    def __init__(self, operator: Operator, edit: Callable[[], Collection[Row]]) -> None:
        self._operator, self._edit = operator, edit
        self._step, self._latest = operator.step, edit()

    def __call__(self) -> Collection[Row]:
        """Give the collection as it is at the demo's clock."""
        step = self._operator.step
        if step != self._step:
            self._step, self._latest = step, self._edit()
        return self._latest


def resource(path: str, rows: Collection[Any] | Editions[Any], guard: Guard) -> list[Route]:
    """Serve a collection under a path, and each of its rows under the path and its id, to whom the guard lets in."""

    def collection() -> Collection[Any]:
        return rows() if isinstance(rows, Editions) else rows

    async def listed(request: Request) -> Response:
        guard(request)
        return collection().page(request)

    async def one(request: Request) -> Response:
        guard(request)
        return collection().one(request)

    return [Route(path, listed), Route(path + "/{id}", one)]


def application(routes: list[Route]) -> Starlette:
    """Assemble a system's application; its errors are written as TM Forum writes them."""
    return Starlette(routes=routes, exception_handlers={HTTPException: error_response})


def demand_header(name: str, value: str, challenge: str) -> Guard:
    """Let in only requests that carry exactly this header."""

    def guard(request: Request) -> None:
        if request.headers.get(name) != value:
            raise HTTPException(401, "Unauthorized", {"WWW-Authenticate": challenge})

    return guard
