"""Who is asking, for whom, and how much of a thing they are shown."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field


class Role(StrEnum):
    """What somebody is to the operator or to a customer."""

    CUSTOMER_VIEWER = "customer-viewer"
    CUSTOMER_MANAGER = "customer-manager"
    ACCOUNT_MANAGER = "account-manager"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"
    PARTNER = "partner"


STAFF_ROLES = frozenset({Role.OPERATOR, Role.ADMINISTRATOR})
"""Those who see every customer."""


class MaskName(StrEnum):
    """What a mask leaves of a text: 138****1234, l***@example.com, the first letters, the last four, nothing."""

    PHONE = "phone"
    EMAIL = "email"
    NAME = "name"
    ADDRESS = "address"
    LAST4 = "last4"
    ALL = "all"


class Sight(Struct, frozen=True):
    """How much of what is theirs somebody is shown.

    nouns: what they may see at all; None for all. hidden: noun -> record fields that are null for them. masks:
    noun -> record field (dotted where it lies within: `contacts.phone`) -> the mask put on it. internals: whether
    they see internal source names, timings and the sources' own words (`raw`); None: if they are staff.
    """

    nouns: frozenset[str] | None = None
    hidden: Mapping[str, frozenset[str]] = field(default_factory=dict)
    masks: Mapping[str, Mapping[str, MaskName]] = field(default_factory=dict)
    internals: bool | None = None


class Caller(Struct, frozen=True):
    """Somebody who asks, and the customers for whom they may ask.

    Staff of the operator see every customer; anyone else sees the `customers` listed, by business key, and with
    `children` those that are part of them. `acting_for` is the customer in whose eyes a member of staff looks.
    """

    subject: str
    staff: bool = False
    customers: frozenset[str] = frozenset()
    children: bool = False
    roles: frozenset[Role] = frozenset()
    sight: Sight = Sight()
    acting_for: str | None = None
    expires_at: datetime | None = None

    @property
    def internals(self) -> bool:
        """Whether internal source names, timings and the sources' own words are for this caller."""
        return self.staff if self.sight.internals is None else self.sight.internals

    def may_ask(self, noun: str) -> bool:
        """Whether things of this noun are shown to this caller at all."""
        return self.sight.nouns is None or noun in self.sight.nouns

    def may_see(self, customer: str) -> bool:
        """Whether what belongs to this customer may be shown."""
        return self.staff or customer in self.customers


NOBODY = Caller("nobody")
"""May see nothing that belongs to anyone."""
