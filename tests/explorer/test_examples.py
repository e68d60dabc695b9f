"""The example queries: they fit the schema as it is, and the demo answers them."""

import re
from pathlib import Path

import httpx
import pytest
from graphql import OperationDefinitionNode, build_schema, parse, validate

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "explorer" / "src"
EXAMPLES = sorted(SOURCES.glob("examples/*.graphql"))


@pytest.fixture(scope="module")
def schema():
    """The published schema."""
    return build_schema((ROOT / "schema.graphql").read_text("utf-8"))


def test_every_example_is_in_a_tab():
    """None is forgotten, and none is named that is not there."""
    named = re.findall(
        r"^import \w+ from './examples/(.*)';", (SOURCES / "examples.js").read_text("utf-8"), re.MULTILINE
    )
    assert [path.name for path in EXAMPLES] == sorted(named)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_fits_the_schema(schema, path):
    """It names its tab, needs no variables, explains itself, and fits beside the answer without scrolling."""
    text = path.read_text("utf-8")
    document = parse(text)
    (operation,) = (node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    assert [] == validate(schema, document)
    assert path.stem.replace("-", "") == operation.name.value.lower()
    assert [] == [variable for variable in operation.variable_definitions if variable.default_value is None]
    assert text.startswith("# ")
    assert 58 >= max(len(line) for line in text.splitlines() if line.startswith("#"))


@pytest.mark.slow
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_demo_answers_an_example(demo, path):
    """Without an error, and with something to see."""
    answer = httpx.post(demo.url, json={"query": path.read_text("utf-8")}, timeout=30).json()
    assert "errors" not in answer
    assert answer["data"]["customer"]["name"]
    told = str(answer["data"]["customer"])
    expected = {
        "linked-view": ["'hops': [{'sequence'", "'provenance': [{'field'", "'completeness': 'COMPLETE'"],
        "customer-alarms": ["'bySeverity': [{'severity'", "'nodes': [{'perceivedSeverity'"],
        "failing-source": ["'nodes': [{'ticketId'", "'nodes': [{'code'"],
        "kpis": ["'points': [{'at'", "'unit': 's'"],
        "vpdn": ["'realm': '", "'byState': [{'state'", "'tunnels': {'nodes': [{'type'", "'nodes': [{'userName'"],
        "conflicts": ["'conflicts': [{'field'", "'chosen': True", "'chosen': False"],
    }
    assert [] == [part for part in expected.get(path.stem, []) if part not in told]
