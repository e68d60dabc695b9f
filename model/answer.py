"""What one source says to one key."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from model.faults import SourceFault
from model.records import Record


class Answer(Struct, frozen=True, kw_only=True, gc=False):
    """The records of one source for one key, or one page of a list.

    as_of: when the source said it; older than now when it comes from a cache (`stale` if past its time).
    complete: False when the source cut the list. total: how many there are in all, where the source tells.
    after: what to hand to `page` to go on, None at the end. source: who said it, where that is another than who was
    asked. because: why it is that other's word, or an old one.
    """

    records: Sequence[Record]
    as_of: datetime
    stale: bool = False
    complete: bool = True
    total: int | None = None
    after: str | None = None
    source: str | None = None
    because: SourceFault | None = None
