"""The keys of a thing in the key spaces of systems, as its statements tell them. None is chosen among several."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import UNSET

from model.records import Statement


def keys_told(statements: Sequence[Statement], space: str) -> Sequence[str]:
    """The keys that are told of a thing in a space: a system's own word on its own keys counts alone."""
    own = [
        one.record.native_id
        for one in statements
        if isinstance(one.record.native_id, str) and (one.place or one.source) == space
    ]
    told = own or [key for one in statements if (key := one.record.keys.get(space)) is not None]
    return list(dict.fromkeys(told))


def key_told(statements: Sequence[Statement], space: str) -> str | None:
    """The one key that is told of a thing in a space; None where there is none, or more than one."""
    told = keys_told(statements, space)
    return told[0] if len(told) == 1 else None


def keys_of(statements: Sequence[Statement]) -> Mapping[str, str]:
    """The keys of a thing in all spaces in which one is told, and not two."""
    if len(statements) == 1:
        source, record = statements[0].source, statements[0].record
        if record.native_id is UNSET or record.keys.get(source) == record.native_id:
            return record.keys
    own: dict[str, str] = {}
    others: dict[str, str] = {}
    twofold: set[str] = set()
    for one in statements:
        if isinstance(one.record.native_id, str):
            _put(own, one.place or one.source, one.record.native_id, twofold)
    for one in statements:
        for space, key in one.record.keys.items():
            if space not in own:
                _put(others, space, key, twofold)
    keys = own | others
    return {space: key for space, key in keys.items() if space not in twofold} if twofold else keys


def _put(keys: dict[str, str], space: str, key: str, twofold: set[str]) -> None:
    if keys.setdefault(space, key) != key:
        twofold.add(space)


def spaces_told(statements: Iterable[Statement]) -> list[str]:
    """The spaces in which any key is told."""
    return sorted({space for one in statements for space in one.record.keys})
