"""Alarms and tickets that two systems both hold, shown as one, under the id that the preferred system gives.

Only records that the caller may see are brought together: what is hidden adds nothing to what is shown.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from model.keys import Ref
from model.nouns import NOUNS
from model.records import Record
from resolvers.belonging import belonging
from resolvers.correlation import names
from resolvers.identity import as_refs
from resolvers.join import Join
from resolvers.listing import Paging
from resolvers.request import Request
from resolvers.things import things

AROUND: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "alarm": {"circuits": "circuit", "element": "element"},
        "ticket": {"circuits": "circuit", "customer": "customer"},
    }
)
"""Noun -> the fields that name what a thing belongs to, the best first -> that noun: counterparts are found there."""
_EVERYTHING = Paging(first=0)
_NO_FIELDS: frozenset[str] = frozenset()


def fields_around(request: Request, noun: str) -> frozenset[str]:
    """The fields that lead from a thing to its counterparts."""
    policy = request.upstreams.policies[noun]
    return policy.correlating | frozenset(AROUND[noun]) if policy.correlate else _NO_FIELDS


async def with_counterparts(
    request: Request, noun: str, records: Sequence[Record], fields: frozenset[str], *, raw: bool = False
) -> list[Record]:
    """Things met by their ids, each made one with what other systems hold of it."""
    known: dict[str, Record] = {}
    for field, parent in AROUND[noun].items():
        open_ = [record for record in records if not known.keys() & names(noun, record)]
        refs: list[Ref] = list(dict.fromkeys(ref for record in open_ for ref in as_refs(_told(record, field))))
        found = await things(request, parent, refs, frozenset()) if refs else []
        parents = {id(one.record): one.record for one in found if one.record is not None}
        join = Join(noun, parent, parent, fields, raw)
        for own in await belonging(request, join, list(parents.values()), _EVERYTHING) if parents else ():
            known |= {name: record for record in own.records for name in names(noun, record)}
    return [known.get(str(getattr(record, NOUNS[noun].id)), record) for record in records]


def _told(record: Record, field: str) -> object:
    value = getattr(record, field)
    return None if isinstance(value, Exception) else value
