"""Rows of root lists: pages of a source, and the things that they start."""

import asyncio
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from model.answer import Answer
from model.ask import Ask, Condition, Sort
from model.faults import SourceFault
from model.nouns import NOUNS
from model.records import Record
from resolvers.attempt import attempt
from resolvers.gate import admit
from resolvers.gather import complete
from resolvers.gathering import Gathering, stated
from resolvers.identity import identity
from resolvers.masks import alters, concealed, sighted
from resolvers.merge import merge
from resolvers.met import Missing, note_met, remembered
from resolvers.request import Request
from resolvers.things import gated
from resolvers.upstreams import Offer, Upstreams

PAGES_AT_MOST = 20
"""How many pages of a source one list may cost."""
PAGE_SIZE = 200
SCAN_LIMIT = "SCAN_LIMIT"


class Root(Struct, frozen=True):
    """All of a noun, with the fields that are wanted of what is shown; `counted`: how many there are is wanted, too."""

    noun: str
    fields: frozenset[str]
    raw: bool = False
    counted: bool = False


def alone(request: Request, offer: Offer, about: Condition | Sort) -> bool:
    """Whether what this source says of the field is what the merged record will say."""
    return request.upstreams.speakers(offer.lookup.noun, about.field) in ([offer.name], [])


def pushed(request: Request, offer: Offer, where: Sequence[Condition]) -> tuple[Condition, ...]:
    """The conditions that the source itself can apply, and that it alone decides."""
    return tuple(
        condition
        for condition in where
        if (condition.field, condition.operator) in offer.terms.filters
        and alone(request, offer, condition)
        and not concealed(request.caller.sight, offer.lookup.noun, condition.field)
    )


async def read_page(request: Request, offer: Offer, token: str | None, ask: Ask) -> Answer | SourceFault:
    """One page of a source's list."""
    started = asyncio.get_running_loop().time()
    until = request.outcomes_noted.until(offer.name, ask.deadline, started)
    ask = ask if until == ask.deadline else replace(ask, deadline=until)
    said = await attempt(offer, offer.source.page(offer.lookup, token, ask))
    seconds = asyncio.get_running_loop().time() - started
    request.outcomes_noted.note(offer.name, offer.lookup, seconds, [said])
    return said


def changes(pages: Sequence[Answer]) -> bool:
    """Whether a list has changed between its pages: what has moved from one to another may stand in none of them."""
    return len({page.total for page in pages if page.total is not None}) > 1


def told_whole(request: Request, root: Root, offer: Offer, deciding: frozenset[str], answer: Answer) -> bool:
    """Whether rows of this page are all that there is to hear of their things: nobody else has to be heard of them."""
    if not NOUNS[root.noun].keyed:
        return True
    if answer.stale or answer.source is not None or alters(request.caller.sight, root.noun):
        return False
    upstreams, fields = request.upstreams, root.fields | deciding if deciding else root.fields
    return upstreams.made((root.noun, fields, offer), _tells_all, upstreams, root.noun, fields, offer)


def _tells_all(upstreams: Upstreams, noun: str, fields: frozenset[str], offer: Offer) -> bool:
    decides = offer.name == upstreams.authority(noun)
    return decides and all(
        other.name == offer.name and other.terms.fields & fields <= offer.speaks
        for other in upstreams.heard_by_key(noun, fields)
    )


def thing_of(
    request: Request, noun: str, offer: Offer, answer: Answer, record: Record, *, whole: bool = False
) -> Gathering | Record | None:
    """A row of a list: a finished record where it is all that there is to hear, else the start of a gathering."""
    settled = request.upstreams.settling(noun, offer.name)(record)
    key = identity(noun, settled)
    if not isinstance(key, str):
        return None
    if whole or not NOUNS[noun].keyed:
        policy = request.upstreams.policy(noun)
        finished = merge(policy, [stated(offer, settled, answer)])
        return sighted(request.caller.sight, noun, finished)
    gathering = Gathering(noun, key)
    gathering.hear(offer, answer, [settled])
    return gathering


def name_of(noun: str, thing: Gathering | Record) -> str:
    """The key or id by which a row is known."""
    return thing.key if isinstance(thing, Gathering) else str(getattr(thing, NOUNS[noun].id))


async def judged(
    request: Request, root: Root, things_: Sequence[Gathering | Record], deciding: frozenset[str]
) -> dict[str, Record]:
    """Merged records with the fields that decide about them, as far as the gate shows them.

    Who is heard about these is heard about all that is wanted, for nobody is asked twice about one thing.
    """
    records = {name_of(root.noun, thing): thing for thing in things_ if isinstance(thing, Record)}
    gatherings = [thing for thing in things_ if isinstance(thing, Gathering)]
    if deciding:
        await complete(request, root.noun, gatherings, root.fields | deciding, raw=root.raw)
    found = await gated(request, root.noun, gatherings, deciding)
    return records | {key: one.record for key, one in found.items() if one.record is not None}


async def shown_things(
    request: Request, root: Root, things_: Sequence[Gathering | Record]
) -> tuple[dict[str, Record], frozenset[Missing]]:
    """The things of a stretch with all that is wanted of them, and who failed to contribute."""
    records = [thing for thing in things_ if isinstance(thing, Record)]
    gatherings = [thing for thing in things_ if isinstance(thing, Gathering)]
    shown = {name_of(root.noun, record): record for record in records}
    await admit(request, root.noun, records)
    if records and NOUNS[root.noun].keyed:
        note_met(request, root.noun, root.fields, records)
    if not gatherings:
        return shown, frozenset()
    await complete(request, root.noun, gatherings, root.fields, raw=root.raw)
    found = await gated(request, root.noun, gatherings, root.fields)
    remembered(request, root.noun, root.fields, found)
    missing = frozenset[Missing]().union(*(one.missing for one in found.values()))
    return shown | {key: one.record for key, one in found.items() if one.record is not None}, missing
