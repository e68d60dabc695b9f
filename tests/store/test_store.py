"""What Trunkline keeps, in each database."""

from datetime import UTC, datetime, timedelta, timezone

import anyio
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from model.caller import Role
from store.database import Store, StoreFailure
from store.migrate import downgrade
from store.standing import KeptKey, KeptSignIn, Standing
from store.tables import Table

pytestmark = pytest.mark.anyio

SHANGHAI = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 20, 16, 0, tzinfo=SHANGHAI)
VIEWER = Standing(frozenset({Role.CUSTOMER_VIEWER}), frozenset({"C1"}), children=True)


def key(name, **more):
    """Make a key."""
    made = {"digest": b"d" * 32, "name": "portal", "organisation": None, "standing": VIEWER, "created_at": NOW}
    return KeptKey(name, **made | {"expires_at": NOW + timedelta(days=90)} | more)


async def test_an_upgrade_makes_the_tables_and_is_taken_once(empty):
    """Again is as good as once."""
    assert not await empty.is_current()
    await empty.upgrade()
    await empty.upgrade()
    assert await empty.is_current()


async def test_every_step_can_be_taken_back(store):
    """Down to nothing, and up again."""
    async with store._engine.begin() as connection:
        await connection.run_sync(downgrade)
    assert not await store.is_current()
    await store.upgrade()
    assert [] == await store.users.list()


async def test_the_migrations_make_what_the_code_asks_for(store):
    """Whoever changes a table without a migration hears of it here."""

    def differences(connection):
        return compare_metadata(MigrationContext.configure(connection), Table.metadata)

    async with store._engine.connect() as connection:
        assert [] == await connection.run_sync(differences)


async def test_times_come_back_as_the_same_moment(store):
    """Whatever zone they were written in."""
    await store.keys.add(key("k1"))
    kept = await store.keys.find("k1")
    assert NOW == kept.created_at
    assert timedelta(0) == kept.created_at.utcoffset()


async def test_a_time_without_a_zone_is_not_kept(store):
    """Nobody could tell later which moment was meant."""
    with pytest.raises(Exception, match="without a zone"):
        await store.keys.add(key("k1", created_at=NOW.replace(tzinfo=None)))


async def test_a_user_is_added_granted_and_forgotten(store):
    """Its standing is what was granted, no more."""
    users = store.users
    assert await users.add("sso", "u1", VIEWER, name="Wang Wei")
    assert not await users.add("sso", "u1", VIEWER)
    assert VIEWER == await users.standing("sso", "u1")
    assert await users.grant("sso", "u1", [Role.CUSTOMER_MANAGER, Role.CUSTOMER_VIEWER], ["C2"])
    assert await users.withdraw("sso", "u1", [Role.CUSTOMER_VIEWER], ["C1"])
    expected = Standing(frozenset({Role.CUSTOMER_MANAGER}), frozenset({"C2"}), children=True)
    assert expected == await users.standing("sso", "u1")
    assert ["u1"] == [user.subject for user in await users.list()]
    assert await users.remove("sso", "u1")
    assert not await users.remove("sso", "u1")
    assert await users.standing("sso", "u1") is None


async def test_the_same_subject_of_another_issuer_is_somebody_else(store):
    """Issuers do not know each other's names."""
    await store.users.add("sso", "u1", VIEWER)
    assert await store.users.standing("other", "u1") is None


async def test_users_speak_for_the_customers_of_their_organisation(store):
    """And no longer, once it is gone."""
    await store.organisations.add("Big Bank", ["C7", "C8"])
    await store.users.add("sso", "u1", VIEWER, organisation="Big Bank")
    assert {"C1", "C7", "C8"} == (await store.users.standing("sso", "u1")).customers
    await store.keys.add(key("k1", organisation="Big Bank"))
    assert "Big Bank" == (await store.keys.find("k1")).organisation
    assert await store.organisations.remove("Big Bank")
    assert await store.users.standing("sso", "u1") is None
    assert await store.keys.find("k1") is None


async def test_a_key_is_revoked_once(store):
    """It stays, so that lists can tell what became of it."""
    await store.keys.add(key("k1"))
    assert VIEWER == (await store.keys.find("k1")).standing
    assert await store.keys.revoke("k1")
    assert not await store.keys.revoke("k1")
    assert not await store.keys.revoke("never")
    assert (await store.keys.list())[0].revoked_at is not None


async def test_sign_ins_end(store):
    """By signing out, or when their time is up, at the next sign-in."""
    now = datetime.now(UTC)
    await store.sign_ins.add(b"1" * 32, KeptSignIn("sso", "u1", VIEWER, now - timedelta(seconds=1)))
    await store.sign_ins.add(b"2" * 32, KeptSignIn("sso", "u1", VIEWER, now + timedelta(hours=1)))
    assert await store.sign_ins.find(b"1" * 32) is None
    assert "u1" == (await store.sign_ins.find(b"2" * 32)).subject
    await store.sign_ins.remove(b"2" * 32)
    assert await store.sign_ins.find(b"2" * 32) is None


async def test_a_role_that_is_no_longer_known_gives_nothing(store):
    """A newer version's word in an older one's mouth."""
    await store.users.add("sso", "u1", VIEWER)
    async with store._engine.begin() as connection:
        await connection.execute(text("UPDATE user_roles SET role = 'emperor'"))
    assert frozenset() == (await store.users.standing("sso", "u1")).roles


@pytest.mark.parametrize("url", ["nonsense", "mysql://u@h/d", "postgresql://u@h"])
def test_a_url_of_something_else_is_refused(url):
    """In words that name what is expected."""
    with pytest.raises(ValueError, match="expected"):
        Store(url)


async def test_a_store_that_cannot_be_reached_says_so_without_its_password(tmp_path):
    """Logs are read by many."""
    store = Store("postgresql://who:hushhush@127.0.0.1:1/store")
    with pytest.raises(StoreFailure) as failure:
        await store.upgrade()
    assert "hushhush" not in str(failure.value)
    await store.aclose()


async def test_a_temporary_store_leaves_nothing_behind():
    """Its folder goes with it."""
    store = Store("sqlite://")
    folder = store.url.database
    await store.upgrade()
    assert store.temporary
    await store.aclose()
    assert not await anyio.Path(folder).exists()
