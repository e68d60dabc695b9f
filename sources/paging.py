"""How to go on in a list: each way of paging is a class that says what the first page's parameters are, and the next's.

A position is the parameters of one page, `{offset: "100", limit: "50"}`. Only the parameters that the paging
names can be in it, so that whatever an upstream answers, or a client hands back, can never carry a URL.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

import msgspec

from sources.grammar.paging import PagingDeclaration, Told
from sources.paths import ABSENT, ITSELF, Paths, Wanted
from sources.remarks import remarks
from sources.transport import Response
from sources.units import whole
from sources.values import truth

Position = Mapping[str, str]
_START: Position = {}
_VALUE_AT_MOST = 2048
_FIELD_AT_MOST = 256 * 1024
"""Characters of a hidden field: some systems keep all that they know there."""
_NO_LINKS = ("#", "javascript:")
"""How links begin that pages show where there is nothing to go on to."""
_PARTIAL = 206


class Page(msgspec.Struct, frozen=True):
    """One page as it came: how many rows it held, and the answer that held them, decoded and not."""

    received: int
    response: Response
    body: Any
    total: int | None = None
    rows: Sequence[Any] = ()


class Paging(Protocol):
    """One way of going on."""

    names: frozenset[str]

    def first(self, size: int) -> Position:
        """The first page, of this many rows where the source lets us choose."""
        ...

    def following(self, position: Position, page: Page) -> Position | None:
        """The page after this one; None when it was the last."""
        ...

    def remaining(self, position: Position, page: Page) -> Iterable[Position] | None:
        """All pages after the first one, where they can be told from it; None where each tells the next.

        They are told one by one, for a total may say anything.
        """
        ...

    def before(self, position: Position) -> int | None:
        """How many rows stand before a page, at most; None where its position does not tell."""
        ...


class Whole:
    """No paging: one answer has it all. sure: somebody has said so; else the answer itself may say otherwise."""

    names: frozenset[str] = frozenset()

    def __init__(self, *, sure: bool) -> None:
        self.sure = sure

    def first(self, size: int) -> Position:
        """Nothing to say."""
        del size
        return _START

    def following(self, position: Position, page: Page) -> None:
        """There is nothing more."""

    def remaining(self, position: Position, page: Page) -> Iterable[Position]:
        """There is nothing more."""
        return ()

    def before(self, position: Position) -> int:
        """There is nothing before."""
        return 0


class Offset:
    """Skip so many rows. A source may send fewer rows than asked for: what counts is what came."""

    def __init__(self, declared: PagingDeclaration, paths: Paths) -> None:
        self.offset, self.limit, self.size = declared.offset, declared.limit, declared.size
        self.short_ends = declared.ends == "short"
        self.more = told(declared.more, paths)
        self.names = frozenset(name for name in (self.offset, self.limit) if name)

    def first(self, size: int) -> Position:
        """From the first row on."""
        return {self.offset: "0", **({self.limit: str(size)} if self.limit else {})}

    def following(self, position: Position, page: Page) -> Position | None:
        """After what came; the end is where the total says, else at an empty page (or a short one, if so declared)."""
        reached = int(position[self.offset]) + page.received
        wanted = int(position.get(self.limit or "", self.size))
        if page.received == 0 or (page.total is not None and reached >= page.total) or said_no(self.more(page)):
            return None
        if page.total is None and self.short_ends and page.received < wanted:
            return None
        return {**position, self.offset: str(reached)}

    def remaining(self, position: Position, page: Page) -> Iterable[Position] | None:
        """Steps of what came first, up to the total."""
        if page.total is None or page.received == 0:
            return None
        start = int(position[self.offset])
        return ({**position, self.offset: str(at)} for at in range(start + page.received, page.total, page.received))

    def before(self, position: Position) -> int:
        """Those that are skipped."""
        return int(position[self.offset])


class Numbered:
    """The n-th page, each of the same size."""

    def __init__(self, declared: PagingDeclaration, paths: Paths) -> None:
        self.page, self.limit, self.size = declared.page, declared.limit, declared.size
        self.start = declared.first
        self.short_ends = declared.ends == "short"
        self.more = told(declared.more, paths)
        self.names = frozenset(name for name in (self.page, self.limit) if name)

    def first(self, size: int) -> Position:
        """The first page."""
        return {self.page: str(self.start), **({self.limit: str(size)} if self.limit else {})}

    def following(self, position: Position, page: Page) -> Position | None:
        """The next number; with a total the end is told for pages of our size and for smaller ones of the source's."""
        if page.received == 0 or said_no(self.more(page)):
            return None
        number = int(position[self.page])
        before = number - self.start
        size = int(position.get(self.limit or "", self.size))
        if page.total is None:
            ended = self.short_ends and page.received < size
        else:
            ended = page.total in (before * size + page.received, 0) or (before + 1) * page.received >= page.total
        return None if ended else {**position, self.page: str(number + 1)}

    def remaining(self, position: Position, page: Page) -> Iterable[Position] | None:
        """As many pages as the total holds, of the size of the first one."""
        if page.total is None or page.received == 0:
            return None
        pages = -(-page.total // page.received)
        return ({**position, self.page: str(self.start + n)} for n in range(1, pages))

    def before(self, position: Position) -> int:
        """Those of as many pages; a source may make them smaller."""
        return (int(position[self.page]) - self.start) * int(position.get(self.limit or "", self.size))


class Cursor:
    """A value that each answer gives, and that the next request hands back."""

    def __init__(self, declared: PagingDeclaration, paths: Paths) -> None:
        self.cursor, self.limit = declared.cursor, declared.limit
        self.names = frozenset(name for name in (self.cursor, self.limit) if name)
        self.next = told(declared.next, paths)
        self.more = told(declared.more, paths)

    def first(self, size: int) -> Position:
        """Without a cursor."""
        return {self.limit: str(size)} if self.limit else {}

    def following(self, position: Position, page: Page) -> Position | None:
        """With the cursor that came; none came, it is blank, or there is said to be no more: that was the last page.

        One that cannot be handed back leads nowhere: it is this page once more.
        """
        found = None if said_no(self.more(page)) else self.next(page)
        if isinstance(found, int) and not isinstance(found, bool):
            found = str(found)
        if not found:
            return None
        if not isinstance(found, str) or len(found) > _VALUE_AT_MOST:
            return position
        return {**position, self.cursor: found}

    def remaining(self, position: Position, page: Page) -> None:
        """Each page tells the next."""

    def before(self, position: Position) -> int | None:
        """Nothing, where it is the first one."""
        return None if self.cursor in position else 0


class Linked:
    """A link to the next page, in the `Link` header [RFC 8288] or in the body; only named parameters of it count."""

    def __init__(self, declared: PagingDeclaration, paths: Paths) -> None:
        self.follow, self.limit = declared.follow, declared.limit
        self.names = frozenset([*self.follow, *([self.limit] if self.limit else [])])
        self.next = told(declared.next, paths) if declared.next else _link_header

    def first(self, size: int) -> Position:
        """Without a link."""
        return {self.limit: str(size)} if self.limit else {}

    def following(self, position: Position, page: Page) -> Position | None:
        """The named parameters of the next link; without any of them it leads nowhere: it is this page once more."""
        link = self.next(page)
        if not link or (isinstance(link, str) and _is_no_link(link.strip().lower())):
            return None
        query = _query(link) if isinstance(link, str) else {}
        found = {
            name: query[name][0] for name in self.follow if name in query and len(query[name][0]) <= _VALUE_AT_MOST
        }
        return {**position, **found}

    def remaining(self, position: Position, page: Page) -> None:
        """Each page tells the next."""

    def before(self, position: Position) -> int | None:
        """Nothing, where it is the first one."""
        return None if any(name in position for name in self.follow) else 0


class Formed:
    """A form on the page that is POSTed again, with what its system keeps in hidden fields."""

    def __init__(self, declared: PagingDeclaration, paths: Paths) -> None:
        self.page = declared.page if "page" in declared.model_fields_set else None
        self.start, self.set = declared.first, declared.set
        self.names = frozenset([*declared.follow, *declared.set, *([self.page] if self.page else [])])
        self._next = paths.compile(declared.next.at or ITSELF if declared.next else ITSELF, Wanted.THINGS)
        self._fields = {
            name: paths.compile(f"{declared.form} input[name='{name}']@value", Wanted.VALUE) for name in declared.follow
        }

    def first(self, size: int) -> Position:
        """As the lookup asks for it."""
        del size
        return _START

    def following(self, position: Position, page: Page) -> Position | None:
        """The fields of this page, and the next number; without anything that leads on, this was the last page."""
        if page.body is None or not self._next(page.body):
            return None
        found = {name: get(page.body) for name, get in self._fields.items()}
        kept = {name: value for name, value in found.items() if isinstance(value, str) and len(value) <= _FIELD_AT_MOST}
        number = {self.page: str(int(position.get(self.page, self.start)) + 1)} if self.page else {}
        return {**kept, **self.set, **number}

    def remaining(self, position: Position, page: Page) -> None:
        """Each page tells the next."""

    def before(self, position: Position) -> int | None:
        """Nothing, where it is the first one."""
        return None if position else 0


_WAYS: Mapping[str, Any] = {"offset": Offset, "page": Numbered, "cursor": Cursor, "link": Linked, "form": Formed}


def paging(declared: PagingDeclaration | None, paths: Paths) -> Paging:
    """The way of paging that is declared."""
    if declared is None or declared.by == "none":
        return Whole(sure=declared is not None)
    way: Paging = _WAYS[declared.by](declared, paths)
    return way


def told(where: Told | None, paths: Paths) -> Any:
    """A function from a page to what its answer tells there, None for nothing."""
    if where is None:
        return lambda page: None
    if where.pattern is not None:
        return _found_by(re.compile(where.pattern), told(where.model_copy(update={"pattern": None}), paths))
    if where.header is not None:
        header = where.header.lower()
        return lambda page: page.response.headers.get(header)
    get = paths.compile(where.at or ITSELF, Wanted.VALUE)

    def in_body(page: Page) -> Any:
        found = get(page.body)
        return None if found is ABSENT else found

    return in_body


def _found_by(pattern: re.Pattern[str], read: Any) -> Any:
    def group(page: Page) -> Any:
        found = read(page)
        match = pattern.search(found) if isinstance(found, str) else None
        return match[1] if match else None

    return group


def said_no(told: Any) -> bool:
    """Whether it was told, in any of the ways in which truth is written, that something is not so."""
    try:
        return told is not None and not truth(told)
    except ValueError:
        return False


def told_total(where: Told | None, paths: Paths) -> Any:
    """A function from a page to the total that its answer tells; None when it tells none, or nonsense."""
    read = told(where, paths)

    def total(page: Page) -> int | None:
        try:
            found = whole(read(page))
        except (ValueError, TypeError):
            return None
        return found if found >= 0 else None

    return total


def checked(position: Position, way: Paging, size: int) -> Position:
    """The position, if its numbers are numbers and it asks for no larger pages than we would; ValueError else."""
    numbers = {"limit"} | ({"offset"} if isinstance(way, Offset) else {"page"} if isinstance(way, Numbered) else set())
    for role in numbers:
        name = getattr(way, role, None)
        value = position.get(name) if name else None
        if name and role != "limit" and value is None:
            raise ValueError("no position of this list")
        if value is not None and not (value.isascii() and value.isdigit() and len(value) < 12):
            raise ValueError("no number")
        if value is not None and role == "limit" and not 1 <= int(value) <= size:
            raise ValueError("no such page size")
    return position


def _is_no_link(link: str) -> bool:
    return not link or link.startswith(_NO_LINKS)


def _query(link: str) -> Mapping[str, Sequence[str]]:
    try:
        return parse_qs(urlsplit(link).query)
    except ValueError:  # an address that is none, such as http://[::1
        return {}


def is_cut(page: Page) -> bool:
    """Whether an answer says by HTTP that there is more than it holds.

    By the status 206 or an `X-Total-Count` beyond its rows [TMF630], or by a link to a next page [RFC 8288].
    """
    told = remarks(page.response.headers)
    more = told.following is not None or (told.total is not None and told.total > page.received)
    return more or page.response.status == _PARTIAL


def _link_header(page: Page) -> str | None:
    return remarks(page.response.headers).following
