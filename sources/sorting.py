"""Puts the rows of an answer under the keys that were asked for, and drops what nobody asked for."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from itertools import compress
from typing import Any

from anyio.lowlevel import checkpoint
from msgspec import UNSET
from msgspec.structs import replace

from model.answer import Answer
from model.ask import Ask
from model.faults import Malformed, SourceFault
from model.keys import Key
from model.records import Record
from sources.answered import AnsweredLookup
from sources.contract import Answers
from sources.medium import Filed, Reading
from sources.oddities import Oddities
from sources.paging import Page
from sources.parts import together
from sources.paths import ABSENT
from sources.rows import Row
from sources.units import plain
from sources.walking import Stretch

_NONE: frozenset[object] = frozenset({UNSET})
_NOTHING = (0, 0, 0, 0)
_ALL_ASKED = (0, 0, 0)
AT_ONCE = 250
"""So many rows, which may hold others, are read at a stretch, before others on the event loop have their turn."""


class _Shelf:
    """Records in the lists of their keys; each thing once a key in the end, unless the rows are parts of things.

    Rows of one native id that are about two things, by the field `named`, are both kept: which is right is not known.
    records: their lists, empty at first. natives: the native ids of records that were put in. put: how many were, each
    as often as it answers a key.
    """

    __slots__ = ("duplicates", "named", "natives", "parts", "put", "records")

    def __init__(
        self, records: dict[Key, list[Record]], named: str, natives: set[object], *, parts: bool = False
    ) -> None:
        self.named, self.parts = named, parts
        self.records = records
        self.natives = natives
        self.put = self.duplicates = 0

    def take(self, key: Key, record: Record) -> None:
        """One more record for a key."""
        self.records[key].append(record)
        self.natives.add(record.native_id)
        self.put += 1

    def clear(self) -> None:
        """Take away what is there twice; nothing is where there are as many native ids as records."""
        if not self.parts and len(self.natives) < self.put and self.natives != _NONE:
            for records in self.records.values():
                records[:] = self._each_once(records)

    def _each_once(self, records: Sequence[Record]) -> Iterable[Record]:
        each: dict[object, Record] = {}
        for record in records:
            native = record.native_id
            first = each.setdefault(native if native.__class__ is str else len(each), record)
            if first is not record:
                if getattr(first, self.named) == getattr(record, self.named):
                    self.duplicates += 1
                else:
                    each[native, getattr(record, self.named)] = record
        return each.values()


class _Sorter:
    """Sorts the rows of one call, counting what becomes of them."""

    def __init__(
        self, one: AnsweredLookup, records: dict[Key, list[Record]], reading: Reading, natives: set[object]
    ) -> None:
        self.one = one
        self.keys = list(records)
        self.reading = reading
        self.shelf = _Shelf(records, one.noun.id, natives, parts=one.parts)
        self._lists = self.shelf.records if one.exact else self._by_word()
        self.kept = self.foreign = self.silent = self.lost = 0
        self.faults: dict[Key, SourceFault] = {}
        self.fault: SourceFault | None = None
        """Of nobody knows whom: of whoever has no rows."""

    @cached_property
    def asked(self) -> Mapping[Key, Key | list[Key]]:
        """The keys, by how rows say them; several that are written alike in a list."""
        return dict(zip(self.keys, self.keys, strict=True)) if self.one.exact else _folded(self.one, self.keys)

    def _by_word(self) -> dict[Key, list[Record]]:
        """The lists of the keys, by how rows say these; none where keys are written alike: no row can say which."""
        lists = {said: self.shelf.records[key] for said, key in self.asked.items() if not isinstance(key, list)}
        return lists if len(lists) == len(self.asked) else {}

    def take(self, rows: Sequence[Any], page: Page) -> None:
        """Some rows of a page."""
        if self.one.judged:
            rows = [row for row in rows if not self._failed(row)]
        if rows:
            filed = self.reading.file(rows, page, self._lists, self.shelf.natives) if self._lists else None
            self.go_on(rows, page, filed)

    def go_on(self, rows: Sequence[Any], page: Page, filed: Filed | None) -> None:
        """Rows that were put in already, or else (None) one by one."""
        if filed is None:
            self._take(rows, page)
            return
        foreign, silent, lost = filed
        kept = len(rows) - foreign - lost
        self.foreign += foreign
        self.silent += silent
        self.lost += lost
        self.kept += kept
        self.shelf.put += kept

    def _take(self, rows: Sequence[Any], page: Page) -> None:
        under: Sequence[Key | list[Key]] = [self.keys] * len(rows)
        if self.one.match is not None:
            rows, under = self._answering(rows, self.reading.keys(rows, self.one.match))
        if self.one.mapper.says_key:
            rows = [row._replace(key=_only(answered)) for row, answered in zip(rows, under, strict=True)]
        take, lost = self.shelf.take, 0
        for keys, record in zip(under, self.reading.records(rows, page), strict=True):
            if record is None:
                lost += 1
            elif isinstance(keys, list):
                for key in keys:
                    take(key, record)
            else:
                take(keys, record)
        self.lost += lost
        self.kept += len(rows) - lost

    def answers(self, *, complete: bool) -> Mapping[Key, Answer | SourceFault]:
        """What was said to each key; a lookup of single things leaves out those that were not found."""
        one, records = self.one, self.shelf.records
        if one.parts:
            records = {key: together(one.noun, parts) for key, parts in records.items()}
        answers, failed = _told(one, records), self._lost()
        if complete and not failed:
            return answers
        cut = {} if complete or one.many else self._cut_off()
        return {**{key: replace(answer, complete=complete) for key, answer in answers.items()}, **cut, **failed}

    def _cut_off(self) -> Mapping[Key, SourceFault]:
        """The keys that may have been answered in what did not come."""
        fault = Malformed(self.one.source, f"{self.one.lookup}: an answer that does not tell all that was asked")
        return {key: fault for key in self.keys if not self.shelf.records[key]}

    def _lost(self) -> Mapping[Key, SourceFault]:
        """The keys whose answers have failed."""
        if self.fault is None:
            return self.faults
        whose = [key for key in self.keys if self.one.many or not self.shelf.records[key]]
        return {**dict.fromkeys(whose, self.fault), **self.faults}

    def _failed(self, row: Row) -> bool:
        """Take what a row says in place of an answer for the keys that it names."""
        if row.fault is None:
            return False
        keys = [key for word in self.one.match(row) for key in self._meant(word)] if self.one.match else self.keys
        self.faults.update(dict.fromkeys(keys, row.fault))
        self.fault = self.fault or (None if keys else row.fault)
        return True

    @property
    def counted(self) -> tuple[int, int, int, int]:
        """What has become of rows so far."""
        return self.kept, self.foreign, self.silent, self.lost

    def told_nothing(self, before: tuple[int, int, int, int], rows: Sequence[Any], page: Page) -> bool:
        """Whether these rows of a page, which have come since then, cannot be meant: none is a record of anything.

        Nor can a body be that is itself the row and says no key. Things of which each has a key say it, or are none.
        """
        kept, foreign, silent, lost = (now - then for now, then in zip(self.counted, before, strict=True))
        nameless = not self.one.many and silent == foreign > 0
        return not kept and bool(lost or (silent and (nameless or self.reading.alone(rows, page.body))))

    def _answering(
        self, rows: Sequence[Any], said: Sequence[str | Iterable[Key]]
    ) -> tuple[Sequence[Any], list[Key | list[Key]]]:
        """The rows that answer keys that were asked for, and which: one, or several in a list."""
        asked = self.asked.get if self.one.exact else None
        found = [
            (asked(word) or self._in_other_words(word)) if asked and word.__class__ is str else self._among(word)
            for word in said
        ]
        under = [keys for keys in found if keys]
        foreign = len(found) - len(under)
        self.foreign += foreign
        return list(compress(rows, found)) if foreign else rows, under

    def _among(self, words: Iterable[Key]) -> list[Key]:
        """Those of the keys that a row says which were asked for."""
        said = [words] if isinstance(words, str) else list(words)
        self.silent += not said
        return [key for word in said for key in self._meant(word)]

    def _meant(self, word: Key) -> list[Key]:
        keys = self._in_other_words(word)
        return keys if isinstance(keys, list) else [] if keys is None else [keys]

    def _in_other_words(self, word: Key) -> Key | list[Key] | None:
        """The keys that a word means: as it stands, or written otherwise; width and blanks around it never count."""
        found = self.asked.get(word)
        if found is not None or (self.one.exact and word.__class__ is str and word.isascii() and word == word.strip()):
            return found
        return self.asked.get(self.one.fold(plain(word) if isinstance(word, str) else tuple(map(plain, word))))


def _folded(one: AnsweredLookup, keys: Sequence[Key]) -> dict[Key, Key | list[Key]]:
    """As rows say them -> the keys; several, where a system writes them alike: a row of theirs answers each."""
    asked: dict[Key, Key | list[Key]] = {}
    for key in keys:
        known = asked.setdefault(one.fold(key), key)
        if known != key:
            asked[one.fold(key)] = [*known, key] if isinstance(known, list) else [known, key]
    return asked


def _only(answered: Key | list[Key]) -> Any:
    """The key that a row answers, where it is one."""
    if isinstance(answered, list):
        return answered[0] if len(answered) == 1 else ABSENT
    return answered


def _told(one: AnsweredLookup, records: Mapping[Key, Sequence[Record]]) -> Answers:
    """What was said to each key; a lookup of single things leaves out those that were not found."""
    found = records if one.many else {key: own for key, own in records.items() if own}
    return Answers(found, datetime.now(UTC))


def of_page(
    one: AnsweredLookup, records: dict[Key, list[Record]], page: Page, reading: Reading, oddities: Oddities
) -> Mapping[Key, Answer | SourceFault]:
    """The answers to the keys of one call, from the one page that has it all, of no more than AT_ONCE rows.

    records: an empty list for each of the keys, to be filled. A lookup of many things answers every key, one of a
    single thing leaves out what was not found. An answer in which no row says which thing it is about is Malformed, as
    is one whose rows are all about others; with a row that cannot be read as a thing, it is not whole.
    """
    natives: set[object] = set()
    rows = page.rows
    if not one.straight:
        sorter = _Sorter(one, records, reading, natives)
        sorter.take(rows, page)
    else:
        filed = reading.file(rows, page, records, natives) if rows else _ALL_ASKED
        if filed == _ALL_ASKED and (len(natives) == len(rows) or natives <= _NONE):
            return _told(one, records)  # as most often
        sorter = _Sorter(one, records, reading, natives)
        sorter.go_on(rows, page, filed)
    odd = bool(sorter.foreign or sorter.lost) and sorter.told_nothing(_NOTHING, page.rows, page)
    return _answers(sorter, oddities, odd=odd, complete=True)


async def by_key(
    one: AnsweredLookup,
    keys: Collection[Key],
    stretch: Stretch,
    reading: Reading,
    oddities: Oddities,
    rows_at_most: int,
) -> Mapping[Key, Answer | SourceFault]:
    """The answers to the keys of one call, from all of its pages.

    As with one page; what was not found in an answer that is not whole is not known, and a page among others in which
    no row says which thing it is about is missing from what they say.
    """
    sorter = _Sorter(one, {key: [] for key in keys}, reading, set())
    left = rows_at_most
    odd = False
    for page in stretch.pages:
        rows, before = page.rows[:left], sorter.counted
        for start in range(0, len(rows), AT_ONCE):
            if start or page is not stretch.pages[0] or len(rows) > AT_ONCE:  # decoding that many took its time
                await checkpoint()
            sorter.take(rows[start : start + AT_ONCE], page)
        odd = sorter.told_nothing(before, rows, page) or odd
        if len(page.rows) > left:
            stretch.complete = False
        left -= len(rows)
    if rows_at_most - left > AT_ONCE:
        await checkpoint()  # so that whoever goes on with them begins with a turn of their own
    return _answers(sorter, oddities, odd=odd, complete=stretch.complete)


def _answers(sorter: _Sorter, oddities: Oddities, *, odd: bool, complete: bool) -> Mapping[Key, Answer | SourceFault]:
    """What has been sorted, as answers. odd: whether there was a page that told nothing."""
    one, shelf = sorter.one, sorter.shelf
    if len(shelf.natives) < shelf.put:
        shelf.clear()
    strange = sorter.foreign > 0 and one.to_the_point
    if strange:
        oddities.note("foreign rows", str(one.lookup), times=sorter.foreign)
    _note(one, oddities, duplicates=shelf.duplicates, lost=sorter.lost)
    if odd and not sorter.kept:
        raise Malformed(one.source, f"{one.lookup}: an answer that holds no record")
    if strange and not sorter.kept and sorter.foreign > sorter.silent:  # whoever mixed them up
        raise Malformed(one.source, f"{one.lookup}: an answer to another question")
    return sorter.answers(complete=complete and not odd and not strange and not sorter.lost)


def in_order(
    one: AnsweredLookup, page: Page, ask: Ask, oddities: Oddities, rows_at_most: int
) -> tuple[list[Record], bool]:
    """The records of one page of a list, as the source orders them, and whether they are all that the page holds."""
    reading = one.reading(ask.fields, raw=ask.raw)
    shelf = _Shelf({"": []}, one.noun.id, set())
    rows = [row for row in page.rows[:rows_at_most] if not one.judged or row.fault is None]
    for record in reading.records(rows, page):
        if record is not None:
            shelf.take("", record)
    lost = len(rows) - shelf.put
    shelf.clear()
    _note(one, oddities, duplicates=shelf.duplicates, lost=lost)
    records = shelf.records[""]
    if rows and not records:
        raise Malformed(one.source, f"{one.lookup}: an answer that holds no record")
    return records, not lost and len(rows) == len(page.rows)


def _note(one: AnsweredLookup, oddities: Oddities, *, duplicates: int, lost: int) -> None:
    """Count rows that were left out: those that came twice, and those of which nobody knows what they are about."""
    if duplicates:
        oddities.note("duplicate rows", str(one.lookup), times=duplicates)
    if lost:
        oddities.note("nameless rows", str(one.lookup), times=lost)
