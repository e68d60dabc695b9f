"""The commands in the docs: those that end are run, those that go on until they are told are at least understood."""

import re
import shlex
import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from gateway.cli import COMMANDS
from tests.docs.conftest import Demo
from tests.docs.pages import PAGES, Block, all_blocks
from tests.docs.shell import ran, understood

ADDRESS = "http://127.0.0.1:8080"
ENDING = {"curl", "trunkline"}
LASTING = {"demo", "serve"}
OTHERS = {"pip", "pipx", "python3", "uv", "scripts/check", "docker", "export"}
"""Programs whose commands install, build or start something: they are looked at, not run."""


def commands(block: Block) -> list[str]:
    """The commands of a block, one a line unless a backslash goes on; comments and what follows `$` aside."""
    joined = re.sub(r"\\\n\s*", " ", block.text)
    lines = (line.strip() for line in joined.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def ends(command: str) -> bool:
    """Whether a command ends by itself, does no harm, and can be run wherever the tests are."""
    words = shlex.split(command)
    return words[0] in ENDING and not LASTING & set(words[1:2])


BLOCKS = all_blocks("sh", "console", "bash")
RUN = [block for block in BLOCKS if any(map(ends, commands(block)))]
LOOKED_AT = [(str(block), command) for block in BLOCKS for command in commands(block) if not ends(command)]


def parts(command: str) -> list[list[str]]:
    """The words of each command of a line, without its comment: `a && b` are two."""
    words = shlex.split(command, comments=True)
    marks = [-1, *(number for number, word in enumerate(words) if word == "&&"), len(words)]
    return [words[start + 1 : end] for start, end in pairwise(marks)]


def trunkline_in(words: list[str]) -> list[str] | None:
    """The words from the last `trunkline` on, be it started by uv or as an image that is named so."""
    if "trunkline" not in words or words[:2] == ["docker", "build"]:
        return None
    return words[len(words) - 1 - words[::-1].index("trunkline") :]


@pytest.mark.slow
@pytest.mark.parametrize("block", RUN, ids=str)
def test_commands_that_end_end_well(
    request: pytest.FixtureRequest, configured: Path, environment: dict[str, str], block: Block
) -> None:
    """One after the other, beside a `trunkline.yaml` of the demo's systems, with the demo where the docs say it is."""
    demo: Demo = request.getfixturevalue("demo_with_sign_in" if "sign-in" in block.said else "demo")
    for command in filter(ends, commands(block)):
        if command.startswith("curl") and shutil.which("curl") is None:
            pytest.skip("there is no curl here")
        here = command.replace(ADDRESS, demo.base).replace("curl ", "curl --fail ")
        done = ran(["bash", "-c", here], cwd=configured, environment=environment)
        assert 0 == done.returncode, f"{command}: {done.stdout}{done.stderr}"
        assert '"errors"' not in done.stdout


@pytest.mark.parametrize(
    ("place", "command"), LOOKED_AT, ids=[f"{place} {command[:40]}" for place, command in LOOKED_AT]
)
def test_a_command_that_goes_on_is_understood(place: str, command: str) -> None:
    """Its command and its options are Trunkline's; what is not Trunkline's is a program that we know of."""
    for words in parts(command):
        assert words[0] in {"trunkline", *OTHERS}, place
        if (ours := trunkline_in(words)) is not None:
            understood(ours)


def test_every_command_of_ours_is_told() -> None:
    """In the table of commands, which is where one looks."""
    (page,) = [page for page in PAGES if page.name == "operating.md"]
    told = set(re.findall(r"^\| `trunkline ([\w-]+)", page.read_text("utf-8"), re.MULTILINE))
    assert set(COMMANDS) == told
