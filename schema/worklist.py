"""What somebody should look at, for the operator's staff."""

from datetime import datetime
from enum import Enum

import strawberry
from strawberry import Parent

from resolvers.worklist import Work
from resolvers.worklist import WorkKind as Kind
from schema.naming import graphql_name


@strawberry.enum(description="What was seen.")
class WorkKind(Enum):
    CONFLICT = strawberry.enum_value(Kind.CONFLICT, description="Sources disagree about a field of a thing.")
    DRIFT = strawberry.enum_value(Kind.DRIFT, description="A source answers in a way that was not agreed.")


@strawberry.type(description="Something to look at. Values are not kept: ask the thing for its `conflicts`.")
class WorkItem:
    first_seen: datetime = strawberry.field(description="When it was seen first.")
    last_seen: datetime = strawberry.field(description="When it was seen last.")
    times: int = strawberry.field(description="How often it was seen.")

    @strawberry.field(description="What was seen.")
    def kind(root: Parent[Work]) -> WorkKind:
        return root.about.kind  # type: ignore[return-value]  # the enum's value

    @strawberry.field(description="The sources that disagree, or the one that answers nonsense.")
    def sources(root: Parent[Work]) -> list[str]:
        return sorted(root.sources)

    @strawberry.field(description="The kind of thing it is about.")
    def noun(root: Parent[Work]) -> str:
        return root.about.noun

    @strawberry.field(description="The thing's business id, of a conflict.")
    def key(root: Parent[Work]) -> str | None:
        return root.about.key

    @strawberry.field(description="The field, by its GraphQL name, of a conflict.")
    def field(root: Parent[Work]) -> str | None:
        return None if root.about.field is None else graphql_name(root.about.field)

    @strawberry.field(description="What was asked, of nonsense.")
    def lookup(root: Parent[Work]) -> str | None:
        return root.about.lookup

    @strawberry.field(description="The code of the fault, of nonsense.")
    def code(root: Parent[Work]) -> str | None:
        return root.about.code
