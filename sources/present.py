"""The requests that are being answered now: what one of them has heard may be told to the others, while it is there.

Whoever asks again and again, as a feed does, is another request each time: a request is told once what it has asked.
"""

from contextvars import ContextVar, Token
from time import monotonic
from typing import Protocol


class Heard(Protocol):
    """Something that a source has said, and that somebody has heard."""

    def forsake(self) -> None:
        """One of those who heard it has gone."""
        ...


class Present:
    """A request, which is answered in a block: `with being_answered(): ...`.

    began: when somebody began to answer it, a time of the monotonic clock.
    """

    __slots__ = ("_gone", "_heard", "_token", "began")

    def __enter__(self) -> None:
        self.began = monotonic()
        self._heard: list[Heard] = []
        self._gone = False
        self._token: Token[Present | None] = _present.set(self)

    def __exit__(self, *_: object) -> None:
        _present.reset(self._token)
        self._gone = True
        for heard in self._heard:
            heard.forsake()
        self._heard.clear()

    def hear(self, heard: Heard) -> None:
        """Have heard something, for as long as this request is there."""
        if self._gone:
            heard.forsake()
        else:
            self._heard.append(heard)


_present: ContextVar[Present | None] = ContextVar("present", default=None)


present = _present.get
"""The request on whose behalf something is done; None for what is done on nobody's."""
being_answered = Present
