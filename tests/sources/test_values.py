"""What systems write, and what records then hold."""

import datetime as dt
import logging
from typing import Any

import pytest

from model.enums import CircuitCategory, EventType, OperationalState, ServiceState, TicketState, TransportLayer
from model.keys import Foreign
from model.nouns import NOUNS
from sources.grammar.effective import effective_record
from sources.grammar.fields import FieldDeclaration
from sources.jmespaths import JmesPaths, compile_path, top_attributes
from sources.oddities import Oddities
from sources.paths import ABSENT, BadPath
from sources.rows import Mapper, Row

ZONE = dt.timezone(dt.timedelta(hours=8))
GONE = object()
MOMENT = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)


def read(noun: str, row: dict[str, Any], *, zone: Any = None, raw: Any = False, **fields: Any) -> Any:
    """The record of a row under these declarations; its identity is given."""
    declared = {name: FieldDeclaration.model_validate(one) for name, one in fields.items()}
    for name in NOUNS[noun].identity:
        declared.setdefault(name, FieldDeclaration(constant="WORKING" if name == "role" else "X"))
    record = effective_record(NOUNS[noun], declared, {})
    mapper = Mapper(NOUNS[noun], record, JmesPaths(), source="nms", zone=zone, oddities=Oddities("nms"))
    return mapper.compile(NOUNS[noun].fields, raw=raw).read(Row({"id": 1, **row}, {"id": "above"}))


@pytest.mark.parametrize(
    ("kind", "written", "meant"),
    [
        ("state", "active", ServiceState.ACTIVE),
        ("state", "feasibilityChecked", ServiceState.FEASIBILITY_CHECKED),
        ("state", " Feasibility-Checked ", ServiceState.FEASIBILITY_CHECKED),
        ("state", "ＡＣＴＩＶＥ", ServiceState.ACTIVE),
        ("state", "", None),
        ("category", "IP VPN", CircuitCategory.IP_VPN),
        ("category", "ipvpn", CircuitCategory.IP_VPN),
    ],
)
def test_enumerations_are_read_in_any_case(kind: str, written: str, meant: object) -> None:
    """Case, camel case, blanks, hyphens and full-width letters make no difference."""
    assert getattr(read("circuit", {"v": written}, **{kind: "v"}), kind) is meant


def test_what_no_vocabulary_knows_is_unknown_and_kept() -> None:
    """UNKNOWN keeps the original, asked for or not, also when it stands deep within."""
    record = read("circuit", {"s": "zombie", "o": "enabled"}, state="s", operational_state="o")
    assert (record.state, record.operational_state) == (ServiceState.UNKNOWN, OperationalState.ENABLED)
    assert record.raw == {"state": "zombie"}
    hops = [{"n": 1, "l": "ether"}, {"n": 2, "l": "OTN"}]
    route = read("route", {"h": hops}, hops={"each": "h", "record": {"sequence": "n", "layer": "l"}})
    assert [hop.layer for hop in route.hops] == [TransportLayer.UNKNOWN, TransportLayer.OTN]
    assert route.raw == {"hops": hops}
    assert read("circuit", {"s": "active"}, state="s", raw=True).raw["state"] == "active"


def test_tables_translate() -> None:
    """A table is looked up in the source's words, leniently; what it does not hold is read as it stands."""
    table = {
        "at": "s",
        "values": {"在用": "active", "停机": "INACTIVE", "1": "reserved", "none": None, "true": "ACTIVE"},
    }
    said: list[tuple[object, str]] = [
        ("在用", "ACTIVE"),
        ("停机 ", "INACTIVE"),
        ("１", "RESERVED"),
        (1, "RESERVED"),
        ("designed", "DESIGNED"),
        (True, "ACTIVE"),
    ]
    for written, meant in said:
        assert read("circuit", {"s": written}, state=table).state == meant
    assert read("circuit", {"s": "none"}, state=table).state is None


@pytest.mark.parametrize(
    ("unit", "written", "bps"),
    [
        ("bps", "155M", 155_000_000),
        ("bps", "2G", 2_000_000_000),
        ("bps", "2.5 Gbps", 2_500_000_000),
        ("bps", "2048K", 2_048_000),
        ("bps", "2048 kbit/s", 2_048_000),
        ("bps", "10GE", 10_000_000_000),
        ("bps", "１０Ｍ", 10_000_000),
        ("kbps", "2048", 2_048_000),
        ("kbps", 2048, 2_048_000),
        ("kbps", "64 bps", 64),
        ("Mbps", "1,000", 1_000_000_000),
        ("Mbps", 2.5, 2_500_000),
        ("bps", "", None),
        ("bps", "fast", GONE),
        ("bps", True, GONE),
        ("bps", {"M": 1}, GONE),
        ("bps", float("inf"), GONE),
        ("bps", "9" * 50, GONE),
    ],
)
def test_bandwidths_become_bits_a_second(unit: str, written: object, bps: object) -> None:
    """A unit of its own in the text comes before the declared one; what is no bandwidth leaves the field unset."""
    record = read("circuit", {"v": written}, bandwidth_bps={"at": "v", "unit": unit})
    assert getattr(record, "bandwidth_bps") == (bps if bps is not GONE else read("circuit", {}).bandwidth_bps)  # noqa: B009


@pytest.mark.parametrize(
    ("unit", "written", "meant"),
    [
        ("km", "12.5 km", 12.5),
        ("km", "300 m", 0.3),
        ("m", "１，２５０", 1.25),
        ("km", "1,250公里", 1250.0),
        ("percent", "99.95%", 0.9995),
        ("percent", "99.95％", 0.9995),
        ("percent", "1.5‰", 0.0015),
        ("ratio", "0.5", 0.5),
        ("s", "-20 ms", -0.02),
        ("ms", "2分钟", 120.0),
        ("MB", "1.5 KiB", 1536.0),
        ("MB", 2, 2e6),
        ("km", "12.5 ms", GONE),
        ("km", "far", GONE),
        ("km", "1.2.3 km", GONE),
    ],
)
def test_measures_say_their_unit(unit: str, written: object, meant: object) -> None:
    """A word after the number is a unit of the same kind, in any case, in English or Chinese; no other is a number."""
    length = read("link", {"v": written}, length_km={"at": "v", "unit": unit}).length_km
    assert length == (read("link", {}).length_km if meant is GONE else pytest.approx(meant))


@pytest.mark.parametrize("form", ["", "epoch_s", "yyyy-MM-dd", "%Y-%Q", "%Y-%"])
def test_a_date_is_in_a_format_that_there_is(form: str) -> None:
    """A format that could read no date is a mistake of the configuration."""
    with pytest.raises(ValueError, match=r"expected iso, epoch, .* or a strptime format"):
        FieldDeclaration.model_validate({"at": "v", "date": form})


@pytest.mark.parametrize(
    ("field", "declared", "written", "meant"),
    [
        ("raised_at", {}, "2026-01-02T03:04:05Z", dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)),
        ("raised_at", {}, "2026-01-02T03:04:05+08:00", dt.datetime(2026, 1, 1, 19, 4, 5, tzinfo=dt.UTC)),
        ("raised_at", {}, "2026-01-02t03:04:05z", MOMENT),
        ("raised_at", {}, "2026-01-02T03:04:04.9999995Z", MOMENT),
        ("raised_at", {}, "2026-01-02T03:04:05.00000049Z", MOMENT),
        ("raised_at", {}, "9999-12-31T23:59:59.9999995Z", GONE),
        ("raised_at", {}, "2026-01-02 03:04:05", dt.datetime(2026, 1, 1, 19, 4, 5, tzinfo=dt.UTC)),
        (
            "raised_at",
            {"date": "%Y年%m月%d日 %H:%M"},
            "2026年01月02日 03:04",
            dt.datetime(2026, 1, 1, 19, 4, tzinfo=dt.UTC),
        ),
        ("raised_at", {"date": "epoch"}, 1767322800, dt.datetime(2026, 1, 2, 3, tzinfo=dt.UTC)),
        ("raised_at", {"date": "epoch_ms"}, "1767322800000", dt.datetime(2026, 1, 2, 3, tzinfo=dt.UTC)),
        ("raised_at", {"date": "epoch"}, 1e30, GONE),
        ("raised_at", {"date": ["epoch_ms", "iso", "%Y%m%d %H%M%S"]}, "20260102 110405", MOMENT),
        ("raised_at", {"date": ["epoch_ms", "iso", "%Y%m%d %H%M%S"]}, "2026-01-02 11:04:05", MOMENT),
        ("raised_at", {"date": ["epoch_ms", "iso", "%Y%m%d %H%M%S"]}, 1767323045000, MOMENT),
        ("raised_at", {"date": ["epoch", "iso"]}, "soon", GONE),
        ("raised_at", {"date": "epoch_us"}, "1767323045000000", MOMENT),
        ("raised_at", {"date": "epoch_ns"}, 1767323045 * 10**9, MOMENT),
        ("raised_at", {"date": "rfc2822"}, "Fri, 02 Jan 2026 03:04:05 GMT", MOMENT),
        ("raised_at", {"date": "rfc2822"}, "tomorrow", GONE),
        ("raised_at", {"zone": "Asia/Tokyo"}, "2026-01-02 12:04:05", MOMENT),
        ("raised_at", {"date": "epoch_ms", "pattern": "Date\\((\\d+)"}, "/Date(1767323045000+0800)/", MOMENT),
        ("raised_at", {"date": "%Y年%m月%d日"}, "2026年1月2日", dt.datetime(2026, 1, 1, 16, tzinfo=dt.UTC)),
        ("raised_at", {"values": {"0000-00-00": None}}, "0000-00-00", None),
        ("raised_at", {}, "2022-07-04T25:00:00Z", GONE),
        ("raised_at", {}, 7, GONE),
        ("raised_at", {}, "0001-01-01T00:00:00", GONE),
        ("raised_at", {}, " ", None),
        ("is_root_cause", {}, True, True),
        ("is_root_cause", {}, "Y", True),
        ("is_root_cause", {}, 0, False),
        ("is_root_cause", {}, "maybe", GONE),
        ("probable_cause", {}, 17.0, "17"),
        ("probable_cause", {}, False, "false"),
        ("probable_cause", {}, 1.5, "1.5"),
        ("probable_cause", {}, None, None),
        ("probable_cause", {}, ["a"], GONE),
        ("event_type", {}, "qualityOfServiceAlarm", EventType.QUALITY_OF_SERVICE_ALARM),
        ("port", {"pattern": "port=(\\S+)"}, "slot=1 port=1/2", "1/2"),
        ("port", {"pattern": "port=(\\S+)"}, "slot=1", GONE),
        ("port", {"default": "p0"}, None, "p0"),
        ("circuits", {}, ["a", None, 2], ["a", "2"]),
        ("circuits", {}, "a", ["a"]),
        ("circuits", {"separator": ","}, "a, b,", ["a", "b"]),
        ("circuits", {"space": "self"}, ["a"], [Foreign("nms", "a")]),
        ("element", {"space": "other"}, 5, Foreign("other", "5")),
    ],
)
def test_values_are_read_as_their_field_needs(
    field: str, declared: dict[str, Any], written: object, meant: object
) -> None:
    """What can be read is; null is None; what cannot be read leaves the field unset, and the record stands."""
    record = read("alarm", {"v": written}, zone=ZONE, **{field: {"at": "v", **declared}})
    assert getattr(record, field) == (getattr(read("alarm", {}), field) if meant is GONE else meant)


@pytest.mark.parametrize(
    ("zone", "written", "day"),
    [
        (None, "2026-01-01T16:00:00Z", dt.date(2026, 1, 1)),
        (ZONE, "2026-01-01T16:00:00Z", dt.date(2026, 1, 2)),
        (ZONE, "2026-01-01", dt.date(2026, 1, 1)),
    ],
)
def test_a_day_is_the_source_s_own(zone: dt.tzinfo | None, written: str, day: dt.date) -> None:
    """Midnight in Beijing is another day in UTC: with a zone declared, the day is that of the zone."""
    assert read("circuit", {"d": written}, zone=zone, start_date="d").start_date == day


def test_numbers_are_read_as_they_are_written() -> None:
    """Text, full-width digits and thousands; a fraction is no whole number."""
    site = read("site", {"a": "４０．０２", "b": "1,234.5"}, latitude="a", longitude="b")
    assert (site.latitude, site.longitude) == (40.02, 1234.5)
    hop = {"sequence": "n"}
    hops = [{"n": "3"}, {"n": 4.0}, {"n": 4.5}, {"n": "1_0"}, {}]
    route = read("route", {"h": hops}, hops={"each": "h", "record": hop})
    assert [one.sequence for one in route.hops] == [3, 4]


def test_one_thing_within() -> None:
    """A struct without a list reads the row itself; with nothing to say it is unset, like any field."""
    end = {"record": {"site": "s", "port": {"at": "p", "default": None}}}
    assert read("circuit", {"s": "S1"}, a_end=end).a_end.site == "S1"
    assert read("circuit", {}, a_end=end).a_end is read("circuit", {}).a_end
    assert read("circuit", {"s": {}}, a_end=end).a_end is read("circuit", {}).a_end


def test_keys_of_other_systems() -> None:
    """A record carries the keys that its row tells; `self` is the source's own space."""
    record = effective_record(NOUNS["circuit"], {"code": FieldDeclaration(at="id")}, {})
    spaces = {"self": "id", "nms": "n[].id", "none": "x", "odd": "o", "empty": "e"}
    record["keys"] = FieldDeclaration.model_validate({"record": spaces})
    mapper = Mapper(
        NOUNS["circuit"], record, JmesPaths(), source="inventory", zone=None, oddities=Oddities("inventory")
    )
    found = mapper.compile(frozenset(), raw=False).read(Row({"id": 1, "n": [{"id": 7}], "o": {}, "e": []}))
    assert found is not None
    assert found.keys == {"inventory": "1", "nms": "7"}


def test_unreadable_values_are_counted_and_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """The log says where, not what; each further one only counts."""
    oddities = Oddities("nms")
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            oddities.note("unreadable values", "circuit.state", "s3cret")
    assert caplog.text.count("circuit.state") == 1
    assert "s3cret" not in caplog.text
    with caplog.at_level(logging.DEBUG):
        oddities.note("unreadable values", "circuit.state", "x" * 500)
    assert "x" * 61 not in caplog.text
    assert oddities.counts["unreadable values", "circuit.state"] == 4


ROW: dict[str, Any] = {
    "a": {"b": {"c": 1}, "n": None},
    "l": [{"k": "x", "v": 1}, {"k": "y", "v": 2}, {"k": ["x"]}, 7, {"k": "x", "v": None}],
    "@t": "T",
    "e": [],
    "m": [[{"v": 1}], [{"v": 2}]],
    "a-b": {"c-d": [{"e-f": "x", "g": 1}], "h": 2},
    "数据": {"编号": 7, "列表": [{"名": "甲", "值": 1}, {"名": "乙", "值": 2}]},
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("@", ROW),
        ("a.b.c", 1),
        ("a.n", None),
        ("a.n.c", None),
        ("a.x", ABSENT),
        ("a.b.c.d", ABSENT),
        ('"@t"', "T"),
        ("l[].v", [1, 2]),
        ("m[].v", [1, 2]),
        ("e[].v", []),
        ("a.n[].v", None),
        ("a[].v", ABSENT),
        ("l[1].v", 2),
        ("l[9].v", ABSENT),
        ("a[0]", ABSENT),
        ("l[?k=='y'].v | [0]", 2),
        ("l[?k=='q' || k=='y'].v|[0]", 2),
        ("l[?k=='q'].v | [0]", ABSENT),
        ("a[?k=='q'].v | [0]", ABSENT),
        ("l[?k=='x'].v", [1]),
        ("a[?k=='x'].v", ABSENT),
        ("not_null(a.n, q, a.b.c)", 1),
        ("not_null(a.n, q)", ABSENT),
        ("l[?v==`2`].k | [0]", "y"),
        ("a-b.h", 2),
        ("a-b.c-d[].g", [1]),
        ("a-b.c-d[?e-f=='x'].g | [0]", 1),
        ("a-b.c-d[-1].g", 1),
        ("a-b.c-d[?e-f!='a-b' && g>=`-1`] | [0].e-f", "x"),
        ("数据.编号", 7),
        ("数据.列表[].值", [1, 2]),
        ("数据.列表[?名=='乙'].值 | [0]", 2),
        ("length(数据.列表)", 2),
        ('sort_by(数据.列表, &"值")[1].名', "乙"),
        ("数据.列表[?名!='甲' && 值==`2`].名 | [0]", "乙"),
        ("sum(l)", ABSENT),
        ("length(l)", 5),
    ],
)
def test_paths_lead_where_jmespath_leads(path: str, found: object) -> None:
    """The everyday forms and the interpreter agree; what leads nowhere is absent, null is None."""
    assert compile_path(path)(ROW) == found


@pytest.mark.parametrize(
    ("path", "tops"),
    [
        ("a.b", {"a"}),
        ("a[].b | [0]", {"a"}),
        ("not_null(a, b.c)", {"a", "b"}),
        ("a != 'x' && b.c || `null`", {"a", "b"}),
        ("数据.列表[?名!='甲'].值", {"数据"}),
        ("length(@)", None),
        ("@", None),
        ("[a, b]", {"a", "b"}),
        ("{x: a, y: b[0]}", {"a", "b"}),
    ],
)
def test_paths_tell_which_attributes_they_read(path: str, tops: set[str] | None) -> None:
    """So that no more than these need be asked for."""
    assert top_attributes(path) == tops


def test_a_path_that_is_none() -> None:
    """It says what is wrong with it."""
    for wrong in (compile_path, top_attributes):
        with pytest.raises(BadPath):
            wrong("a[")


def test_tickets_and_their_states() -> None:
    """The trailing blank of a published enumeration and a doubled spelling are no surprise."""
    assert read("ticket", {"s": "inProgress "}, state="s").state is TicketState.IN_PROGRESS
