"""The vendor's controller, over HTTP: its envelope, its sessions, its ids."""

from typing import Any

import pytest

from demo.systems.nbi import MOST_IDS
from demo.world.chance import NOW

pytestmark = pytest.mark.anyio


class Console:
    """Somebody who is signed in to the vendor's controller."""

    def __init__(self, desk: Any, token: str = "") -> None:
        self._desk = desk
        self._auth = desk.running.systems["vendor"].address["auth"]
        self._base = desk.running.systems["vendor"].address["apis"]["nbi"]
        self._headers = {"X-Auth-Token": token}

    async def sign_in(self, password: str | None = None) -> Any:
        """Open a session; give the whole answer."""
        body = {"userName": self._auth["user"], "password": password or self._auth["password"]}
        answer = (await self._desk.client.post(self._auth["token_url"], json=body)).json()
        self._headers = {"X-Auth-Token": (answer["data"] or {"accessToken": ""})["accessToken"]}
        return answer

    async def ask(self, path: str) -> Any:
        """Ask for a path; give the whole answer, which is always HTTP 200."""
        answer = await self._desk.client.get(self._base + path, headers=self._headers)
        assert 200 == answer.status_code
        return answer.json()

    async def items(self, path: str) -> list[dict[str, Any]]:
        """Walk all pages of a path."""
        found, token = [], ""
        while True:
            data = (await self.ask(path + (f"&nextToken={token}" if token else "")))["data"]
            found += data["items"]
            if "nextToken" not in data:
                return found
            token = data["nextToken"]


@pytest.fixture
async def console(desk: Any) -> Console:
    """A console that is signed in."""
    console = Console(desk)
    assert 0 == (await console.sign_in())["code"]
    return console


async def test_failures_are_http_200(desk: Any) -> None:
    """A wrong password, a missing token and nonsense are all HTTP 200, with a code that is not 0, and no data."""
    console = Console(desk)
    assert {"code": 1010, "message": "user name or password is wrong", "data": None} == await console.sign_in("guess")
    assert 1001 == (await console.ask("/elements"))["code"]
    await console.sign_in()
    for path, code in (
        ("/elements?ids=", 1002),
        ("/elements?shoeSize=45", 1002),
        ("/elements?pageSize=0", 1002),
        ("/ports?nextToken=x", 1002),
        ("/links?ids=" + ",".join(map(str, range(MOST_IDS + 1))), 1003),
        ("/elements/NE=1", 2001),
    ):
        answer = await console.ask(path)
        assert (code, None) == (answer["code"], answer["data"])


async def test_every_element_is_there_under_its_own_id(desk: Any, console: Console) -> None:
    """The vendor knows every element by an id of its own, with ours as its alias."""
    rows = await console.items("/elements?pageSize=50")
    assert set(desk.running.operator.network.elements) == {row["alias"] for row in rows}
    assert all(row["id"].startswith("NE=") for row in rows)
    assert len(rows) == len({row["id"] for row in rows})
    assert {"code": 0, "message": "success", "data": rows[3]} == await console.ask(f"/elements/{rows[3]['id']}")


async def test_elements_are_found_by_comma(console: Console) -> None:
    """Several ids or aliases are joined by commas; who is unknown is left out; the order is the vendor's."""
    found = await console.items("/elements?aliases=ne-sh-c1,ne-bj-c1,nobody")
    again = await console.items("/elements?ids=" + ",".join(row["id"] for row in found[::-1]))
    assert {"ne-sh-c1", "ne-bj-c1"} == {row["alias"] for row in found}
    assert found == again


async def test_numbers_are_strings_and_dates_milliseconds(console: Console) -> None:
    """Temperatures, uptimes and powers are text; moments count from 1970, up to the demo's clock."""
    (element,) = await console.items("/elements?aliases=ne-bj-c1")
    assert 25 < float(element["temperature"]) < 60
    assert 1000 * NOW.timestamp() == element["collectTime"]
    assert int(element["uptimeSeconds"]) == (element["collectTime"] - element["bootTime"]) // 1000
    (link,) = await console.items("/links?aliases=lk-bj-metro-n")
    assert 0 < float(link["utilisation"]) < 100
    for port in await console.items(f"/ports?ids={link['aPortId']},{link['zPortId']}"):
        assert ("UP", "LINE", link["id"]) == (port["operState"], port["type"], port["linkId"])
        assert float(port["rxPowerLowThreshold"]) < float(port["rxPower"]) < float(port["txPower"])


async def test_every_port_of_a_route_is_known(desk: Any, console: Console) -> None:
    """The ports of a route's hops are found by the inventory's names for them."""
    circuit = desk.running.operator.circuits[0]
    hops = desk.running.operator.route(circuit, "WORKING")
    wanted = {f"{hop.element}:{port}" for hop in hops for port in (hop.in_port, hop.out_port)}
    rows = await console.items("/ports?aliases=" + ",".join(wanted))
    assert wanted == {row["alias"] for row in rows}
    assert 2 == sum(row["type"] == "CLIENT" for row in rows)


async def test_ports_and_links_of_an_element(desk: Any, console: Console) -> None:
    """An element's id or alias finds its ports, and the links that end on it."""
    (element,) = await console.items("/elements?aliases=ne-bj-c1")
    links = await console.items(f"/links?elementIds={element['id']}")
    known = desk.running.operator.network.links.values()
    assert {link.id for link in known if "ne-bj-c1" in (link.a, link.z)} == {row["alias"] for row in links}
    ports = await console.items("/ports?elementAliases=ne-bj-c1&pageSize=3")
    assert {link["id"] for link in links} == {port["linkId"] for port in ports if port["type"] == "LINE"}


async def test_ports_are_in_the_order_of_their_elements(console: Console) -> None:
    """Ports come element by element, each element's by shelf, slot and number."""
    rows = await console.items("/ports?pageSize=500")
    places = [(row["elementId"], *map(int, row["name"].split("/"))) for row in rows]
    assert sorted(places) == places
    assert len(rows) == len({row["id"] for row in rows})
