"""Root fields of GraphQL on their way through their pages, several in one call."""

from collections.abc import Mapping

import msgspec

from model.answer import Answer
from model.faults import SourceFault
from model.keys import Key
from sources.grammar.source import LimitsDeclaration
from sources.medium import Reading
from sources.oddities import Oddities
from sources.paging import Page, Position
from sources.partial import Blame, Told, blame
from sources.roots import Root, RootLookup
from sources.sorting import by_key
from sources.walking import Stretch, falls_short


class Course:
    """One root field: the pages it has given, and whose answers it has lost on the way."""

    def __init__(self, one: RootLookup, root: Root, reading: Reading, limits: LimitsDeclaration) -> None:
        self.root = root
        self._one = one
        self._reading = reading
        self._limits = limits
        self._stretch = Stretch([])
        self._blame = Blame()
        self._seen: set[tuple[tuple[str, str], ...]] = set()

    def goes_on(self, told: Told) -> bool:
        """Take what was told; whether there is more to ask for, at the position where `root` is then."""
        try:
            return self._take(told)
        except SourceFault as err:  # of another shape than was agreed, which says nothing of the other root fields
            self.fail(err)
            return False

    def _take(self, told: Told) -> bool:
        found = blame(self._one, self.root.keys, told, self._reading)
        self._blame.keys.update(found.keys)
        self._blame.unknown = self._blame.unknown or found.unknown
        self._stretch.complete = self._stretch.complete and found.whole
        former = self._stretch.pages[-1] if self._stretch.pages else None
        page = page_of(self._one, told, self._reading)
        if former is not None and page.received and page.body == former.body:
            self._stretch.complete = False
            return False
        self._stretch.pages.append(page)
        return self._moves_on(self._one.paging.following(self.root.position, page))

    def fail(self, fault: SourceFault) -> None:
        """What is still to come will not come."""
        self._blame.keys.update(dict.fromkeys(self.root.keys, fault))

    async def answers(self, oddities: Oddities) -> Mapping[Key, Answer | SourceFault]:
        """The answers to the keys of the root field; faults for those that are lost."""
        keys, stretch = self.root.keys, self._stretch
        total = stretch.pages[0].total if stretch.pages else None
        if total is not None and falls_short(stretch.pages, total):
            stretch.complete = False
        if len(self._blame.keys) == len(keys):
            return self._blame.keys
        found: dict[Key, Answer | SourceFault] = {}
        found.update(await by_key(self._one, keys, stretch, self._reading, oddities, self._limits.rows_at_most))
        if self._blame.unknown is not None:
            found |= {key: self._blame.unknown for key in keys if self._one.many or key not in found}
        return {**found, **self._blame.keys}

    def _moves_on(self, following: Position | None) -> bool:
        if following is None:
            return False
        self._seen.add(tuple(sorted(self.root.position.items())))
        pages = self._stretch.pages
        capped = len(pages) >= self._limits.pages_at_most
        capped = capped or sum(page.received for page in pages) >= self._limits.rows_at_most
        if capped or tuple(sorted(following.items())) in self._seen:
            self._stretch.complete = False
            return False
        self.root = Root(self.root.keys, following)
        return True


def page_of(one: RootLookup, told: Told, reading: Reading) -> Page:
    """What a root field gave, as a page."""
    rows, received = reading.rows(told.value) if told.value is not None else ((), 0)
    page = Page(received, told.response, told.value, rows=rows)
    return msgspec.structs.replace(page, total=one.total(page)) if one.counted and page.body else page
