"""How a source hands out a long list in pieces."""

from typing import Literal, Self

from pydantic import Field, model_validator

from sources.grammar.fields import Path, Pattern
from sources.grammar.words import Declared


class Told(Declared):
    """Where an answer tells something about itself: a header, or a path into the body.

    pattern: a regular expression whose group is what is told.
    """

    header: str | None = None
    at: Path | None = None
    pattern: Pattern | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.header is None) == (self.at is None):
            raise ValueError("expected either header or at")
        return self


class PagingDeclaration(Declared):
    """How to go on in a list.

    by: `offset` (skip so many rows), `page` (the n-th page), `cursor` (a value that the answer gives), `link`
    (a URL that the answer gives, of which only the parameters named in `follow` are taken), `form` (pages only: a form
    that is POSTed again) or `none`.
    offset, page, cursor, limit: the names of the parameters; a limit of null is not sent. size: rows a page
    asked for. first: the number of the first page. total: where the answer says how many rows there are in
    all. next: where it gives the next cursor or link (a link stands in the `Link` header by default [RFC 8288]).
    more: where it says whether there is more, for systems that give a next cursor always.
    ends: without a total, whether a `short` page is the last one or only an `empty` one (safe, one call more).
    place: whether the parameters go into the query or, as numbers where they are, into a POSTed body.
    form: where the form is, of which the fields named in `follow` are sent along, such as __VIEWSTATE; set: what is
    filled in besides; page: where the number of the page goes, if anywhere; next: what all pages but the last have.
    """

    by: Literal["none", "offset", "page", "cursor", "link", "form"]
    offset: str = "offset"
    page: str = "page"
    cursor: str = "cursor"
    limit: str | None = "limit"
    size: int = Field(default=100, ge=1)
    first: int = Field(default=1, ge=0)
    total: Told | None = None
    next: Told | None = None
    more: Told | None = None
    follow: list[str] = Field(default_factory=list)
    ends: Literal["empty", "short"] = "empty"
    place: Literal["query", "body"] = "query"
    form: Path = "form"
    set: dict[str, str] = Field(default_factory=dict)

    @property
    def paths(self) -> list[str]:
        """The paths into bodies by which it is read how to go on."""
        return [one.at for _, one in self if isinstance(one, Told) and one.at is not None]

    @model_validator(mode="after")
    def _says_how_to_go_on(self) -> Self:
        if self.by == "cursor" and self.next is None:
            raise ValueError("expected next: where the answer gives the next cursor")
        if self.by == "link" and not self.follow:
            raise ValueError("expected follow: the parameters to take from the next link")
        if self.by == "form" and (self.next is None or self.next.at is None):
            raise ValueError("expected next: what all pages but the last have")
        return self
