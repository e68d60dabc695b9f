"""What a GraphQL source would be asked is held against its schema before anybody is asked."""

from pathlib import Path

import pytest

from gateway.configuration import understand
from sources.positions import ConfigurationError, Document
from tests.sources.quality import SDL

SOURCE = """version: 1
sources:
  quality:
    speaks: graphql
    url: http://127.0.0.1:1/graphql
    sdl: SDL
    paging: {by: relay}
    records: {circuit: {code: code, name: title, customer: owner.number}}
    lookups:
      circuit by code: {ask: circuit, keys: {argument: code}}
      circuit list:
        ask: circuits
        each: nodes
        filters: {state: {argument: filter.state, type: State}, code: {among: filter.code.in}}
        orders: {argument: orderBy, type: CircuitOrder, ascending: {code: CODE_ASC}, descending: {code: CODE_DESC}}
"""


def mistakes(text: str, sdl: Path) -> list[str]:
    """What is wrong with a configuration."""
    try:
        understand(Document.parse(text.replace("SDL", str(sdl)), "trunkline.yaml"))
    except ConfigurationError as err:
        return [str(mistake).replace(str(sdl), "SDL") for mistake in err.mistakes]
    return []


@pytest.fixture
def sdl(tmp_path: Path) -> Path:
    """The schema of the system, in a file."""
    file = tmp_path / "quality.graphql"
    file.write_text(SDL, encoding="utf-8")
    return file


def test_what_the_schema_knows_is_right(sdl: Path) -> None:
    """All selections, arguments and types of variables are."""
    assert mistakes(SOURCE, sdl) == []


@pytest.mark.parametrize(
    ("right", "wrong", "mistake"),
    [
        ("name: title", "name: titel", "Cannot query field 'titel' on type 'Circuit'."),
        (
            "customer: owner.number",
            "customer: owner",
            "Field 'owner' of type 'Owner' must have a selection of subfields.",
        ),
        ("argument: code}}", "argument: kode}}", "Unknown argument 'kode' on field 'Query.circuit'."),
        ("type: State", "type: Status", "Unknown type 'Status'."),
        ("among: filter.code.in", "among: filter.kode.in", "'kode'"),
    ],
)
def test_what_the_schema_does_not_know_is_a_mistake(sdl: Path, right: str, wrong: str, mistake: str) -> None:
    """It is told with the line of the lookup that would ask for it."""
    told = mistakes(SOURCE.replace(right, wrong, 1), sdl)
    assert any(mistake in one for one in told)
    assert {one.split(":")[1] for one in told} <= {"10", "11"}


def test_a_schema_that_is_none_is_a_mistake(sdl: Path) -> None:
    """As is one that cannot be read."""
    sdl.write_text("type Query {", encoding="utf-8")
    (told,) = mistakes(SOURCE, sdl)
    assert told.startswith("trunkline.yaml:6:5: sources.quality.sdl: expected a schema: Syntax Error")
    sdl.unlink()
    assert mistakes(SOURCE, sdl) == ["trunkline.yaml:6:5: sources.quality.sdl: expected a readable file, found 'SDL'"]
