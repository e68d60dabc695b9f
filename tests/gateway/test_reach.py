"""What of a configuration cannot be reached, although each of its parts is right by itself."""

from textwrap import dedent

import pytest

from gateway.assembly import assemble
from gateway.configuration import understand
from gateway.reach import JOINS, reach
from schema.root import schema
from sources.positions import Document
from tests.gateway.commanding import run

BASE = """\
version: 1
sources:
  crm:
    url: http://crm.example
    records: {circuit: {code: no, name: name, customer: owner, keys: {nms: nms_no}}, customer: {customer_id: no}}
    lookups:
      customer by customer_id: {get: /p, keys: {query: no}}
      circuit by code: {get: /c, keys: {query: code}}
      circuit by customer: {get: /c, keys: {query: owner}}
  nms:
    url: http://nms.example
    records: {alarm: {state: st, circuits: {at: line, space: self}}}
    lookups:
      circuit by nms: {get: /lines, keys: {query: id}, record: {code: code, bandwidth_bps: bw}}
      alarm by circuit: {get: /alarms, keys: {query: line}, space: nms}
nouns:
  circuit: {authority: [crm], fields: {bandwidth_bps: {prefer: [nms]}}}
"""


def found(text):
    """The mistakes and the warnings, as lines."""
    document = Document.parse(dedent(text), "trunkline.yaml")
    read = understand(document)
    told = reach(document, read.sources, read.nouns, assemble(read))
    return [str(one) for one in told.mistakes], [str(one) for one in told.warnings]


def test_what_holds_together_has_neither_mistakes_nor_warnings():
    """Keys are carried by records, or are a system's own."""
    assert ([], []) == found(BASE)


@pytest.mark.parametrize(
    ("right", "wrong", "expected"),
    [
        ("space: nms}", "space: nsm}", "15:61: sources.nms.lookups.alarm by circuit: expected a record of a circuit"),
        ("circuit by nms:", "circuit by oss:", "14:7: sources.nms.lookups.circuit by oss: expected a record"),
        ("authority: [crm]", "authority: [crm, nms], prefer: [nms]", None),
        ("circuit: {authority: [crm]", "customer: {authority: [nms]", "17:26: nouns.customer.authority[0]: expected"),
        (
            "bandwidth_bps: {prefer: [nms]}",
            "name: {prefer: [nms]}",
            "17:56: nouns.circuit.fields.name.prefer[0]: expected a source that speaks of name, found 'nms'",
        ),
    ],
)
def test_what_cannot_come_true_is_a_mistake(right, wrong, expected):
    """With line and column; what can is none."""
    assert right in BASE
    text = BASE.replace(right, wrong)
    if "customer: {authority" in wrong:
        text = text.replace(", fields: {bandwidth_bps: {prefer: [nms]}}", "")
    mistakes, _ = found(text)
    if expected is None:
        assert [] == mistakes
    else:
        assert [f"trunkline.yaml:{expected}"] == [line[: len(expected) + 15] for line in mistakes]


def test_keys_of_several_parts_have_to_be_taken_apart():
    """Nobody asks for parts: without a word on how a key becomes them a lookup is never asked."""
    parted = BASE.replace("{query: code}", "{query: [city, number]}, match: [city, number]")
    where = "trunkline.yaml:8:34: sources.crm.lookups.circuit by code.keys"
    assert ([f"{where}: expected written: {{parts: REGEX}}: keys are asked for whole"], []) == found(parted)
    taken = parted.replace("number]}", "number], written: {parts: '([A-Z]+)-(.+)'}}", 1)
    assert ([], []) == found(taken)


def test_records_that_no_lookup_is_about_are_a_warning():
    """They harm nobody, and are most often a lookup forgotten."""
    _, warnings = found(
        BASE.replace("customer: {customer_id: no}}", "customer: {customer_id: no}, site: {site_id: no}}")
    )
    assert ["trunkline.yaml:5:115: sources.crm.records.site: no lookup of crm is about a site"] == warnings


def test_a_join_that_nobody_answers_is_a_warning():
    """The schema offers the field, and it tells nothing; only between nouns that sources speak of."""
    text = BASE.replace("      circuit by customer: {get: /c, keys: {query: owner}}\n", "")
    _, warnings = found(text)
    assert ["no source answers 'circuit by customer': Customer.circuits tells nothing"] == [
        line.split(": ", 2)[2] for line in warnings
    ]


def test_a_presets_lookup_that_nobody_can_ask_is_a_warning():
    """A preset offers what its product can; who declares it has not said that it is used."""
    text = BASE.replace(
        "nouns:", "  alarms: {preset: tmf642, url: http://a.example, lookups: {alarm by element: null}}\nnouns:"
    )
    mistakes, warnings = found(text)
    assert [] == mistakes
    assert ["presets/tmf642.yaml:50:5: sources.alarms.lookups.alarm by circuit"] == [
        line.partition(": expected")[0] for line in warnings
    ]


@pytest.mark.parametrize("field", JOINS.values())
def test_every_join_is_one_of_the_schema(field):
    """Under the name by which a warning calls it."""
    type_, _, name = field.partition(".")
    assert name in schema.as_str().partition(f"type {type_} ")[2].partition("\n}")[0]


def test_check_tells_warnings_and_ends_with_mistakes(tmp_path):
    """All at once, and before anybody is asked; by exit code 2."""
    file = tmp_path / "trunkline.yaml"
    file.write_text(BASE.replace("space: nms}", "space: nsm}").replace("authority: [crm]", "prefer: [nms]"), "utf-8")
    result = run("check", file)
    assert 2 == result.exit_code
    assert "trunkline.yaml:15:61: sources.nms.lookups.alarm by circuit: expected" in result.output
    assert f"1 mistake in {file}" in result.output


def test_the_demo_holds_together(demo_file):
    """So that its configuration is a good example."""
    result = run("check", "--security", demo_file)
    assert 0 == result.exit_code, result.output
    assert "warning" not in result.output
