"""The sections `auth:` and `store:` of `trunkline.yaml`: who may come in, and where Trunkline keeps what is its own."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

import jmespath
from jmespath.exceptions import JMESPathError
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from auth.claims import OWN_NAMES, ClaimsMapping
from auth.issuer import ALGORITHMS, KEY_TYPES, Issuer
from model.caller import Role
from sources.grammar.words import Declared, Duration, mistake, one_of, raise_all
from sources.secrets import Secret, revealed

LOOPBACK = ("localhost", "127.0.0.1", "::1")
MOST_SKEW = 300.0


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _secure(url: str) -> str:
    parsed = urlsplit(url)
    if parsed.scheme == "https" and parsed.hostname:
        return url
    if parsed.scheme == "http" and parsed.hostname in LOOPBACK:
        return url
    raise ValueError("expected an https:// URL (http:// only of this very machine)")


def _path(path: str) -> str:
    try:
        jmespath.compile(path)
    except JMESPathError:
        raise ValueError(
            'expected a JMESPath, such as realm_access.roles or "https://operator.example/roles"'
        ) from None
    return path


def _role(name: object) -> Role:
    if name not in OWN_NAMES:
        raise ValueError(one_of(name, OWN_NAMES))
    return OWN_NAMES[str(name)]


def _algorithm(name: str) -> str:
    if name not in KEY_TYPES:
        raise ValueError(one_of(name, KEY_TYPES))
    return name


Words = Annotated[list[str], BeforeValidator(_listed, json_schema_input_type=str | list[str]), Field(min_length=1)]
Url = Annotated[str, AfterValidator(_secure)]
ClaimPath = Annotated[str, AfterValidator(_path)]


class RolesDeclaration(Declared):
    """Where a token tells roles, and what its words for them mean; without `values` they are our own."""

    claim: ClaimPath
    values: dict[str, Annotated[Role, BeforeValidator(_role)]] | None = None


class ClaimDeclaration(Declared):
    """Where a token tells something: customers, by business id; or whether their parts are meant, too."""

    claim: ClaimPath


class ClaimsDeclaration(Declared):
    """What an issuer's claims mean."""

    subject: ClaimPath = "sub"
    roles: RolesDeclaration | None = None
    customers: ClaimDeclaration | None = None
    children: bool | ClaimDeclaration = False

    def mapping(self) -> ClaimsMapping:
        """What it comes to."""
        roles, customers, children = self.roles, self.customers, self.children
        return ClaimsMapping(
            subject=jmespath.compile(self.subject),
            roles=jmespath.compile(roles.claim) if roles else None,
            values=(roles.values if roles else None) or OWN_NAMES,
            customers=jmespath.compile(customers.claim) if customers else None,
            children=children if isinstance(children, bool) else jmespath.compile(children.claim),
        )


class IssuerDeclaration(Declared):
    """An issuer of tokens: any OpenID Connect provider. `grants`: who says what its subjects may."""

    issuer: Url
    audience: Words
    algorithms: Annotated[list[Annotated[str, AfterValidator(_algorithm)]], Field(min_length=1)] = sorted(ALGORITHMS)
    discovery: Url | None = None
    jwks_uri: Url | None = None
    skew: Annotated[Duration, Field(le=MOST_SKEW)] = 30.0
    claims: ClaimsDeclaration = ClaimsDeclaration()
    grants: Literal["claims", "store"] = "claims"

    @model_validator(mode="after")
    def _once(self) -> Self:
        found = []
        if self.discovery and self.jwks_uri:
            found.append(mistake("expected either discovery or jwks_uri", self.jwks_uri, "jwks_uri"))
        if self.grants == "store" and (self.claims.roles or self.claims.customers):
            found.append(mistake("expected roles and customers either in claims or in the store", "store", "grants"))
        raise_all(found)
        return self

    def named(self, name: str) -> Issuer:
        """What it comes to."""
        return Issuer(
            name=name,
            issuer=self.issuer,
            audiences=frozenset(self.audience),
            algorithms=frozenset(self.algorithms),
            discovery=self.discovery,
            jwks_uri=self.jwks_uri,
            skew=self.skew,
            claims=self.claims.mapping(),
            from_store=self.grants == "store",
        )


class SignInDeclaration(Declared):
    """How browsers sign in: at which issuer, as which of its clients. `url`: where browsers find this gateway.

    cookie_secret: signs what a browser carries while it is at the provider; several processes have to share one.
    """

    issuer: str
    client_id: str
    client_secret: Secret | None = None
    scopes: list[str] = Field(min_length=1, default_factory=lambda: ["openid", "profile"])
    life: Duration = 28_800.0
    url: Url | None = None
    cookie_secret: Secret | None = None


class AuthSection(Declared):
    """Who may come in."""

    issuers: Mapping[str, IssuerDeclaration] = Field(default_factory=dict)
    sign_in: SignInDeclaration | None = None
    keys: bool = True

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        found = []
        if self.sign_in and self.sign_in.issuer not in self.issuers:
            wrong = self.sign_in.issuer
            found.append(mistake(one_of(wrong, self.issuers), wrong, "sign_in", "issuer"))
        said: set[str] = set()
        for name, issuer in self.issuers.items():
            if issuer.issuer in said:
                found.append(mistake("expected each issuer once", issuer.issuer, "issuers", name, "issuer"))
            said.add(issuer.issuer)
        raise_all(found)
        return self


def _address(url: Any) -> Any:
    from store.database import address  # what speaks to databases is 30 MB, for who has a store

    if isinstance(url, str):
        address(url)
    return url


class StoreSection(Declared):
    """Where Trunkline keeps what is its own: users, keys, sign-ins."""

    url: Annotated[str | Secret, BeforeValidator(_address)]

    @property
    def address(self) -> str:
        """The URL as it is now."""
        return revealed(self.url)
