"""The programs in the docs: they parse, their queries fit the schema, and those that can be run say what is shown."""

import re
import shutil
import sys
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from tests.docs.conftest import Demo
from tests.docs.pages import PAGES, ROOT, Block, all_blocks, blocks
from tests.docs.shell import ran

ADDRESS = "http://127.0.0.1:8080"
QUERY = re.compile(r"(?:gql|/\* GraphQL \*/ )`([^`]*)`")

SCRIPTS = all_blocks("js")
RUNNABLE = [block for block in all_blocks("js", "python") if "run" in block.said]


def node() -> str:
    """Node.js; skips where there is none."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("there is no Node.js here")
    return found


def output_of(block: Block) -> str:
    """What the page says that a program prints: the next block."""
    following = [other for page in PAGES if page == block.page for other in blocks(page) if other.line > block.line]
    assert {"output"} <= following[0].said, f"{block} is run, and does not show what it prints"
    return following[0].text


@pytest.mark.parametrize("block", SCRIPTS, ids=str)
def test_a_script_parses(tmp_path: Path, block: Block) -> None:
    """As a module."""
    file = tmp_path / "block.mjs"
    file.write_text(block.text, "utf-8")
    checked = ran([node(), "--check", str(file)])
    assert 0 == checked.returncode, checked.stderr


@pytest.mark.parametrize("block", [block for block in SCRIPTS if QUERY.search(block.text)], ids=str)
def test_the_queries_in_a_script_fit_the_schema(block: Block) -> None:
    """So that whoever copies it gets an answer."""
    schema = build_schema((ROOT / "schema.graphql").read_text("utf-8"))
    assert [] == [mistake for text in QUERY.findall(block.text) for mistake in validate(schema, parse(text))]


@pytest.mark.slow
@pytest.mark.parametrize("block", RUNNABLE, ids=str)
def test_a_program_prints_what_is_shown(demo: Demo, tmp_path: Path, block: Block) -> None:
    """Run against the demo, word for word but for the port."""
    file = tmp_path / ("block.mjs" if block.language == "js" else "block.py")
    file.write_text(block.text.replace(ADDRESS, demo.base), "utf-8")
    done = ran([node() if block.language == "js" else sys.executable, str(file)], cwd=tmp_path)
    assert 0 == done.returncode, done.stderr
    assert output_of(block) == done.stdout
