"""Who said what about a thing, and where sources disagree."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

import strawberry
from strawberry import Info

from engine.batched import batched
from model.nouns import NOUNS
from model.records import Record
from resolvers.merge import Conflict, Provenance, conflicts, key_conflicts, provenance
from resolvers.request import Request
from resolvers.telling import raw_tellable, tellable
from schema.arguments import Fields
from schema.directives import INTERNALS
from schema.errors import refused
from schema.naming import graphql_name, record_field


@strawberry.type(description="Where a field's value comes from.")
class FieldProvenance:
    field: str = strawberry.field(description="The field, by its GraphQL name.")
    source: str = strawberry.field(description="The source: its internal name for staff, its public label for others.")
    fetched_at: datetime = strawberry.field(description="When the source said so.")
    stale: bool = strawberry.field(description="Whether that is longer ago than it should be.")
    raw: str | None = strawberry.field(
        description="The value as the source wrote it; for staff only.", directives=[INTERNALS]
    )


@strawberry.type(description="What one source says in a conflict.")
class SourceValue:
    source: str = strawberry.field(description="The source.")
    value: str | None = strawberry.field(description="What it says, as text.")
    chosen: bool = strawberry.field(description="Whether this is the value that the policy has chosen.")


@strawberry.type(description="A field of which sources say different things.")
class FieldConflict:
    field: str = strawberry.field(description="The field, by its GraphQL name.")
    values: list[SourceValue] = strawberry.field(description="What each source says; the chosen value first.")


def _fields(noun: str, asked: Sequence[str] | None) -> list[str]:
    own = NOUNS[noun].fields
    if asked is None:
        # each system has an id of its own for what has no business key
        return sorted(own if NOUNS[noun].identity else own - {NOUNS[noun].id})
    fields = list(map(record_field, asked))
    strange = [name for name, field in zip(asked, fields, strict=True) if field not in own]
    if strange:
        raise refused(f"a {noun} has no field {strange[0]!r} that sources could speak of")
    return fields


def _label(request: Request, source: str) -> str:
    return source if request.caller.internals else request.upstreams.labels[source]


def provenance_of(noun: str) -> Any:
    """The `provenance` field of a merged noun."""

    def told(request: Request, one: Provenance) -> FieldProvenance:
        return FieldProvenance(
            field=graphql_name(one.field),
            source=_label(request, one.source),
            fetched_at=one.fetched_at,
            stale=one.stale,
            raw=one.raw if raw_tellable(request, noun, one.field) else None,
        )

    @batched(description="Which source each field's value comes from.", name="provenance")
    def provenances(
        parents: Sequence[Record], info: Info[Request, None], fields: Fields = None
    ) -> Sequence[list[FieldProvenance]]:
        request, names = info.context, _fields(noun, fields)
        policy = request.upstreams.policy(noun)
        return provenance(policy, parents, names, partial(told, request))

    return provenances


def _of_identity(request: Request, noun: str, thing: Record) -> list[Conflict]:
    """Which other things it may be; its keys in systems' own spaces, which are no customer's business."""
    rival = request.rivals.get((noun, str(getattr(thing, NOUNS[noun].id))))
    return [*([rival] if rival else []), *(key_conflicts(thing) if request.caller.internals else [])]


def _note(request: Request, noun: str, thing: Record, found: Sequence[Conflict]) -> None:
    """Put what was found on the worklist of the operator's staff."""
    for one in found:
        key = str(getattr(thing, NOUNS[noun].id))
        request.upstreams.worklist.note_conflict(noun, key, one.field, {said.source for said in one.values})


def conflicts_of(noun: str) -> Any:
    """The `conflicts` field of a merged noun."""

    def told(request: Request, one: Conflict) -> FieldConflict:
        values = [
            SourceValue(source=_label(request, said.source), value=said.value, chosen=said.chosen)
            for said in one.values
        ]
        return FieldConflict(field=graphql_name(one.field), values=values)

    @batched(description="Where sources disagree; asking for it hears every source that could.", name="conflicts")
    def found(
        parents: Sequence[Record], info: Info[Request, None], fields: Fields = None
    ) -> Sequence[list[FieldConflict]]:
        request, names = info.context, _fields(noun, fields)
        policy = request.upstreams.policy(noun)
        may_tell = tellable(request, noun)
        every = [conflicts(policy, parent, names, may_tell) for parent in parents]
        if fields is None:
            every = [some + _of_identity(request, noun, one) for some, one in zip(every, parents, strict=True)]
        for parent, some in zip(parents, every, strict=True):
            _note(request, noun, parent, some)
        return [[told(request, one) for one in some] for some in every]

    return found
