"""The order system's quirks, over HTTP, and what its orders say of time."""

from datetime import datetime
from typing import Any

import pytest

from demo.world.chance import NOW
from demo.world.orders import CHANGE_STEPS, NEW_STEPS

pytestmark = pytest.mark.anyio


async def test_what_is_not_yet_active_is_on_order(desk: Any) -> None:
    """Every circuit before activation has one order that adds it; a few active ones have one that modifies them."""
    rows = await desk.all("serviceOrder")
    told = {row["externalId"]: row["serviceOrderItem"][0]["action"] for row in rows}
    circuits = desk.running.operator.circuits
    early = {c.code for c in circuits if c.state in ("feasibilityChecked", "designed", "reserved")}
    assert early == {code for code, action in told.items() if action == "add"}
    assert 3 == sum(action == "modify" for action in told.values())
    assert len(rows) == len(told)


async def test_orders_are_found_by_comma(desk: Any) -> None:
    """Ids, codes and states are joined by commas; customers find their orders; part of a list is a 206."""
    first, second = (await desk.ask("serviceOrder", "?limit=2")).json()
    for name in ("id", "externalId"):
        assert [first, second] == (await desk.ask("serviceOrder", f"?{name}={first[name]},{second[name]}")).json()
    states = {row["state"] for row in (await desk.ask("serviceOrder", "?state=held,inProgress")).json()}
    assert {"inProgress"} <= states <= {"held", "inProgress"}
    customer = first["relatedParty"][0]["id"]
    assert first in (await desk.ask("serviceOrder", f"?relatedParty.id={customer}")).json()
    assert 206 == (await desk.ask("serviceOrder", "?limit=2")).status_code


async def test_orders_are_sorted_by_date(desk: Any) -> None:
    """The newest order comes first when asked for, though its date is in Beijing's time."""
    dates = [row["orderDate"] for row in (await desk.ask("serviceOrder", "?sort=-orderDate")).json()]
    assert sorted(dates, reverse=True) == dates
    assert all(date.endswith("+08:00") for date in dates)


async def test_milestones_follow_each_other(desk: Any) -> None:
    """Milestones are in their order, those behind are completed and past, and the state tells how the next stands."""
    for row in await desk.all("serviceOrder"):
        steps = row["milestone"]
        wanted = NEW_STEPS if row["serviceOrderItem"][0]["action"] == "add" else CHANGE_STEPS
        assert wanted == tuple(step["name"] for step in steps)
        dates = [datetime.fromisoformat(step["milestoneDate"]) for step in steps]
        assert sorted(dates) == dates
        done = [step["status"] == "completed" for step in steps]
        assert sorted(done, reverse=True) == done
        assert (row["state"] == "completed") == all(done) == ("completionDate" in row)
        assert all(date <= NOW for date, reached in zip(dates, done, strict=True) if reached)


async def test_pauses_can_be_computed(desk: Any) -> None:
    """An order that waits now has a hold without an end; every other hold ended, before now."""
    waits = 0
    for row in await desk.all("serviceOrder"):
        alerts = [(alert["name"], datetime.fromisoformat(alert["alertDate"])) for alert in row.get("jeopardyAlert", ())]
        standing = [name for name, _ in alerts].count("held") > [name for name, _ in alerts].count("resumed")
        assert (row["state"] in ("held", "pending")) == standing
        assert [at for _, at in alerts] == sorted(at for _, at in alerts)
        assert all(at <= NOW for _, at in alerts)
        waits += len(alerts)
    assert waits
