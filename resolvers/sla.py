"""The clocks of service level agreements, read off a ticket's own times.

A clock stands still while the ticket waits for the customer or is held [TMF621 pending, held].
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from model.enums import SlaClockKind, TicketKind, TicketState
from model.records import Ticket
from resolvers.matching import ENDED

STANDING = frozenset({TicketState.PENDING, TicketState.HELD})
_UNTAKEN = frozenset({TicketState.ACKNOWLEDGED, TicketState.PENDING, TicketState.HELD, TicketState.UNKNOWN})
FIELDS = frozenset({"opened_at", "closed_at", "due_at", "respond_by", "changes", "state", "kind", "updated_at"})
"""What must be known of a ticket to tell its clocks."""


class SlaClock(Struct, frozen=True):
    """How much time there is for something: `remaining` is below zero once it is too late."""

    kind: SlaClockKind
    started_at: datetime
    due_at: datetime
    remaining: timedelta
    breached: bool
    paused_for: timedelta


def clocks(ticket: Ticket, now: datetime | None = None) -> list[SlaClock] | None:
    """Tell the clocks of a ticket at a moment; None if it does not say when it was opened."""
    opened = ticket.opened_at
    if not isinstance(opened, datetime):
        return None
    moment = now or datetime.now(UTC)
    told = []
    if isinstance(ticket.respond_by, datetime):
        taken = _first(ticket, lambda state: state not in _UNTAKEN)
        told.append(_clock(SlaClockKind.RESPOND, ticket, opened, ticket.respond_by, taken, moment))
    if isinstance(ticket.due_at, datetime):
        kind = SlaClockKind.DELIVER if ticket.kind is TicketKind.PROVISIONING else SlaClockKind.RESTORE
        told.append(_clock(kind, ticket, opened, ticket.due_at, _ended(ticket), moment))
    return told


def _clock(
    kind: SlaClockKind, ticket: Ticket, opened: datetime, due: datetime, stopped: datetime | None, now: datetime
) -> SlaClock:
    until = stopped or max(now, opened)
    paused = sum(
        (max(timedelta(0), min(end or until, until) - start) for start, end in _pauses(ticket)), start=timedelta(0)
    )
    remaining = due - until + paused  # in this order: the end of all time is a time, but nothing comes after it
    return SlaClock(kind, opened, due, remaining, remaining < timedelta(0), paused)


def _changes(ticket: Ticket) -> list[tuple[datetime, object]]:
    """When the ticket came into which state, the oldest first; what is not dated is left out."""
    told = ticket.changes if isinstance(ticket.changes, list | tuple) else ()
    dated = [(change.at, change.state) for change in told if isinstance(change.at, datetime)]
    return sorted(dated, key=lambda change: change[0])


def _pauses(ticket: Ticket) -> Iterator[tuple[datetime, datetime | None]]:
    """From when to when the ticket stood; None: it still does."""
    since: datetime | None = None
    for at, state in _changes(ticket):
        if since is not None and state not in STANDING:
            yield since, at
            since = None
        elif since is None and state in STANDING:
            since = at
    if since is not None:
        yield since, None


def _first(ticket: Ticket, reached: Callable[[object], bool]) -> datetime | None:
    return next((at for at, state in _changes(ticket) if reached(state)), None)


def _ended(ticket: Ticket) -> datetime | None:
    """When it was done; None while it is not."""
    if isinstance(ticket.closed_at, datetime):
        return ticket.closed_at
    if ticket.state not in ENDED:
        return None
    done = _first(ticket, lambda state: state in ENDED)
    return done or (ticket.updated_at if isinstance(ticket.updated_at, datetime) else None)
