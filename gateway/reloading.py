"""A configuration that changes while the gateway runs: read again, whole or not at all.

What it says of sources, nouns and whose word counts holds for requests from then on; sources that are declared as
before stay as they are, with their connections and all that their guards have learnt. A file with mistakes changes
nothing; the log has all of them. Everything else in it is for the next start, and the log says so.
"""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import anyio
import anyio.to_thread
from watchfiles import awatch

from gateway.configuration import Configuration, load
from sources.positions import ConfigurationError, Mistake

SETTLED = 200
"""Milliseconds for which nothing may change any more before a file is read: an editor writes in several steps."""
LOOK = 5_000
"""Milliseconds after which a file is looked at even if nobody told of a change: some file systems tell nothing."""

log = logging.getLogger("trunkline.configuration")

Follow = Callable[[Configuration, Configuration], None]
"""Goes over from a former configuration to another one."""


class Reloading:
    """Watches a file. mistakes: of its last reading, if that changed nothing; read_at: of the reading that holds."""

    def __init__(self, path: Path, configuration: Configuration, follow: Follow, *, watch: bool = True) -> None:
        self._path = path
        self._configuration = configuration
        self._follow = follow
        self._watch = watch
        self._digest = _digest(path)
        self._reading = anyio.Lock()
        self._over = anyio.Event()
        self.mistakes: Sequence[Mistake] = ()
        self.read_at = datetime.now(UTC)

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Read the file again when it changes, and at each SIGHUP, for as long as the block lasts."""
        loop = asyncio.get_running_loop()
        async with anyio.create_task_group() as tasks:
            with suppress(NotImplementedError, RuntimeError):  # where there are no signals, or not in this thread
                loop.add_signal_handler(signal.SIGHUP, lambda: tasks.start_soon(self.read))
            if self._watch:
                tasks.start_soon(self._look_for_changes)
            try:
                yield
            finally:
                with suppress(NotImplementedError, RuntimeError):
                    loop.remove_signal_handler(signal.SIGHUP)
                self._over.set()  # whoever watches does so in a thread, which hears of nothing else
                tasks.cancel_scope.cancel()

    async def read(self) -> bool:
        """Read the file now; False if it has mistakes, and everything stays as it was."""
        async with self._reading:
            digest = _digest(self._path)
            try:
                found = await anyio.to_thread.run_sync(lambda: load(self._path, without_secrets=True))
                self._follow(self._configuration, found)
            except ConfigurationError as error:
                self.mistakes, self._digest = error.mistakes, digest
                log.error("%s: nothing is changed, for it has mistakes:\n%s", self._path.name, error)  # noqa: TRY400 - not ours
                return False
            self._tell(found)
            self._configuration, self.mistakes, self._digest = found, (), digest
            self.read_at = datetime.now(UTC)
            return True

    async def _look_for_changes(self) -> None:
        """Look at the folder: what is put in the file's place is another file, and a link may lead elsewhere."""
        folder = self._path.absolute().parent
        changes = awatch(
            folder,
            recursive=False,
            watch_filter=None,
            debounce=SETTLED,
            rust_timeout=LOOK,
            yield_on_timeout=True,
            stop_event=self._over,
        )
        async for _ in changes:
            if _digest(self._path) not in (self._digest, None):
                await self.read()

    def _tell(self, found: Configuration) -> None:
        for mistake in found.absent:
            log.warning("%s", mistake)
        later = [part for part in ("gateway", "auth", "store", "policy") if _differs(self._configuration, found, part)]
        if later:
            log.warning("%s: what it says now of %s holds from the next start", self._path.name, ", ".join(later))
        log.info("%s has been read again: %d sources", self._path.name, len(found.sources))


def _differs(one: Configuration, other: Configuration, part: str) -> bool:
    return repr(getattr(one, part)) != repr(getattr(other, part))


def _digest(path: Path) -> bytes | None:
    try:
        return sha256(path.read_bytes()).digest()
    except OSError:
        return None
