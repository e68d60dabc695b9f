"""Holds a record's declaration against the fields that its noun really has."""

from collections.abc import Mapping
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from msgspec import Struct, UnsetType
from pydantic_core import InitErrorDetails

from model.keys import Foreign
from sources.grammar.fields import FieldDeclaration, RecordDeclaration
from sources.grammar.words import mistake, one_of, pairs

_BOOKKEEPING = frozenset({"raw", "said"})


class Shape(Struct, frozen=True):
    """What a field holds: `kind` is its plain type, `many` for a list of it, `nullable` where None may be said."""

    kind: type
    many: bool
    nullable: bool
    reference: bool


def shapes(struct: type[Struct]) -> Mapping[str, Shape]:
    """The fields of a record, or of a thing within one."""
    hints = get_type_hints(struct)
    told = [name for name in struct.__struct_fields__ if name not in _BOOKKEEPING]
    return {name: _shape(hints[name]) for name in told}


def _shape(hint: Any) -> Shape:
    parts = _parts(hint)
    nullable = NoneType in parts
    kinds = [part for part in parts if part not in (NoneType, UnsetType)]
    reference = Foreign in kinds
    kind = str if reference else kinds[0]
    if get_origin(kind) is not None and not isinstance(kind, type):
        inner = _shape(get_args(kind)[-1])
        return Shape(inner.kind, True, nullable, inner.reference)
    return Shape(kind, False, nullable, reference)


def _parts(hint: Any) -> list[Any]:
    if get_origin(hint) in (Union, UnionType):
        return [inner for part in get_args(hint) for inner in _parts(part)]
    return [hint]


def name_mistakes(struct: type[Struct], record: Any, where: tuple[str | int, ...]) -> list[InitErrorDetails]:
    """The names in a declaration, not yet validated, that the struct does not have."""
    found: list[InitErrorDetails] = []
    known = shapes(struct)
    for name, declared in pairs(record):
        if name not in known:
            found.append(mistake(one_of(name, known), name, *where, name))
        elif name != "keys" and issubclass(known[name].kind, Struct):
            inner = dict(pairs(declared)).get("record")
            found += name_mistakes(known[name].kind, inner, (*where, name, "record"))
    return found


def field_mistakes(
    struct: type[Struct], record: RecordDeclaration, where: tuple[str | int, ...]
) -> list[InitErrorDetails]:
    """What is declared of fields, all of which there are, that they cannot hold."""
    known = shapes(struct)
    return [
        one
        for name, declared in record.items()
        if name != "keys" or "native_id" not in known
        for one in _field_mistakes(known[name], declared, (*where, name))
    ]


def _field_mistakes(shape: Shape, declared: FieldDeclaration, where: tuple[str | int, ...]) -> list[InitErrorDetails]:
    if issubclass(shape.kind, Struct) != (declared.record is not None):
        within = issubclass(shape.kind, Struct)
        return [mistake("expected record: the fields within" if within else "expected no record within", {}, *where)]
    if declared.record is not None:
        found = field_mistakes(shape.kind, declared.record, (*where, "record"))
        found += [
            mistake("expected the key only in a field of the record itself", "key", *where, "record", name, "of")
            for name, one in declared.record.items()
            if one.of == "key"
        ]
        if shape.many != (declared.each is not None):
            expected = "expected each: the path to the list" if shape.many else "expected no each"
            found.append(mistake(expected, {}, *where))
        return found
    if declared.space is not None and not shape.reference:
        return [mistake("expected space only for a reference to another thing", declared.space, *where, "space")]
    if declared.unit is not None and shape.kind not in (int, float):
        return [mistake("expected unit only for a number", declared.unit, *where, "unit")]
    if issubclass(shape.kind, StrEnum):
        return _value_mistakes(shape.kind, declared, where)
    return []


def _value_mistakes(
    kind: type[StrEnum], declared: FieldDeclaration, where: tuple[str | int, ...]
) -> list[InitErrorDetails]:
    known = {member.value for member in kind}
    told: list[tuple[Any, tuple[str, ...]]] = [(value, ("values", name)) for name, value in declared.values.items()]
    told += [(value, (part,)) for part in ("default", "constant") if (value := getattr(declared, part)) is not None]
    return [
        mistake(one_of(str(value).upper(), known), value, *where, *way)
        for value, way in told
        if value is not None and str(value).upper() not in known
    ]
