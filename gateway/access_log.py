"""The access log: a line for each request, of what was asked for and what came of it. Never its content."""

import logging

from gateway.logs import Lines

log = logging.getLogger("trunkline.access")

_EVENT = "%s %r %d %.1f ms"
"""The path is quoted as Python would: one with line breaks in it stays one line."""


def note(name: str, method: str, path: str, status: int, ms: float) -> None:
    """Write a line, if anybody wants it. name: the request's id; ms: how long it took."""
    if not log.isEnabledFor(logging.INFO):
        return
    handlers = logging.root.handlers
    lines = handlers[0] if len(handlers) == 1 else None
    if isinstance(lines, Lines):
        lines.put(log.name, name, _EVENT, (method, path, status, ms))
    else:
        told = {"method": method, "path": path, "status": status, "ms": round(ms, 1)}
        log.info(_EVENT, method, path, status, ms, extra=told)
