"""Bringing the tables to what this version needs, by the steps that are shipped with it."""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

_ONE_AT_A_TIME = 7_424_865
"""The number of PostgreSQL's advisory lock under which the tables are changed."""


def upgrade(connection: Connection) -> None:
    """Take the steps that are still to be taken, all in the connection's transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ONE_AT_A_TIME})
    config = _steps()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def downgrade(connection: Connection) -> None:
    """Take every step back; whatever was kept is lost."""
    config = _steps()
    config.attributes["connection"] = connection
    command.downgrade(config, "base")


def is_current(connection: Connection) -> bool:
    """Whether no step is left to take."""
    taken = MigrationContext.configure(connection).get_current_heads()
    return set(taken) == set(ScriptDirectory.from_config(_steps()).get_heads())


def _steps() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("store") / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
