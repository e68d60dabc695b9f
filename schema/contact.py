"""Contacts."""

import strawberry


@strawberry.type(description="Somebody, or some address, through which a customer or the operator is reached.")
class Contact:
    name: str | None = strawberry.field(description="Who it is.")
    role: str | None = strawberry.field(description="What they are responsible for.")
    phone: str | None = strawberry.field(description="Telephone number.")
    email: str | None = strawberry.field(description="E-mail address.")
    address: str | None = strawberry.field(description="Postal address.")
    preferred: bool | None = strawberry.field(description="Whether this is how they like to be reached.")
