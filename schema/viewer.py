"""Who is asking."""

from datetime import datetime, timedelta

import strawberry
from strawberry import Info, Parent

from model.caller import Caller
from resolvers.request import Quota as Left
from resolvers.request import Request
from schema.enums import Role


@strawberry.type(description="How many requests a rate limit leaves.")
class Quota:
    name: str = strawberry.field(description="What is counted: the requests of a caller, of a customer, of staff.")
    limit: int = strawberry.field(description="How many requests there are in a window.")
    remaining: int = strawberry.field(description="How many are left.")

    @strawberry.field(description="How long a window is.")
    def window(root: Parent[Left]) -> timedelta:
        return timedelta(seconds=root.window)

    @strawberry.field(description="After how long all are there again.")
    def resets_in(root: Parent[Left]) -> timedelta:
        return timedelta(seconds=root.reset)


@strawberry.type(description="Who is asking, and for whom they may ask.")
class Viewer:
    @strawberry.field(description="Who it is.")
    def subject(root: Parent[Caller]) -> str:
        return root.subject

    @strawberry.field(description="Whether it is the operator's staff, who see every customer.")
    def staff(root: Parent[Caller]) -> bool:
        return root.staff

    @strawberry.field(description="The business ids of the customers for whom it asks; empty for staff.")
    def customer_ids(root: Parent[Caller]) -> list[strawberry.ID]:
        return [strawberry.ID(customer) for customer in sorted(root.customers)]

    @strawberry.field(description="What it is to the operator or to its customers.")
    def roles(root: Parent[Caller]) -> list[Role]:
        return sorted(root.roles)

    @strawberry.field(description="The business id of the customer for whom a member of staff looks, if it is so.")
    def acting_for(root: Parent[Caller]) -> strawberry.ID | None:
        return None if root.acting_for is None else strawberry.ID(root.acting_for)

    @strawberry.field(description="Until when its credentials hold; null if they do not end, or there are none.")
    def expires_at(root: Parent[Caller]) -> datetime | None:
        return root.expires_at

    @strawberry.field(description="What the rate limits leave now; null where none are counted.")
    async def quota(root: Parent[Caller], info: Info[Request, None]) -> list[Quota] | None:
        quota_of = info.context.quota_of
        return None if quota_of is None else await quota_of(root)  # type: ignore[return-value]  # Quota reads them
