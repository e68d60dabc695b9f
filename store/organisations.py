"""Organisations: whose people use Trunkline, and the customers that are theirs."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from store.tables import Organisation, OrganisationCustomer


class Organisations:
    """The organisations in the store."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def add(self, name: str, customers: Iterable[str] = ()) -> None:
        """Make an organisation known, or give customers to one that is."""
        async with self._sessions.begin() as session:
            organisation_id = await named(session, name)
            for customer in customers:
                await session.merge(OrganisationCustomer(organisation_id=organisation_id, customer=customer))

    async def remove(self, name: str) -> bool:
        """Forget an organisation with its users and keys; whether there was one."""
        async with self._sessions.begin() as session:
            found = await session.scalar(select(Organisation).where(Organisation.name == name))
            if found is not None:
                await session.delete(found)
            return found is not None

    async def customers(self, name: str) -> frozenset[str]:
        """The customers that everybody of an organisation speaks for."""
        asked = select(OrganisationCustomer.customer).join(Organisation).where(Organisation.name == name)
        async with self._sessions() as session:
            return frozenset(await session.scalars(asked))


async def named(session: AsyncSession, name: str) -> int:
    """The number of an organisation, which is made known if it is not."""
    found = await session.scalar(select(Organisation.id).where(Organisation.name == name))
    if found is not None:
        return found
    new = Organisation(name=name, created_at=datetime.now(UTC))
    session.add(new)
    await session.flush()
    return new.id
