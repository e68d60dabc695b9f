"""The trace that a request is part of, as it is told from one system to the next [W3C Trace Context]."""

import re
from collections.abc import Mapping

from msgspec import Struct

HEADER = "traceparent"

_FORM = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})", re.ASCII)


class Traceparent(Struct, frozen=True):
    """The trace and the span within it that a request comes from. sampled: whether that is followed."""

    trace: str
    span: str
    sampled: bool

    @property
    def headers(self) -> Mapping[str, str]:
        """As which it is passed on."""
        return {HEADER: f"00-{self.trace}-{self.span}-{self.sampled:02x}"}


def traceparent(told: str | None) -> Traceparent | None:
    """What a header says, if it is one."""
    found = _FORM.fullmatch(told) if told else None
    return Traceparent(found[1], found[2], bool(int(found[3], 16) & 1)) if found else None
