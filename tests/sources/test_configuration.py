"""What is wrong with a configuration is told all at once, where it stands, and with what was expected."""

from pathlib import Path

import anyio
import pytest
from pydantic import Field

from model.answer import Answer
from model.ask import Ask
from model.faults import SourceFault, TimedOut
from model.keys import Lookup
from sources.configuration import DECLARATIONS, merged, preset, preset_names, read_sources
from sources.contract import Health, HealthState, Terms
from sources.grammar.words import Declared, Duration
from sources.guards.deadline import Deadline
from sources.positions import ConfigurationError, Document, Mistake, part, validated
from sources.registry import CONNECTORS, build, close
from tests.sources.conftest import LIST, AskFor

CONFIGURATION = """
version: 1
sources:
  tickets:
    url: ftp://x
    timeout: soon
    auth: {bearer: hunter2}
    zone: Mars/Olympus
    limits: {bytes: 3 MB, depth: 0}
    records:
      circus: {code: x}
      circuit:
        code: a.b
        stat: b
        state: {at: x, values: {在用: activ}}
        a_end: {record: {sit: x}}
        keys: {inventory: x, nms: "a[["}
    lookups:
      circuit by code: {get: /x, keys: {query: code, joyn: ","}, record: {nam: x}}
      circus list: {get: x}
      circuit of customer: {get: /x}
      alarm list:
        get: /x
        filters: {severty: {query: q}}
        orders: {query: sort, fields: {raised: x}}
  second: {preset: tmf621x}
  third: {url: "http://x"}
  fourth: 7
"""

EXPECTED = """
trunkline.yaml:5:5: sources.tickets.url: expected an http or https URL, found 'ftp://x'
trunkline.yaml:6:5: sources.tickets.timeout: expected a duration such as 2s, found 'soon'
trunkline.yaml:7:12: sources.tickets.auth.bearer: expected a secret by name: a mapping of env or file
trunkline.yaml:8:5: sources.tickets.zone: expected an IANA time zone such as Asia/Shanghai, found 'Mars/Olympus'
trunkline.yaml:9:14: sources.tickets.limits.bytes: expected a size such as 16 MiB, or a number of bytes, found '3 MB'
trunkline.yaml:9:27: sources.tickets.limits.depth: expected greater than or equal to 1, found 0
trunkline.yaml:11:7: sources.tickets.records.circus: expected 'circuit', found 'circus'
trunkline.yaml:14:9: sources.tickets.records.circuit.stat: expected 'state', found 'stat'
trunkline.yaml:16:26: sources.tickets.records.circuit.a_end.record.sit: expected 'site', found 'sit'
trunkline.yaml:17:30: sources.tickets.records.circuit.keys.nms: expected a JMESPath
trunkline.yaml:19:54: sources.tickets.lookups.circuit by code.keys.joyn: expected 'join', found 'joyn'
trunkline.yaml:19:75: sources.tickets.lookups.circuit by code.record.nam: expected 'name', found 'nam'
trunkline.yaml:20:7: sources.tickets.lookups.circus list: expected 'circuit', found 'circus'
trunkline.yaml:20:21: sources.tickets.lookups.circus list.get: expected a path below the source's url
trunkline.yaml:21:7: sources.tickets.lookups.circuit of customer: expected '<noun> by <key>' or '<noun> list'
trunkline.yaml:24:19: sources.tickets.lookups.alarm list.filters.severty: expected one of ack_state
trunkline.yaml:25:40: sources.tickets.lookups.alarm list.orders.fields.raised: expected 'raised_at', found 'raised'
trunkline.yaml:26:12: sources.second.preset: expected 'tmf621', found 'tmf621x'
trunkline.yaml:27:3: sources.third.lookups: expected to be given
trunkline.yaml:28:3: sources.fourth: expected a mapping
"""


def mistakes(text: str) -> list[str]:
    """What is said about a configuration."""
    with pytest.raises(ConfigurationError) as caught:
        read_sources(Document.parse(text, "trunkline.yaml"))
    assert str(caught.value) == "\n".join(map(str, caught.value.mistakes))
    return [str(one) for one in caught.value.mistakes]


def test_all_mistakes_at_once() -> None:
    """Each at its line and column, in the order of the file, with what was expected; no secret is repeated."""
    found = mistakes(CONFIGURATION)
    expected = EXPECTED.strip().splitlines()
    assert len(found) == len(expected)
    for said, start in zip(found, expected, strict=True):
        assert said.startswith(start)
    assert "hunter2" not in "".join(found)


SOURCE = "sources:\n  s:\n    url: http://x\n"
METRICS = f"{SOURCE}    speaks: prometheus\n    kpis: "
CIRCUIT = "    records: {circuit: {code: c}}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{SOURCE}{CIRCUIT}    lookups: {{circuit by code: {{get: /x}}}}", "expected keys: where the keys go"),
        (
            f"{SOURCE}{CIRCUIT}    lookups: {{circuit list: {{get: /x, keys: {{query: a}}}}}}",
            "expected no keys for a list",
        ),
        (
            f"{SOURCE}{CIRCUIT}    lookups: {{circuit by site: {{get: /x, keys: {{query: a}}}}}}",
            "expected match: where a row",
        ),
        (
            SOURCE + CIRCUIT + "    lookups: {circuit by site: {get: /x, keys: {query: a, join: comma}, match: false}}",
            "expected match to be a path",
        ),
        (
            f"{SOURCE}{CIRCUIT}    lookups: {{circuit by pair: {{get: /x, keys: {{query: [a, b]}}, match: a}}}}",
            "expected as many paths as a key has parts",
        ),
        (f"{SOURCE}{CIRCUIT}    lookups: {{circuit by code: {{get: /x, keys: {{path: 3}}}}}}", "from 1 to 2, found 3"),
        (f"{SOURCE}    lookups: {{circuit list: {{get: /x}}}}", "expected the record to say code"),
        (f"{SOURCE}    lookups: {{circuit list: {{get: /x, post: /y}}}}", "expected either get or post"),
        (f"{SOURCE}    lookups: {{circuit list: {{get: /x, body: {{a: 1}}}}}}", "expected post beside body"),
        (f"{SOURCE}    lookups: {{circuit list: {{get: /x, paging: {{by: cursor}}}}}}", "expected next: where"),
        (
            f"{SOURCE}    lookups: {{circuit list: {{get: /x, paging: {{by: link}}}}}}",
            "expected follow: the parameters",
        ),
        (
            f"{SOURCE}    lookups: {{circuit list: {{get: /x, paging: {{by: offset, total: {{}}}}}}}}",
            "either header or at",
        ),
        (
            f"{SOURCE}    lookups: {{circuit by code: {{get: /x, keys: {{}}}}}}",
            "expected one of query, path, body, regex, header or whole_list",
        ),
        (f"{SOURCE}    lookups: {{circuit by code: {{get: /x, keys: {{regex: 'a=b'}}}}}}", "the name of a label"),
        (
            f"{SOURCE}    lookups: {{circuit by code: {{get: /x, keys: {{query: a, like: '('}}}}}}",
            "a regular expression",
        ),
        (
            f"{SOURCE}    lookups: {{circuit by code: {{get: /x, keys: {{regex: a, query: [b, c]}}}}}}",
            "expected one query parameter for regex",
        ),
        (
            f"{SOURCE}    auth: {{}}\n    lookups: {{}}",
            "expected one of basic, bearer, header, query, body, oauth2 or session",
        ),
        (
            f"{SOURCE}    auth: {{bearer: {{env: NO_SUCH_NAME}}}}\n    lookups: {{}}",
            "the environment variable NO_SUCH_NAME",
        ),
        (
            f"{SOURCE}    auth: {{bearer: {{file: /no/such}}}}\n    lookups: {{}}",
            "expected the file /no/such to be readable",
        ),
        (f"{SOURCE}    auth: {{bearer: {{}}}}\n    lookups: {{}}", "expected either env or file"),
        (f"{SOURCE}    speaks: smtp\n    lookups: {{}}", "s.speaks: expected one of"),
        (f"{SOURCE}    speaks: [rest]\n    lookups: {{}}", ", found ['rest']"),
        (f"{METRICS}{{AVAILABILTY: up}}", "kpis.AVAILABILTY: expected 'AVAILABILITY', found 'AVAILABILTY'"),
        (f"{METRICS}{{AVAILABILITY: rate(up)}}", "expected the name of a metric"),
        (
            f"{METRICS}{{AVAILABILITY: {{metric: up, unit: ms}}}}",
            "unit: expected one of percent, ppm, ratio, found 'ms'",
        ),
        (f"{METRICS}{{AVAILABILITY: {{metric: up, unit: percent, factor: 2}}}}", "expected either unit or factor"),
        (f"{METRICS}{{AVAILABILITY: {{metric: up, labels: {{a b: c}}}}}}", "expected the name of a label"),
        (f"{METRICS}{{AVAILABILITY: up}}\n    lookups: {{}}", "lookups: expected"),
        (f"{SOURCE}    outcome: {{at: code, good: [0], missing: 0}}\n    lookups: {{}}", "each code to mean one thing"),
        (f"{SOURCE}    auth: {{session: {{post: in, body: {{}}, token: t}}}}\n    lookups: {{}}", "http or https URL"),
        (
            f"{SOURCE}    auth: {{session: {{post: '//in', body: {{}}, token: t}}}}\n    lookups: {{}}",
            "expected a path below",
        ),
        (f"{SOURCE}    concurrency: many\n    lookups: {{}}", "expected a whole number, found 'many'"),
        (f"{SOURCE}    timeout: 7\n    lookups: {{}}", "expected a duration such as 2s, found 7"),
        (f"{SOURCE}    lookups: []", "expected a mapping, found a list"),
        ("sources: {s: {url: 'http://u:p@x', lookups: {}}}", "without credentials"),
        ("sources: {s: {url: 'http://x?a', lookups: {}}}", "without query"),
        ("sources: {s: {url: 'http://x:port', lookups: {}}}", "expected an http or https URL"),
        ("sources: {}", "expected a mapping with a source or more"),
        ("a: [1", "expected YAML"),
        ("a: 1\na: 2", "a: expected each name once, found 'a'"),
        ("a: &x {b: *x}", "expected no alias to what stands around it"),
        ("? [a]\n: b", "expected a plain name"),
        ("a: !!int nine", "expected plain text, a number"),
        ("", "expected a mapping with a source or more"),
    ],
)
def test_each_mistake_says_what_was_expected(text: str, said: str) -> None:
    """In the words of whoever wrote the file."""
    assert said in "\n".join(mistakes(text))


FIELDS = {
    "{name: {at: x, constant: y}}": "expected one of at, constant, record or of: key",
    "{name: {each: x, at: y}}": "expected record beside each",
    "{name: {record: {x: y}}}": "expected no record within",
    "{a_end: x}": "expected record: the fields within",
    "{a_end: {each: x, record: {site: y}}}": "expected no each",
    "{name: {at: x, space: y}}": "expected space only for a reference",
    "{name: {at: x, unit: bps}}": "expected unit only for a number",
    "{bandwidth_bps: {at: x, unit: mbps}}": "expected 'Mbps', found 'mbps'",
    "{state: {constant: activ}}": "expected 'ACTIVE', found 'activ'",
    "{name: {at: x, pattern: '('}}": "expected a regular expression (",
    "{name: {at: x, pattern: 'a'}}": "with one group",
    "{name: 7}": "expected",
}


@pytest.mark.parametrize("record", FIELDS)
def test_fields_are_held_against_their_noun(record: str) -> None:
    """What a field cannot hold is a mistake of the configuration, not of each row later."""
    found = mistakes(f"{SOURCE}    records: {{circuit: {record}}}\n    lookups: {{}}")
    assert FIELDS[record] in "\n".join(found)


def test_a_list_within_needs_its_path() -> None:
    """Hops are many."""
    found = mistakes(f"{SOURCE}    records: {{route: {{hops: {{record: {{sequence: x}}}}}}}}\n    lookups: {{}}")
    assert "expected each: the path to the list" in found[0]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """It is one mistake, not a crash; neither is one in another encoding."""
    missing = Document.read(tmp_path / "trunkline.yaml")
    assert [one.expected for one in missing.mistakes] == ["expected a readable file"]
    (tmp_path / "gbk.yaml").write_bytes("电路".encode("gbk"))
    assert "it is not UTF-8" in str(Document.read(tmp_path / "gbk.yaml").mistakes[0])
    (tmp_path / "good.yaml").write_text("a: {b: [1, on, 2026-01-01, null, 1.5]}", encoding="utf-8")
    document = Document.read(tmp_path / "good.yaml")
    assert document.data == {"a": {"b": [1, "on", "2026-01-01", None, 1.5]}}
    assert document.locate(("a", "b", 1)) == (1, 12)
    assert document.locate(("a", "b", 9)) == (1, 5)
    assert document.locate(("z",)) == (1, 1)
    assert part(document.data, ("a", "b", 0)) == 1
    assert part(document.data, ("a", "b", 0, "c")) is None
    assert Document("x").locate(("a",)) == (1, 1)


class Inner(Declared):
    """Something to validate."""

    wait: Duration = 1.0


class Outer(Declared):
    """Something around it."""

    inner: list[Inner] = Field(default_factory=list)


def test_any_model_can_be_read_from_a_part() -> None:
    """The other parts of the file are validated alike."""
    document = Document.parse("gateway: {inner: [{wait: 500ms}, {wait: 2 h}, {wait: never}]}", "t.yaml")
    with pytest.raises(ConfigurationError) as caught:
        validated(Outer, document, ("gateway",))
    assert caught.value.mistakes == (
        Mistake("t.yaml", 1, 48, "gateway.inner[2].wait", "expected a duration such as 2s", "'never'"),
    )
    assert validated(Outer, document, ("elsewhere",)) == Outer()
    good = Document.parse("inner: [{wait: 500ms}]", "t.yaml")
    assert validated(Outer, good).inner[0].wait == 0.5


def test_a_preset_lies_under_its_source() -> None:
    """Mappings merge, null takes away, the rest replaces; a mistake is told in the file that made it."""
    assert merged({"a": {"b": 1, "c": 2}, "d": [1], "e": 3}, {"a": {"b": 5, "c": None}, "d": [2], "x": None}) == {
        "a": {"b": 5},
        "d": [2],
        "e": 3,
    }
    document = Document.parse(
        "sources:\n  alarms:\n    preset: tmf642\n    url: https://x/\n"
        "    records: {alarm: {circuits: {space: services}, port: null}}\n"
        "    lookups: {alarm by element: null, alarm list: {orders: null}}",
        "t.yaml",
    )
    source = read_sources(document)["alarms"]
    assert source.url == "https://x"
    assert source.records["alarm"]["circuits"].space == "services"
    assert source.records["alarm"]["circuits"].at == "affectedService[].id"
    assert "port" not in source.records["alarm"]
    assert source.lookups["alarm list"].orders is None
    assert "alarm by element" not in source.lookups


def test_a_mistake_beside_a_preset_stands_where_it_was_made() -> None:
    """In the source's own file when it overrides, though the rest comes from the preset."""
    found = mistakes("sources:\n  a:\n    preset: tmf642\n    url: http://x\n    records: {alarm: {state: {at: '['}}}")
    assert found[0].startswith("trunkline.yaml:5:31: sources.a.records.alarm.state.at: expected a JMESPath")
    taken = mistakes("sources:\n  a: {preset: tmf638, url: 'http://x', records: {circuit: {code: null}}}")
    assert taken[0].startswith("presets/tmf638.yaml:")
    assert "expected the record to say code" in taken[0]


def test_presets_are_listed() -> None:
    """Those that ship; another name is none."""
    v4 = ["tmf629", "tmf632", "tmf632-individual", "tmf637", "tmf638", "tmf639", "tmf641", "tmf642"]
    assert preset_names() == ["alertmanager", "netbox", "prometheus", "prometheus-alerts", "tmf621", "tmf621-v5", *v4]
    with pytest.raises(KeyError):
        preset("tmf999")


def test_every_way_of_speaking_has_a_connector() -> None:
    """What the grammar allows, the registry has."""
    assert set(CONNECTORS) == set(DECLARATIONS)


@pytest.mark.anyio
async def test_sources_are_built_guarded_and_closed(ask: AskFor) -> None:
    """In the order of their declarations; nothing is asked of them by that."""
    text = "sources:\n" + "".join(
        f"  {name}: {{preset: {name}, url: 'http://127.0.0.1:1'}}\n" for name in preset_names()
    )
    sources = build(read_sources(Document.parse(text, "t.yaml")))
    assert list(sources) == preset_names()
    assert sources["tmf638"].lookups[Lookup("circuit", "tmf638")].space == "tmf638"
    assert (await sources["tmf638"].health()).state is HealthState.DOWN
    with pytest.raises(SourceFault):
        await sources["tmf638"].page(LIST, None, ask())
    await close(sources.values())


class Sleeper:
    """A source that never answers."""

    name = "sleeper"
    lookups: dict[Lookup, Terms] = {}  # noqa: RUF012 - never changed

    async def fetch(self, lookup: Lookup, keys: object, ask: Ask) -> dict[object, Answer]:
        """Never."""
        await anyio.sleep_forever()
        return {}

    async def page(self, lookup: Lookup, after: str | None, ask: Ask) -> Answer:
        """Never."""
        await anyio.sleep_forever()
        raise AssertionError

    async def health(self) -> Health:
        """As well as can be."""
        return Health(HealthState.UP, 0.0)

    async def aclose(self) -> None:
        """Nothing to let go."""


@pytest.mark.anyio
async def test_nobody_waits_beyond_the_deadline(ask: AskFor) -> None:
    """Whatever a connector does."""
    guarded = Deadline(Sleeper())  # type: ignore[arg-type]
    with pytest.raises(TimedOut):
        await guarded.fetch(LIST, ["a"], ask(within=0.01))
    with pytest.raises(TimedOut):
        await guarded.page(LIST, None, ask(within=0.01))
    assert (await guarded.health()).state is HealthState.UP
    assert guarded.lookups == {}
    await guarded.aclose()
