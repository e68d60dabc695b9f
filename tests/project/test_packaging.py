"""What others install: our names are ours alone, and the wheel works away from the tree."""

import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ["auth", "demo", "engine", "gateway", "model", "resolvers", "schema", "sources", "store"]


@pytest.mark.parametrize("package", PACKAGES)
def test_no_other_distribution_brings_our_names(package):
    """A package called `schema` exists elsewhere: installed beside us it would shadow ours, or ours it."""
    assert {"trunkline"} == set(packages_distributions().get(package, ["trunkline"]))


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A fresh virtual environment with nothing but the wheel and what it needs; its folder of programs."""
    if shutil.which("uv") is None:
        pytest.skip("uv is not on PATH")
    folder = tmp_path_factory.mktemp("installed")
    run = ["uv", "build", "--quiet", "--wheel", "--out-dir", folder, ROOT]
    built = subprocess.run(run, capture_output=True, text=True, timeout=300)
    if built.returncode:
        pytest.skip(f"the wheel cannot be built here: {built.stderr.strip()[-300:]}")
    (wheel,) = folder.glob("*.whl")
    subprocess.run(["uv", "venv", "--quiet", "--python", sys.executable, folder / "venv"], check=True, timeout=120)
    python = folder / "venv" / "bin" / "python"
    lock = ROOT / "requirements.lock"
    install = ["uv", "pip", "install", "--quiet", "--python", python, "--constraints", lock, wheel]
    subprocess.run(install, check=True, timeout=300)
    return python.parent


@pytest.mark.slow
def test_the_installed_command_explains_itself(installed, tmp_path):
    """`trunkline --help` lists the commands, wherever one stands."""
    shown = subprocess.run(
        [installed / "trunkline", "--help"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert 0 == shown.returncode, shown.stderr
    for command in ("demo", "serve", "check", "schema", "sources"):
        assert command in shown.stdout


@pytest.mark.slow
def test_the_installed_demo_answers_from_any_folder(trunkline, installed, tmp_path):
    """Even from a folder that has a `demo` of its own."""
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "__init__.py").write_text("raise SystemExit('the wrong demo')")
    with trunkline("demo", "--port", 0, "--circuits", 40, program=installed / "trunkline", cwd=tmp_path) as demo:
        query = "{ customers(first: 1) { nodes { id name } } }"
        answer = httpx.post(demo.url, json={"query": query}, timeout=30).json()
    assert 1 == len(answer["data"]["customers"]["nodes"])
    assert 0 == demo.returncode, demo.log
