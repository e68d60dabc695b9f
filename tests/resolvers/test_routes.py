"""The routes of a circuit."""

from types import SimpleNamespace
from typing import Any, cast

from model.enums import RouteRole
from model.records import Hop, Route
from resolvers.request import Request
from resolvers.routes import _by_role
from resolvers.upstreams import Upstreams


def test_a_record_without_a_way_is_no_route() -> None:
    """A system that forgets its filters gives other things, which have no hops."""
    request = cast("Request", SimpleNamespace(upstreams=Upstreams({})))
    trail: Any = Route(circuit="C1", role=RouteRole.WORKING)
    route: Any = Route(circuit="C1", role=RouteRole.PROTECTION, hops=[Hop(sequence=0)])
    assert [route] == _by_role(request, [trail, route])
