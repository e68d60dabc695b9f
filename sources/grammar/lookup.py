"""One question to a source: the request, where the keys go, where the rows are, what they answer."""

import re
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from model.ask import Operator
from sources.grammar.fields import OwnRecordDeclaration, Path, Pattern, ThingsPath
from sources.grammar.outcome import OutcomeDeclaration
from sources.grammar.paging import PagingDeclaration
from sources.grammar.words import Declared, Expression, Label

Constant = str | int | float | bool


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _numbers(value: object) -> object:
    return [value] if isinstance(value, int) else value


def own_path(value: str) -> str:
    """The path, if it is one below a source's URL; ValueError else."""
    if not value.startswith("/") or value.startswith("//") or set(value) & set("?# \\"):
        raise ValueError("expected a path below the source's url, such as /service")
    return value


def _header_name(name: str) -> str:
    if not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
        raise ValueError("expected the name of a header")
    return name.lower()


HeaderName = Annotated[str, AfterValidator(_header_name)]
"""The name of a header, in small letters, which is the same."""

OwnPath = Annotated[str, AfterValidator(own_path)]
"""A path below the source's URL, without a query."""


class WrittenDeclaration(Declared):
    """How a system writes keys (or each of their parts), where it writes them in a way of its own.

    replace: text within a key -> what stands there instead, nothing included. case: of its letters. before: what every
    key begins with there. Rows say their keys in either way. parts: a regular expression for all of a key, whose groups
    are the parts by which the system knows the thing; a key that is not like that is none of the system's.
    """

    replace: dict[Annotated[str, Field(min_length=1)], str] = Field(default_factory=dict)
    case: Literal["keep", "upper", "lower"] = "keep"
    before: str = ""
    parts: Expression | None = None


class KeyPlace(Declared):
    """Where the keys of a lookup go: one a call, each of one part, unless a way of asking knows better.

    like: a regular expression for all of a key, or of each of its parts; one that is not like that is none of this
    source's, and is not asked for. written: how the system writes them. finds_more: what is like the keys is found,
    too, as by a search within texts, so that rows of others say nothing of what is not among them.
    """

    like: Expression | None = None
    finds_more: bool = False
    written: WrittenDeclaration | None = None

    @model_validator(mode="after")
    def _taken_apart(self) -> Self:
        taken = self.written.parts if self.written is not None else None
        if taken is not None and re.compile(taken).groups != self.parts:
            raise ValueError(f"expected in written.parts as many groups as keys have parts: {self.parts}")
        return self

    @property
    def parts(self) -> int:
        """How many parts a key has."""
        return 1

    def one_a_call(self, join: str) -> bool:
        """Whether an answer is about one key only, where `join` is the source's own way to ask for several."""
        del join
        return True

    @property
    def told(self) -> bool:
        """Whether the source is told the keys to give what is theirs, so that rows of others are not to be expected."""
        return not self.finds_more


class ExpressionDeclaration(Declared):
    """What stands around keys in an expression of the system's own: `code in ('A','B')`, `code:"A" OR code:"B"`.

    before, after: around all of them. each: before each of them. quote: around each of them; one within is doubled if
    it is `'`, and has a backslash before it if it is `"`. Without quotes only letters, digits and . : / @ - _ may be in
    a key.
    """

    before: str = ""
    each: str = ""
    quote: Literal["'", '"'] | None = None
    after: str = ""


class KeysDeclaration(KeyPlace):
    """Where the keys go: a query parameter (or several, for composite keys), a path segment, the body, an expression.

    header: a header that says the key, too, or that alone says it; one key a call.

    join: `repeat` (?id=a&id=b), `comma`, `one` (one key a call), or any text to put between keys; by default what the
    source says. A body takes a list (with `one`, a single value) at a dotted path, in which a number is a place in a
    list and `@` the whole body. The path segment is counted from 1 and replaces what stands there; one more than there
    are adds one. objects: in a body, each key is an object that holds it at this dotted path (the parts of a composite
    key at several), beside `constants`; echo: where it holds it once more, for a system that answers under the id of
    what it was asked. regex: a label, which the parameter `query` (`filter`, if none is named) matches against all
    keys: `label=~"a|b"`, as Prometheus' kin do. whole_list: nowhere; a source that cannot be asked for some is asked
    for all that it has, and the rows of others are passed over.
    """

    query: Annotated[list[str] | None, BeforeValidator(_listed, json_schema_input_type=str | list[str] | None)] = None
    path: int | None = Field(default=None, ge=1)
    body: Annotated[str | None, Field(min_length=1)] = None
    regex: Label | None = None
    header: HeaderName | None = None
    whole_list: Literal[True] | None = None
    expression: ExpressionDeclaration | None = None
    objects: Annotated[list[str], BeforeValidator(_listed, json_schema_input_type=str | list[str])] = Field(
        default_factory=list
    )
    constants: dict[str, Any] = Field(default_factory=dict)
    echo: str | None = None
    join: str | None = Field(default=None, min_length=1)
    at_most: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _one_slot(self) -> Self:
        query = None if self.regex is not None else self.query
        places = sum(slot is not None for slot in (query, self.path, self.body, self.regex, self.whole_list))
        if places != 1 and not (places == 0 and self.header is not None):
            raise ValueError("expected one of query, path, body, regex, header or whole_list")
        if self.header is not None and (self.parts > 1 or self.whole_list):
            raise ValueError("expected no header for keys of several parts, nor beside whole_list")
        if self.regex is not None and self.parts > 1:
            raise ValueError("expected one query parameter for regex")
        if self.path is not None and self.join == "repeat":
            raise ValueError("expected comma, one or text between the keys in a segment of the path")
        if self.expression is not None and (self.parts > 1 or self.objects or (self.query or self.body) is None):
            raise ValueError("expected an expression in one query parameter, or at a place in the body")
        if self.objects and self.body is None:
            raise ValueError("expected objects only in a body")
        if not self.objects and (self.constants or self.echo):
            raise ValueError("expected objects: where in an object its key goes")
        return self

    @property
    def parts(self) -> int:
        """How many parts a key has."""
        return len(self.objects) or len(self.query or [""])

    def joined(self, join: str) -> str:
        """How several keys go into one call, where `join` is the source's own way."""
        if self.header is not None:
            return "one"
        usual = "comma" if self.expression else "list" if self.body or self.regex or self.whole_list else join
        return self.join or usual

    def one_a_call(self, join: str) -> bool:
        """Whether a call takes one key only."""
        several_places = self.parts > 1 and not self.objects
        return several_places or self.header is not None or self.joined(join) == "one"

    @property
    def told(self) -> bool:
        """Whether the source is told the keys to give what is theirs, so that rows of others are not to be expected."""
        return self.whole_list is None and not self.finds_more


class MatchDeclaration(Declared):
    """Where a row says which keys it answers.

    separator: stands between several in one text. pattern: a regular expression whose group is the key.
    """

    short: ClassVar = ("string",)
    at: Path
    of: Literal["row", "parent"] = "row"
    separator: str | None = Field(default=None, min_length=1)
    pattern: Pattern | None = None

    @model_validator(mode="before")
    @classmethod
    def _path_alone(cls, data: object) -> object:
        return {"at": data} if isinstance(data, str) else data


class FilterDeclaration(Declared):
    """What a source can filter by one field itself: the parameter for each comparison.

    query: for equality (with `join`, for one of several too). at_least, at_most, prefix: for those. values: how the
    source writes a value of ours.
    """

    query: str | None = None
    join: Literal["repeat", "comma"] | None = None
    at_least: str | None = None
    at_most: str | None = None
    prefix: str | None = None
    values: dict[str, str] = Field(default_factory=dict)

    def parameter(self, operator: Operator) -> str | None:
        """The parameter that says this comparison, if one does."""
        match operator:
            case Operator.EQ:
                return self.query
            case Operator.IN:
                return self.query if self.join else None
            case Operator.AT_LEAST:
                return self.at_least
            case Operator.AT_MOST:
                return self.at_most
            case Operator.PREFIX:
                return self.prefix


class OrdersDeclaration(Declared):
    """What a source can order by itself: the parameter, our field -> its field, and what marks a descending one."""

    query: str
    fields: dict[str, str]
    prefix: str = "-"


class FieldsDeclaration(Declared):
    """The parameter by which a source takes the attributes wanted, comma separated."""

    query: str


def _each(value: object) -> object:
    return _listed(value)


def _matches(value: object) -> object:
    if value is False:
        return "anything"
    return [value] if isinstance(value, (str, dict)) else value


class AnsweredDeclaration(Declared):
    """What is the same for a lookup however it is asked: what its answers hold, and which keys they answer.

    keys: where the keys go. space: they are keys of that system (`self`: this source's own) rather than business keys.
    each: the path to the rows in the body (a list, or one object); a list of paths goes on inside each row, and fields
    may then be read `of: parent`. match: where a row says which key it answers, a list for composite keys; by default
    the field that the lookup is by; false where rows do not say (one key a call only). record: fields read in another
    way than in `records`, or null for those that these rows do not speak of. parts: the rows of one thing are parts of
    it (a person each, a hop each): lists are put together, of all else the first word counts. paging: as in the source.
    """

    keys: KeyPlace | None = None
    space: str | None = None
    each: Annotated[
        list[ThingsPath], BeforeValidator(_each, json_schema_input_type=str | list[str]), Field(min_length=1)
    ] = Field(default=["@"])
    match: Annotated[
        list[MatchDeclaration] | Literal["anything"] | None,
        BeforeValidator(
            _matches, json_schema_input_type=Literal[False] | MatchDeclaration | list[MatchDeclaration] | None
        ),
    ] = None
    match_case: bool = True
    record: OwnRecordDeclaration = Field(default_factory=dict)
    parts: bool = False
    paging: PagingDeclaration | None = None

    def paged(self, usual: PagingDeclaration | None) -> PagingDeclaration | None:
        """How to go on in its answers, where `usual` is the source's own way."""
        return self.paging or usual


class LookupDeclaration(AnsweredDeclaration):
    """One lookup of a source that is asked over HTTP.

    get or post: the path below the source's URL. query, body, headers: constants of every call. form: the body is
    written as a form rather than in the source's medium. missing: statuses that say that there is no such thing, as 404
    does where the key is in the path. outcome: where each of the outermost rows says how it went, as in a batch of
    which one part may fail: that is a fault of the key that it answers, or of all that have no rows. filters, orders,
    fields: what the source can do itself.
    """

    get: OwnPath | None = None
    post: OwnPath | None = None
    query: dict[str, Constant | list[Constant]] = Field(default_factory=dict)
    body: dict[str, Any] | list[Any] | None = None
    form: bool = False
    headers: dict[str, str] = Field(default_factory=dict)
    keys: KeysDeclaration | None = None
    missing: Annotated[
        list[Annotated[int, Field(ge=400, lt=500)]], BeforeValidator(_numbers, json_schema_input_type=int | list[int])
    ] = Field(default_factory=list)
    outcome: OutcomeDeclaration | None = None
    filters: dict[str, FilterDeclaration] = Field(default_factory=dict)
    orders: OrdersDeclaration | None = None
    fields: FieldsDeclaration | None = None

    @model_validator(mode="after")
    def _one_method(self) -> Self:
        if (self.get is None) == (self.post is None):
            raise ValueError("expected either get or post")
        if (self.body is not None or self.form) and self.post is None:
            raise ValueError("expected post beside body")
        if self.form and (isinstance(self.body, list) or (self.keys is not None and self.keys.objects)):
            raise ValueError("expected no objects and no lists of them in a form")
        return self

    @property
    def path(self) -> str:
        """The path below the source's URL."""
        return self.get or self.post or "/"
