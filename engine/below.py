"""From a column's values to the objects of the level below, and back: where all is as declared, without a doubt."""

from collections.abc import Sequence
from itertools import islice
from typing import Any, TypeAlias

from engine import core
from engine.complete import ordinary_type
from engine.instance_of import InstanceOf
from engine.plan import Column, Field, Selected
from engine.positions import Scope
from engine.run import Run

Below: TypeAlias = tuple[Selected, Sequence[Any], Scope]
"""What is selected there, the objects, and where they stand."""


def below(run: Run, column: Column, values: Sequence[Any], scope: Scope) -> Below | None:
    """The objects below a column; None where its values are other than one object, or one list of objects, or null."""
    if column.shape == 0:
        return _objects(run, column.field, values, scope)
    return _lists(run, column, values, scope) if column.shape == 1 else None


def put_back(column: Column, values: Sequence[Any], built: list[Any]) -> list[Any]:
    """What was built for the objects below, in the places of the values that they came from."""
    if column.shape == 0 and len(built) == len(values):
        return built
    each = iter(built)
    if column.shape == 0:
        return [None if value is None else next(each) for value in values]
    return [None if value is None else list(islice(each, len(value))) for value in values]


def _objects(run: Run, field: Field, values: Sequence[Any], scope: Scope) -> Below | None:
    """One object or null a value."""
    (selected,) = field.below.values()
    if selected.seen.issuperset(map(type, values)):  # then none is null
        return selected, values, Scope(scope, field, which=range(len(values)))
    which = [index for index, value in enumerate(values) if value is not None]
    objects = [values[index] for index in which]
    if not (field.nullable or len(objects) == len(values)) or not _plain(run, field, selected, objects):
        return None
    return selected, objects, Scope(scope, field, which=which)


def _lists(run: Run, column: Column, values: Sequence[Any], scope: Scope) -> Below | None:
    """One list of objects or null a value."""
    field = column.field
    objects: list[Any] = []
    counts: list[int] = []
    for value in values:
        if value.__class__ is list or value.__class__ is tuple:
            objects += value
            counts.append(len(value))
        elif value is None and field.nullable:
            counts.append(0)
        else:
            return None
    (selected,) = field.below.values()
    if not _plain(run, field, selected, objects):
        return None
    return selected, objects, Scope(scope, field, counts=counts, nullable=column.items_nullable)


def _plain(run: Run, field: Field, selected: Selected, objects: Sequence[Any]) -> bool:
    """Whether all of these are objects of the selected type without a doubt."""
    if selected.seen.issuperset(map(type, objects)):
        return True
    kinds, asked = set(map(type, objects)), selected.type.is_type_of
    by_class = asked.kind if isinstance(asked, InstanceOf) else object
    if not all(ordinary_type(kind) and issubclass(kind, by_class) for kind in kinds):
        return False
    if asked is None or isinstance(asked, InstanceOf):
        selected.seen.clear()
        selected.seen.update(kinds)
        return True
    info = run.general_info(field)
    try:
        return all(core.belongs(selected.type, thing, info) for thing in objects)
    except Exception:  # noqa: BLE001 - it is asked again, and heard, by the careful way
        return False
