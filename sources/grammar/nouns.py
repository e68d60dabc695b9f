"""Holds a record's declaration against the fields that its noun really has."""

from collections.abc import Mapping
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from msgspec import Struct, UnsetType
from pydantic_core import InitErrorDetails

from model.keys import Foreign
from sources.grammar.fields import FieldDeclaration, RecordDeclaration
from sources.grammar.words import mistake, one_of

NATIVE = ("native_id", "keys")
"""What a record declaration may say besides the noun's own fields."""
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


def record_mistakes(
    struct: type[Struct], record: RecordDeclaration, where: tuple[str | int, ...]
) -> list[InitErrorDetails]:
    """What this declaration says that the struct cannot hold."""
    found: list[InitErrorDetails] = []
    known = shapes(struct)
    for name, declared in record.items():
        if name == "keys" and "native_id" in known:
            found += _key_mistakes(declared, (*where, name))
        elif name not in known:
            found.append(mistake(one_of(name, known), name, *where, name))
        else:
            found += _field_mistakes(known[name], declared, (*where, name))
    return found


def _field_mistakes(shape: Shape, declared: FieldDeclaration, where: tuple[str | int, ...]) -> list[InitErrorDetails]:
    inner = isinstance(shape.kind, type) and issubclass(shape.kind, Struct)
    if inner != (declared.record is not None):
        return [mistake("expected record: the fields within" if inner else "expected no record within", {}, *where)]
    if declared.record is not None:
        found = record_mistakes(shape.kind, declared.record, (*where, "record"))
        if shape.many != (declared.each is not None):
            found.append(
                mistake("expected each: the path to the list" if shape.many else "expected no each", {}, *where)
            )
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


def _key_mistakes(declared: FieldDeclaration, where: tuple[str | int, ...]) -> list[InitErrorDetails]:
    if declared.record is None or declared.each is not None:
        return [mistake("expected a mapping of key space to path", {}, *where)]
    return []
