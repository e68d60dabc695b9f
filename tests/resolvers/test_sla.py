"""SLA clocks: they run from the opening, stand while a ticket waits, and stop when it is done."""

from datetime import UTC, datetime, timedelta

import pytest

from model.enums import SlaClockKind, TicketKind, TicketState
from model.records import StateChange, Ticket
from resolvers.sla import SlaClock, clocks

OPENED = datetime(2026, 11, 20, 8, tzinfo=UTC)
FIRST, LAST = (end.replace(tzinfo=UTC) for end in (datetime.min, datetime.max))  # noqa: DTZ901 - they get one here


def _at(hours):
    return OPENED + timedelta(hours=hours)


def _ticket(*changes, **fields):
    said = {"opened_at": OPENED, "kind": TicketKind.TROUBLE, "state": TicketState.IN_PROGRESS, **fields}
    return Ticket(changes=[StateChange(state=state, at=at) for state, at in changes], **said)


def test_a_running_clock_tells_what_is_left():
    """Four hours were given, one has passed."""
    told = clocks(_ticket(due_at=_at(4)), _at(1))
    hours = timedelta(hours=1)
    assert told == [SlaClock(SlaClockKind.RESTORE, OPENED, _at(4), 3 * hours, False, 0 * hours)]


@pytest.mark.parametrize(("opened", "due"), [(FIRST, LAST), (LAST, FIRST), (LAST, LAST)])
@pytest.mark.parametrize("closed", [None, FIRST, LAST])
def test_times_that_cannot_be_are_told_as_they_come(opened, due, closed):
    """The first and the last moment there is, in any order: clocks differ, and nothing fails by that."""
    waits = [(TicketState.PENDING, OPENED), (TicketState.IN_PROGRESS, _at(2)), (TicketState.HELD, opened)]
    (clock,) = clocks(_ticket(*waits, opened_at=opened, due_at=due, closed_at=closed), _at(5))
    assert clock.due_at == due
    assert clock.breached is (clock.remaining < timedelta(0))


def test_a_late_clock_is_breached():
    """What is left is then less than nothing."""
    (clock,) = clocks(_ticket(due_at=_at(4)), _at(5))
    assert (clock.remaining, clock.breached) == (-timedelta(hours=1), True)


def test_a_clock_stands_while_the_ticket_waits_for_somebody_else():
    """Two waits of an hour each, the second one not over yet, whatever the order in which they are told."""
    ticket = _ticket(
        (TicketState.IN_PROGRESS, _at(2)),
        (TicketState.PENDING, _at(1)),
        (TicketState.HELD, _at(4)),
        due_at=_at(4),
        state=TicketState.HELD,
    )
    (clock,) = clocks(ticket, _at(5))
    assert clock.paused_for == timedelta(hours=2)
    assert clock.remaining == timedelta(hours=1)
    assert not clock.breached


def test_a_clock_stops_when_the_ticket_is_done():
    """By its time of closing, else by when it came to its last state, else by when it last changed."""
    done = {"due_at": _at(4), "state": TicketState.RESOLVED}
    for ticket in (
        _ticket(**done, closed_at=_at(3)),
        _ticket((TicketState.RESOLVED, _at(3)), **done),
        _ticket(**done, updated_at=_at(3)),
    ):
        (clock,) = clocks(ticket, _at(100))
        assert (clock.remaining, clock.breached) == (timedelta(hours=1), False)


def test_a_response_is_when_somebody_takes_it_up():
    """Its clock stops at the first state that is more than an acknowledgement."""
    ticket = _ticket((TicketState.ACKNOWLEDGED, _at(0)), (TicketState.IN_PROGRESS, _at(1)), respond_by=_at(0.5))
    (clock,) = clocks(ticket, _at(9))
    assert (clock.kind, clock.remaining, clock.breached) == (SlaClockKind.RESPOND, -timedelta(minutes=30), True)


def test_an_order_is_delivered():
    """The same times, another agreement."""
    (clock,) = clocks(_ticket(due_at=_at(48), kind=TicketKind.PROVISIONING), _at(0))
    assert clock.kind is SlaClockKind.DELIVER


def test_without_an_opening_there_is_no_clock():
    """Nobody can say since when it would run; without a due time there is nothing to be late for."""
    assert clocks(Ticket(due_at=_at(4))) is None
    assert clocks(_ticket(), _at(1)) == []
