"""Who is asking, and for whom."""

from msgspec import Struct


class Caller(Struct, frozen=True):
    """Somebody who asks, and the customers for whom they may ask.

    Staff of the operator see every customer; anyone else sees the `customers` listed, by business key.
    """

    subject: str
    staff: bool = False
    customers: frozenset[str] = frozenset()

    def may_see(self, customer: str) -> bool:
        """Whether what belongs to this customer may be shown."""
        return self.staff or customer in self.customers


NOBODY = Caller("nobody")
"""May see nothing that belongs to anyone."""
