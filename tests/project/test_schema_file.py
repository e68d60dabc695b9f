"""The schema as clients read it: committed, so that a change of it is seen and meant."""

from pathlib import Path

from schema.root import schema

COMMITTED = Path(__file__).parents[2] / "schema.graphql"


def test_the_committed_schema_is_that_of_the_code():
    """If it is not, `trunkline schema --check schema.graphql` says what changed."""
    assert COMMITTED.read_text(encoding="utf-8").strip() == schema.as_str().strip()
