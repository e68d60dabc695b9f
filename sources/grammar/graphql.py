"""A source that speaks GraphQL: which root field answers a lookup, and where keys and conditions go."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from model.ask import Operator
from sources.grammar.fields import JsonPath
from sources.grammar.lookup import AnsweredDeclaration, KeyPlace
from sources.grammar.mapped import ReadDeclaration
from sources.grammar.names import dotted, name, type_
from sources.grammar.outcome import Codes
from sources.grammar.paging import PagingDeclaration
from sources.grammar.words import Declared
from sources.paths import Paths
from sources.selections import GraphqlPaths

Dotted = Annotated[str, AfterValidator(dotted)]
"""A name of GraphQL, or several with dots between them."""
Type = Annotated[str, AfterValidator(type_)]
"""A type of GraphQL, as a variable is declared: `[String!]!`."""
_TYPES: Mapping[type, str] = {str: "String", bool: "Boolean", int: "Int", float: "Float"}
_RELAY = {
    "by": "cursor",
    "cursor": "after",
    "limit": "first",
    "next": {"at": "pageInfo.endCursor"},
    "more": {"at": "pageInfo.hasNextPage"},
}


class ConstantDeclaration(Declared):
    """A value that is always the same, and its type; plain text, numbers and truth values need not name theirs."""

    short: ClassVar = ("string", "number", "boolean")
    value: Any
    type: Type

    @model_validator(mode="before")
    @classmethod
    def _plain_value(cls, data: object) -> object:
        return {"value": data, "type": _TYPES[type(data)]} if type(data) in _TYPES else data


Constants = dict[Dotted, ConstantDeclaration]
"""Argument -> what it always is."""


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


class GraphqlKeysDeclaration(KeyPlace):
    """The argument that takes the keys, or one for each part of a key.

    type: of that argument, one for each. join: `list` (many keys in one argument), `alias` (the root field once for
    each key, in one document), `array` (a list of operations, as Apollo's servers take it) or `one` (one key a call).
    objects: in a list, each key is an object with its parts under these names. at_most: keys in one call.
    """

    argument: Annotated[
        list[Dotted], BeforeValidator(_listed, json_schema_input_type=str | list[str]), Field(min_length=1)
    ]
    type: Annotated[list[Type], BeforeValidator(_listed, json_schema_input_type=str | list[str])] = Field(
        default_factory=list
    )
    join: Literal["list", "alias", "array", "one"] | None = None
    objects: Annotated[
        list[Annotated[str, AfterValidator(name)]], BeforeValidator(_listed, json_schema_input_type=str | list[str])
    ] = Field(default_factory=list)
    at_most: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _types_that_fit(self) -> Self:
        if self.join == "list" and (len(self.argument) > 1 or not all(one.startswith("[") for one in self.type)):
            raise ValueError("expected one argument of a list type for a list of keys")
        if self.objects and not (self.type and self.joined("") == "list"):
            raise ValueError("expected objects only in a list, with its type")
        if self.type and len(self.type) != len(self.argument):
            raise ValueError("expected a type for each argument")
        return self

    @property
    def parts(self) -> int:
        """How many parts a key has."""
        return len(self.objects) or len(self.argument)

    def joined(self, join: str) -> str:
        """How several keys go into one call, where `join` is the source's own way; a list type takes a list."""
        return self.join or ("list" if len(self.type) == 1 and self.type[0].startswith("[") else join)

    def one_a_call(self, join: str) -> bool:
        """Whether each root field is asked for one key, so that its rows need not say whose they are."""
        return self.joined(join) != "list"

    @property
    def types(self) -> list[str]:
        """The types of the arguments, declared or usual."""
        return list(self.type) or (["[String!]!"] if self.join == "list" else ["String!"] * len(self.argument))


class GraphqlFilterDeclaration(Declared):
    """What a source can filter by one field itself: the argument for each comparison.

    argument: for equality. among: for one of several, as a list. at_least, at_most, prefix: for those. type: of one
    value. values: how the source writes a value of ours.
    """

    argument: Dotted | None = None
    among: Dotted | None = None
    at_least: Dotted | None = None
    at_most: Dotted | None = None
    prefix: Dotted | None = None
    type: Type = "String"
    values: dict[str, str] = Field(default_factory=dict)

    def parameter(self, operator: Operator) -> str | None:
        """The argument that says this comparison, if one does."""
        return {
            Operator.EQ: self.argument,
            Operator.IN: self.among,
            Operator.AT_LEAST: self.at_least,
            Operator.AT_MOST: self.at_most,
            Operator.PREFIX: self.prefix,
        }[operator]


class GraphqlOrdersDeclaration(Declared):
    """What a source can order by itself: the argument and its type; our field -> what says it, for each direction."""

    argument: Dotted
    type: Type
    ascending: dict[str, Any]
    descending: dict[str, Any] = Field(default_factory=dict)


def _relay(value: object) -> object:
    """`relay`, alone or as `by`, is a cursor under the names of Relay's connections."""
    if value == "relay":
        return dict(_RELAY)
    if isinstance(value, dict) and value.get("by") == "relay":
        return {**_RELAY, **value, "by": "cursor"}
    return value


def _relay_too(schema: dict[str, Any]) -> None:
    """Tell editors that `relay` is one more way."""
    schema["properties"]["by"]["enum"].append("relay")


class GraphqlPagingDeclaration(PagingDeclaration):
    """How to go on in a list: parameters are arguments of the root field. types: of those that are no usual ones."""

    model_config = ConfigDict(json_schema_extra=_relay_too)
    types: dict[str, Type] = Field(default_factory=dict)

    def type_of(self, argument: str) -> str:
        """The type of an argument: a cursor is text, all else a number."""
        return self.types.get(argument, "String" if argument == self.cursor and self.by == "cursor" else "Int")


Paging = Annotated[
    GraphqlPagingDeclaration,
    BeforeValidator(_relay, json_schema_input_type=Literal["relay"] | GraphqlPagingDeclaration),
]


class GraphqlLookupDeclaration(AnsweredDeclaration):
    """One lookup: the root field that answers it, and what goes into its arguments.

    ask: the root field, or the way to it (`inventory.circuits`). arguments: constants. within: constants for fields
    within the answer, by the dotted way to them. paths, those of `each` and of `paging` too, begin at what the root
    field gives; the fields that they name become the selection, for the wanted fields alone.
    """

    ask: Dotted
    arguments: Constants = Field(default_factory=dict)
    within: dict[Dotted, Constants] = Field(default_factory=dict)
    keys: GraphqlKeysDeclaration | None = None
    filters: dict[str, GraphqlFilterDeclaration] = Field(default_factory=dict)
    orders: GraphqlOrdersDeclaration | None = None
    paging: Paging | None = None

    @model_validator(mode="after")
    def _arguments_apart(self) -> Self:
        names = [
            *self.arguments,
            *(self.keys.argument if self.keys else []),
            *([self.orders.argument] if self.orders else []),
        ]
        names += [name for one in self.filters.values() for name in map(one.parameter, Operator) if name]
        whole = sorted({name for name in names if any(other.startswith(f"{name}.") for other in names)})
        if whole:
            raise ValueError(f"expected {whole[0]} to be given either whole or in parts")
        return self

    def paged(self, usual: PagingDeclaration | None) -> PagingDeclaration | None:
        """The source's own way is for connections: a root field that gives things themselves has none."""
        return self.paging or (usual if self.each != ["@"] else None)


class ErrorsDeclaration(Declared):
    """What an error says it is, in `extensions.code` unless `at` says otherwise.

    missing: there is no such thing, which is an answer too. unauthorised, rejected, unavailable: those faults. Codes
    that the servers in use agree on are known: UNAUTHENTICATED, FORBIDDEN, BAD_USER_INPUT, INTERNAL_SERVER_ERROR and
    the like.
    """

    at: JsonPath = "extensions.code"
    missing: Codes = Field(default_factory=list)
    unauthorised: Codes = Field(default_factory=list)
    rejected: Codes = Field(default_factory=list)
    unavailable: Codes = Field(default_factory=list)


class GraphqlDeclaration(ReadDeclaration):
    """One upstream system that speaks GraphQL; paths are JMESPaths that name the fields they read.

    join: how many keys go into one call where their argument takes one. errors: what an error says it is. sdl: a file
    with the system's schema, against which all that would be asked is held when the configuration is read.
    """

    native_id: ClassVar[str | None] = None
    speaks: Literal["graphql"]
    join: Literal["alias", "array", "one"] = "alias"
    errors: ErrorsDeclaration = ErrorsDeclaration()
    sdl: str | None = None
    paging: Paging | None = None
    lookups: Mapping[str, GraphqlLookupDeclaration]

    @classmethod
    def paths(cls, data: Any) -> Paths:
        """Into what a root field gives."""
        del data
        return GraphqlPaths()
