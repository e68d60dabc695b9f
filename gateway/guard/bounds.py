"""How much a client may ask at once. Every bound has a default that no honest client of ours has met."""

from typing import Annotated

from pydantic import ConfigDict, Field

from sources.grammar.words import Declared

AtLeastOne = Annotated[int, Field(ge=1)]


class Bounds(Declared):
    """A group of bounds in the configuration; the environment may set each: `TRUNKLINE_DOCUMENT__DEPTH=12`."""

    model_config = ConfigDict(strict=False, use_attribute_docstrings=True)


class DocumentBounds(Bounds):
    """Of a GraphQL document, whatever it selects."""

    bytes: AtLeastOne = 65_536
    """Bytes in UTF-8."""
    tokens: AtLeastOne = 4_000
    """Words, numbers, strings and signs."""
    nesting: AtLeastOne = 40
    """Brackets of any kind within each other: selections, arguments, lists."""
    depth: AtLeastOne = 20
    """Fields within each other, fragments laid open."""
    fields: AtLeastOne = 2_000
    """Fields of the whole document, fragments laid open."""
    breadth: AtLeastOne = 200
    """Fields of one selection, fragments laid open."""
    root_fields: AtLeastOne = 50
    """Fields of an operation itself, fragments laid open."""
    aliases: AtLeastOne = 100
    """Aliased fields of the whole document, fragments laid open."""
    fragments: AtLeastOne = 100
    """Definitions of fragments."""
    operations: AtLeastOne = 20
    """Definitions of operations."""
    directives: AtLeastOne = 100
    """Uses of directives."""
    arguments: AtLeastOne = 30
    """Arguments of one field, variables of one operation."""
    list_items: AtLeastOne = 500
    """Items of one list, or fields of one object, that is written into the document."""
    overlaps: AtLeastOne = 10_000
    """Pairs of fields that answer under the same name at the same place, and have to be held against each other."""
    errors: AtLeastOne = 10
    """Mistakes of one document that are told."""
    remembered: AtLeastOne = 1_000
    """Documents of which it is remembered what they are, so that they are not measured again."""


class VariableBounds(Bounds):
    """Of the variables that come with a document."""

    values: AtLeastOne = 10_000
    """Values, whatever holds them."""
    depth: AtLeastOne = 16
    """Lists and objects within each other."""
    digits: AtLeastOne = 40
    """Digits of a whole number."""


class Budget(Bounds):
    """Of one operation, in what its upstream systems would have to do."""

    calls: AtLeastOne = 1_000
    """Upstream calls of a caller's operation."""
    rows: AtLeastOne = 200_000
    """Rows of a caller's operation."""
    staff_calls: AtLeastOne = 5_000
    """Upstream calls of an operation of the operator's staff."""
    staff_rows: AtLeastOne = 1_000_000
    """Rows of an operation of the operator's staff."""
