"""Records that are parts of one thing, put together: a person a row, a hop a row."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import UNSET

from model.nouns import Noun
from model.records import Record


def together(noun: Noun, records: Iterable[Record]) -> list[Record]:
    """One record for each thing: its lists are joined in the order of the rows, of all else the first word counts."""
    things: dict[tuple[Any, ...], list[Record]] = {}
    for record in records:
        identity = tuple(getattr(record, field) for field in noun.identity or (noun.id,))
        things.setdefault(identity, []).append(record)
    return [_one(noun, parts) if len(parts) > 1 else parts[0] for parts in things.values()]


def _one(noun: Noun, parts: Sequence[Record]) -> Record:
    values = {name: _joined([getattr(part, name) for part in parts]) for name in noun.fields}
    keys = {space: key for part in reversed(parts) for space, key in part.keys.items()}
    raw = {name: value for part in reversed(parts) for name, value in part.raw.items()}
    return noun.record(native_id=parts[0].native_id, keys=keys, raw=raw, **values)


def _joined(values: Sequence[Any]) -> Any:
    said = [value for value in values if value is not UNSET]
    told = [value for value in said if value is not None]
    if told and all(isinstance(value, list) for value in told):
        return [one for value in told for one in value]
    return told[0] if told else said[0] if said else UNSET
