"""Answers in JSON: paths are JMESPaths, a row is an object."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from model.keys import Lookup
from model.records import Record
from sources.answers import check_status, json_body, json_text, no_rows
from sources.grammar.lookup import AnsweredDeclaration
from sources.jmespaths import JmesPaths, compile_path
from sources.medium import Reading, RowByRow
from sources.notations import PLAIN, Notation
from sources.paths import ABSENT, Paths, Wanted
from sources.requests import Written, encodable, placed
from sources.rows import Mapper, Row
from sources.shapes import has_plain_rows, shaped
from sources.transport import Response
from sources.typed.lane import typed
from sources.typed.reading import Decode
from sources.verdicts import Verdicts, within

_JMESPATHS = JmesPaths()
_JSON: Mapping[str, str] = {"content-type": "application/json"}


class Json:
    """The medium of a source whose answers are JSON, nested no deeper than `depth`.

    texts: where in an answer there is text that is JSON once more. paths: those into it. told: the paths into bodies
    themselves, by which it is read how it went and how to go on; None where more than these and the rows is read of a
    body.
    """

    accept = "application/json"
    charset = "utf-8"
    apart = False

    def __init__(
        self,
        source: str,
        depth: int,
        notation: Notation = PLAIN,
        texts: Sequence[str] = (),
        paths: Paths = _JMESPATHS,
        told: Sequence[str] | None = None,
    ) -> None:
        self.paths = paths
        self._source = source
        self._depth = depth
        self._notation = notation
        self._texts = [(way, compile_path(way)) for way in texts]
        self._told = told

    def can_say(self, text: str) -> bool:
        """Any text but one with half of a surrogate pair."""
        return text.isascii() or encodable(text, self.charset)

    def writer(self, declared: AnsweredDeclaration) -> Written:
        """As JSON."""
        del declared
        return as_json

    def decoded(self, response: Response) -> Any:
        """As plain data."""
        check_status(self._source, response)
        body = json_body(self._source, response, self._depth, notation=self._notation)
        for way, get in self._texts:
            written = get(body)
            if type(written) is str and written.strip():
                body = placed(body, way, json_text(self._source, written.encode(), self._depth))
        return body

    def reading(
        self, lookup: Lookup, declared: AnsweredDeclaration, mapper: Mapper, fields: frozenset[str], *, raw: bool
    ) -> Reading:
        """Straight into what is read where that can be; else as plain data first, records from that."""
        plain = JsonReading(self, lookup, declared, mapper, fields, raw=raw)
        if raw or self._texts or self._told is None or not has_plain_rows(declared):
            return plain
        return typed(plain, lookup, declared, mapper, fields, self._told, self._typed, as_it_is=self._notation is PLAIN)

    def _typed(self, response: Response, decode: Decode) -> Any:
        """Bounded in depth by the decoder: no deeper than Python's stack, and most is only skipped."""
        if response.status != 200:
            check_status(self._source, response)
        return json_body(self._source, response, None, decode, self._notation)


class JsonReading(RowByRow):
    """Reads answers to one lookup as plain data, and its objects as records."""

    def __init__(
        self,
        medium: Json,
        lookup: Lookup,
        declared: AnsweredDeclaration,
        mapper: Mapper,
        fields: frozenset[str],
        *,
        raw: bool,
    ) -> None:
        self._lookup = lookup
        self._source = mapper.source
        self._steps = shaped(declared, [medium.paths.compile(step, Wanted.THINGS) for step in declared.each])
        self._verdicts = Verdicts(mapper.source, declared, medium.paths)
        self._read = mapper.compile(fields, raw=raw).read
        self._medium = medium

    def decoded(self, response: Response) -> Any:
        """As the medium does."""
        return self._medium.decoded(response)

    def rows(self, body: Any) -> tuple[Sequence[Row], int]:
        """The objects that the first step leads to, which must be some; each further step goes on inside them."""
        rows: Sequence[Row] = [Row(data) for data in self._objects(self._steps[0](body))]
        received = len(rows)
        rows = self._verdicts.of(rows)
        for step in self._steps[1:]:
            rows = within(rows, step, self._inner)
        return rows, received

    def record(self, row: Row) -> Record | None:
        """The record of an object."""
        return self._read(row)

    def _objects(self, found: Any) -> list[Any]:
        rows = found if type(found) is list else [found]
        for row in rows:
            if type(row) is not dict:
                raise no_rows(self._source, found)
        return rows

    def _inner(self, found: Any) -> list[Any]:
        return [] if found is ABSENT or found is None else self._objects(found)


def as_json(said: Any) -> tuple[Mapping[str, str], bytes]:
    """A body as JSON."""
    return _JSON, msgspec.json.encode(said)
