"""Stretches of lists that are at hand: their order, and their cursors."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from model.ask import Sort
from model.enums import PerceivedSeverity
from model.keys import Foreign
from model.records import Alarm, Ticket
from resolvers import listing
from resolvers.listing import Paging, stretch, stretches
from resolvers.matching import comparison, in_order, sort_key

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
NAMES = st.text("abc", min_size=1, max_size=3)
MOMENTS = st.sampled_from([UNSET, None, NOON, NOON + timedelta(microseconds=5), NOON + timedelta(hours=1)])
ALARMS = st.builds(
    Alarm,
    alarm_id=NAMES,
    raised_at=MOMENTS,
    perceived_severity=st.sampled_from([UNSET, None, *PerceivedSeverity]),
    element=st.sampled_from(["e1", Foreign("nms", "e0"), UNSET]),
)
ORDERS = st.lists(
    st.builds(Sort, st.sampled_from(["raised_at", "perceived_severity", "element"]), descending=st.booleans()),
    max_size=3,
)


@given(st.lists(ALARMS, max_size=12, unique_by=lambda alarm: alarm.alarm_id), ORDERS)
def test_records_are_sorted_as_their_cursors_compare(alarms, order):
    """A list that goes on behind a cursor neither repeats nor leaves out anything."""
    rank = comparison(order)
    expected = sorted(alarms, key=lambda alarm: rank(sort_key("alarm", alarm, order)))
    assert expected == in_order("alarm", alarms, order)


TOLD = st.builds(
    Alarm, alarm_id=NAMES, raised_at=st.sampled_from([NOON, NOON + timedelta(hours=1), NOON.replace(day=1)])
)
TOLD_LISTS = st.lists(st.lists(TOLD, max_size=4, unique_by=lambda alarm: alarm.alarm_id), max_size=4)
LISTS = st.lists(st.lists(ALARMS, max_size=4, unique_by=lambda alarm: alarm.alarm_id), max_size=4)


@given(
    st.one_of(TOLD_LISTS, LISTS), st.one_of(ORDERS, st.builds(lambda down: [Sort("raised_at", down)], st.booleans()))
)
def test_many_lists_are_sorted_as_each_would_be(lists, order):
    """Each list of a column, sorted in few steps and cut, comes out as it does alone and with care."""
    paging = Paging(first=2, order=tuple(order))
    every = stretches("alarm", lists, paging)
    assert [stretch("alarm", alarms, paging) for alarms in lists] == every
    assert [in_order("alarm", alarms, order) for alarms in lists] == [list(one.matching or ()) for one in every]


def test_a_list_goes_on_behind_each_of_its_cursors():
    """Whatever the stretch, its last cursor begins the next one."""
    order = (Sort("opened_at", descending=True),)
    tickets = [Ticket(ticket_id=f"t{n}", opened_at=NOON + timedelta(minutes=n % 3)) for n in range(7)]
    shown, after = [], None
    while True:
        part = stretch("ticket", tickets, Paging(2, after, (), order))
        shown += [ticket.ticket_id for ticket in part.nodes]
        if not part.has_next:
            break
        after = part.cursors[-1]
    assert ["t2", "t5", "t1", "t4", "t0", "t3", "t6"] == shown


def test_no_cursor_is_written_that_nobody_asks_for(monkeypatch):
    """They cost more than the rest of a stretch."""
    written = []
    encode = listing.encode_cursor
    monkeypatch.setattr(listing, "encode_cursor", lambda tag, key: written.append(key) or encode(tag, key))
    part = stretch("ticket", [Ticket(ticket_id=f"t{n}") for n in range(5)], Paging(3))
    assert (3, []) == (len(part.cursors), written)
    assert part.cursors[-1] == list(part.cursors)[2]
    assert [("t2",), ("t0",), ("t1",), ("t2",)] == written
