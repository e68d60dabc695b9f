"""The facility management, over GraphQL."""

from typing import Any

import pytest
from graphql import build_client_schema, get_introspection_query, print_schema

from demo.systems.facilities import MOST_KEYS, SCHEMA

pytestmark = pytest.mark.anyio

FACILITIES = """query Facilities($codes: [ID!], $after: String) { facilities(codes: $codes, first: 200, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } edges { cursor node { code title address { line city } } } } }"""
EQUIPMENT = "query Equipment($names: [ID!]!) { equipment(names: $names) { name facility { code } } }"


class Register:
    """Somebody who may ask the facility management."""

    def __init__(self, desk: Any) -> None:
        self._desk = desk
        address = desk.running.systems["facilities"].address
        self._url, self.headers = address["apis"]["graphql"], {"Authorization": f"Bearer {address['auth']['token']}"}

    async def post(self, body: object) -> Any:
        """Post one operation, or several; the answer, which always is HTTP 200."""
        answer = await self._desk.client.post(self._url, json=body, headers=self.headers)
        assert 200 == answer.status_code
        return answer.json()

    async def ask(self, query: str, **variables: object) -> Any:
        """Run one operation."""
        return await self.post({"query": query, "variables": variables})


@pytest.fixture
def register(desk: Any) -> Register:
    """Somebody with the token."""
    return Register(desk)


async def test_the_schema_can_be_asked_for(register: Register) -> None:
    """Introspection tells the schema that is served."""
    told = (await register.ask(get_introspection_query()))["data"]
    assert print_schema(SCHEMA) == print_schema(build_client_schema(told))


async def test_every_building_is_told_once(register: Register, desk: Any) -> None:
    """Relay's connections lead through all of them."""
    found: list[Any] = []
    page: dict[str, Any] = {"hasNextPage": True, "endCursor": None}
    while page["hasNextPage"]:
        said = (await register.ask(FACILITIES, after=page["endCursor"]))["data"]["facilities"]
        page, found = said["pageInfo"], found + [edge["node"] for edge in said["edges"]]
    elements = desk.running.operator.network.elements.values()
    rooms = {element.site_id: [element.room, element.address, element.city.chinese] for element in elements}
    told = {node["code"]: [node["title"], node["address"]["line"], node["address"]["city"]] for node in found}
    assert (rooms, len(rooms)) == (told, said["totalCount"])


async def test_lists_are_in_the_order_of_what_was_asked(register: Register, desk: Any) -> None:
    """Equipment comes as it was named, null where nobody knows it; buildings that are not known are left out."""
    names = [*reversed(list(desk.running.operator.network.elements)[:3]), "nobody"]
    told = (await register.ask(EQUIPMENT, names=names))["data"]["equipment"]
    assert [*names[:3], None] == [one and one["name"] for one in told]
    codes = [told[0]["facility"]["code"], "nowhere"]
    assert 1 == (await register.ask(FACILITIES, codes=codes))["data"]["facilities"]["totalCount"]


async def test_several_operations_come_as_a_list(register: Register) -> None:
    """One request, as many answers as operations."""
    told = await register.post([{"query": "{ facilities(first: 0) { totalCount } }"}, {"query": "{ nonsense }"}])
    assert 442 == told[0]["data"]["facilities"]["totalCount"]
    assert "errors" in told[1]


async def test_a_part_can_be_missing(fragile: Any) -> None:
    """`partial`: null and an error with its path for every second one; the others are whole."""
    register = Register(fragile)
    names = list(fragile.running.operator.network.elements)[:6]
    whole = await register.ask(EQUIPMENT, names=names)
    await fragile.control("POST", "/systems/facilities/trouble", {"kind": "partial", "every": 2})
    partial = await register.ask(EQUIPMENT, names=names)
    lost = [place for place, one in enumerate(partial["data"]["equipment"]) if one["facility"] is None]
    assert [["equipment", place, "facility"] for place in lost] == [error["path"] for error in partial["errors"]]
    assert 0 < len(lost) < len(names)
    for place, one in enumerate(partial["data"]["equipment"]):
        assert place in lost or one == whole["data"]["equipment"][place]


async def test_refusals_are_errors_under_200(register: Register) -> None:
    """Too much at once, and nobody's token."""
    told = await register.ask(EQUIPMENT, names=[str(n) for n in range(MOST_KEYS + 1)])
    assert "BAD_USER_INPUT" == told["errors"][0]["extensions"]["code"]
    register.headers = {}
    told = await register.ask("{ facilities { totalCount } }")
    assert ("UNAUTHENTICATED", None) == (told["errors"][0]["extensions"]["code"], told.get("data"))
