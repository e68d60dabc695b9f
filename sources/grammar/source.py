"""A source as a whole, checked against the nouns that its lookups speak of."""

from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)
from pydantic_core import InitErrorDetails

from model.keys import Lookup
from model.nouns import NOUNS
from sources.grammar.access import AuthDeclaration, Url
from sources.grammar.effective import unsound
from sources.grammar.fields import RecordDeclaration
from sources.grammar.lookup import LookupDeclaration, OwnPath
from sources.grammar.nouns import field_mistakes, name_mistakes
from sources.grammar.paging import PagingDeclaration
from sources.grammar.words import Declared, Duration, checked, mistake, one_of, pairs, raise_all
from sources.secrets import Secret

_SIZES = {"KiB": 1024, "MiB": 1024**2}


def _bytes(value: object) -> object:
    if isinstance(value, str):
        number, _, unit = value.partition(" ")
        if not number.isdigit() or unit not in _SIZES:
            raise ValueError("expected a size such as 16 MiB, or a number of bytes")
        return int(number) * _SIZES[unit]
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as err:
        raise ValueError("expected an IANA time zone such as Asia/Shanghai") from err
    return value


class LimitsDeclaration(Declared):
    """How much of a source's talk is listened to.

    bytes: of one body, decompressed. depth: of its nesting. pages_at_most and rows_at_most: of one list; what is
    beyond is cut, and the answer says that it is incomplete.
    """

    bytes: Annotated[int, BeforeValidator(_bytes), Field(ge=1)] = 16 * 1024**2
    depth: int = Field(default=64, ge=1)
    pages_at_most: int = Field(default=50, ge=1)
    rows_at_most: int = Field(default=100_000, ge=1)


class HealthDeclaration(Declared):
    """The cheapest request that shows whether a source is there and lets us in."""

    get: OwnPath
    query: dict[str, str | int | bool] = Field(default_factory=dict)


class SourceDeclaration(Declared):
    """One upstream system.

    label: its name in public. zone: of times that name none. join: how many keys go into one call unless a lookup
    says otherwise. records: how a noun's fields are read, shared by all lookups of that noun. ca: a file of
    certificates to trust instead of the machine's.
    """

    preset: str | None = None
    speaks: Literal["rest"] = "rest"
    url: Url
    label: str | None = None
    auth: AuthDeclaration | None = None
    timeout: Duration = 5.0
    headers: dict[str, str | Secret] = Field(default_factory=dict)
    ca: str | None = None
    concurrency: int = Field(default=8, ge=1)
    limits: LimitsDeclaration = LimitsDeclaration()
    request_line_bytes: int = Field(default=4000, ge=256)
    zone: Annotated[str | None, AfterValidator(_zone)] = None
    join: str = Field(default="one", min_length=1)
    paging: PagingDeclaration | None = None
    records: dict[str, RecordDeclaration] = Field(default_factory=dict)
    lookups: dict[str, LookupDeclaration]
    health: HealthDeclaration | None = None

    @field_validator("records", mode="wrap")
    @classmethod
    def _records_of_nouns(cls, data: Any, handler: ValidatorFunctionWrapHandler) -> dict[str, RecordDeclaration]:
        names = [
            one
            for noun, record in pairs(data)
            for one in (
                name_mistakes(NOUNS[noun].record, record, (noun,))
                if noun in NOUNS
                else [mistake(one_of(noun, NOUNS), noun, noun)]
            )
        ]
        records: dict[str, RecordDeclaration] = checked(handler, data, names)
        raise_all(
            [one for noun, record in records.items() for one in field_mistakes(NOUNS[noun].record, record, (noun,))]
        )
        return records

    @field_validator("lookups", mode="wrap")
    @classmethod
    def _lookups_of_nouns(cls, data: Any, handler: ValidatorFunctionWrapHandler) -> dict[str, LookupDeclaration]:
        names = [one for name, declared in pairs(data) for one in _name_mistakes(name, declared)]
        lookups: dict[str, LookupDeclaration] = checked(handler, data, names)
        raise_all([one for name, declared in lookups.items() for one in _lookup_mistakes(name, declared)])
        return lookups

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        found: list[InitErrorDetails] = []
        for name, declared in self.lookups.items():
            shared = self.records.get(Lookup.parse(name).noun, {})
            problems = unsound(name, declared, shared, self.join)
            found += [InitErrorDetails(**{**one, "loc": ("lookups", *one["loc"])}) for one in problems]
        raise_all(found)
        return self


def _name_mistakes(name: str, declared: Any) -> list[InitErrorDetails]:
    try:
        lookup = Lookup.parse(name)
    except ValueError:
        return [mistake("expected '<noun> by <key>' or '<noun> list'", name, name)]
    if lookup.noun not in NOUNS:
        return [mistake(one_of(lookup.noun, NOUNS), lookup.noun, name)]
    noun = NOUNS[lookup.noun]
    found = name_mistakes(noun.record, dict(pairs(declared)).get("record"), (name, "record"))
    filters = dict(pairs(declared)).get("filters")
    orders = dict(pairs(dict(pairs(declared)).get("orders"))).get("fields")
    for way, fields in (((name, "filters"), filters), ((name, "orders", "fields"), orders)):
        found += [
            mistake(one_of(one, noun.fields), one, *way, one) for one, _ in pairs(fields) if one not in noun.fields
        ]
    return found


def _lookup_mistakes(name: str, declared: LookupDeclaration) -> list[InitErrorDetails]:
    lookup = Lookup.parse(name)
    found = field_mistakes(NOUNS[lookup.noun].record, declared.record, (name, "record"))
    if (lookup.by is None) != (declared.keys is None):
        expected = "expected keys: where the keys go" if declared.keys is None else "expected no keys for a list"
        found.append(mistake(expected, {}, name))
    return found
