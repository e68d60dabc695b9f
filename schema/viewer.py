"""Who is asking."""

import strawberry
from strawberry import Parent

from model.caller import Caller


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
