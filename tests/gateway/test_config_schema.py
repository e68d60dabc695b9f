"""The JSON Schema of the configuration: as current as the models, true to every example, deaf to no planted mistake."""

import json
import re
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from gateway.commands.config_schema import config_schema
from gateway.editing.layout import laid_out
from gateway.editing.schema import configuration_schema
from sources.configuration import preset, preset_names
from sources.positions import Document
from tests.gateway.commanding import run

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "trunkline.schema.json"
VALIDATOR = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.DOTALL | re.MULTILINE)
FRAGMENTS = {"paging: {by: form"}
"""Blocks that are lines of a source and no configuration."""


def examples():
    """Every YAML that comes with the project: the demo's, the presets, the examples of the docs."""
    yield "demo.yaml", Document.parse((files("gateway") / "demo.yaml").read_text("utf-8"), "demo.yaml").data
    for name in preset_names():
        yield name, {"sources": {"x": {**preset(name).data, "url": "http://x.example"}}}
        yield f"{name} by name", {"sources": {"x": {"preset": name, "url": "http://x.example"}}}
    for page in sorted((ROOT / "docs").rglob("*.md")):
        for number, text in enumerate(BLOCK.findall(page.read_text("utf-8"))):
            if not any(one in text for one in FRAGMENTS):
                yield f"{page.name} {number}", Document.parse(text, page.name).data


EXAMPLES = list(examples())


def whole(data):
    """What is left out on a page is put in."""
    return {"version": 1, "sources": {"crm": {"preset": "tmf629", "url": "http://crm.example"}}, **data}


def test_the_committed_schema_is_current():
    """Whoever changes a model prints it anew: `trunkline config-schema > trunkline.schema.json`."""
    assert laid_out(configuration_schema()) + "\n" == SCHEMA.read_text("utf-8")


def test_the_command_prints_it():
    """As it is committed."""
    assert SCHEMA.read_text("utf-8") == run("config-schema").stdout
    assert config_schema.__doc__


def test_it_is_a_schema():
    """Of the draft that it names."""
    jsonschema.Draft202012Validator.check_schema(VALIDATOR.schema)


@pytest.mark.parametrize("data", [data for _, data in EXAMPLES], ids=[name for name, _ in EXAMPLES])
def test_every_example_is_valid(data):
    """An editor that underlines what is right is switched off."""
    assert [] == [error.message for error in VALIDATOR.iter_errors(whole(data))]


BASE = """\
version: 1
sources:
  crm:
    url: http://crm.example
    lookups:
      circuit by code: {get: /c, keys: {query: code}, record: {code: no, keys: {nms: n}, a_end: {record: {site: a}}}}
  tickets: {preset: tmf621, url: http://t.example, timeout: 2s, paging: {size: 5}}
  pages: {speaks: html, url: http://p.example, lookups: {circuit list: {get: /l, each: tr, record: {code: td}}}}
nouns: {circuit: {authority: [crm], fields: {state: worst}}}
gateway: {port: 8080, deadline: 3s}
"""


def test_the_base_of_the_mistakes_is_right():
    """So that each of them is found for what it is."""
    assert [] == list(VALIDATOR.iter_errors(Document.parse(BASE, "x").data))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("version: 1", "version: 2"),
        ("nouns:", "nuons:"),
        ("url: http://crm.example", "ulr: http://crm.example"),
        ("get: /c, keys", "gte: /c, keys"),
        ("circuit by code", "circiut by code"),
        ("{query: code}", "{qurey: code}"),
        ("{code: no,", "{cdoe: no,"),
        ("{site: a}", "{siet: a}"),
        ("a_end: {record: {site: a}}", "a_end: a"),
        ("preset: tmf621", "preset: tmf612"),
        ("timeout: 2s", "timeout: soon"),
        ("paging: {size: 5}", "paging: {szie: 5}"),
        ("speaks: html", "speaks: htlm"),
        ("speaks: html", "speaks: soap"),
        ("each: tr,", "each: 3,"),
        ("{circuit: {", "{circiut: {"),
        ("state: worst", "stat: worst"),
        ("state: worst", "state: best"),
        ("port: 8080", "port: many"),
        ("deadline: 3s", "dedline: 3s"),
    ],
)
def test_a_planted_mistake_is_found(right, wrong):
    """Each of them alone."""
    assert right in BASE
    assert list(VALIDATOR.iter_errors(Document.parse(BASE.replace(right, wrong), "x").data))
