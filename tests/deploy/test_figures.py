"""What Prometheus and Grafana are given: rules and panels that speak of figures which the gateway tells."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from gateway.assembly import assemble
from gateway.configuration import understand
from gateway.telemetry.of_gateway import of_operations, of_plans, of_process, of_refusals, of_shared
from gateway.telemetry.of_sources import of_sources
from gateway.telemetry.operations import Operations
from sources.durations import Durations
from sources.guards.shared import Shared
from sources.positions import Document

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
PROCESS = {"process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds"}
"""Figures of prometheus-client's own."""


def panels(dashboard: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The panels that show something."""
    return (panel for panel in dashboard["panels"] if panel["type"] != "row")


def dashboard() -> dict[str, Any]:
    """The dashboard."""
    told: dict[str, Any] = json.loads((DEPLOY / "grafana" / "trunkline.json").read_text("utf-8"))
    return told


def rules() -> list[dict[str, Any]]:
    """All alerts."""
    told = YAML(typ="safe", pure=True).load((DEPLOY / "prometheus" / "rules.yaml").read_text("utf-8"))
    return [rule for group in told["groups"] for rule in group["rules"]]


def names(expression: str) -> set[str]:
    """The figures that an expression speaks of."""
    return set(re.findall(r"\b(?:trunkline|process)_[a-z_]+", expression))


def labels(expression: str) -> set[str]:
    """The labels that it selects and groups by."""
    grouped = ",".join(re.findall(r"by \(([^)]*)\)", expression))
    return {one.strip() for one in grouped.split(",") if one.strip()} | set(re.findall(r"[{,](\w+)\s*[=!]", expression))


@pytest.fixture(scope="module")
def exported() -> dict[str, set[str]]:
    """Every figure that a gateway tells, with its labels."""
    text = """
version: 1
sources:
  crm:
    url: http://127.0.0.1:1
    preset: tmf629
    guards: {cache: {lookups: {customer list: {ttl: 1s}}}}
"""
    upstreams = assemble(understand(Document.parse(text, "t.yaml")))
    counts = {"documents": {"size": 1, "hits": 1}, "plans": {"size": 1, "hits": 1}, "fallbacks": {"first_use": 1}}
    families = [
        *of_sources(upstreams),
        *of_operations(Operations()),
        *of_refusals({"RATE_LIMITED": 1}),
        *of_plans(counts),
        *of_process(Durations(), 1, 0),
        *of_shared(Shared("redis://127.0.0.1:1")),
    ]
    told: dict[str, set[str]] = {}
    for family in families:
        endings = {"counter": ["_total"], "gauge": [""], "histogram": ["_bucket", "_count", "_sum"]}[family.type]
        for ending in endings:
            told[family.name + ending] = {*family._labelnames, *(["le"] if ending == "_bucket" else [])}
    return told


def test_each_panel_shows_figures_that_are_told(exported: dict[str, set[str]]) -> None:
    """By the names and the labels under which they are."""
    for panel in panels(dashboard()):
        for target in panel["targets"]:
            asked = names(target["expr"])
            assert asked <= exported.keys() | PROCESS, panel["title"]
            known = {"instance"}.union(*(exported.get(name, set()) for name in asked))
            assert labels(target["expr"]) <= known, panel["title"]
            assert set(re.findall(r"{{(\w+)}}", target["legendFormat"])) <= known, panel["title"]


def test_every_figure_is_on_the_dashboard(exported: dict[str, set[str]]) -> None:
    """What nobody looks at need not be counted."""
    shown = set[str]().union(*(names(target["expr"]) for panel in panels(dashboard()) for target in panel["targets"]))
    of_histograms = {name for name in exported if name.endswith(("_count", "_sum"))}
    assert exported.keys() - of_histograms <= shown


def test_panels_have_places_of_their_own() -> None:
    """None over another, and each with an id."""
    places = set[tuple[int, int]]()
    told = dashboard()["panels"]
    for panel in told:
        at = panel["gridPos"]
        taken = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not places & taken, panel["title"]
        places |= taken
    assert len(told) == len({panel["id"] for panel in told})
    assert all(x < 24 for x, _ in places)


def test_each_alert_is_about_figures_that_are_told(exported: dict[str, set[str]]) -> None:
    """By their names and labels, and says how grave it is and what is the matter."""
    for rule in rules():
        asked = names(rule["expr"])
        assert asked <= exported.keys(), rule["alert"]
        known = {"instance", "job"}.union(*(exported.get(name, set()) for name in asked))
        assert labels(rule["expr"]) <= known, rule["alert"]
        assert rule["labels"]["severity"] in ("info", "warning", "critical")
        assert rule["annotations"]["summary"]


def test_every_figure_is_documented(exported: dict[str, set[str]]) -> None:
    """In operating.md, with its labels."""
    page = (ROOT / "docs" / "operating.md").read_text("utf-8").partition("## Figures")[2].partition("\n## ")[0]
    documented = set(re.findall(r"`(trunkline_\w+)`", page))
    whole = {name.removesuffix("_bucket") for name in exported if not name.endswith(("_count", "_sum"))}
    lines = {"trunkline_source_calls_waiting", "trunkline_source_calls_at_once"}  # told in the line of their like
    assert whole - lines == documented


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "rules", "rules.yaml"],
        ["test", "rules", "rules_test.yaml"],
        ["check", "config", "prometheus.yaml"],
    ],
    ids=" ".join,
)
def test_promtool_finds_nothing(arguments: list[str]) -> None:
    """Neither in the rules nor in what they do on series that are made up."""
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("there is no promtool here: Debian's package prometheus has it")
    done = subprocess.run(
        [promtool, *arguments], cwd=DEPLOY / "prometheus", capture_output=True, text=True, timeout=60, check=False
    )
    assert 0 == done.returncode, done.stdout + done.stderr
