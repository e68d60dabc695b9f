"""What every system hears that is asked on behalf of a request: the request's name, the trace that it is part of."""

from collections.abc import Mapping
from contextvars import ContextVar


class PassedOn(dict[str, str]):
    """Header fields, names in lower case, which nobody changes.

    lines: as they stand in the head of a request, once they have been written into one.
    """

    lines: str | None = None


_headers: ContextVar[PassedOn] = ContextVar("passed_on", default=PassedOn())  # noqa: B039 - nobody changes it


passed_on = _headers.get
"""The header fields of it; none outside of any request."""

pass_on = _headers.set
"""Passes on these, and no others, for as long as the present task lasts."""


class passing_on:  # noqa: N801 - it is used as a statement: with passing_on(headers)
    """A block in which these are passed on, too."""

    __slots__ = ("_headers", "_token")

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    def __enter__(self) -> None:
        around = _headers.get()
        self._token = _headers.set(PassedOn({**around, **self._headers}))

    def __exit__(self, *_: object) -> None:
        _headers.reset(self._token)
