"""The function that puts decoded rows under the keys that they answer, as text: for bodies that are as expected.

What is held to its kind by the decoder is not looked at again. A row that is odd in some other way (it names nothing, a
word in it is known to nobody or cannot be read) is left to `one`, which reads it by itself.

    def made(rows, asked, natives, page, reader):
        foreign = silent = lost = 0
        one = None
        get, add = asked.get, natives.add
        for r in rows:
            v1 = r.f0
            to = get(v1)
            if to is None and v1.__class__ is str: to = get(plain2(v1))
            if to is None:
                foreign += 1
                silent += v1 is None or v1 is UNSET
                continue
            try:
                v2 = r.f1
                if not v2: raise Doubtful
                if r.f3.__class__ is str: r.f3 = known3[r.f3]
                record = Record4(code=v2, name=r.f2, state=r.f3)
            except Doubtful:
                if one is None: one = reader(rows, page)
                record = one(r)
                if record is None:
                    lost += 1
                    continue
            to.append(record)
            add(record.native_id)
        return foreign, silent, lost
"""

from datetime import datetime
from typing import Any

from msgspec import UNSET

from sources.grammar.fields import FieldDeclaration
from sources.grammar.lookup import MatchDeclaration
from sources.grammar.nouns import Shape
from sources.jmespaths import dotted
from sources.paths import ABSENT
from sources.rows import UNREADABLE, Field
from sources.typed.forms import TIMES, Plainly, expected, remembered
from sources.typed.generate import Doubtful, Function, Text, in_utc
from sources.typed.words import is_words, may_be_text
from sources.units import plain


class Filing(Text):
    """The text of a function over rows of a strict tree."""

    def filed(self, fields: frozenset[str], match: MatchDeclaration, *, case: bool) -> Function:
        """As `Reading.file`, with `reader`: from rows of a page to what reads each of them by itself."""
        self._lines += ["foreign = silent = lost = 0", "one = None", "get, add = asked.get, natives.add"]
        self._lines += ["for r in rows:"]
        v = self._taken(match, match.at, 1)
        self._line(1, f"to = get({v if case else f'{v}.casefold() if {v}.__class__ is str else None'})")
        again = f"{self._bound('plain', plain)}({v}){'' if case else '.casefold()'}"
        self._line(1, f"if to is None and {v}.__class__ is str: to = get({again})")
        self._line(1, "if to is None:")
        self._line(2, "foreign += 1")
        self._line(2, f"silent += {v} is None or {v} is UNSET")
        self._line(2, "continue")
        self._line(1, "try:")
        said = self._fields(fields)
        for name in self._mapper.identity:
            self._line(2, f"if not {said[name]}: raise Doubtful")
        self._line(2, f"record = {self._record(said)})")
        self._line(1, "except Doubtful:")
        self._line(2, "if one is None: one = reader(rows, page)")
        self._line(2, "record = one(r)")
        self._line(2, "if record is None:")
        self._line(3, "lost += 1")
        self._line(3, "continue")
        self._line(1, "to.append(record)")
        if "native_id" in said:
            self._line(1, "add(record.native_id)")
        self._lines += ["return foreign, silent, lost"]
        return self._made("rows, asked, natives, page, reader")

    def _field(
        self, name: str, shape: Shape, declared: FieldDeclaration, where: str, depth: int, *, within: bool = True
    ) -> str:
        identity = not within and name in self._mapper.identity
        kind = None if declared.record is not None or declared.at is None else self._place(declared).kind(declared.at)
        if is_words(kind):
            return self._word(name, shape, declared, where, depth, sure=identity)
        if kind in TIMES:
            return self._when(shape, declared, declared.at or "@", depth)
        straight = self._straight(name, shape, declared, where, depth, sure=identity)
        if straight is None:
            return super()._field(name, shape, declared, where, depth, within=within)
        if not identity:
            return straight
        v = self._bound("v")
        self._line(depth, f"{v} = {straight}")
        return v

    def _straight(
        self, name: str, shape: Shape, declared: FieldDeclaration, where: str, depth: int, *, sure: bool = False
    ) -> str | None:
        """An expression for a value that is held to its kind; sure: null is seen by whoever looks at it next."""
        path = declared.at
        kind = expected(shape, declared)
        if declared.record is not None or shape.many or kind is None or path is None or dotted(path) is None:
            return None
        place, base = self._place(declared), self._base(declared)
        value = place.straight(path, base) if place.kind(path) is kind else None
        if value is None:
            return None
        if remembered(shape, declared):
            return f"{self._bound('known', self._plainly(name, shape, declared, where))}[{value}]"
        if kind is not shape.kind or (shape.reference and declared.space):
            return None
        return self._decoded(shape, declared, path, depth, sure=sure or place.needs(path))

    def _word(self, name: str, shape: Shape, declared: FieldDeclaration, where: str, depth: int, *, sure: bool) -> str:
        """What a word says; one that has been decoded as it stands is read by its letters, and stands read then."""
        path = declared.at or "@"
        v = self._decoded(shape, declared, path, depth, sure=sure)
        if may_be_text(self._place(declared).kind(path)):
            known = self._bound("known", self._plainly(name, shape, declared, where))
            self._line(depth, f"if {v}.__class__ is str: {v} = {known}[{v}]")
        return v

    def _when(self, shape: Shape, declared: FieldDeclaration, path: str, depth: int) -> str:
        """What has been decoded as a time, which is told in UTC, or as a day."""
        v = self._decoded(shape, declared, path, depth)
        if shape.kind is datetime:
            self._line(depth, f"if {v} and {v}.tzinfo is not UTC: {v} = {self._bound('in_utc', in_utc)}({v})")
        return v

    def _decoded(self, shape: Shape, declared: FieldDeclaration, path: str, depth: int, *, sure: bool = False) -> str:
        """What has been decoded as what it is, in its place if it may be null. sure: as of `_straight`."""
        at = self._place(declared).straight(path, self._base(declared)) if shape.nullable or sure else None
        v = at or self._taken(declared, path, depth)
        if not (shape.nullable or sure):
            self._line(depth, f"if {v} is None: {v} = UNSET")
        return v

    def _plainly(self, name: str, shape: Shape, declared: FieldDeclaration, where: str) -> Plainly:
        read = self._sure(self._mapper.field(name, shape, declared, where), where, within=False)
        return Plainly(read, nullable=shape.nullable)

    def _doubt(self, name: str, shape: Shape, v: str, depth: int, *, raw: bool) -> None:
        """Readers have looked already."""

    def _sure(self, field: Field, where: str, *, within: bool) -> Function:
        """A reader of what is plainly as it should be; all else is Doubtful, and counted by whoever reads it then."""
        del where, within
        read, nullable, doubtful = field.read, field.nullable, field.doubtful

        def sure(found: Any) -> Any:
            try:
                value = read(found)
            except UNREADABLE:
                raise Doubtful from None
            if value is ABSENT or (value is None and not nullable):
                return UNSET
            if doubtful is not None and value is not None and doubtful(value):
                raise Doubtful
            return value

        return sure
