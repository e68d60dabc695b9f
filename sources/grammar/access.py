"""How a source lets us in."""

from typing import Annotated, Self

from pydantic import AfterValidator, model_validator

from sources.grammar.words import Declared
from sources.secrets import Secret
from sources.urls import check_url

Url = Annotated[str, AfterValidator(check_url)]
"""An absolute http or https URL without credentials, query or fragment."""


class BasicDeclaration(Declared):
    """User and password [RFC 7617]."""

    user: str | Secret
    password: Secret


class HeaderDeclaration(Declared):
    """A key in a header of the source's own."""

    name: str
    value: Secret


class OAuth2Declaration(Declared):
    """Client credentials [RFC 6749, section 4.4]. method: how the client shows itself to the token endpoint."""

    token_url: Url
    client_id: str | Secret
    client_secret: Secret
    scope: str | None = None
    method: str = "client_secret_basic"


class AuthDeclaration(Declared):
    """One way of being let in."""

    basic: BasicDeclaration | None = None
    bearer: Secret | None = None
    header: HeaderDeclaration | None = None
    oauth2: OAuth2Declaration | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(way is not None for way in (self.basic, self.bearer, self.header, self.oauth2)) != 1:
            raise ValueError("expected one of basic, bearer, header or oauth2")
        return self
