"""The queries in the docs are asked, and their answers are those that are shown."""

import json
import re
from typing import Any

import httpx
import pytest
from graphql import GraphQLSchema, build_schema, parse, validate

from tests.docs.conftest import Demo
from tests.docs.pages import PAGES, README, README_ZH, ROOT, Block, Question, all_blocks, questions

ASKED = [question for page in PAGES if page not in (README, README_ZH) for question in questions(page)]
"""All but the README's, whose answer `tests/project/test_readme.py` holds against the demo."""

PASSING = {"locations", "ms"}
"""What an answer tells besides what is shown: where in the query, and how long it took this time."""


def shown(value: Any) -> Any:
    """The part of an answer that a page shows; sources come in the order in which they answered."""
    if isinstance(value, dict):
        kept = {name: shown(one) for name, one in value.items() if name not in PASSING}
        if isinstance(sources := kept.get("sources"), list) and "calls" in str(sources):
            kept["sources"] = sorted(sources, key=str)
        return kept
    return [shown(one) for one in value] if isinstance(value, list) else value


@pytest.mark.slow
@pytest.mark.parametrize("question", ASKED, ids=str)
def test_a_query_is_answered_as_shown(demo: Demo, question: Question) -> None:
    """By the demo, to whom the page says, with the system down that the page says; with no other errors."""
    headers = {"x-trunkline-customer": who} if (who := question.query.option("as")) else {}
    variables = json.loads(question.variables.text) if question.variables else {}
    asked = {"query": question.query.text, "variables": variables}
    with demo.without(question.query.option("down")):
        answer = httpx.post(demo.url, json=asked, headers=headers, timeout=30).json()
    expected = json.loads(question.answer.text) if question.answer else {}
    assert expected.get("errors", []) == shown(answer.get("errors", []))
    assert shown(expected) == {name: shown(answer[name]) for name in expected}
    assert answer["data"]


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    """The published schema."""
    return build_schema((ROOT / "schema.graphql").read_text("utf-8"))


@pytest.mark.parametrize("block", all_blocks("graphql"), ids=str)
def test_a_query_fits_the_published_schema(schema: GraphQLSchema, block: Block) -> None:
    """The README's, too."""
    assert [] == validate(schema, parse(block.text))


@pytest.mark.parametrize("block", all_blocks("json"), ids=str)
def test_what_is_shown_as_json_is_json(block: Block) -> None:
    """Whoever copies it can use it."""
    json.loads(block.text)


@pytest.mark.slow
def test_what_is_left_is_told_as_shown(demo: Demo) -> None:
    """The limits on the partners' page are those that answers tell."""
    page = (ROOT / "docs" / "partners.md").read_text("utf-8")
    (shown,) = re.findall(r"^RateLimit-Policy: (.*)$", page, re.MULTILINE)
    asked = {"query": "{ viewer { subject } }"}
    headers = httpx.post(demo.url, json=asked, headers={"x-trunkline-customer": "C100001"}, timeout=30).headers
    assert shown == headers["ratelimit-policy"]
    assert "ratelimit" in headers
