"""A gateway over three systems that nobody here wrote."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import Trunkline
from tests.sources.real.conftest import ODD, Measuring
from tests.sources.real.planted import Planted

CONFIGURATION = """
version: 1
sources:
  netbox: {{preset: netbox, url: '{netbox}', auth: {{bearer: {{env: NETBOX_TOKEN}}}}, timeout: 20s}}
  alerts: {{preset: alertmanager, url: '{alertmanager}'}}
  metrics:
    preset: prometheus
    url: {prometheus}
    circuit_label: circuit_id
    kpis: {{FRAME_DELAY: {{metric: rtt_milliseconds, unit: ms}}}}
"""
QUERY = """query Q($code: String!) { circuit(code: $code) {
    customer { name } kpi(kpi: FRAME_DELAY) { points { value } } alarms { nodes { probableCause } }
    routes { complete hops { element { name site { name } } link { id } alarms { nodes { probableCause } } } } } }"""


@pytest.fixture
def measured(planted: Planted) -> Iterator[str]:
    """A circuit over two devices, under a code that Prometheus knows."""
    a, z = planted.circuit("together")
    number = planted.circuits["together"]["id"]
    planted.api.change("circuits/circuits", number, cid=ODD[0])
    for end, device in ((a, "near"), (z, "far")):
        planted.cable(end, planted.port(device, "1"))
    planted.cable(planted.port("near", "2"), planted.port("far", "2"))
    yield ODD[0]
    planted.api.remove("circuits/circuits", number)


@pytest.mark.slow
def test_what_three_real_systems_know_of_a_circuit_is_one_answer(
    measured: str,
    planted: Planted,
    prometheus: Measuring,
    alertmanager: str,
    trunkline: Callable[..., AbstractContextManager[Trunkline]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its route from NetBox, its alarm from Alertmanager on a hop of that route, its delay from Prometheus."""
    labels = {"alertname": "LOS", "circuit_id": measured, "node": planted.name("far"), "severity": "major"}
    httpx.post(f"{alertmanager}/api/v2/alerts", json=[{"labels": labels}]).raise_for_status()
    monkeypatch.setenv("NETBOX_TOKEN", planted.api.token)
    where = {"netbox": planted.api.url, "alertmanager": alertmanager, "prometheus": prometheus.url}
    (tmp_path / "trunkline.yaml").write_text(CONFIGURATION.format(**where))
    with trunkline("serve", "--config", tmp_path / "trunkline.yaml", "--insecure-open", "--port", 0) as running:
        asked = {"query": QUERY, "variables": {"code": measured}}
        answer: Any = httpx.post(running.url, json=asked, timeout=60).json()
    circuit = answer["data"]["circuit"]
    (route,) = circuit["routes"]
    assert "errors" not in answer
    assert circuit["customer"]["name"] == planted.tenant["name"]
    assert [point["value"] for point in circuit["kpi"]["points"]] == [pytest.approx(0.003)]
    assert "LOS" in [one["probableCause"] for one in circuit["alarms"]["nodes"]]
    assert (route["complete"], [hop["element"]["name"] for hop in route["hops"]]) == (
        True,
        [planted.name("near"), planted.name("far")],
    )
    assert [[one["probableCause"] for one in hop["alarms"]["nodes"]] for hop in route["hops"]] == [[], ["LOS"]]
    assert {told["source"]: told["outcome"] for told in answer["extensions"]["sources"]} == {
        "alerts": "ok",
        "metrics": "ok",
        "netbox": "ok",
    }
