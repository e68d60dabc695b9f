"""The facility management: where the network stands, over a GraphQL API of its own.

Its quirks: HTTP 200 always, also for who is not let in; lists by Relay's connections, or by the order of what is asked
for; several operations in one request, if they come as a list; at most 100 keys. Where a part of an answer cannot be
had (`partial` trouble), it is null, and an error names its path.
"""

import base64
import binascii
from collections.abc import Sequence
from functools import partial
from importlib.resources import files
from typing import Any

import msgspec
from graphql import GraphQLError, GraphQLResolveInfo, build_schema, graphql_sync
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from demo.operator import Operator
from demo.systems.system import System
from demo.tmf630 import Json, json_response
from demo.trouble import Partial
from demo.world.network import Element

BASE = "/facilities/graphql"
TOKEN = "demo-facilities-token"  # noqa: S105 (a demo's fixed credential)
MOST_KEYS = 100
MOST = 200
SCHEMA = build_schema((files("demo") / "systems" / "facilities.graphql").read_text("utf-8"))


def build(operator: Operator) -> System:
    """Set up the facility management for one operator."""
    cadastre = _Cadastre(list(operator.network.elements.values()))

    async def answer(request: Request) -> Response:
        said = _decoded(await request.body())
        run = partial(_run, request, cadastre)
        return json_response([run(one) for one in said] if isinstance(said, list) else run(said))

    return System(
        name="facilities",
        app=Starlette(routes=[Route(BASE, answer, methods=["POST"])]),
        paths={"graphql": BASE},
        auth={"kind": "bearer", "token": TOKEN},
        latency=(5, 25),
    )


class Operation(msgspec.Struct, rename="camel"):
    """One operation, as GraphQL over HTTP writes it."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None


def _decoded(body: bytes) -> Operation | list[Operation] | None:
    try:
        return msgspec.json.decode(body, type=Operation | list[Operation])
    except msgspec.DecodeError:
        return None


def _run(request: Request, cadastre: "_Cadastre", said: Operation | None) -> Json:
    if request.headers.get("Authorization") != f"Bearer {TOKEN}":
        return {"errors": [_error("not signed in", "UNAUTHENTICATED").formatted]}
    if said is None:
        return {"errors": [_error("an operation is expected", "BAD_REQUEST").formatted]}
    trouble = request.scope.get("trouble")
    every = trouble.every if isinstance(trouble, Partial) else 0
    executed = graphql_sync(
        SCHEMA,
        said.query,
        root_value=cadastre,
        context_value=every,
        variable_values=said.variables,
        operation_name=said.operation_name,
    )
    answer: Json = dict(executed.formatted)
    return answer


def _error(words: str, code: str) -> GraphQLError:
    return GraphQLError(words, extensions={"code": code})


class _Cadastre:
    """The root of the API: every facility and every piece of equipment."""

    def __init__(self, elements: Sequence[Element]) -> None:
        self._equipment = {element.id: Equipment(self, element) for element in elements}
        rooms: dict[str, list[Equipment]] = {}
        for one in self._equipment.values():
            rooms.setdefault(one.element.site_id, []).append(one)
        self._rooms = {code: Facility(place, rooms[code]) for place, code in enumerate(sorted(rooms), start=1)}

    def room(self, code: str) -> "Facility":
        """One facility."""
        return self._rooms[code]

    def equipment(self, _info: GraphQLResolveInfo[int], names: Sequence[str]) -> "list[Equipment | None]":
        """Equipment in the order of its names."""
        return [self._equipment.get(name) for name in _few(names)]

    def facilities(
        self,
        _info: GraphQLResolveInfo[int],
        codes: Sequence[str] | None = None,
        first: int = 50,
        after: str | None = None,
    ) -> Json:
        """One page of facilities."""
        chosen = list(self._rooms) if codes is None else sorted(set(_few(codes)) & set(self._rooms))
        left = [code for code in chosen if code > _code(after)] if after else chosen
        shown = left[: max(0, min(first, MOST))]
        return {
            "totalCount": len(chosen),
            "edges": [{"cursor": _cursor(code), "node": self._rooms[code]} for code in shown],
            "pageInfo": {
                "hasNextPage": len(shown) < len(left),
                "endCursor": _cursor(shown[-1]) if shown else None,
            },
        }


class Facility:
    """One building or room."""

    def __init__(self, place: int, equipment: "Sequence[Equipment]") -> None:
        self._place = place
        self._equipment = equipment
        self._element = element = equipment[0].element
        self.code, self.title = element.site_id, element.room
        self.kind = "CORE_ROOM" if element.role == "core" else "ACCESS_ROOM"
        self.location = {"latitude": round(element.latitude, 5), "longitude": round(element.longitude, 5)}

    def address(self, info: GraphQLResolveInfo[int]) -> Json:
        """Where it is; in trouble, nobody knows of every so manieth."""
        _told(info, self._place)
        city = self._element.city
        return {"line": self._element.address, "city": city.chinese, "postcode": city.postcode}

    def equipment(self, _info: GraphQLResolveInfo[int]) -> "Sequence[Equipment]":
        """What stands in it."""
        return self._equipment


class Equipment:
    """One piece of equipment."""

    def __init__(self, cadastre: _Cadastre, element: Element) -> None:
        self._cadastre = cadastre
        self.element = element
        self.name, self.displayName = element.id, element.name

    def facility(self, info: GraphQLResolveInfo[int]) -> Facility:
        """Where it stands; in trouble, nobody knows of every so manieth."""
        room = self._cadastre.room(self.element.site_id)
        _told(info, room._place)
        return room


def _told(info: GraphQLResolveInfo[int], place: int) -> None:
    every = info.context
    if every and place % every == 0:
        raise _error("the register of addresses does not answer", "SERVICE_UNAVAILABLE")


def _few(keys: Sequence[str]) -> Sequence[str]:
    if len(keys) > MOST_KEYS:
        raise _error(f"at most {MOST_KEYS} keys in one request", "BAD_USER_INPUT")
    return keys


def _cursor(code: str) -> str:
    return base64.urlsafe_b64encode(f"after:{code}".encode()).decode()


def _code(cursor: str) -> str:
    try:
        return base64.urlsafe_b64decode(cursor).decode().removeprefix("after:")
    except (binascii.Error, ValueError) as err:
        raise _error("no such cursor", "BAD_USER_INPUT") from err
