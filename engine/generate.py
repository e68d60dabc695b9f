"""Generated loops: from objects to the answer's response maps.

The text holds identifiers, GraphQL names and numbers of its own making; every value is bound to a name. It handles
no error. The careful one of its two kinds (`text.py`) gives what is not plainly as declared (null where none may be,
another type, an exception in place of a value) to `mend`, and what cannot be read to `lost`, each with the place noted
but not worked out.
"""

import keyword
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLObjectType,
    GraphQLOutputType,
    Undefined,
    is_abstract_type,
    is_enum_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    specified_scalar_types,
)
from msgspec import UNSET

from engine import core
from engine.as_it_is import said_of
from engine.complete import ODD, lost, mend, ordinary, read_default
from engine.enum_names import names_of
from engine.instance_of import InstanceOf, InstanceWhere
from engine.plan import Attribute, Call, Column, Default, Entry, Field, Source, Typename
from engine.positions import Step, Trail, step
from engine.response_map import response_map
from engine.text import Text, at_once

LISTS = 6
"""So many lists within lists are written as loops; Python nests no more than twenty blocks."""
DEPTH = 60
"""So deep the text is indented; Python understands a hundred levels."""

SMALL = 2**30 - 1
"""Up to here Python compares ints in half the time."""

EXACT = 2**53
"""Up to here every int is exactly a float."""

_TESTS = {
    "String": "{0}.__class__ is not str",
    "ID": "{0}.__class__ is not str",
    "Int": "({0}.__class__ is not int or ({0} > {1} or {0} < -{1}) and not -2147483648 <= {0} <= 2147483647)",
    "Boolean": "{0} is not True and {0} is not False",
}
"""What says that a value is not plainly as the scalar declares it; {1}: `SMALL`."""


def build_function(type_: GraphQLObjectType, fields: Sequence[Field], columns: Sequence[Column]) -> Callable[..., Any]:
    """The function from objects, and the completed values of columns, to response maps."""
    values = {column.field.key: f"x{place}" for place, column in enumerate(columns)}
    each, lists = ["o", *values.values()], ["objects", *(f"c{place}" for place in range(len(columns)))]
    several = f"for {', '.join(each)} in zip({', '.join(lists)}):" if columns else "for o in objects:"

    def written(text: _Loop) -> Callable[..., Any]:
        made = text.object(type_, fields, "o", _Place(text), text.depth, values)
        return text.function(lists, several, made)

    return at_once(_Loop, written)


def finish_function(field: Field) -> Callable[..., Any]:
    """The function from a column's values to completed values, where nothing below it has columns."""

    def written(text: _Loop) -> Callable[..., Any]:
        text.value(field, field.type, "v", _Place(text).into(step(field)), text.depth)
        return text.function(["values"], "for v in values:", "v")

    return at_once(_Loop, written)


def _learn(kept: dict[str, type | None], known: str, value: Any) -> type:
    """Keep the class of a value for the calls to come."""
    kind: type = value.__class__
    kept[known] = kind
    return kind


class _Place:
    """How a place is written: the steps from the scope's object, and the indexes on the way."""

    def __init__(self, text: "_Loop", steps: tuple[Step, ...] = (), indexes: tuple[str, ...] = ("len(out)",)) -> None:
        self._text, self.steps, self.indexes = text, steps, indexes

    def into(self, one: Step, index: str | None = None) -> "_Place":
        return _Place(self._text, (*self.steps, one), self.indexes if index is None else (*self.indexes, index))

    def __str__(self) -> str:
        return f"({self._text.bound('trail', Trail(self.steps))}, scope, {', '.join(self.indexes)})"


class _Loop(Text):
    """The text of one function from values to completed values."""

    def __init__(self, careful: Callable[..., Any] | None = None) -> None:
        self._kept: dict[str, type | None] = {}
        given = {
            "kept": self._kept,
            "learn": partial(_learn, self._kept),
            "lost": lost,
            "mend": mend,
            "ordinary": ordinary,
            "by_predicates": core.by_predicates,
            "read_default": read_default,
            "ODD": ODD,
            "UNSET": UNSET,
            "Undefined": Undefined,
        }
        super().__init__(given, careful)
        self._lists = 0

    def object(
        self,
        type_: GraphQLObjectType,
        fields: Sequence[Field],
        o: str,
        place: _Place,
        depth: int,
        columns: dict[str, str] | None = None,
    ) -> str:
        """The reading of an object's fields; gives back the making of its response map."""
        items: list[str] = []
        for field in fields:
            if isinstance(field.source, Typename):
                value = repr(type_.name)
            elif columns and field.key in columns:
                value = columns[field.key]
            else:
                value = self.read(field, o, place.into(step(field)), depth)
            items.append(value)
        return f"{self.bound('map', response_map(tuple(field.key for field in fields)))}({', '.join(items)})"

    def read(self, field: Field, o: str, place: _Place, depth: int) -> str:
        name = self.bound("field", field)
        v = f"v{name}"
        reading = f"{v} = {self._reading(field.source, name, o, place)}"
        if self.at_once:
            self.line(depth, reading)
        else:
            self.line(depth, f"try: {reading}")
            self.line(depth, f"except Exception as error: {v} = lost(run, {name}, error, {place})")
            self.line(depth, "else:")
            depth += 1
        self.value(field, field.type, v, place, depth)
        return v

    def _reading(self, source: Source, field: str, o: str, place: _Place) -> str:
        match source:
            case Attribute(name):
                return self._attribute(name, o)
            case Entry(name, table):
                return f"{self.bound('table', table)}[{self._attribute(name, o)}]"
        self.doubt()
        match source:
            case Call(function):
                return f"{self.bound('call', function)}({o})"
            case Default():
                return f"read_default(run, {field}, {o}, {place})"
        raise TypeError(f"{source} is no plain reading")

    def _attribute(self, name: str, o: str) -> str:
        if name.isidentifier() and not keyword.iskeyword(name):
            return f"{o}.{name}"
        return f"getattr({o}, {self.bound('name', name)})"

    def value(self, field: Field, type_: GraphQLOutputType, v: str, place: _Place, depth: int) -> None:
        """Complete a value, in place."""
        nullable = not is_non_null_type(type_)
        inner: Any = getattr(type_, "of_type", None) if is_non_null_type(type_) else type_
        items: Any = getattr(inner, "of_type", None)
        forgiven = nullable and type_ is field.type and isinstance(field.source, Attribute) and field.source.forgiving
        mended = "odd()" if self.at_once else self._mended(field, type_, v, place)
        mending = f"{v} = None if {v} is UNSET else {mended}" if forgiven else f"{v} = {mended}"
        rest = f"elif {v} is not None: {mending}" if nullable else f"else: {mending}"
        if is_enum_type(inner):
            self._enum(inner, v, nullable, mending, depth, forgiven=forgiven)
        elif is_leaf_type(inner):
            self._scalar(inner, v, nullable, mending, rest, depth)
        elif is_abstract_type(inner) and depth <= DEPTH and all(one.type.is_type_of for one in field.below.values()):
            self._abstract(field, inner, v, place, rest, depth)
        elif depth > DEPTH or is_abstract_type(inner) or (is_list_type(inner) and self._lists == LISTS):
            self.doubt()
            self.line(depth, f"if {v} is not None: {mending}" if nullable else mending)
        elif is_list_type(inner):
            self.line(depth, f"if {v}.__class__ is list or {v}.__class__ is tuple:")
            self._list(field, items, v, place, depth + 1)
            self.line(depth, rest)
        else:
            self._object(field, inner, v, place, rest, depth)

    def _mended(self, field: Field, type_: GraphQLOutputType, v: str, place: _Place) -> str:
        return f"mend(run, {self.bound('field', field)}, {self.bound('type', type_)}, {v}, {place})"

    def _enum(
        self, type_: GraphQLEnumType, v: str, nullable: bool, mending: str, depth: int, *, forgiven: bool
    ) -> None:
        nulls: dict[Any, None] = ({None: None} if nullable else {}) | ({UNSET: None} if forgiven else {})
        names = self.bound("names", names_of(type_) | nulls)
        self.attempt(depth, f"{v} = {names}[{v}]", mending)

    def _scalar(self, type_: Any, v: str, nullable: bool, mending: str, rest: str, depth: int) -> None:
        if type_ is GraphQLFloat:
            self.line(depth, f"if {v}.__class__ is float and {v} - {v} == 0.0: pass")
            self.line(depth, f"elif {v}.__class__ is int and {-EXACT} <= {v} <= {EXACT}: {v} = float({v})")
            self.line(depth, rest)
            return
        own = specified_scalar_types.get(type_.name) is not type_
        test = None if own else _TESTS[type_.name]
        if test is not None:
            unless = f" and {v} is not None" if nullable else ""
            self.line(depth, f"if {test.format(v, SMALL)}{unless}: {mending}")
            return
        plain = said_of(type_.coerce_output_value)
        if plain is not None:
            names = {name: self.bound(name, value) for name, value in plain.names.items()}
            self.line(depth, f"if {plain.expression.format(v=v, **names)}: pass")
            self.line(depth, "else:")
            depth += 1
        write, known = self.bound("write", type_.coerce_output_value), self._known(v)
        before, as_before = f"b{v}", f"w{v}"  # rows that come together often share what they say, as when it was said
        self.before_all(f"{before} = {as_before} = None")
        self.line(depth, f"if {self._is_of(known, v, f'{v} is not None and not isinstance({v}, ODD)')}:")
        self.line(depth + 1, f"if {v} is {before}: {v} = {as_before}")
        self.line(depth + 1, "else:")
        self.attempt(depth + 2, f"written = {write}({v})", "written = None")
        self.line(depth + 2, f"if written is None or written is Undefined: {mending}")
        self.line(depth + 2, f"else: {before} = {v}; {v} = {as_before} = written")
        self.line(depth, rest)

    def _list(self, field: Field, type_: GraphQLOutputType, v: str, place: _Place, depth: int) -> None:
        self._lists += 1
        items, item = f"l{v}", f"e{v}"
        self.line(depth, f"{items} = []")
        self.line(depth, f"for {item} in {v}:")
        within = place.into((None, not is_non_null_type(type_), 0), f"len({items})")
        self.value(field, type_, item, within, depth + 1)
        self.line(depth + 1, f"{items}.append({item})")
        self.line(depth, f"{v} = {items}")
        self._lists -= 1

    def _object(self, field: Field, type_: GraphQLObjectType, v: str, place: _Place, rest: str, depth: int) -> None:
        known, asked = self._known(v), type_.is_type_of
        plain = f"ordinary({v})"
        if isinstance(asked, InstanceOf):
            plain += f" and isinstance({v}, {self.bound('kind', asked.kind)})"
        test = self._is_of(known, v, plain)
        if asked is not None and not isinstance(asked, InstanceOf):
            test = self._told(field, [type_], v, test, depth)
        self.line(depth, f"if {test}:")
        made = self.object(type_, field.below[type_.name].fields, v, place, depth + 1)
        self.line(depth + 1, f"{v} = {made}")
        self.line(depth, rest)

    def _abstract(self, field: Field, type_: Any, v: str, place: _Place, rest: str, depth: int) -> None:
        """An object of one of several types, of which each can tell whether the object is its own."""
        known = self._known(v)
        plain = f"ordinary({v}) and by_predicates({self.bound('type', type_)}, {v})"
        several = list(field.below.values())
        told = self._told(field, [one.type for one in several], v, self._is_of(known, v, plain), depth)
        for number, selected in enumerate(several, 1):
            self.line(depth, f"{'if' if number == 1 else 'elif'} {told} == {number}:")
            made = self.object(selected.type, selected.fields, v, place, depth + 1)
            self.line(depth + 1, f"{v} = {made}")
        self.line(depth, rest)

    def _known(self, v: str) -> str:
        """The name of the class of which it is known that its objects can be read; it is kept from call to call."""
        known = f"k{v}"
        self._kept[known] = None
        self.before_all(f"{known} = kept[{known!r}]")
        return known

    def _is_of(self, known: str, v: str, plain: str) -> str:
        """Whether an object's class is the one that is known, or becomes it, as one of objects that are so plain."""
        return f"{v}.__class__ is {known} or {plain} and ({known} := learn({known!r}, {v})) is not None"

    def _told(self, field: Field, types: Sequence[Any], v: str, test: str, depth: int) -> str:
        """Which of the types an object says that it is of, by their predicates: counted from 1, 0 for none plainly."""
        told, info = f"t{v}", f"i{v}"
        asked = "".join(f"{number} if {self._is(one.is_type_of, v, info)} else " for number, one in enumerate(types, 1))
        if not all(isinstance(one.is_type_of, InstanceOf | InstanceWhere) for one in types):
            self.doubt()
            self.before_all(f"{info} = run.general_info({self.bound('field', field)})")
        self.attempt(depth, f"{told} = ({asked}0) if {test} else 0", f"{told} = 0")
        return told

    def _is(self, predicate: Any, v: str, info: str) -> str:
        """The asking of one predicate."""
        if not isinstance(predicate, InstanceOf | InstanceWhere):
            return f"{self.bound('is_a', predicate)}({v}, {info}) is True"
        plain = f"isinstance({v}, {self.bound('kind', predicate.kind)})"
        if isinstance(predicate, InstanceOf):
            return plain
        equal = "is" if predicate.same else "is not"
        return f"{plain} and {self._attribute(predicate.attribute, v)} {equal} {self.bound('what', predicate.what)}"
