"""What SLA clocks are computed from: a ticket's dates, and the history of its status."""

from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

pytestmark = pytest.mark.anyio


async def histories(desk: Any) -> list[tuple[dict[str, Any], list[tuple[datetime, str]]]]:
    """Every ticket with the changes of its status."""
    return [
        (row, [(datetime.fromisoformat(c["changeDate"]), c["status"]) for c in row["statusChange"]])
        for row in await desk.all("troubleTicket")
    ]


async def test_a_history_ends_with_the_status(desk: Any) -> None:
    """A ticket's last change is the status that it has, at the date that it gives for it."""
    for row, history in await histories(desk):
        at, status = history[-1]
        assert row["status"].lower() == status.lower()
        assert datetime.fromisoformat(row["statusChangeDate"]) == at


async def test_a_history_runs_from_the_answer_on(desk: Any) -> None:
    """The first change is the answer, none is before the ticket was opened, and no two at once but the last."""
    for row, history in await histories(desk):
        moments = [datetime.fromisoformat(row["creationDate"]), *(at for at, _ in history)]
        assert sorted(moments) == moments
        assert "acknowledged" == history[0][1]
        assert all(one != other for (_, one), (_, other) in pairwise(history))


async def test_some_clocks_stood_still_and_go_again(desk: Any) -> None:
    """There are tickets that wait now, and tickets that waited and go on."""
    waits = [[status in ("pending", "held") for _, status in history] for _, history in await histories(desk)]
    assert any(waited[-1] for waited in waits)
    assert any(any(waited[:-1]) and not waited[-1] for waited in waits)
