"""The audit log: who asked, for whom, what kind of thing, whose, and what came of it. Never what was answered.

One JSON object a line:

    {"at": "2026-11-20T08:00:00.000Z", "request": "5f3c...", "subject": "li.lei", "roles": ["customer-viewer"],
     "actingFor": null, "operation": "Circuits", "hash": "sha256:...", "nouns": ["circuit", "customer"],
     "customers": ["C100001"], "sources": {"crm": "ok"}, "outcome": "ok", "codes": [], "ms": 12.3}
"""

import asyncio
import os
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import msgspec

from gateway.execution import Executed, Executor
from gateway.operation import Operation
from gateway.refusals import Refusal
from gateway.request_id import request_id
from resolvers.request import Request

CUSTOMERS_AT_MOST = 100
"""More customers than these are told by their number."""
_LINGER = 0.2
"""Seconds for which lines wait for others, so that a busy gateway writes once for many."""


class Lines(Protocol):
    """Something that keeps lines."""

    def write(self, line: bytes) -> None:
        """Keep one line; its end is part of it."""
        ...

    def flush(self) -> None:
        """Put down what has been kept back."""
        ...


class AuditFile:
    """Lines appended to a file, which another process may move away meanwhile, or to standard output (`-`)."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._waiting: list[bytes] = []

    def write(self, line: bytes) -> None:
        """Keep one line; it is put down soon, and at the latest when the gateway stops."""
        if not self._waiting:
            asyncio.get_running_loop().call_later(_LINGER, self.flush)
        self._waiting.append(line)

    def flush(self) -> None:
        """Append what waits: in one write, so that lines of several processes do not mix."""
        lines, self._waiting = b"".join(self._waiting), []
        if not lines:
            return
        if self._path == "-":
            sys.stdout.buffer.write(lines)
            sys.stdout.buffer.flush()
            return
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        descriptor = os.open(Path(self._path), flags, 0o600)
        try:
            os.write(descriptor, lines)
        finally:
            os.close(descriptor)


class Audited:
    """An executor whose every operation leaves a line."""

    def __init__(self, inner: Executor, lines: Lines) -> None:
        self._inner = inner
        self._lines = lines

    async def __call__(self, operation: Operation, request: Request) -> Executed:
        """Run one operation, and note what came of it, whatever that is."""
        loop = asyncio.get_running_loop()
        started, outcome, codes = loop.time(), "cancelled", list[str]()
        try:
            executed = await self._inner(operation, request)
            outcome, codes = executed.outcome, sorted(set(executed.codes))
            return executed  # noqa: TRY300 - the line is written in either case
        except Refusal as refusal:
            outcome, codes = "refused", [refusal.code]
            raise
        except Exception:
            outcome = "failed"
            raise
        finally:
            self._lines.write(_line(operation, request, outcome, codes, loop.time() - started))


def _line(operation: Operation, request: Request, outcome: str, codes: Iterable[str], seconds: float) -> bytes:
    caller = request.caller
    customers = sorted(request.customers_shown())
    entry = {
        "at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "request": request_id(),
        "subject": caller.subject,
        "roles": sorted(caller.roles),
        "actingFor": caller.acting_for,
        "operation": operation.operation_name,
        "hash": "sha256:" + sha256((operation.query or "").encode()).hexdigest(),
        "nouns": sorted(request.nouns_asked()),
        "customers": customers if len(customers) <= CUSTOMERS_AT_MOST else len(customers),
        "sources": {told.source: told.outcome for told in request.outcomes()},
        "outcome": outcome,
        "codes": list(codes),
        "ms": round(seconds * 1000, 1),
    }
    return msgspec.json.encode(entry) + b"\n"
