"""What the README shows is what one gets."""

import json
import re
from pathlib import Path

import httpx
import pytest

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def block(language):
    """Read the only block in this language."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    return found


@pytest.mark.parametrize("command", ["pip install uv && uv run trunkline demo", "pip install uv && uv run pytest"])
def test_the_two_commands_are_shown(command):
    """Whoever comes here starts and tests it by one line each."""
    assert command in README


@pytest.mark.slow
def test_the_query_has_the_answer_that_is_shown(trunkline):
    """The demo's own, with the ticket system switched off."""
    with trunkline("demo", "--port", 0) as demo:
        httpx.post(f"{demo.control}/systems/tickets/trouble", json={"kind": "down"}).raise_for_status()
        answer = httpx.post(demo.url, json={"query": block("graphql")}, timeout=30).json()
    assert json.loads(block("json"))["data"] == answer["data"]
