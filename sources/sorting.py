"""Puts the rows of an answer under the keys that were asked for, and drops what nobody asked for."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import compress
from typing import Any

from anyio.lowlevel import checkpoint
from msgspec import UNSET

from model.answer import Answer
from model.ask import Ask
from model.faults import Malformed
from model.keys import Key
from model.records import Record
from sources.answered import AnsweredLookup
from sources.medium import Reading
from sources.oddities import Oddities
from sources.paging import Page
from sources.parts import together
from sources.walking import Stretch

Things = Callable[[Iterable[Record]], list[Record]]
"""From the records that rows are read as to those of things."""
_NONE: frozenset[object] = frozenset({UNSET})
_STRETCH = 250
"""So many rows, which may hold others, are read at a stretch, before others on the event loop have their turn."""


class _Shelf:
    """Records in the lists of their keys; each thing once a key in the end, unless the rows are parts of things.

    Rows of one native id that are about two things, by the field `named`, are both kept: which is right is not known.
    natives: the native ids of records that were put in. put: how many were, each as often as it answers a key.
    """

    def __init__(self, keys: Iterable[Key], named: str, *, parts: bool = False) -> None:
        self.named, self.parts = named, parts
        self.records: dict[Key, list[Record]] = {key: [] for key in keys}
        self.natives: set[object] = set()
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

    def __init__(self, one: AnsweredLookup, keys: Sequence[Key], reading: Reading) -> None:
        self.one = one
        self.keys = list(keys)
        said = keys if one.declared.match_case else map(one.fold, keys)
        self.asked: dict[Key, Key] = dict(zip(said, keys, strict=True))
        self.reading = reading
        self.shelf = _Shelf(keys, one.noun.id, parts=one.declared.parts)
        self._lists = {said: self.shelf.records[key] for said, key in self.asked.items()}
        self.kept = self.foreign = self.silent = self.lost = 0

    def take(self, rows: Sequence[Any], page: Page) -> None:
        """Some rows of a page."""
        filed = self.reading.file(rows, page, self._lists, self.shelf.natives)
        if filed is None:
            self._take(rows, page)
            return
        kept = len(rows) - filed.foreign - filed.lost
        self.foreign += filed.foreign
        self.silent += filed.silent
        self.lost += filed.lost
        self.kept += kept
        self.shelf.put += kept

    def _take(self, rows: Sequence[Any], page: Page) -> None:
        under: Sequence[Key | list[Key]] = [self.keys] * len(rows)
        if self.one.match is not None:
            rows, under = self._answering(rows, self.reading.keys(rows, self.one.match))
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

    def answers(self, *, complete: bool) -> dict[Key, Answer]:
        """What was said to each key; a lookup of single things leaves out those that were not found."""
        now, one = datetime.now(UTC), self.one
        nothing = Answer(records=[], as_of=now, complete=complete)
        things: Things | None = partial(together, one.noun) if one.declared.parts else None
        return {
            key: Answer(records=things(records) if things else records, as_of=now, complete=complete)
            if records
            else nothing
            for key, records in self.shelf.records.items()
            if records or one.many
        }

    @property
    def nameless(self) -> bool:
        """Whether there are rows of which none says the key that each thing of its kind has."""
        return not self.one.many and self.silent == self.foreign > 0

    def _answering(
        self, rows: Sequence[Any], said: Sequence[str | Iterable[Key]]
    ) -> tuple[Sequence[Any], list[Key | list[Key]]]:
        """The rows that answer keys that were asked for, and which: one, or several in a list."""
        found = [self.asked.get(word) if word.__class__ is str else self._among(word) for word in said]
        under = [keys for keys in found if keys]
        foreign = len(found) - len(under)
        self.foreign += foreign
        return list(compress(rows, found)) if foreign else rows, under

    def _among(self, words: Iterable[Key]) -> list[Key]:
        """Those of the keys that a row says which were asked for."""
        said = list(words)
        self.silent += not said
        return [self.asked[key] for key in said if key in self.asked]


async def by_key(
    one: AnsweredLookup, keys: Sequence[Key], stretch: Stretch, reading: Reading, oddities: Oddities, rows_at_most: int
) -> dict[Key, Answer]:
    """The answers to the keys of one call, from all of its pages.

    A lookup of many things answers every key, one of a single thing leaves out what was not found. An answer
    in which no row says which thing it is about is Malformed.
    """
    sorter = _Sorter(one, keys, reading)
    left = rows_at_most
    alone = False
    for page in stretch.pages:
        rows = page.rows[:left]
        alone = alone or reading.alone(rows, page.body)
        for start in range(0, len(rows), _STRETCH):
            if start or page is not stretch.pages[0] or len(rows) > _STRETCH:  # decoding that many took its time
                await checkpoint()
            sorter.take(rows[start : start + _STRETCH], page)
        if len(page.rows) > left:
            stretch.complete = False
        left -= len(rows)
    if rows_at_most - left > _STRETCH:
        await checkpoint()  # so that whoever goes on with them begins with a turn of their own
    sorter.shelf.clear()
    if sorter.foreign and not one.nested and one.selective:
        oddities.note("foreign rows", str(one.lookup), times=sorter.foreign)
    if sorter.shelf.duplicates:
        oddities.note("duplicate rows", str(one.lookup), times=sorter.shelf.duplicates)
    if not sorter.kept and (sorter.lost or (sorter.silent and (alone or sorter.nameless))):
        raise Malformed(one.source, f"{one.lookup}: an answer that holds no record")
    return sorter.answers(complete=stretch.complete)


def in_order(one: AnsweredLookup, page: Page, ask: Ask, oddities: Oddities, rows_at_most: int) -> list[Record]:
    """The records of one page of a list, as the source orders them."""
    reading = one.reading(ask.fields, raw=ask.raw)
    shelf = _Shelf([""], one.noun.id)
    rows = page.rows[:rows_at_most]
    for record in reading.records(rows, page):
        if record is not None:
            shelf.take("", record)
    shelf.clear()
    if shelf.duplicates:
        oddities.note("duplicate rows", str(one.lookup), times=shelf.duplicates)
    records = shelf.records[""]
    if rows and not records:
        raise Malformed(one.source, f"{one.lookup}: an answer that holds no record")
    return records
