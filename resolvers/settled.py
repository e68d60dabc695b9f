"""A column of one source's records becomes ours in one generated loop, where the same is to be done to all of them.

In most columns it is: every record has a native id or none has, all name what they belong to or none does, and all keys
are written rightly. That is seen by looks at whole columns, which take some tens of nanoseconds a record. Where it is
otherwise, `Settling` looks at each.
"""

from collections.abc import Callable, Sequence
from functools import cache
from itertools import chain
from operator import attrgetter
from types import NoneType
from typing import Any

from msgspec import UnsetType
from msgspec.structs import replace

from model.answer import Answer
from model.keys import Foreign
from model.records import Record, Statement
from resolvers.identity import SEVERAL
from resolvers.loaders import Said
from resolvers.settling import Settling

Column = Sequence[Sequence[Record]]
"""The records that belong to each parent."""

_NATIVE, _KEYS = attrgetter("native_id"), attrgetter("keys")
_NOTHING, _NAMES = frozenset({UnsetType, NoneType}), frozenset({str, Foreign})
_NATIVE_ALONE, _KEYS_AND_NATIVE = "{source: r.native_id}", "{**r.keys, source: r.native_id}"


def plain(said: Sequence[Said]) -> list[Sequence[Record]] | None:
    """The records of answers that are all whole and of now, and the source's own; None if any is not."""
    column = [
        () if one is None else one.records
        for one in said
        if one is None or (one.__class__ is Answer and one.complete and not one.stale and one.source is None)
    ]
    return column if len(column) == len(said) else None


def settled(
    settling: Settling, column: Column, keys: Sequence[str], field: str | None, *, named: bool, wanted: bool
) -> Column | None:
    """The records as ours; None where not all are alike.

    field: in which a record names its parent; one that names none gets its key of `keys`, if that is wanted. named:
    whether records were named when they were made (`Terms.named`).
    """
    every = list(chain.from_iterable(column))
    if not every:
        return column
    silent = False if field is None else _are_silent(field, every)
    native = False if named else _have_native_ids(every)
    if silent is None or native is None or not settling.are_right(every):
        return None
    keys_become = (_KEYS_AND_NATIVE if any(map(_KEYS, every)) else _NATIVE_ALONE) if native else None
    belongs = field if silent and wanted else None
    loop = _loop(settling.id if native and settling.prefix else None, keys_become, belongs)
    if loop is None:
        return column
    own = [(key,) for key in keys] if field is not None and field.endswith("s") else keys
    return loop(column, own, settling.source, settling.prefix)


def _have_native_ids(every: Sequence[Record]) -> bool | None:
    """Whether all have one, or none has; None where it is neither."""
    kinds = set(map(type, map(_NATIVE, every)))
    return True if kinds == {str} else False if kinds == {UnsetType} else None


def _are_silent(field: str, every: Sequence[Record]) -> bool | None:
    """Whether none tells what it belongs to, or all do; None where it is neither."""
    values = list(map(attrgetter(field), every))
    kinds = set(map(type, values))
    if kinds <= _NOTHING:
        return None if field == "customer" and _tell_circuits(every) else True
    return False if kinds <= _NAMES or (kinds <= SEVERAL and all(values)) else None


def _tell_circuits(every: Sequence[Record]) -> bool:
    names = [name for name in ("circuits", "circuit") if name in every[0].__struct_fields__]
    return any(any(map(attrgetter(name), every)) for name in names)


Loop = Callable[[Column, Sequence[Any], str, str | None], Column]


@cache
def _loop(named: str | None, keys: str | None, belongs: str | None) -> Loop | None:
    """The loop that writes ids, keys and parents as ours; None where nothing is to be written.

    named: the field of the id that is made of the native one. keys: what the keys become. belongs: the field that gets
    the parent.
    """
    changes = [f"{named}=prefix + r.native_id"] if named else []
    changes += [f"keys={keys}"] if keys else []
    changes += [f"{belongs}=own"] if belongs else []
    if not changes:
        return None
    one = f"replace(r, {', '.join(changes)})"
    each = f"[[{one} for r in records] if records else records for records, own in zip(column, owns)]"
    names: dict[str, Any] = {"replace": replace}
    text = f"def loop(column, owns, source, prefix): return {each}"
    exec(compile(text, "<settling>", "exec"), names)  # noqa: S102 - of names of our own records' fields only
    loop: Loop = names["loop"]
    return loop


def stated(source: str, column: Column, said: Sequence[Said]) -> Column:
    """Records, each with who said it and when."""
    return [
        [replace(record, said=(Statement(source, record, one.as_of),)) for record in records]
        if isinstance(one, Answer)
        else records
        for records, one in zip(column, said, strict=True)
    ]
