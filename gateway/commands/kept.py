"""The store of a configuration, for the commands that are about it."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import anyio
import typer

from gateway.commands.configured import configured
from gateway.terminal import FAILED, stop
from store.database import Store, StoreFailure

T = TypeVar("T")

ConfigOption = Annotated[Path, typer.Option("--config", help="The configuration file.")]


def in_store(config: Path, work: Callable[[Store], Awaitable[T]], *, upgrading: bool = False) -> T:
    """Do something in the store of a configuration; end where there is none, or it is not ready."""
    section = configured(config).store
    if section is None:
        stop(f"{config} has no section store: say where it is, as in store: {{url: sqlite:///trunkline.db}}")

    async def run() -> T:
        store = Store(section.address)
        try:
            if not upgrading and not await store.is_current():
                raise StoreFailure("the store's tables are not those of this version: run trunkline store upgrade")
            return await work(store)
        finally:
            await store.aclose()

    try:
        return anyio.run(run)
    except StoreFailure as failure:
        stop(str(failure), FAILED)
