"""The log: one line an event, in UTC, with the request it belongs to. Payloads and secrets are never part of it.

Lines are text for people, or JSON for programs:

    {"at": "2026-11-20T08:15:00.123+00:00", "level": "info", "logger": "trunkline.access", "request": "4c1d...",
     "event": "POST '/graphql' 200 34.1 ms", "method": "POST", "path": "/graphql", "status": 200, "ms": 34.1}
"""

import asyncio
import logging
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from logging.config import dictConfig
from time import time
from typing import Any, TextIO, TypeAlias

from gateway.request_id import request_id
from gateway.settings import LogFormat, Settings

MOMENT = 0.005
"""Seconds for which lines of requests may wait for others to be written with."""
AT_MOST = 200
"""So many lines wait; more are written at once."""


class _Text(logging.Formatter):
    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - logging's name
        return moment(record)


Line: TypeAlias = tuple[float, str, str, str, tuple[object, ...]]
"""An event at INFO that waits to be written: when, in seconds since 1970, the logger, the request, what is said of it,
and what that is said of.
"""


class Lines(logging.StreamHandler[TextIO]):
    """Writes lines of text for people to the standard error, in their order.

    What is put within a moment is written together, and before any record; `logging` flushes when the process ends.
    """

    def __init__(self) -> None:
        super().__init__()
        self._gathered: deque[Line] = deque()
        """What waits; whoever writes takes it out one by one, so that whoever puts something needs no lock."""
        self._loop: asyncio.AbstractEventLoop | None = None
        """The loop that will write in a moment what has been gathered."""

    def put(self, logger: str, request: str, event: str, told: tuple[object, ...]) -> None:
        """Write `event % told` at INFO, soon, without the cost of a record; what is said is put into words then."""
        self._gathered.append((time(), logger, request, event, told))
        if self._loop is None or not self._loop.is_running():
            self._begin()
        elif len(self._gathered) >= AT_MOST:
            self._write()

    def _begin(self) -> None:
        """See that what waits is written in a moment."""
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:  # nobody would write it in a moment
            self._write()
        else:
            self._loop.call_later(MOMENT, self._write)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record now."""
        self._write()
        super().emit(record)

    def flush(self) -> None:
        """Write what is left."""
        self._write()
        super().flush()

    def _write(self) -> None:
        self.acquire()
        try:
            self._loop = None
            lines = "".join(
                [
                    f"{written(at)} INFO {logger} [{request}] {event % told}\n"
                    for at, logger, request, event, told in self._taken()
                ]
            )
            if lines:
                self.stream.write(lines)
                self.stream.flush()
        except (OSError, ValueError):  # closed, full, nobody there: logging says what is to be said about that
            self.handleError(logging.makeLogRecord({"msg": lines}))
        finally:
            self.release()

    def _taken(self) -> Iterator[Line]:
        while self._gathered:
            yield self._gathered.popleft()


def moment(record: logging.LogRecord) -> str:
    """When an event was, in UTC."""
    return written(record.created)


def written(at: float) -> str:
    """Write a moment in UTC, to the millisecond. at: seconds since 1970."""
    return _millisecond(int(at * 1000))


@lru_cache(maxsize=16)
def _millisecond(at: int) -> str:
    """The same of milliseconds; of several events in one, it is worked out once."""
    second, more = divmod(at, 1000)
    return f"{_second(second)}.{more:03}+00:00"


@lru_cache(maxsize=4)
def _second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _formatter(wanted: LogFormat) -> dict[str, Any]:
    if wanted is LogFormat.TEXT:
        return {"()": _Text, "format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"}
    from gateway.json_log import json_lines  # structlog brings 3 MB, for who wants JSON

    return {"()": json_lines}


def _handler(wanted: LogFormat) -> type[logging.Handler]:
    return Lines if wanted is LogFormat.TEXT else logging.StreamHandler


class _Named(logging.Filter):
    """Writes the current request's id into each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id()
        return True


def start_log(settings: Settings) -> None:
    """Send the log of this process to its standard error."""
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False  # no line tells them
    dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"named": {"()": _Named}},
            "formatters": {"line": _formatter(settings.log_format)},
            "handlers": {
                "stderr": {"()": _handler(settings.log_format), "formatter": "line", "filters": ["named"]},
                "none": {"class": "logging.NullHandler"},
            },
            "root": {"level": settings.log_level.upper(), "handlers": ["stderr"]},
            "loggers": {
                "trunkline.access": {"level": "INFO" if settings.access_log else "ERROR"},
                # gateway.telling writes each unforeseen error once, with the request's id
                "strawberry.execution": {"handlers": ["none"], "propagate": False},
                "alembic": {"level": "WARNING"},  # tells its steps at INFO
                "httpx": {"level": "WARNING"},  # tells URLs at INFO
                "uvicorn.error": {"level": "WARNING"},  # tells at INFO what our own ready line tells
                "watchfiles": {"level": "WARNING"},  # tells at INFO of any file beside ours, a log of ours among them
            },
        }
    )
