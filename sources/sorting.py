"""Puts the rows of an answer under the keys that were asked for, and drops what nobody asked for."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from anyio.lowlevel import checkpoint

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
from sources.rows import Row
from sources.walking import Stretch


class _Shelf:
    """Records under their keys, each thing once a key, unless the rows are parts of things."""

    def __init__(self, keys: Iterable[Key], *, parts: bool = False) -> None:
        self.parts = parts
        self.records: dict[Key, dict[object, Record]] = {key: {} for key in keys}
        self.duplicates = 0

    def put(self, key: Key, record: Record) -> None:
        under = self.records.setdefault(key, {})
        identity: object = record.native_id if isinstance(record.native_id, str) and not self.parts else len(under)
        if identity in under:
            self.duplicates += 1
        else:
            under[identity] = record


class _Sorter:
    """Sorts the rows of one call, counting what becomes of them."""

    def __init__(self, one: AnsweredLookup, keys: Sequence[Key], reading: Reading) -> None:
        self.one = one
        self.keys = keys
        self.asked: dict[Key, Key] = {one.fold(key): key for key in keys}
        self.read = reading.record
        self.shelf = _Shelf(keys if one.many else (), parts=one.declared.parts)
        self.kept = self.foreign = self.silent = self.lost = 0

    def take(self, row: Row) -> None:
        keys = self.keys
        if self.one.match is not None:
            said = tuple(self.one.match(row))
            keys = [self.asked[key] for key in said if key in self.asked]
            if not keys:
                self.silent += not said
                self.foreign += 1
                return
        record = self.read(row)
        if record is None:
            self.lost += 1
            return
        self.kept += 1
        for key in keys:
            self.shelf.put(key, record)


async def by_key(
    one: AnsweredLookup, keys: Sequence[Key], stretch: Stretch, ask: Ask, oddities: Oddities, rows_at_most: int
) -> dict[Key, Answer]:
    """The answers to the keys of one call, from all of its pages.

    A lookup of many things answers every key, one of a single thing leaves out what was not found. An answer
    in which no row says which thing it is about is Malformed.
    """
    reading = one.reading(ask.fields, raw=ask.raw)
    sorter = _Sorter(one, keys, reading)
    left = rows_at_most
    alone = False
    for page in stretch.pages:
        rows = _rows(reading, page)
        alone = alone or (bool(rows) and rows[0].data is page.body)
        for row in rows[:left]:
            sorter.take(row)
        if len(rows) > left:
            stretch.complete = False
        left = max(0, left - len(rows))
        await checkpoint()
    if sorter.foreign and not one.nested and one.selective:
        oddities.note("foreign rows", str(one.lookup), times=sorter.foreign)
    if sorter.shelf.duplicates:
        oddities.note("duplicate rows", str(one.lookup), times=sorter.shelf.duplicates)
    if not sorter.kept and (sorter.lost or (sorter.silent and alone)):
        raise Malformed(one.source, f"{one.lookup}: an answer that holds no record")
    now = datetime.now(UTC)
    return {
        key: Answer(records=_things(one, records.values()), as_of=now, complete=stretch.complete)
        for key, records in sorter.shelf.records.items()
    }


def _things(one: AnsweredLookup, records: Iterable[Record]) -> list[Record]:
    return together(one.noun, records) if one.declared.parts else list(records)


def in_order(one: AnsweredLookup, page: Page, ask: Ask, oddities: Oddities, rows_at_most: int) -> list[Record]:
    """The records of one page of a list, as the source orders them."""
    reading = one.reading(ask.fields, raw=ask.raw)
    shelf = _Shelf([""])
    rows = _rows(reading, page)[:rows_at_most]
    for row in rows:
        record = reading.record(row)
        if record is not None:
            shelf.put("", record)
    if shelf.duplicates:
        oddities.note("duplicate rows", str(one.lookup), times=shelf.duplicates)
    records = list(shelf.records[""].values())
    if rows and not records:
        raise Malformed(one.source, f"{one.lookup}: an answer that holds no record")
    return records


def _rows(reading: Reading, page: Page) -> list[Row]:
    return reading.rows(page.body)[0] if page.body is not None else []
