"""A source whose answers are mapped to records by paths, checked against the nouns that its lookups speak of."""

from collections.abc import Collection, Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, Field, ValidatorFunctionWrapHandler, field_validator, model_validator
from pydantic_core import InitErrorDetails

from model.keys import Lookup
from model.nouns import NOUNS
from sources.grammar.effective import unsound
from sources.grammar.fields import RecordDeclaration
from sources.grammar.lookup import AnsweredDeclaration, LookupDeclaration
from sources.grammar.nouns import field_mistakes, name_mistakes
from sources.grammar.outcome import OutcomeDeclaration
from sources.grammar.paging import PagingDeclaration
from sources.grammar.source import SourceDeclaration
from sources.grammar.words import Zone, checked, mistake, one_of, pairs, raise_all
from sources.paths import Paths


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


class ReadDeclaration(SourceDeclaration):
    """One upstream system whose answers are read by paths, however it is asked for them.

    zone: of times that name none. nothing: texts that stand where there is nothing, such as `-` and 无. join: how many
    keys go into one call unless a lookup says otherwise. records: how a noun's fields are read, shared by all lookups
    of that noun.
    """

    has_forms: ClassVar[bool] = False
    """Whether answers hold forms, by which one may go on in a list."""
    native_id: ClassVar[str | None] = "id"
    """The path to a row's native id where none is declared; None where that is the business key."""
    zone: Zone | None = None
    nothing: Annotated[list[str], BeforeValidator(_listed, json_schema_input_type=str | list[str])] = Field(
        default_factory=list
    )
    join: str = Field(default="one", min_length=1)
    paging: PagingDeclaration | None = None
    records: dict[str, RecordDeclaration] = Field(default_factory=dict)
    lookups: Mapping[str, AnsweredDeclaration]

    @property
    def asked(self) -> Collection[str]:
        """Its lookups."""
        return self.lookups.keys()

    @classmethod
    def paths(cls, data: Any) -> Paths:
        """The language of the paths in a declaration, of which `data` is what is written."""
        raise NotImplementedError

    @classmethod
    def read(cls, data: Any) -> Self:
        """Read a declaration; pydantic's ValidationError with all that is wrong with it."""
        return cls.model_validate(data, context=cls.paths(data))

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
    def _lookups_of_nouns(cls, data: Any, handler: ValidatorFunctionWrapHandler) -> Mapping[str, AnsweredDeclaration]:
        names = [one for name, declared in pairs(data) for one in _name_mistakes(name, declared)]
        lookups: Mapping[str, AnsweredDeclaration] = checked(handler, data, names)
        raise_all([one for name, declared in lookups.items() for one in _lookup_mistakes(name, declared)])
        return lookups

    @model_validator(mode="after")
    def _goes_on_as_it_can(self) -> Self:
        where = ("paging", "by")
        ways = [(where, self.paging), *((("lookups", name, *where), one.paging) for name, one in self.lookups.items())]
        found = [(way, paging) for way, paging in ways if paging is not None and paging.by == "form"]
        if not self.has_forms:
            raise_all([mistake("expected another way: only pages have forms", "form", *way) for way, _ in found])
        return self

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        found: list[InitErrorDetails] = []
        for name, declared in self.lookups.items():
            shared = self.records.get(Lookup.parse(name).noun, {})
            problems = unsound(name, declared, shared, self.join, self.native_id)
            found += [InitErrorDetails(**{**one, "loc": ("lookups", *one["loc"])}) for one in problems]
        raise_all(found)
        return self


class MappedDeclaration(ReadDeclaration):
    """One upstream system that is asked over HTTP what its lookups declare, in whatever medium it answers.

    outcome: where its answers say whether they are any.
    """

    outcome: OutcomeDeclaration | None = None
    lookups: Mapping[str, LookupDeclaration]


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
    orders = dict(pairs(dict(pairs(declared)).get("orders")))
    told = [((name, "orders", way), orders.get(way)) for way in ("fields", "ascending", "descending")]
    for way, fields in ((name, "filters"), filters), *told:
        found += [
            mistake(one_of(one, noun.fields), one, *way, one) for one, _ in pairs(fields) if one not in noun.fields
        ]
    return found


def _lookup_mistakes(name: str, declared: AnsweredDeclaration) -> list[InitErrorDetails]:
    lookup = Lookup.parse(name)
    own = {field: told for field, told in declared.record.items() if told is not None}
    found = field_mistakes(NOUNS[lookup.noun].record, own, (name, "record"))
    if (lookup.by is None) != (declared.keys is None):
        expected = "expected keys: where the keys go" if declared.keys is None else "expected no keys for a list"
        found.append(mistake(expected, {}, name))
    return found
