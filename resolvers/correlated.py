"""Records of several systems about one alarm or ticket become one, where the configuration says how to tell."""

from collections.abc import Iterable, Sequence

from model.nouns import NOUNS
from model.records import Record
from resolvers.correlation import brought_together, names, source_of
from resolvers.masks import concealed
from resolvers.merge import Conflict, SourceValue, merge
from resolvers.request import Request

CORRELATION = "correlation"
"""Named as the field in which records conflict that may be about one thing, or not."""


def correlated(request: Request, noun: str, lists: Sequence[Sequence[Record]]) -> list[Sequence[Record]]:
    """Lists of records that may be shown, each thing of all of them once a list.

    What a caller sees under a mask, or not at all, tells nothing apart: a rule by such a field is left out.
    """
    policy, sight = request.upstreams.policy(noun), request.caller.sight
    rules = [rule for rule in policy.correlate if not any(concealed(sight, noun, field) for field in rule.fields)]
    every = list({_id(noun, record): record for own in lists for record in own if record.said}.values())
    if not rules or len({source_of(record) for record in every}) < 2:
        return list(lists)
    together, unclear = brought_together(rules, every)
    for rivals in unclear:
        _note(request, noun, rivals)
    ranks = {source: rank for rank, source in enumerate(policy.prefer)}
    known: dict[str, Record] = {}
    for same in together:
        if len(same) > 1:
            same.sort(key=lambda record: ranks.get(source_of(record), len(ranks)))
            one = merge(policy, [statement for record in same for statement in record.said])
            known.update(dict.fromkeys(names(noun, one), one))
    return [_once(noun, [known.get(_id(noun, record), record) for record in own]) for own in lists]


def _once(noun: str, records: Iterable[Record]) -> list[Record]:
    return list({_id(noun, record): record for record in records}.values())


def _id(noun: str, record: Record) -> str:
    return str(getattr(record, NOUNS[noun].id))


def _note(request: Request, noun: str, rivals: Sequence[Record]) -> None:
    """Tell whoever asks for conflicts, and the worklist, that these may be about one thing."""
    sources = {source_of(record) for record in rivals}
    for record in rivals:
        others = sorted(rivals, key=lambda one: one is not record)
        values = [SourceValue(source_of(one), _id(noun, one), chosen=False) for one in others]
        request.rivals[noun, _id(noun, record)] = Conflict(CORRELATION, values)
        request.upstreams.worklist.note_conflict(noun, _id(noun, record), CORRELATION, sources)
