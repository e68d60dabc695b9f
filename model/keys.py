"""How things are named: by a business key that everyone knows, or by a key that only one system knows."""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

Key = str | tuple[str, ...]
"""The key of one thing in a lookup; a tuple where a system needs several parts to name it."""


class Lookup(Struct, frozen=True, order=True, cache_hash=True):
    """A question that a source can answer: a noun by a key, or the list of all of a noun.

    `by` is the noun's own business key (`code`), another noun (`customer`), or a key space: the name
    under which one system keeps its own keys (`inventory`). None is the list of all.
    """

    noun: str
    by: str | None = None

    def __str__(self) -> str:
        return f"{self.noun} by {self.by}" if self.by else f"{self.noun} list"

    @classmethod
    def parse(cls, text: str) -> "Lookup":
        """Read `circuit by customer` or `circuit list`; ValueError says what was expected."""
        match text.split():
            case [noun, "by", by]:
                return cls(noun, by)
            case [noun, "list"]:
                return cls(noun)
            case _:
                raise ValueError(f"{text!r} is no lookup: expected '<noun> by <key>' or '<noun> list'")


class Foreign(Struct, frozen=True, order=True):
    """A reference by a key that is not the business key: `key` in the key space `space` of one system."""

    space: str
    key: str


Ref = str | Foreign
"""A reference from a record to another thing: its business key, or a key of some system's own."""

NO_KEYS: Mapping[str, str] = MappingProxyType({})
"""Said by a record that knows its thing under no other key."""
