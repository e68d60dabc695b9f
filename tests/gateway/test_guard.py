"""The document guard: every bound says what there is too much of, how much, and how much may be."""

import contextlib
import time

import pytest
from graphql import parse

from gateway.guard.bounds import DocumentBounds, VariableBounds
from gateway.guard.documents import Documents, without_suggestions
from gateway.guard.excess import Excess
from gateway.guard.scan import scan
from gateway.guard.variables import bound_variables
from schema.root import schema

BOUNDS = DocumentBounds()
FRAGMENTS = " ".join(f"fragment f{n} on Viewer {{ ...f{n + 1} ...f{n + 1} }}" for n in range(20))
CIRCLE = " ".join(f"fragment f{n} on Viewer {{ ...f{(n + 1) % 20} ...f{(n + 2) % 20} }}" for n in range(20))
CHAIN = " ".join(f"fragment f{n} on Viewer {{ x {{ x {{ ...f{n + 1} }} }} }}" for n in range(90))

TOO_MUCH = {
    "a megabyte": ("{" + "viewer { subject } " * 60_000 + "}", "DOCUMENT_TOO_LARGE", "bytes"),
    "200 kB": ("{" + "viewer { subject } " * 11_000 + "}", "DOCUMENT_TOO_LARGE", "bytes"),
    "Chinese in bytes": ("# " + "电路" * 20_000 + "\n{ viewer { subject } }", "DOCUMENT_TOO_LARGE", "bytes"),
    "tokens": ("{ viewer {" + " subject" * 5_000 + "} }", "TOO_MANY_TOKENS", "tokens"),
    "deep lists": ("{ a(b: " + "[" * 20_000 + "]" * 20_000 + ") }", "TOO_DEEP", "nested brackets"),
    "deep selections": ("{ a " * 15_000, "TOO_DEEP", "nested brackets"),
    "deep fragments": ("{ viewer { ...f0 } } " + CHAIN, "TOO_DEEP", "nested fields"),
    "1,500 overlapping fields": (
        "{ viewer {" + " subject" * 1_500 + "} }",
        "TOO_MANY_FIELDS",
        "fields in one selection",
    ),
    "overlapping root fields": ("{" + " viewer { subject }" * 300 + "}", "TOO_MANY_FIELDS", "root fields"),
    "1,000 aliases": (
        "{ viewer {" + " ".join(f"... {{ a{n}: subject }}" for n in range(150)) + "} }",
        "TOO_MANY_ALIASES",
        "aliases",
    ),
    "500 unknown directives": (
        "{ viewer { subject " + " ".join(f"@d{n}" for n in range(500)) + "} }",
        "TOO_MANY_DIRECTIVES",
        "directives",
    ),
    "2^20 fields by fragments": (
        "{ viewer { ...f0 } } " + FRAGMENTS + " fragment f20 on Viewer { subject }",
        "TOO_MANY_FIELDS",
        "fields",
    ),
    "fragments": (
        "{ viewer { subject } } " + " ".join(f"fragment f{n} on Viewer {{ subject }}" for n in range(150)),
        "TOO_MANY_DEFINITIONS",
        "fragments",
    ),
    "operations": (
        " ".join(f"query Q{n} {{ viewer {{ subject }} }}" for n in range(30)),
        "TOO_MANY_DEFINITIONS",
        "operations",
    ),
    "arguments": (
        "{ customers(" + " ".join(f"a{n}: 1" for n in range(100)) + ") { completeness } }",
        "TOO_MANY_ARGUMENTS",
        "arguments",
    ),
    "items": (
        "{ customers(filter: {tier: [" + "GOLD " * 600 + "]}) { completeness } }",
        "TOO_MANY_ARGUMENTS",
        "items in one list",
    ),
    "pairs of alike fields": (
        "{" + " ".join(["viewer {" + " subject" * 30 + "}"] * 10) + "}",
        "TOO_MANY_OVERLAPS",
        "pairs of alike fields",
    ),
}


@pytest.mark.parametrize("case", TOO_MUCH)
def test_too_much_is_refused_in_figures_and_at_once(case):
    """Whatever there is too much of is named, with what was found and what may be, within a tenth of a second."""
    document, code, what = TOO_MUCH[case]
    documents = Documents(schema._schema, BOUNDS)
    started = time.process_time()
    excess = documents.know(document).excess
    took = time.process_time() - started

    assert excess is not None
    assert (400, code, what) == (excess.status, excess.code, excess.extensions["what"])
    assert excess.extensions["bound"] < (excess.extensions["found"] or 10**15)
    assert str(excess.extensions["bound"]) in excess.message
    assert took < 0.5


def test_a_circle_of_fragments_is_left_to_validation():
    """It has no depth that could be told, and is a mistake of its own."""
    known = Documents(schema._schema, BOUNDS).know("{ viewer { ...f0 } } " + CIRCLE)
    assert known.excess is None
    assert "Cannot spread fragment" in known.mistakes[0]["message"]


def test_the_mistakes_of_one_document_are_bounded():
    """A hundred unknown fields are not told one by one."""
    document = "{ viewer {" + " ".join(f"nothing{n}" for n in range(100)) + "} }"
    mistakes = Documents(schema._schema, BOUNDS).know(document).mistakes
    assert BOUNDS.errors + 1 == len(mistakes)


@pytest.mark.parametrize(
    "document",
    [
        '{ customer(id: "{[({[(") { name } }',
        '{ customer(id: """ a "b" \\""" {{{{ """) { name } }',
        "# {{{{{{{{{\n{ viewer { subject } }",
        '{ customer(id: "\\"{{{{{{{") { name } }',
    ],
)
def test_brackets_in_texts_and_comments_nest_nothing(document):
    """Only what GraphQL takes for brackets is counted."""
    scan(document, DocumentBounds(nesting=4))
    parse(document)


@pytest.mark.parametrize(
    "text", ['"' * 60_000, '{a(b:"' + '\\"' * 30_000, '"""' * 20_000, "\\" * 65_000, "\x00" * 65_000]
)
def test_no_text_makes_the_first_look_slow(text):
    """It takes linear time, whatever there is."""
    started = time.process_time()
    with contextlib.suppress(Excess):
        scan(text, BOUNDS)
    assert time.process_time() - started < 0.5


def test_a_known_document_is_not_looked_at_again():
    """A thousand requests for it are answered from memory in no time, refused ones too."""
    documents = Documents(schema._schema, BOUNDS)
    good, bad = "{ viewer { subject } }", "{ viewer {" + " subject" * 1_500 + "} }"
    known = documents.know(good)
    assert known.operation(None).reads
    assert documents.know(good) is known
    assert documents.know(bad) is documents.know(bad)


def test_memory_of_documents_is_bounded():
    """The document used longest ago is forgotten."""
    documents = Documents(schema._schema, DocumentBounds(remembered=2))
    first = documents.know("{ viewer { subject } }")
    documents.know("{ viewer { staff } }")
    documents.know("{ viewer { subject staff } }")
    assert documents.know("{ viewer { subject } }") is not first


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"a": [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]}, "TOO_DEEP"),
        ({"a": list(range(20_000))}, "VARIABLES_TOO_LARGE"),
        ({"a": [{"b": 10**50}]}, "VARIABLES_TOO_LARGE"),
        ({"a": -(10**4000)}, "VARIABLES_TOO_LARGE"),
    ],
)
def test_variables_are_bounded(variables, code):
    """In how many values they hold, how deep, and in the digits of numbers."""
    with pytest.raises(Excess) as caught:
        bound_variables(variables, VariableBounds())
    assert code == caught.value.code


def test_ordinary_variables_pass():
    """Filters, lists of ids, large bandwidths."""
    bound_variables({"ids": ["a"] * 1_000, "filter": {"bandwidth": {"atLeast": 10**15}}, "no": None}, VariableBounds())
    bound_variables(None, VariableBounds())


def test_a_mistake_may_be_told_without_what_the_schema_has():
    """Suggestions go, and nothing else."""
    (mistake,) = Documents(schema._schema, BOUNDS).know("{ viewer { subjec } }").mistakes
    assert "subject" in mistake["message"]
    told = without_suggestions(mistake)
    assert "Cannot query field 'subjec' on type 'Viewer'." == told["message"]
