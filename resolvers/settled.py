"""A column of one source's records becomes ours in one generated loop, where the same is to be done to all of them.

In most columns it is: every record has a native id or none has, all name what they belong to or none does, and all keys
are written rightly; then there often is nothing to do. Where it is otherwise, `Settling` looks at each record.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any

from msgspec import UnsetType
from msgspec.structs import replace

from model.records import Record, Statement
from resolvers.settling import Settling

Column = Sequence[Sequence[Record]]
"""The records that belong to each parent."""

_NATIVE, _KEYS = attrgetter("native_id"), attrgetter("keys")
_NATIVE_ALONE, _KEYS_AND_NATIVE = "{source: r.native_id}", "{**r.keys, source: r.native_id}"


def settled(
    settling: Settling,
    column: Column,
    every: Sequence[Record],
    keys: Sequence[str],
    filled: str | None,
    *,
    named: bool,
) -> Column | None:
    """The records as ours, the very column if nothing is to be written; None if not all are alike.

    every: all of them. filled: the field into which what they belong to is written, by its key of `keys`. named:
    whether records were named when they were made (`Terms.named`).
    """
    native = False if named else _have_native_ids(every)
    if native is None:
        return None
    if not (native or filled):
        return column
    keys_become = (_KEYS_AND_NATIVE if any(map(_KEYS, every)) else _NATIVE_ALONE) if native else None
    loop = _loop(settling.id if native and settling.prefix else None, keys_become, filled)
    own = [(key,) for key in keys] if filled is not None and filled.endswith("s") else keys
    return loop(column, own, settling.source, settling.prefix)


def _have_native_ids(every: Sequence[Record]) -> bool | None:
    """Whether all have one, or none has; None where it is neither."""
    kinds = set(map(type, map(_NATIVE, every)))
    return True if kinds == {str} else False if kinds == {UnsetType} else None


Loop = Callable[[Column, Sequence[Any], str, str | None], Column]


@cache
def _loop(named: str | None, keys: str | None, belongs: str | None) -> Loop:
    """The loop that writes ids, keys and parents as ours.

    named: the field of the id that is made of the native one. keys: what the keys become. belongs: the field that gets
    the parent.
    """
    changes = [f"{named}=prefix + r.native_id"] if named else []
    changes += [f"keys={keys}"] if keys else []
    changes += [f"{belongs}=own"] if belongs else []
    one = f"replace(r, {', '.join(changes)})"
    each = f"[[{one} for r in records] if records else records for records, own in zip(column, owns)]"
    names: dict[str, Any] = {"replace": replace}
    text = f"def loop(column, owns, source, prefix): return {each}"
    exec(compile(text, "<settling>", "exec"), names)  # noqa: S102 - of names of our own records' fields only
    loop: Loop = names["loop"]
    return loop


def stated(source: str, column: Column, times: Sequence[datetime | None]) -> Column:
    """Records, each with who said it and when."""
    return [
        [replace(record, said=(Statement(source, record, as_of),)) for record in records] if as_of else records
        for records, as_of in zip(column, times, strict=True)
    ]
