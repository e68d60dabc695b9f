"""Several statements become one record by policy; provenance and conflicts are that policy replayed."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec import UNSET

from model.enums import OperationalState, PerceivedSeverity, ServiceState
from model.keys import Foreign
from model.records import Alarm, Circuit, CircuitEnd, Contact, Customer, Statement, Ticket
from resolvers.comparing import comparable
from resolvers.merge import SourceValue, conflicts, in_words, merge, provenance
from resolvers.policy import FieldPolicy, NounPolicy, Rule, compile_policies

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


def _policy(noun, prefer=("a", "b", "c"), **fields):
    configured = NounPolicy(prefer=prefer, fields=fields)
    return compile_policies({noun: configured}, {noun: ("c", "b", "a")})[noun]


def _said(**records):
    return [Statement(source, record, NOW) for source, record in records.items()]


def test_the_preferred_source_that_speaks_is_believed():
    """Unset and null give way to whoever says something."""
    merged = merge(
        _policy("circuit"),
        _said(
            c=Circuit(code="X", name="three", product="p", sla_class="A"),
            a=Circuit(code="X", name="one", product=None),
            b=Circuit(code="X", name="two", sla_class="AA"),
        ),
    )
    assert (merged.name, merged.product, merged.sla_class, merged.state) == ("one", "p", "AA", UNSET)


def test_null_is_said_when_nobody_knows_more():
    """A source that says there is nothing is heard; one that does not speak is not."""
    merged = merge(_policy("circuit"), _said(a=Circuit(code="X", product=None), b=Circuit(code="X")))
    assert merged.product is None
    assert merged.name is UNSET


def test_a_field_may_prefer_other_sources():
    """The field's own order comes before the noun's."""
    policy = _policy("circuit", bandwidth_bps=FieldPolicy(prefer=("c",)))
    said = _said(a=Circuit(bandwidth_bps=1), c=Circuit(bandwidth_bps=3))
    assert merge(policy, said).bandwidth_bps == 3


def test_an_unknown_word_gives_way_to_a_known_one():
    """UNKNOWN is no statement that could contradict anybody."""
    said = _said(a=Circuit(state=ServiceState.UNKNOWN), b=Circuit(state=ServiceState.ACTIVE))
    merged = merge(_policy("circuit"), said)
    assert merged.state is ServiceState.ACTIVE
    assert conflicts(_policy("circuit"), merged, ["state"]) == []


def test_freshest_goes_by_what_the_record_says_of_its_age():
    """A record's own time of change counts, else when the source said it."""
    policy = _policy("ticket", state=FieldPolicy(rule=Rule.FRESHEST), title=FieldPolicy(rule=Rule.FRESHEST))
    said = [
        Statement("a", Ticket(title="old", updated_at=NOW - timedelta(days=1)), NOW),
        Statement("b", Ticket(title="new", updated_at=NOW), NOW - timedelta(hours=1)),
    ]
    assert merge(policy, said).title == "new"
    undated = [
        Statement("a", Customer(name="old"), NOW - timedelta(hours=2)),
        Statement("b", Customer(name="new"), NOW),
    ]
    assert merge(_policy("customer", name=FieldPolicy(rule=Rule.FRESHEST)), undated).name == "new"


def test_worst_goes_by_the_standards_scale():
    """The worst severity of X.733; a resource that one source calls disabled is disabled."""
    severity = _policy("alarm", perceived_severity=FieldPolicy(rule=Rule.WORST))
    said = _said(
        a=Alarm(perceived_severity=PerceivedSeverity.MINOR), b=Alarm(perceived_severity=PerceivedSeverity.CRITICAL)
    )
    assert merge(severity, said).perceived_severity is PerceivedSeverity.CRITICAL
    state = _policy("circuit", operational_state=FieldPolicy(rule=Rule.WORST))
    said = _said(
        a=Circuit(operational_state=OperationalState.ENABLED), b=Circuit(operational_state=OperationalState.DISABLED)
    )
    assert merge(state, said).operational_state is OperationalState.DISABLED


def test_union_keeps_each_value_once_and_names_all_who_gave_one():
    """Contacts of two systems are one list; they do not contradict each other."""
    policy = _policy("customer", contacts=FieldPolicy(rule=Rule.UNION))
    one, two = Contact(phone="1"), Contact(phone="2")
    merged = merge(
        policy, _said(a=Customer(contacts=[one]), b=Customer(contacts=[one, two]), c=Customer(contacts=[one]))
    )
    assert merged.contacts == (one, two)
    assert provenance(policy, [merged], ["contacts"], lambda told: told.source) == [["a", "b"]]
    assert conflicts(policy, merged, ["contacts"]) == []


def test_what_is_no_list_has_no_union():
    """A text is not taken apart; who speaks in another system's keys is no list of them."""
    policy = _policy("customer", name=FieldPolicy(rule=Rule.UNION), parent=FieldPolicy(rule=Rule.UNION))
    merged = merge(policy, _said(a=Customer(name="专线", parent="C1"), b=Customer(name="网", parent=Foreign("b", "x"))))
    assert (merged.name, merged.parent) == ("专线", "C1")


def test_keys_of_all_sources_are_kept():
    """Each source's own id is a key in its space; what a record says of other spaces is kept, too."""
    said = _said(a=Circuit(native_id="1", keys={"nms": "n"}), b=Circuit(native_id="2", keys={"a": "not believed"}))
    assert merge(_policy("circuit"), said).keys == {"a": "1", "b": "2", "nms": "n"}


def test_two_records_of_one_source_under_one_key_are_a_conflict():
    """An ambiguous match is never a guess: both words are told."""
    said = [
        Statement("a", Circuit(native_id="1", name="one"), NOW),
        Statement("a", Circuit(native_id="2", name="two"), NOW),
    ]
    policy = _policy("circuit")
    found = conflicts(policy, merge(policy, said), ["name"])
    assert found[0].values == [SourceValue("a", "one", True), SourceValue("a", "two", False)]


def test_notation_is_no_conflict():
    """Width and blanks of text do not count, nor do None and what nobody spoke of."""
    policy = _policy("circuit")
    said = _said(a=Circuit(name="专线 １号"), b=Circuit(name="专线  1号"), c=Circuit(name=None))
    assert conflicts(policy, merge(policy, said), ["name", "product"]) == []


def test_ends_conflict_as_a_whole():
    """Two systems that end a circuit at different ports disagree about the end."""
    policy = _policy("circuit")
    said = _said(a=Circuit(a_end=CircuitEnd(port="1/1")), b=Circuit(a_end=CircuitEnd(port="1/2")))
    values = conflicts(policy, merge(policy, said), ["a_end"])[0].values
    assert [value.value for value in values] == ['{"port":"1/1"}', '{"port":"1/2"}']


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, None),
        ("文字", "文字"),
        (True, "true"),
        (155_000_000, "155000000"),
        (1.5, "1.5"),
        (Foreign("inventory", "svc-1"), "svc-1"),
        (date(2026, 11, 20), "2026-11-20"),
        (NOW, "2026-11-20T08:00:00+00:00"),
        (["一", "二"], '["一", "二"]'),
        (ServiceState.ACTIVE, "ACTIVE"),
        ({"端口": NOW}, '{"端口": "2026-11-20T08:00:00+00:00"}'),
        (ZoneInfo("Asia/Shanghai"), "Asia/Shanghai"),
        ([ZoneInfo("Asia/Shanghai")], '["Asia/Shanghai"]'),
    ],
)
def test_values_are_told_in_words(value, words):
    """Whatever a field holds can be shown to people as text."""
    assert in_words(value) == words


def test_lists_compare_by_their_items():
    """Notation does not count within lists either."""
    assert comparable(["a  b", "ｃ"]) == comparable(("a b", "c"))


def test_a_rule_is_a_word_or_an_order():
    """Anything else is refused with what was expected."""
    assert NounPolicy.model_validate({"fields": {"state": "worst"}}).fields["state"].rule is Rule.WORST
    with pytest.raises(ValueError, match="freshest, union, worst"):
        NounPolicy.model_validate({"fields": {"state": "best"}})


def test_who_says_less_does_not_contradict_who_says_more():
    """A name alone, other people, and a key that only another system understands are no disagreements."""
    policy = _policy("customer")
    said = _said(
        a=Customer(account_manager=Contact(name="黄芳"), contacts=[Contact(phone="1")], parent="C1"),
        b=Customer(
            account_manager=Contact(name="黄芳", phone="2"), contacts=[Contact(name="李雷")], parent=Foreign("b", "x")
        ),
    )
    merged = merge(policy, said)
    assert conflicts(policy, merged, ["account_manager", "contacts", "parent"]) == []
    other = _said(a=Customer(account_manager=Contact(name="黄芳")), b=Customer(account_manager=Contact(name="黄方")))
    assert conflicts(policy, merge(policy, other), ["account_manager"])
