"""How a source lets us in."""

from typing import Annotated, Self

from pydantic import AfterValidator, model_validator

from sources.grammar.fields import Path
from sources.grammar.lookup import own_path
from sources.grammar.words import Declared
from sources.secrets import Secret
from sources.urls import check_url

Url = Annotated[str, AfterValidator(check_url)]
"""An absolute http or https URL without credentials, query or fragment."""


def _place(value: str) -> str:
    return own_path(value) if value.startswith("/") else check_url(value)


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


class SessionDeclaration(Declared):
    """A token that is got by signing in, and sent until it is refused.

    post: where to sign in, below the source's URL or at a URL of its own. body: what is said there, by dotted names;
    secrets as everywhere. form: whether that is written as a form rather than as JSON. token: the path to the token in
    the answer. header and prefix: how it is shown afterwards.
    """

    post: Annotated[str, AfterValidator(_place)]
    body: dict[str, str | int | bool | Secret]
    form: bool = False
    token: Path
    header: str = "Authorization"
    prefix: str = ""


class AuthDeclaration(Declared):
    """One way of being let in."""

    basic: BasicDeclaration | None = None
    bearer: Secret | None = None
    header: HeaderDeclaration | None = None
    oauth2: OAuth2Declaration | None = None
    session: SessionDeclaration | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(way is not None for way in (self.basic, self.bearer, self.header, self.oauth2, self.session)) != 1:
            raise ValueError("expected one of basic, bearer, header, oauth2 or session")
        return self
