"""Reads answers in markup, pages and XML alike: what is not as expected has drifted, and is no empty answer."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from model.faults import Drifted
from model.keys import Lookup
from model.records import Record
from sources.grammar.fields import FieldDeclaration
from sources.grammar.markup import MarkupLookupDeclaration
from sources.medium import RowByRow
from sources.paths import ABSENT, Paths, Wanted
from sources.rows import Mapper, Row, Take, taker
from sources.transport import Response
from sources.verdicts import Verdicts, within


class MarkupPaths(Paths, Protocol):
    """A language of paths into markup."""

    def holds(self, thing: Any, found: Sequence[Any]) -> bool:
        """Whether one of the things that were found stands within a thing, or is it."""
        ...


class MarkupReading(RowByRow):
    """Reads answers to one lookup for the fields of one ask. sure: whatever is decoded is known to be an answer."""

    def __init__(
        self,
        decoded: Callable[[Response], Any],
        paths: MarkupPaths,
        lookup: Lookup,
        declared: MarkupLookupDeclaration,
        mapper: Mapper,
        fields: frozenset[str],
        *,
        raw: bool,
        sure: bool = False,
    ) -> None:
        expect = declared.expect
        self._where = str(lookup)
        self._source = mapper.source
        self._decoded = decoded
        self._verdicts = Verdicts(mapper.source, declared, paths)
        self._read = mapper.compile(fields, raw=raw).read
        self._each = declared.each
        self._steps = [paths.compile(step, Wanted.THINGS) for step in declared.each]
        self._has = [(path, paths.compile(path, Wanted.THINGS)) for path in expect.has]
        self._is_sure = sure or bool(expect.has)
        self._empty = paths.compile(expect.empty, Wanted.THINGS) if expect.empty else None
        self._holds = paths.holds
        self._bounds = expect.at_least, expect.at_most
        known = [*(mapper.noun.identity or ("native_id",)), *expect.fields]
        self._sure = [
            (name, list(_takes(mapper.declared[name], paths)))
            for name in dict.fromkeys(known)
            if mapper.declared[name].of != "key"
        ]

    def decoded(self, response: Response) -> Any:
        """As the medium does."""
        return self._decoded(response)

    def rows(self, body: Any) -> tuple[Sequence[Row], int]:
        """The rows of a body that is as expected; Drifted, with the path that failed, when it is not."""
        for path, get in self._has:
            if not get(body):
                raise self._drifted(f"nothing at {path!r}")
        rows, received = self.found(body)
        if not received and self._is_empty(body):
            return [], 0
        self._check_number(received)
        self._check_fields([row for row in rows if row.fault is None])
        return rows, received

    def found(self, body: Any) -> tuple[Sequence[Row], int]:
        """The rows of a body, as expected or not; what says that there are none is no row."""
        found = self._steps[0](body)
        if found and self._empty is not None and (empty := self._empty(body)):
            found = [one for one in found if not self._holds(one, empty)]
        rows: Sequence[Row] = [Row(data) for data in found]
        received = len(rows)
        rows = self._verdicts.of(rows)
        for step in self._steps[1:]:
            rows = within(rows, step)
        return rows, received

    def record(self, row: Row) -> Record | None:
        """The record of a row."""
        return self._read(row)

    def _is_empty(self, body: Any) -> bool:
        """Whether a body without rows says that there are none, rather than having lost them."""
        return bool(self._empty(body)) if self._empty is not None else self._is_sure

    def _check_number(self, received: int) -> None:
        least, most = self._bounds
        if not received:
            raise self._drifted(f"nothing at {self._each[0]!r}")
        if received < least or (most is not None and received > most):
            raise self._drifted(f"{received} rows at {self._each[0]!r}")

    def _check_fields(self, rows: Sequence[Row]) -> None:
        """Each field by which a thing is known, or that is expected, is found in one row at least."""
        for name, takes in self._sure if rows else ():
            if not any(take(row) is not ABSENT for row in rows for _, take in takes):
                paths = ", ".join(repr(path) for path, _ in takes)
                raise self._drifted(f"no row has {name} at {paths}")

    def _drifted(self, what: str) -> Drifted:
        return Drifted(self._source, f"{self._where}: {what}")


def _takes(declared: FieldDeclaration, paths: Paths) -> Iterable[tuple[str, Take]]:
    """The ways by which a field, or any field of a thing within, is taken from a row; each with its path."""
    if declared.record is not None and declared.each is None and declared.at is None:
        for inner in declared.record.values():
            yield from _takes(inner, paths)
    else:
        many = Wanted.THING if declared.record is not None else Wanted.VALUE
        yield declared.each or declared.at or "constant", taker(declared, paths, many)
