"""Search."""

from typing import Annotated

import strawberry

from schema.circuit import Circuit
from schema.connection import Connection
from schema.customer import Customer
from schema.site import Site

SearchResult = Annotated[
    Customer | Circuit | Site, strawberry.union("SearchResult", description="Something that a text names.")
]


@strawberry.type(description="The things that a text names, the best matches first.")
class SearchConnection(Connection[SearchResult]):
    pass
