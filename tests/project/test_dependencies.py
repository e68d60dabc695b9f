"""What we depend on: fixed, recorded, and imported only in the directions that the house allows."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text()
PINS = re.findall(r"^([a-z0-9._-]+)==(\S+?)(?: ; .*)?(?: \\)?$", LOCK, re.MULTILINE)


def test_every_dependency_is_locked():
    """What pyproject.toml asks for is in requirements.lock, with hashes."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = {re.split(r"[\[<>=!~; ]", line, maxsplit=1)[0] for line in project["dependencies"]}
    assert set() == asked - {name for name, _ in PINS}
    assert len(PINS) <= LOCK.count("--hash=sha256:")


def test_what_is_tested_is_what_is_locked():
    """These tests run with the versions of requirements.lock; if not, run scripts/lock."""
    installed = {one.metadata["name"].lower().replace("_", "-"): one.version for one in distributions()}
    pinned: dict[str, set[str]] = {}
    for name, version in PINS:  # one name may have several, each for some versions of Python
        pinned.setdefault(name, set()).add(version)
    assert {} == {
        name: installed[name]
        for name, versions in pinned.items()
        if name in installed and installed[name] not in versions
    }


def test_the_lock_names_no_registry():
    """Where packages come from is each machine's own affair."""
    assert "://" not in LOCK
    assert "--index" not in LOCK


def test_imports_go_in_the_allowed_directions():
    """The contracts in pyproject.toml hold."""
    command = [Path(sys.executable).parent / "lint-imports", "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert 0 == result.returncode, result.stdout
