"""Trunkline as the benchmark configures it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.field.contestants import CONTESTANTS, Contestant
from bench.field.rows import Shape
from bench.field.starts import Place, configured
from bench.field.workloads import workloads
from gateway.assembly import assemble
from gateway.configuration import load

TREE = Path(__file__).resolve().parent.parent.parent
OURS = [one for one in CONTESTANTS.values() if one.role == "trunkline"]


@pytest.mark.parametrize("one", OURS, ids=lambda one: one.name)
def test_its_configuration_can_be_read(one: Contestant, tmp_path: Path) -> None:
    """Every variant declares sources for all that the workloads ask."""
    written = configured(Place("http://127.0.0.1:9", 0, tmp_path), *one.parts)
    configuration = load(Path(written))
    offered = {str(lookup) for source in assemble(configuration).sources.values() for lookup in source.lookups}
    assert {"customer by customer_id", "circuit by customer", "route by circuit", "ticket by circuit"} <= offered
    assert one.token == (configuration.auth is not None)


def test_no_two_requests_in_a_row_are_about_the_same() -> None:
    """Sharing calls between equal requests gains nothing."""
    for workload in workloads(Shape()).values():
        assert len(workload.asked) == len({workload.body(about) for about in workload.asked}) >= 10


@pytest.mark.slow
@pytest.mark.skipif(not all(map(shutil.which, ("nginx", "wrk", "taskset"))), reason="takes nginx, wrk and taskset")
def test_it_answers_as_the_floor_does_and_is_timed() -> None:
    """One object: workload -> contestant -> figures and ratio."""
    command = [
        sys.executable,
        "bench/run",
        "--only",
        "floor,trunkline",
        "--q",
        "q2",
        "--rounds",
        "1",
        "--seconds",
        "1",
    ]
    told = json.loads(
        subprocess.run([*command, "--json"], cwd=TREE, check=True, capture_output=True, timeout=120).stdout
    )
    assert ["q2"] == list(told)
    assert {"floor", "trunkline"} == set(told["q2"])
    assert {"cpu_ms", "requests_a_second", "p50_ms", "p99_ms", "memory_mb", "calls", "ratio"} <= set(
        told["q2"]["floor"]
    )
    assert 0 == told["q2"]["trunkline"]["failed"]
