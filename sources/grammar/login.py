"""How one signs in at a form that is made for people."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, model_validator

from sources.grammar.fields import Path
from sources.grammar.lookup import OwnPath
from sources.grammar.words import Declared
from sources.secrets import Secret


def _expression(value: str) -> str:
    try:
        re.compile(value)
    except re.error as err:
        raise ValueError(f"expected a regular expression ({err})") from err
    return value


class LoginDeclaration(Declared):
    """A form to sign in at; the session is kept in cookies.

    form: where the page with the form is. fields: what is filled in; what the form holds besides, hidden tokens too,
    is sent as it stands there. page_has, page_says: what tells the page that asks to sign in from all others: a
    selector, a regular expression found in its markup. then_has: what the page after signing in has, for systems that
    answer a wrong password with some other page.
    """

    form: OwnPath
    fields: dict[str, str | Secret]
    page_has: Path | None = None
    page_says: Annotated[str | None, AfterValidator(_expression)] = None
    then_has: Path | None = None

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        if self.page_has is None and self.page_says is None:
            raise ValueError("expected page_has or page_says: by what the page that asks to sign in is known")
        return self
