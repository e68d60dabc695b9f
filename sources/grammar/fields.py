"""How a record's fields are found in a row, and what their values mean."""

import re
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, WithJsonSchema, model_validator

from sources.grammar.words import Declared, Zone, one_of
from sources.jmespaths import JmesPaths
from sources.paths import BadPath, Paths, Wanted
from sources.units import UNITS

_JMESPATHS = JmesPaths()


DATES = ("iso", "epoch", "epoch_ms", "epoch_us", "epoch_ns", "rfc2822")
"""Formats of dates that have a name."""


def _path(value: object, info: ValidationInfo) -> object:
    return _checked(value, _language(info), Wanted.VALUE)


def _things_path(value: object, info: ValidationInfo) -> object:
    return _checked(value, _language(info), Wanted.THINGS)


def _json_path(value: object) -> object:
    return _checked(value, _JMESPATHS, Wanted.VALUE)


def _language(info: ValidationInfo) -> Paths:
    """The language that the source's answers call for is the context of the validation."""
    language: Paths = info.context if info.context is not None else _JMESPATHS
    return language


def _checked(value: object, paths: Paths, wanted: Wanted) -> object:
    if isinstance(value, str):
        try:
            paths.compile(value, wanted)
        except BadPath as err:
            raise ValueError(f"expected {paths.called} ({err})") from err
    return value


def _unit(value: object) -> object:
    if isinstance(value, str) and value not in UNITS:
        raise ValueError(one_of(value, UNITS))
    return value


def _pattern(value: object) -> object:
    if isinstance(value, str):
        try:
            groups = re.compile(value).groups
        except re.error as err:
            raise ValueError(f"expected a regular expression ({err})") from err
        if groups != 1:
            raise ValueError("expected a regular expression with one group")
    return value


def _texts(value: object) -> object:
    """Let tables say `1: ACTIVE` and `true: ENABLED`: what a source writes is compared as text."""
    if isinstance(value, dict):
        return {str(k).lower() if isinstance(k, bool) else str(k): v for k, v in value.items()}
    return value


def _date(value: str) -> str:
    """A format that strptime knows, or the name of one; told by letting it read nothing."""
    if value in DATES:
        return value
    try:
        datetime.strptime("", value)  # noqa: DTZ007 - nothing is read
    except ValueError as err:
        if "does not match" in str(err) and "%" in value:
            return value
    raise ValueError(f"expected {', '.join(DATES)} or a strptime format such as %Y-%m-%d")


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Path = Annotated[str, BeforeValidator(_path)]
"""A path into a row: a JMESPath where answers are JSON (`a.b.c` is the fast and usual one)."""

ThingsPath = Annotated[str, BeforeValidator(_things_path)]
"""A path to rows, or to things within a row."""

JsonPath = Annotated[str, BeforeValidator(_json_path)]
"""A JMESPath into JSON, whatever the source's other answers are made of."""


Pattern = Annotated[str, BeforeValidator(_pattern)]
"""A regular expression with one group."""


class FieldDeclaration(Declared):
    """Where a field stands in a row and how it is read; `code` alone is short for `{at: code}`.

    at: the path. of: `parent` reads it in the row around this one; `key`, without a path, is the key that was asked for
    and that the row answers, for rows that do not say it, or not as it is. pattern: a regular expression whose first
    group is the value; text in which it finds nothing is no value. values: a table from what the source writes to what
    it means. unit: in which unit a bare number is. date: a strptime format, `iso` (the default), `epoch` or `epoch_ms`,
    or a list of them, of which the first that fits counts. zone: of times that name none, if not the source's. default:
    stands in for what is absent or null. constant: the same for every row. separator: splits one text into a list.
    space: a reference is a key of that system (`self`: this source's own). each and record: a list of things within the
    row; record alone: one such thing, whose fields stand in the row itself, or below `at`.
    """

    short: ClassVar = ("string",)
    at: Path | None = None
    of: Literal["row", "parent", "key"] = "row"
    values: Annotated[dict[str, Any], BeforeValidator(_texts)] = Field(default_factory=dict)
    unit: Annotated[str | None, BeforeValidator(_unit), WithJsonSchema({"enum": [*UNITS, None]})] = None
    date: Annotated[
        list[Annotated[str, AfterValidator(_date)]], BeforeValidator(_listed, json_schema_input_type=str | list[str])
    ] = Field(default_factory=list)
    pattern: Pattern | None = None
    default: Any = None
    constant: Any = None
    zone: Zone | None = None
    separator: str | None = Field(default=None, min_length=1)
    space: str | None = None
    each: ThingsPath | None = None
    record: dict[str, "FieldDeclaration"] | None = None

    @model_validator(mode="before")
    @classmethod
    def _path_alone(cls, data: object) -> object:
        return {"at": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _one_way_to_a_value(self) -> Self:
        ways = [self.at is not None or self.record is not None, self.constant is not None, self.of == "key"]
        if sum(ways) != 1:
            raise ValueError("expected one of at, constant, record or of: key")
        if self.each is not None and self.record is None:
            raise ValueError("expected record beside each")
        if self.each is not None and self.at is not None:
            raise ValueError("expected either at or each")
        return self


def _keys(value: object) -> object:
    """`keys: {inventory: path}` is a thing with one field for each key space."""
    if isinstance(value, dict) and isinstance(value.get("keys"), dict):
        return {**value, "keys": {"record": value["keys"]}}
    return value


RecordDeclaration = Annotated[dict[str, FieldDeclaration], BeforeValidator(_keys)]
"""Field of the noun -> where it stands. Besides its fields a record has `native_id` and `keys`."""

OwnRecordDeclaration = Annotated[dict[str, FieldDeclaration | None], BeforeValidator(_keys)]
"""The same in one lookup, over what the source shares; null: this lookup's rows do not speak of the field."""
