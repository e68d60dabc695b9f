"""A declared lookup, compiled once, as far as it is the same however it is asked: how its answers are read."""

import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from msgspec import UNSET

from model.keys import Key, Lookup
from model.nouns import NOUNS, Noun
from sources.grammar.effective import effective_match
from sources.grammar.lookup import AnsweredDeclaration, KeyPlace, LookupDeclaration
from sources.grammar.mapped import ReadDeclaration
from sources.matching import folded, matcher, spelling
from sources.medium import Medium, Reading
from sources.paging import Page, Whole, paging, told_total
from sources.paths import ABSENT, Wanted
from sources.rows import Mapper

_READINGS_AT_MOST = 256


class AnsweredLookup:
    """What the answers to one lookup of one source hold, and which keys their rows answer."""

    def __init__(
        self,
        lookup: Lookup,
        declared: AnsweredDeclaration,
        mapper: Mapper,
        source: ReadDeclaration,
        medium: Medium[Any],
    ) -> None:
        self.lookup = lookup
        self.noun: Noun = NOUNS[lookup.noun]
        self.declared = declared
        self.mapper = mapper
        self.source = mapper.source
        self.paging_declared = declared.paged(source.paging)
        self.paging = paging(self.paging_declared, medium.paths)
        self.counted = self.paging_declared is not None and self.paging_declared.total is not None
        self.at_once = isinstance(self.paging, Whole) and not self.counted
        """Whether one answer has it all, and tells no total that could be more than came."""
        self.may_be_cut = isinstance(self.paging, Whole) and not self.paging.sure
        """Whether nobody has said that one answer has it all, so that it may say itself that it has not."""
        self.total = told_total(self.paging_declared.total if self.paging_declared else None, medium.paths)
        self._outermost = medium.paths.compile(declared.each[0], Wanted.THINGS)
        self.size = self.paging_declared.size if self.paging_declared else source.limits.rows_at_most
        self.parts = declared.parts
        self.nested = len(declared.each) > 1
        self.many = lookup.by in NOUNS or (lookup.by in self.noun.fields and lookup.by != self.noun.id)
        self.match_declared = effective_match(lookup, declared, mapper.declared) if declared.keys else None
        self.match = (
            matcher(self.match_declared, medium.paths, case=declared.match_case)
            if isinstance(self.match_declared, list)
            else None
        )
        self.written = spelling(declared.keys.written if declared.keys else None)
        self.exact = declared.match_case and (declared.keys is None or declared.keys.written is None)
        like = (declared.keys.like or _parted(declared.keys)) if declared.keys else None
        self._like = re.compile(like) if like else None
        self.takes_any = self._like is None
        """Whether any key is one to ask for that is not blank."""
        self.judged = isinstance(declared, LookupDeclaration) and declared.outcome is not None
        self.straight = self.exact and not self.judged and not self.parts
        """Whether rows say keys as they were asked for, and each is a thing."""
        self.selective = declared.keys is None or declared.keys.told
        """Whether the source is told keys, so that it has not to speak of others."""
        self.to_the_point = self.selective and (not self.nested or self._matches_outer_rows())
        """Whether rows of others are to another question, and not what stands beside rows that were asked for."""
        self._medium = medium
        self._readings: dict[tuple[frozenset[str], bool], Reading] = {}

    def reading(self, fields: frozenset[str], *, raw: bool = False) -> Reading:
        """How answers are read for the fields of an ask."""
        found = self._readings.get((fields, raw))
        if found is None:
            found = self._read(fields & self.mapper.fields, raw=raw)
            self._readings[fields, raw] = found
        return found

    def _read(self, fields: frozenset[str], *, raw: bool) -> Reading:
        """Made once for the fields that there are, whatever else is asked for."""
        found = self._readings.get((fields, raw))
        if found is None:
            found = self._medium.reading(self.lookup, self.declared, self.mapper, fields, raw=raw)
            if len(self._readings) >= _READINGS_AT_MOST:
                self._readings.clear()
            self._readings[fields, raw] = found
        return found

    def _matches_outer_rows(self) -> bool:
        declared = self.match_declared
        return isinstance(declared, list) and all(one.of == "parent" for one in declared)

    def tells_none(self, page: Page) -> bool:
        """Whether a page without even a list tells a total of no rows: some systems leave empty lists out."""
        if not self.counted or self.total(page) != 0:
            return False
        return self._outermost(page.body) in (None, UNSET, ABSENT)

    def wanted(self, keys: Iterable[Key]) -> list[Key]:
        """Those of the keys that are to be asked for, each once."""
        each = list(dict.fromkeys(keys))
        if self._like is None:
            with suppress(TypeError):  # of composite keys, which are looked at one by one
                if all(map(str.strip, each)):  # type: ignore[arg-type]
                    return each
        return [key for key in each if self.takes(key)]

    def takes(self, key: Key) -> bool:
        """Whether a key is one to ask for: an empty filter would bring every row there is."""
        if isinstance(key, tuple):
            return bool(key) and all(map(self.takes, key))
        return bool(key.strip()) and (self._like is None or self._like.fullmatch(key) is not None)

    def fold(self, key: Key) -> Key:
        """A key, asked for or said by a row, as such keys are compared."""
        return folded(self.written(key), case=self.declared.match_case)

    @property
    def space(self) -> str | None:
        """The key space of the keys it takes; None for the business key."""
        space = self.declared.space
        if space is None and self.lookup.by is not None and not self.many and self.lookup.by != self.noun.id:
            space = self.lookup.by
        return self.source if space == "self" else space


def _parted(keys: KeyPlace) -> str | None:
    """What keys are like that a system knows by their parts."""
    return keys.written.parts if keys.written is not None else None
