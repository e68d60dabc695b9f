"""Users: whom a provider's subject stands for, and what they may."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from model.caller import Role
from store.organisations import named
from store.standing import KeptUser, Standing, roles_of
from store.tables import Organisation, OrganisationCustomer, User, UserCustomer, UserRole


class Users:
    """The users in the store."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def add(
        self,
        issuer: str,
        subject: str,
        standing: Standing,
        *,
        name: str | None = None,
        organisation: str | None = None,
    ) -> bool:
        """Make a user known; False, and nothing happens, if it already is."""
        async with self._sessions.begin() as session:
            if await session.scalar(_find(issuer, subject)) is not None:
                return False
            user = User(
                issuer=issuer,
                subject=subject,
                name=name,
                organisation_id=await named(session, organisation) if organisation else None,
                children=standing.children,
                created_at=datetime.now(UTC),
            )
            session.add(user)
            await session.flush()
            await _grant(session, user, standing.roles, standing.customers)
            return True

    async def grant(
        self, issuer: str, subject: str, roles: Iterable[Role], customers: Iterable[str], children: bool | None = None
    ) -> bool:
        """Give a user more roles and customers; whether there is such a user."""
        async with self._sessions.begin() as session:
            user = await session.scalar(_find(issuer, subject))
            if user is None:
                return False
            if children is not None:
                user.children = children
            await _grant(session, user, roles, customers)
            return True

    async def withdraw(self, issuer: str, subject: str, roles: Iterable[Role], customers: Iterable[str]) -> bool:
        """Take roles and customers from a user; whether there is such a user."""
        async with self._sessions.begin() as session:
            user = await session.scalar(_find(issuer, subject))
            if user is None:
                return False
            of_user = UserRole.user_id == user.id
            await session.execute(delete(UserRole).where(of_user, UserRole.role.in_([str(role) for role in roles])))
            its = UserCustomer.user_id == user.id
            await session.execute(delete(UserCustomer).where(its, UserCustomer.customer.in_(list(customers))))
            return True

    async def remove(self, issuer: str, subject: str) -> bool:
        """Forget a user; whether there was one."""
        async with self._sessions.begin() as session:
            user = await session.scalar(_find(issuer, subject))
            if user is not None:
                await session.delete(user)
            return user is not None

    async def standing(self, issuer: str, subject: str) -> Standing | None:
        """What a user may; None for who is not known."""
        async with self._sessions() as session:
            user = await session.scalar(_find(issuer, subject))
            return None if user is None else await _standing(session, user)

    async def list(self) -> list[KeptUser]:
        """Every user, by issuer and name."""
        asked = select(User, Organisation.name).outerjoin(Organisation).order_by(User.issuer, User.subject)
        async with self._sessions() as session:
            return [
                KeptUser(
                    user.issuer, user.subject, user.name, organisation, await _standing(session, user), user.created_at
                )
                for user, organisation in (await session.execute(asked)).all()
            ]


def _find(issuer: str, subject: str) -> Select[User]:
    return select(User).where(User.issuer == issuer, User.subject == subject)


async def _grant(session: AsyncSession, user: User, roles: Iterable[Role], customers: Iterable[str]) -> None:
    for role in roles:
        await session.merge(UserRole(user_id=user.id, role=str(role)))
    for customer in customers:
        await session.merge(UserCustomer(user_id=user.id, customer=customer))


async def _standing(session: AsyncSession, user: User) -> Standing:
    roles = await session.scalars(select(UserRole.role).where(UserRole.user_id == user.id))
    own = select(UserCustomer.customer).where(UserCustomer.user_id == user.id)
    shared = select(OrganisationCustomer.customer).where(OrganisationCustomer.organisation_id == user.organisation_id)
    customers = await session.scalars(own.union(shared))
    return Standing(roles_of([*roles]), frozenset(customers), user.children)
