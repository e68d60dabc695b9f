"""What an answer says of itself, where HTTP's status does not."""

from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from sources.grammar.fields import Path
from sources.grammar.words import Declared


def _codes(value: object) -> object:
    """One code or several, compared as text: 0, "0", `[0, 200]` and null (where nothing is said) may all be written."""
    several = value if isinstance(value, list) else [value]
    return [NOTHING if one is None else str(one).lower() if isinstance(one, bool) else str(one) for one in several]


NOTHING = "null"
"""The code of an answer that says nothing where it could say one."""
_Code = str | int | bool | None
Codes = Annotated[list[str], BeforeValidator(_codes, json_schema_input_type=_Code | list[_Code])]


class OutcomeDeclaration(Declared):
    """Where a body says whether it is an answer, for systems that say so under HTTP 200.

    at: the path to what it says. good: what it says when all is well. missing: there is no such thing, which is an
    answer too. unauthorised: it does not accept our credentials, or no longer. unavailable: trying again may help.
    Anything else is a rejection. A body that says nothing there is malformed, unless null is one of these, as for
    systems that speak up only when something is wrong.
    """

    at: Path
    good: Codes
    missing: Codes = Field(default_factory=list)
    unauthorised: Codes = Field(default_factory=list)
    unavailable: Codes = Field(default_factory=list)

    @model_validator(mode="after")
    def _each_code_once(self) -> Self:
        codes = [*self.good, *self.missing, *self.unauthorised, *self.unavailable]
        if len(set(codes)) != len(codes):
            raise ValueError("expected each code to mean one thing")
        return self
