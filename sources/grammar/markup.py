"""What is expected of an answer in markup, so that one that has changed its shape is told from one that is empty."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from model.keys import Lookup
from model.nouns import NOUNS
from sources.grammar.effective import effective_record
from sources.grammar.fields import ThingsPath
from sources.grammar.lookup import LookupDeclaration
from sources.grammar.mapped import MappedDeclaration
from sources.grammar.words import Declared, mistake, one_of, raise_all


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


class ExpectDeclaration(Declared):
    """By what an answer is known to be the one that was agreed; anything else has drifted.

    has: what every answer has, rows or not. empty: what one without rows has. at_least, at_most: how many rows one
    with any has. fields: those of the record that are found in one row at least, besides those by which a thing is
    known. An answer without rows is believed only where `has` or `empty` is said.
    """

    has: Annotated[list[ThingsPath], BeforeValidator(_listed, json_schema_input_type=str | list[str])] = Field(
        default_factory=list
    )
    empty: ThingsPath | None = None
    at_least: int = Field(default=1, ge=1)
    at_most: int | None = Field(default=None, ge=1)
    fields: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _some_number(self) -> Self:
        if self.at_most is not None and self.at_most < self.at_least:
            raise ValueError("expected at_least to be no more than at_most")
        return self


class MarkupLookupDeclaration(LookupDeclaration):
    """One lookup of a source that answers in markup. expect: by what an answer is known to be one."""

    expect: ExpectDeclaration = ExpectDeclaration()

    @model_validator(mode="after")
    def _comes_whole(self) -> Self:
        if self.fields is not None:
            raise ValueError("expected no fields: markup comes whole")
        return self


class MarkupDeclaration(MappedDeclaration):
    """One upstream system that answers in markup."""

    lookups: Mapping[str, MarkupLookupDeclaration]

    @model_validator(mode="after")
    def _expects_fields(self) -> Self:
        """Of the fields that are expected each is declared."""
        found = []
        for name, declared in self.lookups.items():
            noun = NOUNS[Lookup.parse(name).noun]
            record = effective_record(noun, self.records.get(noun.name, {}), declared.record, self.native_id)
            for place, field in enumerate(declared.expect.fields):
                if field not in record:
                    found.append(mistake(one_of(field, record), field, "lookups", name, "expect", "fields", place))
        raise_all(found)
        return self
