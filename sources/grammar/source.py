"""A source as a whole, checked against the nouns that its lookups speak of."""

from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, field_validator
from pydantic_core import InitErrorDetails

from model.keys import Lookup
from model.nouns import NOUNS
from sources.grammar.access import AuthDeclaration, Url
from sources.grammar.fields import RecordDeclaration
from sources.grammar.lookup import LookupDeclaration, OwnPath
from sources.grammar.nouns import record_mistakes
from sources.grammar.paging import PagingDeclaration
from sources.grammar.words import Declared, Duration, mistake, one_of, raise_all
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
    speaks: str = "rest"
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

    @field_validator("records")
    @classmethod
    def _records_of_nouns(cls, records: dict[str, RecordDeclaration]) -> dict[str, RecordDeclaration]:
        found: list[InitErrorDetails] = []
        for noun, record in records.items():
            if noun in NOUNS:
                found += record_mistakes(NOUNS[noun].record, record, (noun,))
            else:
                found.append(mistake(one_of(noun, NOUNS), noun, noun))
        raise_all(found)
        return records

    @field_validator("lookups")
    @classmethod
    def _lookups_of_nouns(cls, lookups: dict[str, LookupDeclaration]) -> dict[str, LookupDeclaration]:
        found: list[InitErrorDetails] = []
        for name, declaration in lookups.items():
            found += _lookup_mistakes(name, declaration)
        raise_all(found)
        return lookups


def _lookup_mistakes(name: str, declared: LookupDeclaration) -> list[InitErrorDetails]:
    try:
        lookup = Lookup.parse(name)
    except ValueError:
        return [mistake("expected '<noun> by <key>' or '<noun> list'", name, name)]
    noun = NOUNS.get(lookup.noun)
    if noun is None:
        return [mistake(one_of(lookup.noun, NOUNS), lookup.noun, name)]
    found = record_mistakes(noun.record, declared.record, (name, "record"))
    if (lookup.by is None) != (declared.keys is None):
        expected = "expected keys: where the keys go" if declared.keys is None else "expected no keys for a list"
        found.append(mistake(expected, {}, name))
    orders = declared.orders.fields if declared.orders else {}
    for part, fields in (("filters", list(declared.filters)), ("orders", list(orders))):
        between: tuple[Any, ...] = (name, part) if part == "filters" else (name, part, "fields")
        found += [mistake(one_of(one, noun.fields), one, *between, one) for one in fields if one not in noun.fields]
    return found
