"""The requests that are being answered now: what one of them has heard may be told to the others, while it is there.

Whoever asks again and again, as a feed does, is another request each time: a request is told once what it has asked.
"""

import asyncio
from contextvars import ContextVar
from typing import Protocol


class Heard(Protocol):
    """Something that a source has said, and that somebody has heard."""

    def forsake(self) -> None:
        """One of those who heard it has gone."""
        ...


class Present:
    """A request, from when somebody begins to answer it until it is answered.

    began: a time of the event loop's clock.
    """

    __slots__ = ("_gone", "_heard", "began")

    def __init__(self) -> None:
        self.began = asyncio.get_running_loop().time()
        self._heard: list[Heard] = []
        self._gone = False

    def hear(self, heard: Heard) -> None:
        """Have heard something, for as long as this request is there."""
        if self._gone:
            heard.forsake()
        else:
            self._heard.append(heard)

    def go(self) -> None:
        """Be answered."""
        self._gone = True
        for heard in self._heard:
            heard.forsake()
        self._heard.clear()


_present: ContextVar[Present | None] = ContextVar("present", default=None)


present = _present.get
"""The request on whose behalf something is done; None for what is done on nobody's."""


class being_answered:  # noqa: N801 - it is used as a statement: with being_answered()
    """A block in which a request is answered."""

    __slots__ = ("_present", "_token")

    def __enter__(self) -> None:
        self._present = Present()
        self._token = _present.set(self._present)

    def __exit__(self, *_: object) -> None:
        _present.reset(self._token)
        self._present.go()
