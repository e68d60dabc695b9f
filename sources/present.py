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

    began: when somebody began to answer it, a time of the monotonic clock. heard: what it will forsake when it goes;
    None when it has gone.
    """

    __slots__ = ("_token", "began", "heard")

    def __enter__(self) -> None:
        self.began = monotonic()
        self.heard: list[Heard] | None = []
        self._token: Token[Present | None] = _present.set(self)

    def __exit__(self, *_: object) -> None:
        _present.reset(self._token)
        heard, self.heard = self.heard, None
        for one in heard or ():
            one.forsake()


_present: ContextVar[Present | None] = ContextVar("present", default=None)


present = _present.get
"""The request on whose behalf something is done; None for what is done on nobody's."""
being_answered = Present
