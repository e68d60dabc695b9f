"""A name for each request, by which the client's error and the operator's log line find each other."""

import re
from contextvars import ContextVar
from os import urandom

HEADER = "x-request-id"

_current: ContextVar[str] = ContextVar("request_id", default="-")
_SANE = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


def request_id() -> str:
    """Name the request that is being answered; `-` outside of any."""
    return _current.get()


def sane(given: str | None) -> str:
    """The id that a proxy gave, if it is one; else a new one."""
    return given if given and _SANE.fullmatch(given) else urandom(16).hex()


class naming:  # noqa: N801 - it is used as a statement: with naming(name)
    """A block in which the request goes by this name."""

    __slots__ = ("_name", "_token")

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        self._token = _current.set(self._name)

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)
