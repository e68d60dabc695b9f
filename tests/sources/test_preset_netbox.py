"""The preset for NetBox, against answers of a real one and the traps that were found in it."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from model.answer import Answer
from model.enums import CircuitCategory, OperationalState, ServiceState
from model.faults import Malformed
from model.keys import Lookup
from tests.sources.chaos import Chaos, always, as_json
from tests.sources.conftest import AskFor, Declare, Serve

pytestmark = pytest.mark.anyio
RECORDED = Path(__file__).parent.parent / "recorded"
FILES = {"tenants": "tenants", "sites": "sites", "circuits": "circuits", "devices": "devices", "cables": "cables"}
PRESET = "preset: netbox"


def recorded(name: str) -> dict[str, Any]:
    """One answer of a real NetBox 4.7."""
    found: dict[str, Any] = json.loads((RECORDED / f"netbox-{name}.json").read_text(encoding="utf-8"))
    return found


def everything(request: Request, body: bytes) -> Response:
    """All rows of a list, whatever it was filtered by: what NetBox says to a filter that it does not know."""
    *_, name, _ = request.url.path.split("/")
    return as_json(recorded(FILES[name]))


@pytest.fixture
async def netbox(serve: Serve, declare: Declare) -> Any:
    """A source before recorded answers, with the requests that reached it."""
    chaos = Chaos(everything)
    source = declare(await serve(chaos), PRESET, name="netbox")
    source.seen = chaos.seen
    return source


async def records(source: Any, ask: AskFor, lookup: str, *keys: str) -> list[Any]:
    """The records under these keys, or of the list."""
    one = Lookup.parse(lookup)
    if not keys:
        return list((await source.page(one, None, ask(one.noun))).records)
    answers = await source.fetch(one, keys, ask(one.noun))
    return [record for answer in answers.values() if isinstance(answer, Answer) for record in answer.records]


async def test_a_circuit_of_netbox_s(netbox: Any, ask: AskFor) -> None:
    """Commit rates are in kilobits a second; ends are sites by their slugs; a circuit without ends has none."""
    circuit, bare = await records(netbox, ask, "circuit by code", "HB-ICBC-0001", "HB-ICBC-0002")
    assert (circuit.code, circuit.native_id, circuit.customer) == ("HB-ICBC-0001", "1", "icbc-hubei")
    assert (circuit.product, circuit.category) == ("SDH leased line", CircuitCategory.SDH)
    assert (circuit.bandwidth_bps, circuit.state) == (155_000_000, ServiceState.ACTIVE)
    assert (circuit.sla_class, circuit.start_date) == ("AAA", dt.date(2024, 1, 1))
    assert (circuit.a_end.site, circuit.z_end.site) == ("icbc-wuhan-dc", "icbc-yichang")
    assert bare.a_end is type(bare)().a_end


async def test_tenants_are_customers_and_sites_are_theirs(netbox: Any, ask: AskFor) -> None:
    """Both are known by their slugs."""
    customers = await records(netbox, ask, "customer list")
    assert [(one.customer_id, one.name) for one in customers] == [
        ("abc-hubei", "ABC Hubei"),
        ("icbc-hubei", "ICBC Hubei"),
    ]
    wuhan, yichang = await records(netbox, ask, "site by customer", "icbc-hubei")
    assert (wuhan.site_id, wuhan.address, wuhan.latitude, wuhan.longitude) == ("icbc-wuhan-dc", "Wuhan", 30.58, 114.29)
    assert (yichang.name, yichang.customer, yichang.latitude) == ("ICBC Yichang Branch", "icbc-hubei", None)


async def test_devices_are_elements_and_cables_are_links(netbox: Any, ask: AskFor) -> None:
    """Devices by name, cables by id; a cable's end at a circuit is at no element."""
    (element,) = await records(netbox, ask, "element by element_id", "ct-wuh-adm1")
    assert (element.vendor, element.model, element.role, element.site) == ("ZTE", "S385", "ADM", "ct-wuhan-co")
    assert element.operational_state is OperationalState.ENABLED
    (link,) = await records(netbox, ask, "link by link_id", "1")
    assert (link.name, link.a_element, link.a_port) == ("F-001", "icbc-wuh-cpe", "1/1")
    assert link.z_element is type(link)().z_element


async def test_circuits_are_found_by_either_end(netbox: Any, ask: AskFor) -> None:
    """A site's circuits end there, at the A end or the Z end."""
    for site in ("icbc-wuhan-dc", "icbc-yichang"):
        (circuit,) = await records(netbox, ask, "circuit by site", site)
        assert circuit.code == "HB-ICBC-0001"


async def test_every_key_is_a_parameter_of_its_own_and_none_is_empty(netbox: Any, ask: AskFor) -> None:
    """`?id=1,2` is refused and `?id=` brings every row there is: neither is ever sent; others' rows are dropped.

    Where there are no others, nothing is known: the filter was not understood.
    """
    found = await records(netbox, ask, "circuit by customer", "icbc-hubei", "nobody", "", " ")
    assert {one.customer for one in found} == {"icbc-hubei"}
    with pytest.raises(Malformed, match="an answer to another question"):
        await records(netbox, ask, "circuit by customer", "abc-hubei")
    assert await records(netbox, ask, "circuit by customer", "", " ") == []
    first, second = netbox.seen
    assert "tenant=icbc-hubei&tenant=nobody" in first
    assert "tenant=abc-hubei" in second
    assert netbox.oddities.counts["foreign rows", "circuit by customer"] == 3


async def test_a_tenant_that_it_does_not_have_takes_nothing_from_the_others(
    serve: Serve, declare: Declare, ask: AskFor
) -> None:
    """NetBox refuses the whole call: then it is asked which of them it has, and once more for these."""

    def answer(request: Request, body: bytes) -> Response:
        if "nobody" in request.query_params.getlist("tenant"):
            return as_json({"tenant": ["Select a valid choice. nobody is not one of the available choices."]}, 400)
        slugs = request.query_params.getlist("slug")
        said = recorded("tenants" if slugs else "sites")
        rows = [row for row in said["results"] if not slugs or row["slug"] in slugs]
        return as_json({**said, "count": len(rows), "results": rows})

    chaos = Chaos(answer)
    source = declare(await serve(chaos), PRESET)
    answers = await source.fetch(Lookup("site", "customer"), ["nobody", "icbc-hubei"], ask("site"))
    assert {key: len(one.records) for key, one in answers.items()} == {"nobody": 0, "icbc-hubei": 2}
    assert [line.split("?")[0] for line in chaos.seen] == [
        "GET /api/dcim/sites/",
        "GET /api/tenancy/tenants/",
        "GET /api/dcim/sites/",
    ]
    assert len(await records(source, ask, "site by customer", "nobody")) == 0


async def test_only_wanted_attributes_are_asked_for(netbox: Any, ask: AskFor) -> None:
    """Devices come with all their context otherwise."""
    await netbox.fetch(
        Lookup("circuit", "code"), ["HB-ICBC-0001"], ask(fields=frozenset({"state", "a_end", "bandwidth_bps"}))
    )
    fields = "cid,commit_rate,id,status,termination_a"
    assert netbox.seen == [f"GET /api/circuits/circuits/?fields={fields}&cid=HB-ICBC-0001&offset=0&limit=1000"]


async def test_request_lines_stay_below_netbox_s_bound(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Gunicorn refuses 4,095 bytes; many circuits are several calls."""
    chaos = Chaos(always(as_json({"count": 0, "next": None, "previous": None, "results": []})))
    source = declare(await serve(chaos), PRESET)
    await source.fetch(Lookup("circuit", "code"), [f"专线-{number:05}" for number in range(500)], ask())
    assert len(chaos.seen) > 1
    assert max(len(f"{line} HTTP/1.1\r\n") for line in chaos.seen) <= 4094


async def test_lists_may_go_on_by_cursors(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """A NetBox that is asked by cursors tells no count, and gives links, of which only `start` is followed."""
    page = recorded("cursor")
    codes = [f"HB-{number}" for number in range(3)]

    def answer(request: Request, body: bytes) -> Response:
        at = int(request.query_params.get("start", 0))
        more = f"http://elsewhere.example/api/circuits/circuits/?limit=1&start={at + 1}" if at < 2 else None
        return as_json({**page, "next": more, "results": [{**page["results"][0], "id": at, "cid": codes[at]}]})

    paging = "paging: {by: link, follow: [start], next: {at: next}, size: 1, total: null}"
    source = declare(await serve(Chaos(answer)), f"{PRESET}\n{paging}")
    after, found = None, []
    while not found or after is not None:
        one = await source.page(Lookup("circuit"), after, ask())
        found += [record.code for record in one.records]
        after = one.after
    assert found == codes


async def test_a_bearer_token_of_netbox_s_form_lets_in(
    serve: Serve, declare: Declare, ask: AskFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`nbt_<key>.<token>`, as it is."""
    monkeypatch.setenv("NETBOX_TOKEN", "nbt_Key4711.secret")
    chaos = Chaos(everything)
    source = declare(await serve(chaos), f"{PRESET}\nauth: {{bearer: {{env: NETBOX_TOKEN}}}}")
    assert len(await records(source, ask, "customer list")) == 2
    assert chaos.headers[0]["authorization"] == "Bearer nbt_Key4711.secret"
