"""Things whose keys are known: gathered, gated and merged."""

from collections.abc import Iterable, Sequence

from model.keys import Ref
from model.nouns import NOUNS
from resolvers.gate import OWNER_UNKNOWN, Verdict, admit, owner_fields
from resolvers.gather import complete, exists, merged, resolve
from resolvers.gathering import Gathering
from resolvers.masks import sighted
from resolvers.met import NOT_FOUND, Found, Missing, remembered
from resolvers.named import told_by_key
from resolvers.request import Request
from resolvers.waves import Turns

NOBODY_KNOWS = "trunkline"
"""Named as the source of what is missing when no single source is to blame."""

LIST_CUT = "SOURCE_LIST_CUT"
"""The source gave less than it says there is."""
NOT_ALLOWED = "NOT_ALLOWED"
"""The caller's role does not see things of this noun."""


_NOBODY: frozenset[Missing] = frozenset()


async def things(
    request: Request, noun: str, refs: Sequence[Ref], fields: frozenset[str], *, raw: bool = False
) -> list[Found]:
    """What these references mean, in their order, with these fields, as the caller may see it."""
    if not request.caller.may_ask(noun):
        return [NOT_FOUND] * len(refs)
    told = await told_by_key(request, noun, refs, fields, raw=raw)
    if told is not None:
        return [NOT_FOUND if record is None else Found(record) for record in told]
    wanted = fields | owner_fields(request, noun)
    resolved = await resolve(request, noun, refs, wanted, raw=raw)
    gatherings = {one.key: one for one in resolved if isinstance(one, Gathering)}
    shown = {} if raw else _met(request, noun, gatherings, wanted)
    unmet = [gathering for key, gathering in gatherings.items() if key not in shown]
    await complete(request, noun, unmet, wanted, raw=raw)
    shown |= remembered(request, noun, wanted, await gated(request, noun, unmet, wanted))
    return [
        shown[one.key] if isinstance(one, Gathering) else Found(fault=one) if one else NOT_FOUND for one in resolved
    ]


async def gated(
    request: Request, noun: str, gatherings: Sequence[Gathering], fields: frozenset[str]
) -> dict[str, Found]:
    """Merge what was gathered, and show it as far as the gate lets it pass, by business key."""
    existing = [one for one in gatherings if exists(request, one)]
    records, turns = [], Turns()
    for one in existing:
        records.append(merged(request, one, fields))
        if turns.over():
            await turns.pass_on()
    verdicts = await admit(request, noun, records)
    found = dict.fromkeys((one.key for one in gatherings), NOT_FOUND)
    for gathering, record, verdict in zip(existing, records, verdicts, strict=True):
        missing = _missing(gathering)
        if verdict is Verdict.SHOWN:
            found[gathering.key] = Found(sighted(request.caller.sight, noun, record), missing=missing)
        elif verdict is Verdict.UNTOLD:
            found[gathering.key] = Found(missing=missing | {(NOBODY_KNOWS, OWNER_UNKNOWN)})
    return found


def _missing(gathering: Gathering) -> frozenset[Missing]:
    faults = gathering.faults
    return frozenset([(source, fault.code) for source, fault in faults.items()]) if faults else _NOBODY


def _met(request: Request, noun: str, keys: Iterable[str], fields: frozenset[str]) -> dict[str, Found]:
    met = {key: request.met[noun, key] for key in keys if (noun, key) in request.met}
    return {key: found for key, (known, found) in met.items() if fields <= known | frozenset(NOUNS[noun].identity)}
