"""The presets against the pretend operator's systems, over HTTP, with all their quirks."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from demo.serve import running
from model.answer import Answer
from model.keys import Key, Lookup
from model.records import Record
from sources.calls import counting_calls
from sources.connectors.rest import Rest
from tests.sources.conftest import AskFor, Declare

pytestmark = pytest.mark.anyio


@pytest.fixture
async def sources(declare: Declare, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[dict[str, Rest]]:
    """The four systems as five sources."""
    async with running(7, 60, False, 0) as operator:
        systems: dict[str, Any] = operator.addresses["systems"]
        made: dict[str, Rest] = {}
        for name, system in systems.items():
            auth = system["auth"]
            for part in ("value", "password", "client_secret", "token"):
                if part in auth:
                    monkeypatch.setenv(f"{name}_{part}".upper(), auth[part])
            for preset, url in system["apis"].items():
                source = {"tmf639": "resources"}.get(preset, name)
                more = {"tmf642": "paging: {by: link, follow: [cursor], total: null}", "tmf629": ""}.get(
                    preset, "join: comma"
                )
                if preset == "tmf621":
                    more = "zone: Asia/Shanghai"
                made[source] = declare(url, f"preset: {preset}\n{more}", name=source, auth=_auth(name, system))
        yield made


def _auth(name: str, system: dict[str, Any]) -> dict[str, Any]:
    auth = system["auth"]
    match auth["kind"]:
        case "header":
            return {"header": {"name": auth["header"], "value": {"env": f"{name}_VALUE".upper()}}}
        case "basic":
            return {"basic": {"user": auth["user"], "password": {"env": f"{name}_PASSWORD".upper()}}}
        case "bearer":
            return {"bearer": {"env": f"{name}_TOKEN".upper()}}
        case _:
            secret = {"env": f"{name}_CLIENT_SECRET".upper()}
            return {"oauth2": {"token_url": auth["token_url"], "client_id": auth["client_id"], "client_secret": secret}}


async def test_one_question_through_all_systems(sources: dict[str, Rest], ask: AskFor) -> None:
    """From customers to circuits, routes, elements, links, alarms and tickets; few calls; everything under its key."""
    counts = counting_calls()

    async def fetch(source: str, lookup: str, keys: list[Any]) -> list[Any]:
        one = Lookup.parse(lookup)
        answers = await sources[source].fetch(one, keys, ask(one.noun))
        found: list[Record] = []
        for key, answer in answers.items():
            assert isinstance(answer, Answer), (key, answer)
            assert answer.complete
            found += answer.records
        return found

    listed = await sources["crm"].page(Lookup("customer"), None, ask("customer"))
    customers: list[Key] = [one.customer_id for one in listed.records]  # type: ignore[attr-defined]
    assert listed.total == len(customers)
    circuits = await fetch("inventory", "circuit by customer", customers)
    assert len(circuits) == 60
    assert all(one.bandwidth_bps and one.a_end.site and one.keys["inventory"] for one in circuits)
    known = [one.code for one in circuits]
    assert len(await fetch("crm", "circuit by code", known)) > 50
    assert len(await fetch("resources", "circuit by code", known)) > 50
    routes = await fetch("resources", "route by circuit", known)
    hops = [hop for route in routes for hop in route.hops]
    elements = await fetch("resources", "element by element_id", list({hop.element for hop in hops}))
    assert {one.element_id for one in elements} == {hop.element for hop in hops}
    links = {hop.link for hop in hops if isinstance(hop.link, str)}
    assert {one.link_id for one in await fetch("resources", "link by link_id", list(links))} == links
    alarms = await fetch("alarms", "alarm by circuit", [one.native_id for one in circuits])
    assert alarms
    assert all(one.perceived_severity != "UNKNOWN" and one.raised_at for one in alarms)
    assert await fetch("tickets", "ticket by circuit", known)
    assert sum(counts.values()) < 20
    for source in sources.values():
        assert not source.oddities.counts


async def test_every_system_says_that_it_is_there(sources: dict[str, Rest]) -> None:
    """With the credentials that it gave us."""
    for source in sources.values():
        assert (await source.health()).fault is None
