"""API keys: what each of them opens, until when, and whether it still does."""

from datetime import UTC, datetime

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from store.organisations import named
from store.standing import KeptKey, Standing, roles_of
from store.tables import ApiKey, Organisation


class Keys:
    """The API keys in the store."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def add(self, key: KeptKey) -> None:
        """Keep a new key."""
        async with self._sessions.begin() as session:
            session.add(
                ApiKey(
                    id=key.id,
                    digest=key.digest,
                    name=key.name,
                    organisation_id=await named(session, key.organisation) if key.organisation else None,
                    roles=sorted(key.standing.roles),
                    customers=sorted(key.standing.customers),
                    children=key.standing.children,
                    created_at=key.created_at,
                    expires_at=key.expires_at,
                )
            )

    async def find(self, id: str) -> KeptKey | None:  # noqa: A002 - what it is called
        """One key, be it expired or revoked; None for one that never was."""
        async with self._sessions() as session:
            row = (await session.execute(_asked().where(ApiKey.id == id))).one_or_none()
            return None if row is None else _kept(*row)

    async def revoke(self, id: str) -> bool:  # noqa: A002 - see find
        """End a key now; whether it was still good."""
        asked = update(ApiKey).where(ApiKey.id == id, ApiKey.revoked_at.is_(None)).values(revoked_at=datetime.now(UTC))
        async with self._sessions.begin() as session:
            ended = await session.scalars(asked.returning(ApiKey.id))
            return ended.first() is not None

    async def list(self) -> list[KeptKey]:
        """Every key, the newest first."""
        async with self._sessions() as session:
            rows = await session.execute(_asked().order_by(ApiKey.created_at.desc(), ApiKey.id))
            return [_kept(*row) for row in rows.all()]


def _asked() -> Select[ApiKey, str]:
    return select(ApiKey, Organisation.name).outerjoin(Organisation)


def _kept(row: ApiKey, organisation: str | None) -> KeptKey:
    standing = Standing(roles_of(row.roles), frozenset(row.customers), row.children)
    return KeptKey(row.id, row.digest, row.name, organisation, standing, row.created_at, row.expires_at, row.revoked_at)
