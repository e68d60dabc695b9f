"""A declared lookup, compiled once: what it answers, how it is asked, how its rows are found and read."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec

from model.ask import Ask, Condition, Operator
from model.faults import Malformed
from model.keys import Key, Lookup
from sources.answered import AnsweredLookup
from sources.contract import Terms
from sources.grammar.fields import FieldDeclaration
from sources.grammar.lookup import LookupDeclaration
from sources.grammar.mapped import MappedDeclaration
from sources.grammar.paging import PagingDeclaration
from sources.medium import Medium, Reading
from sources.outcomes import Outcome
from sources.paging import Page
from sources.paths import ITSELF
from sources.pushdown import ordered, written
from sources.requests import Call, Place, Request, as_form, constant, escaped, room
from sources.rows import Mapper
from sources.slots import Slot
from sources.transport import Response

_PAGING_RESERVE = 48
_CURSOR_RESERVE = 300
_UNFILTERED_AT_MOST = 256
_SHOWN_RESERVE = 600
"""Bytes of a request line kept for who we are, where that is shown among the parameters."""


class CompiledLookup(AnsweredLookup):
    """One lookup of one source, ready to be asked over HTTP."""

    def __init__(
        self,
        lookup: Lookup,
        declared: LookupDeclaration,
        mapper: Mapper,
        source: MappedDeclaration,
        medium: Medium[Any],
        outcome: Outcome | None,
    ) -> None:
        super().__init__(lookup, declared, mapper, source, medium)
        self.declared: LookupDeclaration = declared
        self.outcome = outcome
        self.place = _place(self.paging_declared)
        self._charset = medium.charset
        self.slot = (
            Slot(declared.keys, source.join, charset=medium.charset, can_say=medium.can_say) if declared.keys else None
        )
        self.by_path = declared.keys is not None and declared.keys.path is not None and declared.keys.one_a_call("one")
        self.missing = frozenset(declared.missing)
        self.in_json = medium.accept == "application/json"
        shown = _SHOWN_RESERVE if source.auth is not None and source.auth.place == "query" else 0
        self._line = source.request_line_bytes - len(urlsplit(source.url).path) - shown
        self.start = _start(declared, medium)
        self.terms = self._terms()
        by_cursor = self.paging_declared is not None and self.paging_declared.by in {"cursor", "link"}
        self._reserve = _CURSOR_RESERVE if by_cursor else _PAGING_RESERVE
        self._unfiltered: dict[frozenset[str], Prepared] = {}

    def calls(self, keys: Sequence[Key], call: Call) -> tuple[list[Call], list[Key]]:
        """The calls that ask for these keys (none of them blank or twice), and the keys that cannot be written.

        call: as it is without keys.
        """
        if self.slot is None:
            return [call], []
        space = self.room(call)
        whole = self.slot.whole(call, keys, space)
        if whole is not None:
            return [whole], []
        fitting = [key for key in keys if self.slot.fits(key, space)]
        chunks = self.slot.chunks(fitting, space)
        unfit = [] if len(fitting) == len(keys) else [key for key in keys if not self.slot.fits(key, space)]
        return [self.slot.write(call, chunk) for chunk in chunks], unfit

    def room(self, call: Call) -> int:
        """The bytes of a request line that are there for the keys of a call."""
        return room(self._line, call, self._reserve)

    def prepared(self, ask: Ask) -> "Prepared":
        """All that is the same whatever the keys; worked out once for the same fields, where that is all of an ask."""
        if ask.filter or ask.order or ask.raw:
            return Prepared(self, self._template(ask), self.reading(ask.fields, raw=ask.raw))
        found = self._unfiltered.get(ask.fields)
        if found is None:
            if len(self._unfiltered) >= _UNFILTERED_AT_MOST:
                self._unfiltered.clear()
            found = Prepared(self, self._template(ask), self.reading(ask.fields))
            self._unfiltered[ask.fields] = found
        return found

    def _template(self, ask: Ask) -> Call:
        """The call without keys: constants, the filters and orders that the source applies, the attributes wanted."""
        parts = [
            self.start.query,
            *(self._filter(one) for one in self.applied(ask.filter)),
            escaped(ordered(self.declared.orders, ask.order)),
            self._attributes(ask.fields),
        ]
        return msgspec.structs.replace(self.start, query="&".join(part for part in parts if part))

    def applied(self, conditions: Iterable[Condition]) -> list[Condition]:
        """The conditions that the source applies itself."""
        return [one for one in conditions if (one.field, one.operator) in self.terms.filters]

    def _filter(self, condition: Condition) -> str:
        return escaped(written(self.declared.filters[condition.field], condition), self._charset)

    def _attributes(self, fields: frozenset[str]) -> str:
        """The parameter that names the attributes wanted."""
        if self.declared.fields is None:
            return ""
        needed: set[str] = set()
        for way in self._ways(fields):
            tops = self._medium.paths.attributes(way)
            if tops is None:
                return ""
            needed |= tops
        return f"{escaped([(self.declared.fields.query, '')])}" + ",".join(sorted(needed))

    def _ways(self, fields: frozenset[str]) -> Iterable[str]:
        """The paths that are read in the outermost rows."""
        nested = self.nested
        if nested:
            yield self.declared.each[1]
        if isinstance(self.match_declared, list):
            yield from (one.at for one in self.match_declared if (one.of == "parent") == nested)
        for declared in self.mapper.needed(fields):
            yield from _paths(declared, "parent" if nested else "row")

    def _terms(self) -> Terms:
        orders = frozenset(self.declared.orders.fields) if self.declared.orders else frozenset()
        return Terms(
            fields=self.mapper.fields & self.noun.fields,
            keys=frozenset(self.mapper.spaces),
            space=self.space,
            keys_at_most=self.slot.at_most if self.slot else None,
            filters=frozenset(
                (field, operator)
                for field, one in self.declared.filters.items()
                for operator in Operator
                if one.parameter(operator) is not None
            ),
            orders=orders,
            named=True,
            limit=self.slot is None and self.paging_declared is not None and self.paging_declared.limit is not None,
        )


class Prepared:
    """A lookup as it is asked for the fields of an ask, in all that is the same whatever the keys.

    call: without keys. reading: of the answers. answered: an answer about keys as a page; without rows where its status
    says that there is nothing.
    """

    __slots__ = ("_before", "_one", "_room", "_slot", "answered", "call", "reading")

    def __init__(self, one: CompiledLookup, call: Call, reading: Reading) -> None:
        self._one = one
        self.call = call
        self.reading = reading
        self._room = one.room(call)
        self._slot = one.slot if one.at_once and one.takes_any and call.method == "GET" else None
        self.answered = self._unless_missing if one.missing or one.by_path else self.page
        self._before = f"{call.path}?{call.query}{'&' if call.query else ''}"

    def request(self, keys: Mapping[Key, object]) -> Request | None:
        """The one request for all of these keys; None where some are not to be asked for, or it takes more to ask."""
        if self._slot is None or not keys or "" in keys:
            return None
        said = self._slot.said(keys, self._room)
        return Request("GET", self._before + said, self.call.headers) if said else None

    def _unless_missing(self, response: Response) -> Page:
        return Page(0, response, None) if response.status >= 400 and self._missing(response) else self.page(response)

    def _missing(self, response: Response) -> bool:
        """Whether a status says that there is no such thing; a page of whoever stands before the source does not."""
        one = self._one
        if response.status in one.missing:
            return True
        return one.by_path and response.status == 404 and not (one.in_json and response.body.lstrip()[:1] == b"<")

    def page(self, response: Response) -> Page:
        """An answer as a page."""
        one, reading = self._one, self.reading
        body = reading.decoded(response)
        if body is None or (one.outcome is not None and not one.outcome.found(body)):
            return Page(0, response, None)
        try:
            rows, received = reading.rows(body)
        except Malformed:
            if one.tells_none(Page(0, response, body)):
                return Page(0, response, body, total=0)
            raise
        found = Page(received, response, body, rows=rows)
        return msgspec.structs.replace(found, total=one.total(found)) if one.counted else found


def _place(paging: PagingDeclaration | None) -> Place:
    if paging is None:
        return "query"
    return "form" if paging.by == "form" else paging.place


def _start(declared: LookupDeclaration, medium: Medium[Any]) -> Call:
    constants = [
        (name, constant(one))
        for name, value in declared.query.items()
        for one in (value if isinstance(value, list) else [value])
    ]
    return Call(
        method="GET" if declared.get else "POST",
        path=declared.path,
        query=escaped(constants, medium.charset),
        body=declared.body,
        headers={name.lower(): value for name, value in declared.headers.items()},
        written=as_form if declared.form else medium.writer(declared),
    )


def _paths(declared: FieldDeclaration, level: str) -> Iterable[str]:
    """The paths of a field that are read in rows of this level."""
    if declared.constant is not None:
        return
    if declared.record is not None and declared.each is None and declared.at is None:
        for inner in declared.record.values():
            yield from _paths(inner, level)
    elif declared.of == level:
        yield declared.each or declared.at or ITSELF


def compiled(
    name: str,
    source: MappedDeclaration,
    mappers: Mapping[str, Mapper],
    medium: Medium[Any],
    outcome: Outcome | None = None,
) -> dict[Lookup, CompiledLookup]:
    """All lookups of a source, by what they answer. outcome: reads off a body whether it is an answer."""
    lookups: dict[Lookup, CompiledLookup] = {}
    for text, declared in source.lookups.items():
        asked = Lookup.parse(text)
        lookup = Lookup(asked.noun, name if asked.by == "self" else asked.by)
        lookups[lookup] = CompiledLookup(lookup, declared, mappers[text], source, medium, outcome)
    return lookups
