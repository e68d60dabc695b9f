"""More systems that nobody foresaw: each a source by less than 40 lines of YAML, of whatever noun, told whole."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import UNSET, structs
from starlette.requests import Request
from starlette.responses import Response

from model.answer import Answer
from model.enums import PerceivedSeverity, ServiceState, TicketKind, TicketState
from model.faults import Rejected, SourceFault, Unavailable
from model.keys import Foreign, Lookup
from model.records import CircuitEnd, Record
from sources.configuration import read_sources
from sources.positions import Document
from sources.registry import CONNECTORS
from tests.sources import other_strangers as system
from tests.sources.chaos import Chaos
from tests.sources.conftest import AskFor, Serve
from tests.sources.other_strangers import BEIJING, MORNING, SHANGHAI
from tests.sources.strangers import PASSWORD

pytestmark = pytest.mark.anyio
DECLARED = Path(__file__).parent / "unforeseen" / "others"
SINCE = date(2024, 11, 3)
Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Stranger:
    """A system, what it is asked, and what it is understood to say: all fields of all records, in how many calls."""

    name: str
    lookup: str
    keys: Sequence[str]
    told: Mapping[str, Sequence[Fields]]
    calls: int
    answer: Callable[[Request, bytes], Response] | type | None = None
    faults: Mapping[str, type[SourceFault]] = field(default_factory=dict)

    def starts(self) -> Callable[[Request, bytes], Response]:
        """The system, anew."""
        found: Any = getattr(system, self.name, None) or self.answer
        return found() if isinstance(found, type) else found  # type: ignore[no-any-return]


def circuit(code: str, name: str, bandwidth: int | None = 2_000_000, **more: Any) -> Fields:
    """A circuit, known to its system by its code unless told otherwise."""
    return {"native_id": code, "code": code, "name": name, "bandwidth_bps": bandwidth, **more}


def site(number: str, **more: Any) -> Fields:
    """A place in Beijing."""
    return {"latitude": 39.9, "longitude": 116.4, "site_id": number, **more}


ALARMS = [
    {
        "native_id": "7",
        "alarm_id": "crm:7",
        "perceived_severity": PerceivedSeverity.CRITICAL,
        "raised_at": MORNING,
        "cleared_at": None,
        "is_root_cause": True,
        "planned_work": False,
        "circuits": ["BJ-1", "SH-2"],
        "element": "BJ-OTN-01",
    },
    {
        "native_id": "8",
        "alarm_id": "crm:8",
        "perceived_severity": PerceivedSeverity.MAJOR,
        "raised_at": MORNING,
        "cleared_at": MORNING,
        "is_root_cause": False,
        "planned_work": True,
        "circuits": ["BJ-1"],
    },
]
TICKET = {
    "native_id": "9",
    "ticket_id": "crm:9",
    "title": "光缆中断 & 抢修",
    "kind": TicketKind.TROUBLE,
    "state": TicketState.IN_PROGRESS,
    "opened_at": MORNING - timedelta(0),
    "circuits": ["BJ-1", "SH-2"],
}
POSTED = [
    {
        "native_id": f"T{n}",
        "ticket_id": f"crm:T{n}",
        "title": "中断",
        "kind": TicketKind.TROUBLE,
        "opened_at": MORNING,
        "closed_at": None,
        "circuits": ["BJ-1", "SH-2"][: 3 - n],
    }
    for n in (1, 2)
]
STRANGERS = [
    Stranger(
        "json_api",
        "circuit by code",
        ["BJ-1", "SH-2", "NO-9"],
        {
            "BJ-1": [
                circuit("BJ-1", BEIJING, 64_000, native_id="1", sla_class=None, keys={"nms": "n-88"})
                | {"customer": Foreign("crm", "c1")}
            ],
            "SH-2": [circuit("SH-2", SHANGHAI, native_id="2", sla_class="gold") | {"customer": Foreign("crm", "c2")}],
        },
        2,
    ),
    Stranger("hal", "alarm by circuit", ["BJ-1", "SH-2"], {"BJ-1": ALARMS, "SH-2": ALARMS[:1]}, 1),
    Stranger(
        "odata",
        "site by customer",
        ["C1", "C2", "C3"],
        {
            "C1": [site(f"S{n}", native_id=str(n), name=f"机房{n}", customer="C1") for n in (1, 3)],
            "C2": [site("S2", native_id="2", name="机房2", customer="C2")],
            "C3": [],
        },
        3,
    ),
    Stranger("xml_rpc", "ticket by circuit", ["BJ-1", "SH-2"], {"BJ-1": [TICKET], "SH-2": [TICKET]}, 1),
    Stranger(
        "geo_server",
        "site by site_id",
        ["S1", "S2", "S9"],
        {code: [site(code, native_id=f"site.{code}", name=f"机房 {code}")] for code in ("S1", "S2")},
        2,
    ),
    Stranger(
        "jsp",
        "circuit by code",
        ["BJ-1", "SH-2", "NO-9"],
        {
            "BJ-1": [
                circuit("BJ-1", BEIJING, 100_000_000, customer="C1", start_date=SINCE)
                | {"a_end": CircuitEnd(site="北京 望京", port="1-1"), "z_end": CircuitEnd(site="上海 张江", port=None)}
            ],
            "SH-2": [
                circuit("SH-2", SHANGHAI, 1_000_000_000, customer="C1", start_date=None)
                | {"a_end": CircuitEnd(site="上海 张江", port="2-1"), "z_end": CircuitEnd(site="北京 望京", port="1-2")}
            ],
        },
        1,
    ),
    Stranger(
        "path_and_header",
        "circuit by code",
        ["BJ-1", "SH-2", "NO-9"],
        {
            code: [
                circuit(code, name, sla_class=None, start_date=date(2026, 11, 3))
                | {"a_end": CircuitEnd(site="S1", port=None)}
            ]
            for code, name in (("BJ-1", BEIJING), ("SH-2", SHANGHAI))
        },
        3,
    ),
    Stranger("posted_repeats", "ticket by circuit", ["BJ-1", "SH-2"], {"BJ-1": POSTED, "SH-2": POSTED[:1]}, 2),
    Stranger(
        "rpc_each",
        "circuit by code",
        ["BJ-1", "SH-2", "NO-9"],
        {"BJ-1": [circuit("BJ-1", BEIJING, 155_000_000, native_id="1")]},
        1,
        faults={"SH-2": Unavailable},
    ),
    Stranger(
        "two_deep",
        "circuit by customer",
        ["C1", "C2", "C3"],
        {
            "C1": [
                circuit("BJ-1", BEIJING, 100_000_000, customer="C1", start_date=date(2026, 11, 3), sla_class=None)
                | {"state": ServiceState.ACTIVE},
                circuit("SH-2", SHANGHAI, 10_000_000_000, customer="C1", start_date=None, sla_class="金牌")
                | {"state": ServiceState.INACTIVE},
            ],
            "C2": [],
            "C3": [],
        },
        1,
    ),
    Stranger(
        "flat",
        "circuit by code",
        ["BJ-1", "SH-2", "NO-9"],
        {
            "BJ-1": [circuit("BJ-1", BEIJING, 155_000_000, customer="C1", start_date=SINCE)],
            "SH-2": [circuit("SH-2", "镕基路 2 号", None, customer="C2", start_date=None)],
        },
        1,
    ),
    Stranger(
        "xml_in_text",
        "circuit by code",
        ["BJ-1", "SH-2", "NO-9"],
        {
            code: [circuit(code, name, native_id=f"r{code}", start_date=SINCE)]
            for code, name in (("BJ-1", BEIJING), ("SH-2", SHANGHAI))
        },
        1,
    ),
    Stranger(
        "own_spelling",
        "circuit by code",
        ["BJ-1", "SH-2", "NO-9"],
        {
            "BJ-1": [circuit("BJ-1", BEIJING, 155_000_000, native_id="line:bj1")],
            "SH-2": [circuit("SH-2", SHANGHAI, 2_000_000_000, native_id="line:sh2")],
        },
        4,
        answer=system.OwnSpelling,
    ),
]


@pytest.mark.parametrize("stranger", STRANGERS, ids=[stranger.name for stranger in STRANGERS])
async def test_a_system_never_seen_is_a_source(
    serve: Serve, ask: AskFor, monkeypatch: pytest.MonkeyPatch, stranger: Stranger
) -> None:
    """Every field of every record is told, what is not there is not found, one key's failure is no other's."""
    monkeypatch.setenv("PASS", PASSWORD)
    monkeypatch.setenv("LICENCE", "4711")
    chaos = Chaos(stranger.starts())
    source = _source(stranger.name, await serve(chaos))
    lookup = Lookup.parse(stranger.lookup)
    answers = await source.fetch(lookup, stranger.keys, ask(lookup.noun))
    await source.aclose()
    told = {key: list(map(said, one.records)) for key, one in answers.items() if isinstance(one, Answer)}
    assert told == stranger.told
    assert {key: type(one) for key, one in answers.items() if isinstance(one, SourceFault)} == stranger.faults
    assert all(one.complete for one in answers.values() if isinstance(one, Answer))
    assert len(chaos.seen) == stranger.calls


async def test_an_exception_under_200_is_a_fault(serve: Serve, ask: AskFor) -> None:
    """What a map server says instead of features is no answer without features."""
    source = _source("geo_server", await serve(Chaos(system.geo_server)))
    with pytest.raises(Rejected):
        await source.fetch(Lookup.parse("site by site_id"), ["BAD"], ask("site"))
    await source.aclose()


def said(record: Record) -> Fields:
    """All that a record says, its own key once."""
    told = structs.asdict(record)
    assert told["keys"]["crm"] == told["native_id"]
    told["keys"] = {space: key for space, key in record.keys.items() if space != "crm"}
    return {name: value for name, value in told.items() if value is not UNSET and value not in ({}, ())}


def _source(name: str, url: str) -> Any:
    text = (DECLARED / f"{name}.yaml").read_text(encoding="utf-8").replace("URL", url)
    assert len(text.splitlines()) < 40
    declared = read_sources(Document.parse(text, f"{name}.yaml"))["crm"]
    return CONNECTORS[declared.speaks]("crm", declared)


def test_every_one_of_them_is_tried() -> None:
    """A declaration that no test reads proves nothing."""
    assert {file.stem for file in DECLARED.glob("*.yaml")} == {stranger.name for stranger in STRANGERS}
    assert not [file for file in DECLARED.glob("*.yaml") if not file.read_text(encoding="utf-8").startswith("# ")]
