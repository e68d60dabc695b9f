"""Sign-ins: the browsers that somebody is signed in at, each until its time is up."""

from datetime import UTC, datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from store.standing import KeptSignIn, Standing, roles_of
from store.tables import SignIn


class SignIns:
    """The sign-ins in the store."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def add(self, digest: bytes, kept: KeptSignIn) -> None:
        """Remember a browser, and forget those whose time is up."""
        now = datetime.now(UTC)
        async with self._sessions.begin() as session:
            await session.execute(delete(SignIn).where(SignIn.expires_at <= now))
            session.add(
                SignIn(
                    digest=digest,
                    issuer=kept.issuer,
                    subject=kept.subject,
                    roles=sorted(kept.standing.roles),
                    customers=sorted(kept.standing.customers),
                    children=kept.standing.children,
                    created_at=now,
                    expires_at=kept.expires_at,
                )
            )

    async def find(self, digest: bytes) -> KeptSignIn | None:
        """Who is signed in with the cookie of this digest; None if nobody is."""
        async with self._sessions() as session:
            row = await session.get(SignIn, digest)
            if row is None:
                return None
            standing = Standing(roles_of(row.roles), frozenset(row.customers), row.children)
            return KeptSignIn(row.issuer, row.subject, standing, row.expires_at)

    async def remove(self, digest: bytes) -> None:
        """Sign a browser out."""
        async with self._sessions.begin() as session:
            await session.execute(delete(SignIn).where(SignIn.digest == digest))
