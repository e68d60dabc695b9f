"""A source that answers in pages made for people."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, model_validator
from w3lib.encoding import resolve_encoding

from sources.grammar.fields import ThingsPath
from sources.grammar.login import LoginDeclaration
from sources.grammar.markup import MarkupDeclaration, MarkupLookupDeclaration
from sources.paths import Paths


def _encoding(value: str) -> str:
    found = resolve_encoding(value)
    if found is None:
        raise ValueError("expected an encoding such as gbk")
    return found


class HtmlLookupDeclaration(MarkupLookupDeclaration):
    """One lookup of a source that answers in pages. heads: the rows of tables that hold heads, where not `th` tells."""

    heads: ThingsPath | None = None


class HtmlDeclaration(MarkupDeclaration):
    """One upstream system that answers in pages; paths are CSS selectors.

    encoding: of its pages and forms, whatever they say of themselves. login: the form at which one signs in.
    """

    has_forms: ClassVar[bool] = True
    native_id: ClassVar[str | None] = None
    speaks: Literal["html"]
    encoding: Annotated[str | None, AfterValidator(_encoding)] = None
    login: LoginDeclaration | None = None
    lookups: Mapping[str, HtmlLookupDeclaration]

    @classmethod
    def paths(cls, data: Any) -> Paths:
        """Into pages."""
        from sources.css import CssPaths  # what reads pages is megabytes, for who has such sources

        del data
        return CssPaths()

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if self.login is not None and self.auth is not None:
            raise ValueError("expected either login or auth")
        return self
