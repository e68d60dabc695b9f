"""What can go wrong with a source, as one small tree.

    SourceFault                 SOURCE_FAILED
    ├── Unavailable             SOURCE_UNAVAILABLE     it cannot answer now; asking again may help
    │   ├── TimedOut            SOURCE_TIMED_OUT       it did not answer within the time there was
    │   ├── Refused             SOURCE_REFUSED         no connection
    │   ├── CircuitOpen         SOURCE_CIRCUIT_OPEN    it failed too often of late and is left in peace
    │   ├── SetAside            SOURCE_SET_ASIDE       the operator has taken it out of use for a while
    │   └── Overloaded          SOURCE_OVERLOADED      it, or the queue before it, is full
    ├── Rejected                SOURCE_REJECTED        it will not answer this; asking again does not help
    │   ├── Unauthorised        SOURCE_UNAUTHORISED    it does not accept our credentials
    │   └── BadRequest          SOURCE_BAD_REQUEST     it does not understand what we ask
    ├── Malformed               SOURCE_MALFORMED       what it says is not what was agreed
    │   └── Drifted             SOURCE_DRIFTED         it has changed its shape
    ├── Unaskable               SOURCE_KEY_UNKNOWN     nobody can tell now under which key it knows the thing
    └── Ambiguous               SOURCE_KEY_AMBIGUOUS   which key that is, or what a key means, is told in two ways

Upstream exceptions become these once, at the connector's edge. `detail` is for the operator's log and never
reaches a client; a client sees the source and the code.
"""

from typing import ClassVar


class SourceFault(Exception):  # noqa: N818 - a fault is what the design calls it
    """A source did not say what it was asked."""

    code: ClassVar[str] = "SOURCE_FAILED"
    transient: ClassVar[bool] = False
    """Whether asking again may help."""
    asked: ClassVar[bool] = True
    """Whether the source was asked at all; where not, it was skipped."""

    def __init__(self, source: str, detail: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(f"{source}: {detail}" if detail else source)
        self.source = source
        self.detail = detail
        self.retry_after = retry_after
        """Seconds after which the source itself asks to be tried again."""


class Unavailable(SourceFault):
    """It cannot answer now."""

    code = "SOURCE_UNAVAILABLE"
    transient = True


class TimedOut(Unavailable):
    """It did not answer within the time there was."""

    code = "SOURCE_TIMED_OUT"


class Refused(Unavailable):
    """No connection could be made."""

    code = "SOURCE_REFUSED"


class CircuitOpen(Unavailable):
    """It failed too often of late and is left in peace."""

    code = "SOURCE_CIRCUIT_OPEN"
    asked = False


class SetAside(Unavailable):
    """The operator has taken it out of use for a while."""

    code = "SOURCE_SET_ASIDE"
    asked = False


class Overloaded(Unavailable):
    """It, or the queue before it, is full."""

    code = "SOURCE_OVERLOADED"


class Rejected(SourceFault):
    """It will not answer this."""

    code = "SOURCE_REJECTED"


class Unauthorised(Rejected):
    """It does not accept our credentials."""

    code = "SOURCE_UNAUTHORISED"


class BadRequest(Rejected):
    """It does not understand what we ask."""

    code = "SOURCE_BAD_REQUEST"


class Malformed(SourceFault):
    """What it says is not what was agreed."""

    code = "SOURCE_MALFORMED"


class Drifted(Malformed):
    """It has changed its shape."""

    code = "SOURCE_DRIFTED"


class Unaskable(SourceFault):
    """Whoever could tell under which key this source knows the thing has failed, or does not say."""

    code = "SOURCE_KEY_UNKNOWN"


class Ambiguous(SourceFault):
    """It cannot be asked without a guess: a key means two things, or a thing has two keys."""

    code = "SOURCE_KEY_AMBIGUOUS"
