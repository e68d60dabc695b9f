"""What the systems answer, held against the official definitions of the TM Forum's APIs."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from demo.systems import orders, parties, products, tickets

SPECS = Path(__file__).parents[1] / "specs"

pytestmark = pytest.mark.anyio


def validator(spec: str, definition: str) -> jsonschema.Draft4Validator:
    """Validate against one definition of a spec, its dates included."""
    formats = jsonschema.FormatChecker(formats=())
    formats.checks("date-time", raises=ValueError)(lambda text: datetime.fromisoformat(str(text)).tzinfo is not None)
    document = json.loads((SPECS / f"{spec}.json").read_text("utf-8"))
    schema = {"$ref": f"#/definitions/{definition}", "definitions": document["definitions"]}
    return jsonschema.Draft4Validator(schema, format_checker=formats)


def undeclared(row: dict[str, Any], spec: str, definition: str) -> set[str]:
    """The attributes of a row that its definition does not name."""
    document = json.loads((SPECS / f"{spec}.json").read_text("utf-8"))
    return set(row) - set(document["definitions"][definition]["properties"])


@pytest.mark.parametrize(
    ("noun", "spec", "definition", "known_slips"),
    [
        ("customer", "tmf629-v4", "Customer", set()),
        ("service", "tmf638-v4", "Service", {"@type"}),
        ("resource", "tmf639-v4", "Resource", set()),
        ("alarm", "tmf642-v4", "Alarm", {"isRoot"}),
        ("troubleTicket", "tmf621-v4", "TroubleTicket", set()),
        ("product", "tmf637-v4", "Product", set()),
        ("serviceOrder", "tmf641-v4", "ServiceOrder", set()),
        ("organization", "tmf632-v4", "Organization", set()),
        ("individual", "tmf632-v4", "Individual", set()),
    ],
)
async def test_every_row_conforms(desk: Any, noun: str, spec: str, definition: str, known_slips: set[str]) -> None:
    """Every row is what its standard says, but for a few attributes that the standards' own samples have too."""
    rows = await desk.all(noun)
    valid = validator(spec, definition)
    for row in rows:
        if noun == "troubleTicket":
            # Real systems, and the official sample, write "Pending" where the definition says "pending".
            row["status"] = row["status"][0].lower() + row["status"][1:]
        valid.validate(row)
        assert undeclared(row, spec, definition) <= known_slips
    assert len(rows) >= 12


@pytest.mark.parametrize(
    ("noun", "spec", "definition", "known_slips"),
    [
        ("alarm", "tmf642-v4", "Alarm", {"isRoot"}),
        ("troubleTicket", "tmf621-v4", "TroubleTicket", set()),
        ("resource", "tmf639-v4", "Resource", set()),
    ],
)
async def test_the_story_conforms_too(
    fragile: Any, noun: str, spec: str, definition: str, known_slips: set[str]
) -> None:
    """What the story adds and changes is said as the standard wants it, too."""
    before = await fragile.all(noun)
    assert (await fragile.control("POST", "/clock", {"to": "2026-11-20T08:40:00Z"})).is_success
    added = [row for row in await fragile.all(noun) if row not in before]
    assert added
    for row in added:
        if noun == "troubleTicket":
            row["status"] = row["status"][0].lower() + row["status"][1:]
        validator(spec, definition).validate(row)
        assert undeclared(row, spec, definition) <= known_slips


async def test_a_wrong_row_would_be_found(desk: Any) -> None:
    """The validation is able to fail."""
    row = (await desk.ask("customer", "?limit=1")).json()[0]
    del row["engagedParty"]
    with pytest.raises(jsonschema.ValidationError, match="engagedParty"):
        validator("tmf629-v4", "Customer").validate(row)


async def test_ids_open_the_row(desk: Any) -> None:
    """A row's id in the path answers the same row as the list does; an unknown id is a 404 in the standard's form."""
    nouns = ("customer", "service", "resource", "alarm", "troubleTicket")
    for noun in (*nouns, "product", "organization", "individual", "serviceOrder"):
        row = (await desk.ask(noun, "?limit=1")).json()[0]
        assert row == (await desk.ask(noun, path=f"/{row['id']}")).json()
        missing = await desk.ask(noun, path="/nobody")
        assert (404, "404") == (missing.status_code, missing.json()["code"])


@pytest.mark.parametrize(
    ("spec", "base"),
    [
        ("tmf621-v4", tickets.BASE),
        ("tmf632-v4", parties.BASE),
        ("tmf637-v4", products.BASE),
        ("tmf641-v4", orders.BASE),
    ],
)
def test_base_paths_are_the_official_ones(spec: str, base: str) -> None:
    """The base paths are those in the specs."""
    document = json.loads((SPECS / f"{spec}.json").read_text("utf-8"))
    assert document["basePath"].rstrip("/") == base
