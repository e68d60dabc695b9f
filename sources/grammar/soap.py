"""A source that is spoken to in SOAP, with or without its WSDL."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    RootModel,
    Tag,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import InitErrorDetails

from sources.grammar.markup import MarkupLookupDeclaration
from sources.grammar.words import Declared, mistake, raise_all
from sources.grammar.xml import XmlMarkupDeclaration
from sources.secrets import Secret
from sources.urls import check_url
from sources.xml_names import Names

_REQUEST = re.compile(r"(.+?)(?:Request)?")


def _version(value: object) -> object:
    return str(value) if isinstance(value, float) else value


def _place(value: str) -> str:
    """`?wsdl`, a path with or without a query below the source's URL, or a URL of its own."""
    if not value.startswith(("?", "/")):
        check_url(value.partition("?")[0])
    if "#" in value or any(char.isspace() for char in value):
        raise ValueError("expected where the WSDL is, such as ?wsdl")
    return value


def _kind(value: object) -> str:
    if isinstance(value, Secret) or (isinstance(value, dict) and value and set(value) <= {"env", "file"}):
        return "secret"
    return "within" if isinstance(value, dict) else "plain"


class HeaderDeclaration(RootModel[Any]):
    """Elements of a header: name -> text, a secret, or elements within."""

    root: dict[
        str,
        Annotated[
            Annotated[Secret, Tag("secret")]
            | Annotated["HeaderDeclaration", Tag("within")]
            | Annotated[str | int | float | bool, Tag("plain")],
            Discriminator(_kind),
        ],
    ]

    def said(self) -> dict[str, Any]:
        """What it says, with its secrets as they are now; LookupError when one is gone."""
        return {name: _said(value) for name, value in self.root.items()}

    def names(self) -> dict[str, Any]:
        """Its names alone."""
        within = {name: value for name, value in self.root.items() if isinstance(value, HeaderDeclaration)}
        return {name: within[name].names() if name in within else None for name in self.root}


def _said(value: Any) -> Any:
    match value:
        case HeaderDeclaration():
            return value.said()
        case Secret():
            return value.value()
        case _:
            return value


class SecurityDeclaration(Declared):
    """A UsernameToken [WS-Security 1.1]. digest: the password is shown as a digest rather than as text."""

    user: str | Secret
    password: Secret
    digest: bool = False


class SoapLookupDeclaration(MarkupLookupDeclaration):
    """One lookup of a source that is spoken to in SOAP; all that is asked stands in the body.

    operation: the name of the operation, or of the element that asks for it. action: its SOAPAction, where no WSDL
    tells it. answer: the name of the element that answers; by default that of the operation with `Response` for
    `Request`. post: a path below the source's URL.
    """

    operation: str
    action: str | None = None
    answer: str | None = None

    @model_validator(mode="after")
    def _one_method(self) -> Self:
        """A request of SOAP is always POSTed."""
        if self.get is not None or self.query or self.form or isinstance(self.body, list):
            raise ValueError("expected no get, query or form: what is asked stands in body")
        if self.filters or self.orders is not None:
            raise ValueError("expected no filters and no orders: these are parameters")
        if self.keys is not None and self.keys.body is None:
            raise ValueError("expected keys in the body")
        return self

    @property
    def path(self) -> str:
        """Below the source's URL, most often that URL itself."""
        return self.post or ""

    @property
    def answered_by(self) -> str:
        """The name of the element that answers, without a prefix, where no WSDL tells it."""
        local = self.operation.rpartition(":")[2]
        match = _REQUEST.fullmatch(local)
        return (self.answer or f"{match[1] if match else local}Response").rpartition(":")[2]


class SoapDeclaration(XmlMarkupDeclaration):
    """One upstream system that is spoken to in SOAP; its URL is where requests go.

    version: of SOAP. wsdl: where its description is, by which requests are then written. Without one: namespace is that
    of all names without a prefix, of the operation's element only where qualified is false. header: elements of
    the header. security: who asks. faults: what codes of faults mean: `missing` (there is no such thing, which is an
    answer), `unauthorised`, `unavailable` or `rejected`; a code is that of the fault, a subcode, the name of an
    element of its detail or what is said there. Paths start at the element that answers.
    """

    speaks: Literal["soap"]
    version: Annotated[
        Literal["1.1", "1.2"], BeforeValidator(_version), WithJsonSchema({"enum": ["1.1", "1.2", 1.1, 1.2]})
    ] = "1.1"
    wsdl: Annotated[str | None, AfterValidator(lambda value: value and _place(value))] = None
    namespace: str | None = None
    qualified: bool = True
    header: HeaderDeclaration | None = None
    security: SecurityDeclaration | None = None
    faults: dict[str, Literal["missing", "unauthorised", "unavailable", "rejected"]] = Field(default_factory=dict)
    lookups: Mapping[str, SoapLookupDeclaration]

    @property
    def names(self) -> Names:
        """How the names of operations and of header elements are written."""
        return Names(self.namespaces, self.namespace)

    @property
    def names_within(self) -> Names:
        """How the names within an operation are written."""
        return Names(self.namespaces, self.namespace if self.qualified else None)

    @model_validator(mode="after")
    def _pages_in_bodies(self) -> Self:
        """Paging's parameters stand where all is asked."""
        where = ("paging", "place")
        ways = [(where, self.paging), *((("lookups", name, *where), one.paging) for name, one in self.lookups.items())]
        found = [(way, one.place) for way, one in ways if one is not None and one.by != "none" and one.place != "body"]
        raise_all([mistake("expected body", place, *way) for way, place in found])
        return self

    @model_validator(mode="after")
    def _can_be_written(self) -> Self:
        header = self.header.names() if self.header is not None else {}
        found = [_name(what, "header") for what in self.names.unknown(header)]
        if self.wsdl is None:
            for name, declared in self.lookups.items():
                found += [_name(what, "lookups", name, "body") for what in self._unknown(declared)]
                asked = self.names.unknown({declared.operation: None})
                found += [_name(what, "lookups", name, "operation") for what in asked]
        raise_all(found)
        return self

    def _unknown(self, declared: SoapLookupDeclaration) -> list[str]:
        keys = declared.keys.body.split(".") if declared.keys is not None and declared.keys.body else []
        return [what for said in (declared.body or {}, *({one: None} for one in keys)) for what in self._names(said)]

    def _names(self, said: Any) -> list[str]:
        return list(self.names_within.unknown(said))


def _name(what: str, *where: str) -> InitErrorDetails:
    return mistake(f"expected names of XML: {what}", {}, *where)
