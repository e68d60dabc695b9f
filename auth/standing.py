"""What the store says of somebody, for those issuers whose tokens only say who it is."""

from collections.abc import Iterable
from typing import Protocol

from msgspec.structs import replace

from auth.identity import Identity
from model.caller import Role


class Standing(Protocol):
    """What somebody may."""

    @property
    def roles(self) -> frozenset[Role]:
        """What they are."""
        ...

    @property
    def customers(self) -> frozenset[str]:
        """For whom they speak."""
        ...

    @property
    def children(self) -> bool:
        """Whether for their customers' parts, too."""
        ...


class Members(Protocol):
    """Where users are kept."""

    async def standing(self, issuer: str, subject: str, /) -> Standing | None:
        """What this subject of this issuer may; None for who is not known."""
        ...


class Standings:
    """Completes identities: of some issuers, what their subjects may is in the store."""

    def __init__(self, members: Members, issuers: Iterable[str]) -> None:
        self._members = members
        self._issuers = frozenset(issuers)

    async def complete(self, who: Identity) -> Identity:
        """Add what the store says; who is not known there has no role."""
        if who.issuer not in self._issuers:
            return who
        kept = await self._members.standing(who.issuer, who.subject)
        if kept is None:
            return replace(who, roles=frozenset(), customers=frozenset(), children=False)
        return replace(who, roles=kept.roles, customers=kept.customers, children=kept.children)
