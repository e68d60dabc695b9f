"""The benchmarks of what goes wrong: they run, and what they promise holds for as long as they are run here."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TREE = Path(__file__).resolve().parent.parent.parent


def run(name: str, *arguments: str) -> Any:
    """What it says as JSON; it has to end well."""
    command = [sys.executable, str(TREE / "bench" / name), *arguments, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert 0 == done.returncode, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_a_soak_finds_nothing_wrong_and_nothing_left() -> None:
    """A minute of it: every answer right or marked, no task and no connection more than before."""
    told = run("soak", "--seconds", "60")
    assert {} == told["wrong"]
    assert told["answers"] > told["marked"] > 0
    assert told["tasks"][1] <= told["tasks"][0]


@pytest.mark.slow
def test_what_a_bad_source_costs_is_told() -> None:
    """Few second calls, and a hanging source that is waited for as long as is declared."""
    told = run("resilience", "--rounds", "1", "--asks", "10", "--calls", "400")
    assert told["p99 ms"]["affected, hanging"] >= told["timeout, ms"] * 0.9
    assert told["hedge"]["calls more, in %"] < 7
