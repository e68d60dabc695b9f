"""The functions that read decoded rows, as text.

The text holds identifiers and numbers of its own making; every name of a system and every value is bound to one. What
is not plainly as it should be goes to the readers of the generic way (sources/rows.py). A row that holds, deep within,
a word that nobody knows goes there as a whole, for `Record.raw` shall tell it as the source wrote it.

    def made(rows, careful):
        out = []
        for r in rows:
            try:
                v1 = r.f0
                if v1.__class__ is str: pass
                elif v1 is not UNSET: v1 = UNSET if v1 is None else read2(v1)
                if not v1:
                    out.append(nameless())
                    continue
                out.append(Record3(code=v1))
            except Doubtful:
                out.append(careful(r))
        return out
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from msgspec import UNSET
from msgspec.structs import fields as struct_fields

from model.keys import NO_KEYS
from model.records import NO_RAW
from sources.grammar.fields import FieldDeclaration
from sources.grammar.lookup import MatchDeclaration
from sources.grammar.nouns import Shape, shapes
from sources.matching import narrowing, spoken
from sources.paths import ABSENT, Getter
from sources.rows import UNREADABLE, Field, Mapper, picking, put_key
from sources.typed.forms import TIMES, branches, form
from sources.typed.places import Place
from sources.typed.words import is_words

Function = Callable[..., Any]
_ROW, _AROUND = "r", "p"


class Doubtful(Exception):  # noqa: N818 - it says what a row is
    """Something within a row is UNKNOWN to us."""


def in_utc(moment: datetime) -> datetime:
    """An aware time in UTC; what is outside of the calendar there is Doubtful."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise Doubtful from None


class Text:
    """The text of one function, and what its names are bound to. places: the row, and the one around it, if any."""

    def __init__(self, mapper: Mapper, places: Sequence[Place]) -> None:
        self._mapper = mapper
        self._places = places
        self._lines: list[str] = []
        self._names: dict[str, Any] = {"UNSET": UNSET, "ABSENT": ABSENT, "Doubtful": Doubtful, "NO_RAW": NO_RAW}
        self._names["UTC"] = UTC

    def records(self, fields: frozenset[str]) -> Function:
        """From rows (or pairs of a row and the one around it) to records, None for a row that names nothing."""
        mapper = self._mapper
        self._lines += ["out = []", f"for {self._each} in rows:", " try:", "  raw = NO_RAW"]
        said = self._fields(fields)
        for name in mapper.identity:
            self._lines += [f"  if not {said[name]}:", f"   out.append({self._bound('nameless', self._nameless)}())"]
            self._lines += ["   continue"]
        self._lines += [f"  out.append({self._record(said)}raw=raw))"]
        self._lines += [f" except Doubtful: out.append(careful({_ROW}))", "return out"]
        return self._made("rows, careful")

    def keys(self, match: Sequence[MatchDeclaration], *, case: bool) -> Function:
        """From rows to what each says of the keys that it answers: one as text, or several in a sequence."""
        self._lines += ["out = []", f"for {self._each} in rows:"]
        parts = [self._said(one) for one in match]
        several = f"{self._bound('spoken', spoken)}(({''.join(f'{v}, ' for v in parts)}), {case})"
        if len(parts) == 1:
            (v,) = parts
            several = f"{v}{'' if case else '.casefold()'} if {v}.__class__ is str else {several}"
        self._lines += [f" out.append({several})", "return out"]
        return self._made("rows")

    def things(self, shape: Shape, declared: Mapping[str, FieldDeclaration], where: str, odd: Function) -> Function:
        """From what was decoded to a thing within a row (UNSET where nothing is said of one), or to a list of them.

        odd: the generic way, for what is no object in a list.
        """
        if self._places[0].thing is shape.kind:
            return self._finishing(shape, declared, where)
        give, skip, depth = ("out.append({0})", "continue", 1) if shape.many else ("return {0}", "return UNSET", 0)
        if shape.many:
            self._lines += ["out = []", f"for {_ROW} in rows if rows.__class__ is list else (rows,):"]
            self._line(1, f"if {_ROW}.__class__ is not {self._bound('Wire', self._places[0].struct)}:")
            self._line(2, f"out += {self._bound('odd', odd)}([{_ROW}])")
            self._line(2, "continue")
        else:
            self._lines += [f"{_ROW} = rows"]
        known = shapes(shape.kind)
        said = {name: self._field(name, known[name], one, where, depth) for name, one in declared.items()}
        self._check(shape.kind, said, where, skip, depth)
        parts = ", ".join(f"{name}={v}" for name, v in said.items())
        self._line(depth, give.format(f"{self._bound('Thing', shape.kind)}({parts})"))
        self._lines += ["return out"] if shape.many else []
        return self._made("rows")

    def _finishing(self, shape: Shape, declared: Mapping[str, FieldDeclaration], where: str) -> Function:
        """From a list of things as they were decoded to what they become, in place.

        Each all at once, or not at all, but for words: what these say is the same however often they are read. Where
        each stands as it shall, they are finished together.
        """
        known, thing = shapes(shape.kind), self._bound("Thing", shape.kind)
        said = {name: self._field(name, known[name], one, where, 1) for name, one in declared.items()}
        for name, v in said.items():
            if v != f"{_ROW}.{name}":  # where it stands already
                self._line(1, f"if {v} is not {_ROW}.{name}: {_ROW}.{name} = {v}")
        if self._lines:
            before = [f"for {_ROW} in rows:", f" if {_ROW}.__class__ is {thing}: continue"]
        else:
            before = [f"if not rows or rows[0].__class__ is {thing}: return rows", f"for {_ROW} in rows:"]
        self._lines = [*before, *self._lines, f" {_ROW}.__class__ = {thing}", "return rows"]
        return self._made("rows")

    def _fields(self, fields: frozenset[str]) -> dict[str, str]:
        """The reading of the fields of a record: what holds the value of each."""
        mapper, known = self._mapper, shapes(self._mapper.noun.record)
        return {
            name: self._field(name, known[name], mapper.declared[name], mapper.noun.name, 2, within=False)
            for name in mapper.names(fields)
        }

    def _record(self, said: Mapping[str, str]) -> str:
        """The making of a record of these, of its keys and of the name by which it is known, but for its last parts."""
        mapper, own, said = self._mapper, said.get("native_id"), dict(said)
        if own is not None and mapper.prefix is not None:
            prefix, name = self._bound("prefix", mapper.prefix), mapper.noun.id
            said[name] = f"{prefix} + {own} if {own} is not UNSET else {said[name]}"
        parts = "".join(f"{name}={v}, " for name, v in said.items())
        if mapper.spaces or own is not None:
            self._names["NO_KEYS"] = NO_KEYS
            parts += f"keys={self._all_keys(own)}, "
        return f"{self._bound('Record', mapper.noun.record)}({parts}"

    def _all_keys(self, own: str | None) -> str:
        """Those in other systems' spaces, and the source's own."""
        source = self._bound("source", self._mapper.source)
        if not self._mapper.spaces:
            return f"{{{source}: {own}}} if {own} is not UNSET else NO_KEYS"
        found = self._keys(self._mapper.spaces, 2)
        if own is not None:
            self._line(2, f"if {own} is not UNSET: {found}[{source}] = {own}")
        return f"{found} or NO_KEYS"

    def _said(self, declared: MatchDeclaration) -> str:
        v = self._taken(declared, declared.at, 1)
        within = narrowing(declared)
        if within is not None:
            self._line(1, f"{v} = {self._bound('within', within)}({v})")
        return v

    @property
    def _each(self) -> str:
        return _ROW if len(self._places) == 1 else f"{_ROW}, {_AROUND}"

    def _bound(self, kind: str, value: Any = None) -> str:
        name = f"{kind}{len(self._names)}"
        self._names[name] = value
        return name

    def _line(self, depth: int, text: str) -> None:
        self._lines.append(" " * depth + text)

    def _made(self, parameters: str) -> Function:
        text = "\n".join([f"def made({parameters}):", *(f" {line}" for line in self._lines)])
        exec(compile(text, "<reading>", "exec"), self._names)  # noqa: S102 - see the module: names only
        made: Function = self._names.pop("made")
        return made

    def _field(
        self, name: str, shape: Shape, declared: FieldDeclaration, where: str, depth: int, *, within: bool = True
    ) -> str:
        """The reading of one field; gives back the variable that holds its value. within: within a thing."""
        field = self._mapper.field(name, shape, declared, where)
        where = f"{where}.{name}"
        read = self._sure(field, where, within=declared.record is not None)
        path = declared.each or declared.at
        if declared.record is None:
            v = self._taken(declared, path or "@", depth)
            plain = form(shape, declared, self._mapper.zone, self._mapper.source, read, self._bound)
            held = self._place(declared).kind(path or "@")
            if is_words(held) or held in TIMES:  # and what says a member or a time is that
                then = f"{{v}} = {self._bound('in_utc', in_utc)}({{v}})" if held is datetime else "pass"
                plain.insert(0, f"{{v}}.__class__ is {self._bound('kind', shape.kind)}: {then}")
        else:
            v, plain = self._within(shape, declared, path, where, depth, read)
        wanted = issubclass(shape.kind, StrEnum) and not within and not shape.many
        if wanted:
            self._line(depth, f"w{v} = {v}")
        for line in branches(plain, v, self._bound("read", read), nullable=shape.nullable):
            self._line(depth, line)
        if issubclass(shape.kind, StrEnum):
            self._doubt(name, shape, v, depth, raw=wanted)
        return v

    def _within(
        self, shape: Shape, declared: FieldDeclaration, path: str | None, where: str, depth: int, odd: Function
    ) -> tuple[str, list[str]]:
        """A thing or things within the row: the variable that they are in, and the branch that makes them."""
        outer = self._place(declared)
        inner = outer.within(path)
        v = self._taken(declared, path, depth) if path is not None else self._whole(declared, depth)
        if inner is None:
            return v, []
        make = type(self)(self._mapper, [inner]).things(shape, declared.record or {}, where, odd)
        objects = f"{{v}}.__class__ is {self._bound('Wire', inner.struct)}"
        if shape.many:
            objects += " or {v}.__class__ is list"
        return v, [f"{objects}: {{v}} = {self._bound('make', make)}({{v}})"]

    def _whole(self, declared: FieldDeclaration, depth: int) -> str:
        v = self._bound("v")
        self._line(depth, f"{v} = {self._base(declared)}")
        return v

    def _doubt(self, name: str, shape: Shape, v: str, depth: int, *, raw: bool) -> None:
        unknown = self._bound("unknown", shape.kind("UNKNOWN"))
        if shape.many:
            self._line(depth, f"if {v}.__class__ is list and {unknown} in {v}: raise Doubtful")
        else:
            then = f"raw = {{**raw, {self._bound('name', name)}: w{v}}}" if raw else "raise Doubtful"
            self._line(depth, f"if {v} is {unknown}: {then}")

    def _check(self, kind: type, said: Mapping[str, str], where: str, skip: str, depth: int) -> None:
        """Leave out a thing of which nothing is said, or not what it takes."""
        silent = " and ".join(f"{v} is UNSET" for v in said.values())
        needed = [said.get(one.name) for one in struct_fields(kind) if one.required]
        missing = " or ".join("True" if v is None else f"{v} is UNSET" for v in needed)
        note = self._bound("note", lambda: self._mapper.oddities.note("rows without identity", where))
        if missing:
            self._line(depth, f"if {missing}:")
            self._line(depth + 1, f"if not ({silent}): {note}()")
            self._line(depth + 1, skip)
        else:
            self._line(depth, f"if {silent}: {skip}")

    def _keys(self, spaces: Mapping[str, FieldDeclaration], depth: int) -> str:
        found, put = self._bound("k"), self._bound("put", put_key)
        self._line(depth, f"{found} = {{}}")
        for space, declared in spaces.items():
            name, v = self._bound("space", space), self._taken(declared, declared.at or "@", depth)
            self._line(depth, f"if {v}.__class__ is str: {found}[{name}] = {v}")
            self._line(depth, f"elif {v} is not UNSET and {v} is not None: {put}({found}, {name}, {v})")
        return found

    def _taken(self, declared: FieldDeclaration | MatchDeclaration, path: str, depth: int) -> str:
        """The taking of what stands at a path, pattern and default applied; gives back the variable."""
        v = self._bound("v")
        if isinstance(declared, FieldDeclaration) and declared.constant is not None:
            self._line(depth, f"{v} = {self._bound('constant', declared.constant)}")
            return v
        for line in self._place(declared).taking(path, self._base(declared), v, self._bound):
            self._line(depth, line)
        if (
            isinstance(declared, FieldDeclaration)
            and (pick := picking(declared, _itself, self._mapper.nothing)) is not _itself
        ):
            self._line(depth, f"{v} = {self._bound('pick', _picked(pick))}({v})")
        return v

    def _place(self, declared: FieldDeclaration | MatchDeclaration) -> Place:
        return self._places[declared.of == "parent"] if len(self._places) > 1 else self._places[0]

    def _base(self, declared: FieldDeclaration | MatchDeclaration) -> str:
        return _AROUND if declared.of == "parent" and len(self._places) > 1 else _ROW

    def _sure(self, field: Field, where: str, *, within: bool) -> Function:
        """A reader that never fails: what it cannot read is counted, and lost. within: of things within."""
        read, nullable, oddities = field.read, field.nullable, self._mapper.oddities
        doubtful = field.doubtful if within else None

        def sure(found: Any) -> Any:
            try:
                value = read(found)
            except UNREADABLE:
                oddities.note("unreadable values", where, found)
                return UNSET
            if value is ABSENT or (value is None and not nullable):
                return UNSET
            if doubtful is not None and value is not None and doubtful(value):
                raise Doubtful
            return value

        return sure

    def _nameless(self) -> None:
        self._mapper.oddities.note("rows without identity", self._mapper.noun.name)


def _itself(found: Any) -> Any:
    return found


def _picked(pick: Getter) -> Function:
    def picked(found: Any) -> Any:
        value = pick(ABSENT if found is UNSET else found)
        return UNSET if value is ABSENT else value

    return picked
