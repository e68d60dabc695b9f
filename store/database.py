"""The store: one database, SQLite in a file or PostgreSQL by its URL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine

from store.keys import Keys
from store.migrate import is_current, upgrade
from store.organisations import Organisations
from store.sign_ins import SignIns
from store.users import Users

TEMPORARY = "sqlite://"
"""A store that lasts as long as its process: for demonstrations, tests, and sign-ins that nobody has to remember."""

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}


class StoreFailure(Exception):  # noqa: N818 - said to whoever runs it, in these words
    """The store cannot be used; the message names no credential."""


class Store:
    """What Trunkline keeps. Opened lazily: nothing is connected to until something is asked."""

    def __init__(self, url: str) -> None:
        self.url = address(url)
        self._folder: TemporaryDirectory[str] | None = None
        if self.temporary:
            self._folder = TemporaryDirectory(prefix="trunkline-")
            self.url = self.url.set(database=str(Path(self._folder.name) / "store.db"))
        self._engine = _engine(self.url)
        sessions = async_sessionmaker(self._engine, expire_on_commit=False)
        self.organisations = Organisations(sessions)
        self.users = Users(sessions)
        self.keys = Keys(sessions)
        self.sign_ins = SignIns(sessions)

    @property
    def temporary(self) -> bool:
        """Whether it ends with this process."""
        return self._folder is not None or self.url.database in (None, "", ":memory:")

    async def upgrade(self) -> None:
        """Bring the tables to what this version needs, and leave alone what is already there."""
        async with failing_plainly(self.url), self._engine.begin() as connection:
            await connection.run_sync(upgrade)

    async def is_current(self) -> bool:
        """Whether the tables are what this version needs."""
        async with failing_plainly(self.url), self._engine.connect() as connection:
            return await connection.run_sync(is_current)

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._engine.dispose()
        if self._folder is not None:
            self._folder.cleanup()


@asynccontextmanager
async def failing_plainly(url: URL) -> AsyncIterator[None]:
    """Translate what a database that cannot be reached or used says."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        raise StoreFailure(f"the store {url.render_as_string()} cannot be used: {type(error).__name__}") from error


def address(url: str) -> URL:
    """Read a store's URL, `sqlite:///trunkline.db` or `postgresql://user@host/name`; ValueError says what is wrong."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ValueError("expected the URL of a database, such as sqlite:///trunkline.db") from None
    kind = parsed.drivername.partition("+")[0]
    if kind not in _DRIVERS:
        raise ValueError("expected a URL that begins with sqlite: or postgresql:")
    if kind != "sqlite" and not parsed.database:
        raise ValueError("expected the URL to name a database, as in postgresql://user@host/name")
    return parsed.set(drivername=_DRIVERS[kind])


def _engine(url: URL) -> AsyncEngine:
    if not url.drivername.startswith("sqlite"):
        return create_async_engine(url, pool_pre_ping=True)
    engine = create_async_engine(url)
    event.listen(engine.sync_engine, "connect", _strictly)
    return engine


def _strictly(connection: Any, _: object) -> None:
    """Have SQLite hold foreign keys, and let readers read while somebody writes."""
    cursor = connection.cursor()
    for pragma in ("foreign_keys = on", "journal_mode = wal", "busy_timeout = 5000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
