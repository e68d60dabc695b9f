"""Circuits that have an active alarm now, as the alarm sources tell."""

import asyncio
from collections.abc import Sequence

from msgspec import UNSET

from model.answer import Answer
from model.enums import AlarmState
from model.faults import SourceFault
from model.keys import Lookup
from model.records import Alarm, Record
from resolvers.join import parents_keys
from resolvers.met import Missing
from resolvers.request import Request
from resolvers.things import LIST_CUT
from resolvers.upstreams import Offer

_STATE = frozenset({"state", "cleared_at"})


async def with_active_alarms(request: Request, circuits: Sequence[Record]) -> tuple[list[Record], frozenset[Missing]]:
    """Those of the circuits that have an active alarm; while an alarm source fails, some may be missing."""
    alarmed: set[int] = set()
    missing: set[Missing] = set()
    for offers in request.upstreams.in_turn(Lookup("alarm", "circuit")):
        await _hear(request, offers, circuits, alarmed, missing)
        if not missing:
            break
    return [record for index, record in enumerate(circuits) if index in alarmed], frozenset(missing)


async def _hear(
    request: Request, offers: Sequence[Offer], circuits: Sequence[Record], alarmed: set[int], missing: set[Missing]
) -> None:
    """Add the places of those that have an alarm, and which sources did not say."""
    keys = await asyncio.gather(*(parents_keys(request, offer, "circuit", circuits) for offer in offers))
    askable = [[(index, key) for index, key in enumerate(every) if isinstance(key, str)] for every in keys]
    answers = await asyncio.gather(
        *(
            request.loader(offer, _STATE).block([key for _, key in pairs])
            for offer, pairs in zip(offers, askable, strict=True)
        )
    )
    for offer, every in zip(offers, keys, strict=True):
        missing.update((offer.name, key.code) for key in every if isinstance(key, SourceFault))
    for offer, pairs, said in zip(offers, askable, answers, strict=True):
        for (index, _), one in zip(pairs, said, strict=True):
            if isinstance(one, SourceFault):
                missing.add((offer.name, one.code))
            elif isinstance(one, Answer) and any(is_active(record) for record in one.records):
                alarmed.add(index)
            elif isinstance(one, Answer) and not one.complete:
                missing.add((offer.name, LIST_CUT))


def is_active(record: Record) -> bool:
    """Whether an alarm has been raised and not cleared."""
    return (
        isinstance(record, Alarm)
        and record.state is not AlarmState.CLEARED
        and (record.cleared_at is UNSET or record.cleared_at is None)
    )
