"""The switches: each kind of trouble is what it says, ends when healed, and stays in its system."""

import json
from typing import Any

import anyio
import httpx
import pytest

from demo.systems import SYSTEMS

pytestmark = pytest.mark.anyio


async def switch(desk: Any, system: str, **trouble: object) -> None:
    """Switch a trouble on."""
    answer = await desk.control("POST", f"/systems/{system}/trouble", trouble)
    assert (200, trouble["kind"]) == (answer.status_code, answer.json()["trouble"]["kind"])


async def heal(desk: Any, system: str) -> None:
    """Switch whatever trouble off, and see that the system answers."""
    assert (await desk.control("DELETE", f"/systems/{system}/trouble")).json()["trouble"] is None
    assert (await desk.ask({"crm": "customer", "tickets": "troubleTicket"}[system])).is_success


async def test_slow_answers_late_but_right(fragile: Any) -> None:
    """A slow system answers what it always does, not before its time."""
    quick = await fragile.ask("customer")
    await switch(fragile, "crm", kind="slow", ms=120)
    begun = anyio.current_time()
    slow = await fragile.ask("customer")
    assert anyio.current_time() - begun >= 0.12
    assert quick.json() == slow.json()
    await heal(fragile, "crm")


async def test_failing_answers_the_chosen_status(fragile: Any) -> None:
    """A failing system answers an error; every nth request only, when it says so."""
    await switch(fragile, "crm", kind="failing")
    assert 500 == (await fragile.ask("customer")).status_code
    await switch(fragile, "crm", kind="failing", status=503, every=2)
    assert {200, 503} == {(await fragile.ask("customer")).status_code for _ in range(2)}
    await heal(fragile, "crm")


async def test_hanging_never_answers(fragile: Any) -> None:
    """A hanging system takes the request and leaves the client to its own deadline; others go on."""
    await switch(fragile, "crm", kind="hanging")
    fragile.client.timeout = httpx.Timeout(0.2)
    with pytest.raises(httpx.ReadTimeout):
        await fragile.ask("customer")
    fragile.client.timeout = httpx.Timeout(10)
    assert (await fragile.ask("troubleTicket")).is_success
    await heal(fragile, "crm")


async def test_truncating_cuts_the_body(fragile: Any, caplog: pytest.LogCaptureFixture) -> None:
    """A cut body is shorter than the declared length, and the server makes no noise about it."""
    await switch(fragile, "tickets", kind="truncating")
    with pytest.raises(httpx.RemoteProtocolError, match="peer closed connection"):
        await fragile.ask("troubleTicket")
    assert [] == [record for record in caplog.get_records("call") if record.name.startswith("uvicorn")]
    await heal(fragile, "tickets")


async def test_truncating_breaks_json(fragile: Any) -> None:
    """The other way of truncating is sound HTTP around half a document."""
    await switch(fragile, "tickets", kind="truncating", how="broken-json")
    half = await fragile.ask("troubleTicket")
    assert 200 == half.status_code
    with pytest.raises(ValueError, match=r"Unterminated|Expecting|delimiter"):
        half.json()
    await heal(fragile, "tickets")


async def test_truncating_stalls(fragile: Any) -> None:
    """Half a body comes, and then nothing, for as long as anybody waits."""
    await switch(fragile, "tickets", kind="truncating", how="stall")
    fragile.client.timeout = httpx.Timeout(0.3)
    with pytest.raises(httpx.ReadTimeout):
        await fragile.ask("troubleTicket")
    fragile.client.timeout = httpx.Timeout(10)
    await heal(fragile, "tickets")


async def test_truncating_leaves_out_rows(fragile: Any) -> None:
    """Half of a list is missing, which is sound, but for its total."""
    whole = await fragile.ask("troubleTicket", "?limit=10")
    await switch(fragile, "tickets", kind="truncating", how="rows")
    half = await fragile.ask("troubleTicket", "?limit=10")
    assert whole.json()[: len(whole.json()) // 2] == half.json()
    assert whole.headers["X-Total-Count"] == half.headers["X-Total-Count"]
    await heal(fragile, "tickets")


async def test_trickling_answers_byte_by_byte(fragile: Any) -> None:
    """It is all there in the end."""
    whole = await fragile.ask("customer", "?limit=1&fields=id")
    await switch(fragile, "crm", kind="trickling", ms=1)
    begun = anyio.current_time()
    slow = await fragile.ask("customer", "?limit=1&fields=id")
    assert anyio.current_time() - begun >= 0.001 * len(whole.content)
    assert whole.content == slow.content
    await heal(fragile, "crm")


async def test_garbage_is_an_error_of_its_own_or_no_gzip(fragile: Any) -> None:
    """Under 200 both."""
    await switch(fragile, "crm", kind="garbage", how="error")
    error = await fragile.ask("customer")
    assert (200, "60") == (error.status_code, error.json()["code"])
    await switch(fragile, "crm", kind="garbage", how="gzip")
    with pytest.raises(httpx.DecodingError):
        await fragile.ask("customer")
    await heal(fragile, "crm")


async def test_garbage_is_a_login_page_or_noise(fragile: Any) -> None:
    """Garbage comes with status 200: a page for people, or bytes that claim to be JSON."""
    await switch(fragile, "crm", kind="garbage")
    page = await fragile.ask("customer")
    assert (200, True) == (page.status_code, page.text.startswith("<!DOCTYPE html>"))
    await switch(fragile, "crm", kind="garbage", how="bytes")
    noise = await fragile.ask("customer")
    assert (200, "application/json") == (noise.status_code, noise.headers["Content-Type"])
    with pytest.raises((UnicodeDecodeError, json.JSONDecodeError)):
        noise.json()
    await heal(fragile, "crm")


async def test_garbage_is_another_document_or_nothing(fragile: Any) -> None:
    """Sound JSON that nobody agreed on; a body without a byte."""
    await switch(fragile, "crm", kind="garbage", how="shape")
    assert ["weather"] == list((await fragile.ask("customer")).json())
    await switch(fragile, "crm", kind="garbage", how="nothing")
    nothing = await fragile.ask("customer")
    assert (200, b"") == (nothing.status_code, nothing.content)
    await heal(fragile, "crm")


async def test_failing_says_when_to_come_again(fragile: Any) -> None:
    """If it is told to."""
    await switch(fragile, "crm", kind="failing", status=503, retry_after=7)
    assert "7" == (await fragile.ask("customer")).headers["Retry-After"]
    await heal(fragile, "crm")


async def test_resetting_resets_the_connection(fragile: Any) -> None:
    """Not an end of the stream, which would be a cut answer, but a reset; on the next one it may answer."""
    await switch(fragile, "crm", kind="resetting")
    with pytest.raises(httpx.ReadError):
        await fragile.ask("customer")
    await heal(fragile, "crm")


async def test_unfiltered_gives_everything(fragile: Any) -> None:
    """Whatever was asked for, in pages as ever."""
    alone = (await fragile.ask("customer", "?id=C100002")).json()
    await switch(fragile, "crm", kind="unfiltered")
    everybody = (await fragile.ask("customer", "?id=C100002&limit=3")).json()
    assert (["C100002"], 3) == ([one["id"] for one in alone], len(everybody))
    await heal(fragile, "crm")


async def test_down_refuses_and_comes_back_on_the_same_port(fragile: Any) -> None:
    """A system that is down refuses connections; healed, it is back where it was."""
    url = fragile.running.systems["crm"].url
    await fragile.ask("customer")
    await switch(fragile, "crm", kind="down")
    with pytest.raises(httpx.ConnectError):
        await fragile.ask("customer")
    await heal(fragile, "crm")
    assert url == fragile.running.systems["crm"].url


async def test_trouble_can_be_limited_to_a_path(fragile: Any) -> None:
    """A path limits a trouble to one API of a system that has two."""
    await switch(fragile, "inventory", kind="failing", path="/tmf-api/resourceInventoryManagement")
    assert (500, 206) == (
        (await fragile.ask("resource")).status_code,
        (await fragile.ask("service", "?limit=1")).status_code,
    )


async def test_a_hanging_system_can_be_taken_down(fragile: Any) -> None:
    """Taking a system down ends the requests that hang in it."""
    await switch(fragile, "crm", kind="hanging")
    ended = anyio.Event()

    async def hang() -> None:
        assert 500 == (await fragile.ask("customer")).status_code
        ended.set()

    with anyio.fail_after(5):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(hang)
            while not (await fragile.control("GET", "/calls")).json()["crm"]["count"]:
                await anyio.lowlevel.checkpoint()
            await switch(fragile, "crm", kind="down")
            await ended.wait()


@pytest.mark.parametrize(
    ("system", "trouble", "status", "told"),
    [
        ("billing", {"kind": "down"}, 404, "there are crm, inventory, alarms, tickets"),
        ("crm", {"kind": "tired"}, 422, "one of slow, failing, hanging, resetting, truncating, trickling, garbage, "),
        ("crm", {"kind": "slow", "ms": "long"}, 422, "$.ms"),
        ("crm", {"kind": "failing", "status": 200}, 422, "$.status"),
        ("crm", {"kind": "failing", "every": 0}, 422, "$.every"),
        ("crm", {"kind": "slow", "seconds": 3}, 422, "seconds"),
    ],
)
async def test_mistakes_are_explained(fragile: Any, system: str, trouble: object, status: int, told: str) -> None:
    """An unknown system, kind or setting is refused with what was expected."""
    refused = await fragile.control("POST", f"/systems/{system}/trouble", trouble)
    assert status == refused.status_code
    assert told in refused.json()["error"]


async def test_calls_are_counted_until_reset(fragile: Any) -> None:
    """The control server tells each call, and how many went to each route."""
    await fragile.ask("customer", "?id=C100001&id=C100002")
    await fragile.ask("customer", path="/C100001")
    told = (await fragile.control("GET", "/calls")).json()["crm"]
    path = "/tmf-api/customerManagement/v4/customer"
    assert {"method": "GET", "path": path, "query": "id=C100001&id=C100002"} == told["calls"][0]
    by_route = (await fragile.control("GET", "/systems")).json()["crm"]["calls"]["byRoute"]
    assert {path: 1, path + "/{id}": 1} == by_route
    await fragile.control("POST", "/calls/reset")
    assert 0 == (await fragile.control("GET", "/calls")).json()["crm"]["count"]


async def test_control_is_well(fragile: Any) -> None:
    """The control server says that it is there."""
    assert (await fragile.control("GET", "/healthz")).is_success


async def test_every_system_has_its_switches_and_its_counters(fragile: Any) -> None:
    """Whatever the system, it is in the ready line, fails when told to, is healed, and its calls are counted."""
    assert set(SYSTEMS) == set(fragile.running.addresses["systems"])
    for name in SYSTEMS:
        await switch(fragile, name, kind="failing", status=503)
        url = next(iter(fragile.running.systems[name].address["apis"].values()))
        assert 503 == (await fragile.client.get(url)).status_code
        assert (await fragile.control("DELETE", f"/systems/{name}/trouble")).json()["trouble"] is None
        assert 503 != (await fragile.client.get(url)).status_code
    assert dict.fromkeys(SYSTEMS, 2) == {
        name: told["count"] for name, told in (await fragile.control("GET", "/calls")).json().items()
    }
