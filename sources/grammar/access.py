"""How a source lets us in."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from sources.grammar.fields import JsonPath
from sources.grammar.lookup import own_path
from sources.grammar.words import Declared
from sources.secrets import Secret
from sources.urls import check_url

Url = Annotated[str, AfterValidator(check_url)]
"""An absolute http or https URL without credentials, query or fragment."""
Place = Literal["header", "query", "body"]
"""A part of a request."""
Shown = Annotated[dict[str, str | Secret], Field(min_length=1)]
"""Name -> what is shown under it."""


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


class TokenDeclaration(Declared):
    """Where a sign-in gives a token that does not stand in the body: in a header or in a cookie."""

    header: str | None = None
    cookie: str | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.header is None) == (self.cookie is None):
            raise ValueError("expected either header or cookie")
        return self


class SessionDeclaration(Declared):
    """A token that is got by signing in, and sent until it is refused.

    post: where to sign in, below the source's URL or at a URL of its own. body: what is said there, by dotted names;
    secrets as everywhere. form: whether that is written as a form rather than as JSON. token: the path to the token in
    the answer, or the header or cookie of it that is the token. header, query or body_at: where it is shown afterwards,
    as a header, a parameter or a value at a dotted place of every POSTed body; prefix: what stands before it.
    """

    post: Annotated[str, AfterValidator(_place)]
    body: dict[str, str | int | bool | Secret]
    form: bool = False
    token: JsonPath | TokenDeclaration
    header: str | None = None
    query: str | None = None
    body_at: str | None = None
    prefix: str = ""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if sum(place is not None for place in (self.header, self.query, self.body_at)) > 1:
            raise ValueError("expected one of header, query or body_at")
        return self

    @property
    def place(self) -> Place:
        """What part of a request shows the token."""
        return "query" if self.query else "body" if self.body_at else "header"

    @property
    def name(self) -> str:
        """The name under which it is shown there; a cookie is shown as one, unless declared otherwise."""
        usual = "Cookie" if self.cookie else "Authorization"
        return self.query or self.body_at or (self.header or usual).lower()

    @property
    def cookie(self) -> str | None:
        """The cookie that is the token, if one is."""
        return self.token.cookie if isinstance(self.token, TokenDeclaration) else None

    def shown(self, token: str) -> str:
        """What is shown for a token."""
        as_cookie = self.cookie is not None and self.name == "cookie"
        return f"{self.cookie}={token}" if as_cookie else f"{self.prefix}{token}"


class AuthDeclaration(Declared):
    """One way of being let in.

    query, body: constants, secret or not, among the parameters or at dotted places of every POSTed body.
    """

    basic: BasicDeclaration | None = None
    bearer: Secret | None = None
    header: HeaderDeclaration | None = None
    query: Shown | None = None
    body: Shown | None = None
    oauth2: OAuth2Declaration | None = None
    session: SessionDeclaration | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = (self.basic, self.bearer, self.header, self.query, self.body, self.oauth2, self.session)
        if sum(way is not None for way in ways) != 1:
            raise ValueError("expected one of basic, bearer, header, query, body, oauth2 or session")
        return self

    @property
    def place(self) -> Place:
        """What part of a request shows who we are."""
        if self.session is not None:
            return self.session.place
        return "query" if self.query else "body" if self.body else "header"
