"""Entries as bytes, as a Redis keeps them: MessagePack, read back into the records of their noun.

How old one is when it is read is told in two ways: by the wall clocks of who wrote and who reads it, and by the Redis,
which was told for how long to keep it. The older word counts, so that no clock that goes wrong makes it young.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from time import time
from types import MappingProxyType
from typing import Any

import msgspec

from model.answer import Answer
from model.nouns import NOUNS
from sources.guards.kept import Entry
from sources.guards.onward import onward

FORM = 1
"""Changes when bytes that were written before can no longer be read."""
_IN_MEMORY = 3
"""How many times more bytes an answer takes in memory, about."""


class _Packed(msgspec.Struct, frozen=True, array_like=True):
    at: float
    fields: frozenset[str]
    tags: frozenset[str]
    records: bytes | None = None
    as_of: datetime | None = None
    complete: bool = True
    total: int | None = None
    after: str | None = None
    lasts: float = 0.0


def _plain(value: Any) -> Any:
    if isinstance(value, MappingProxyType):
        return dict(value)
    raise NotImplementedError(type(value).__name__)


_encoder = msgspec.msgpack.Encoder(enc_hook=_plain)
_decoder = msgspec.msgpack.Decoder(_Packed)


def packed(entry: Entry, lasts: float = 0.0) -> bytes:
    """An entry as bytes. lasts: the seconds for which they will be kept."""
    answer, at = entry.answer, time() - (onward() - entry.at)
    if answer is None:
        return _encoder.encode(_Packed(at, entry.fields, entry.tags, lasts=lasts))
    records = _encoder.encode(answer.records)
    told = (answer.as_of, answer.complete, answer.total, answer.after)
    return _encoder.encode(_Packed(at, entry.fields, entry.tags, records, *told, lasts))


def unpacked(noun: str, data: bytes, left: float) -> Entry | None:
    """The entry that these bytes hold, of which seconds are `left`; None where they hold none of this noun."""
    try:
        told = _decoder.decode(data)
        answer = None
        if told.records is not None and told.as_of is not None:
            answer = Answer(
                records=_records(noun).decode(told.records),
                as_of=told.as_of,
                complete=told.complete,
                total=told.total,
                after=told.after,
            )
    except msgspec.MsgspecError:
        return None
    age = max(0.0, time() - told.at, told.lasts - left)
    return Entry(answer, told.fields, onward() - age, told.tags, len(data) * _IN_MEMORY)


def size(data: bytes) -> int:
    """How many bytes of memory an answer takes that is packed into these."""
    return len(data) * _IN_MEMORY


@cache
def _records(noun: str) -> msgspec.msgpack.Decoder[Sequence[Any]]:
    record: Any = NOUNS[noun].record
    return msgspec.msgpack.Decoder(list[record])
