"""Moments and durations as Prometheus' HTTP API reads and writes them."""

import math
import re
from datetime import datetime

_UNITS = {"y": 31_536_000.0, "w": 604_800.0, "d": 86_400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_DURATION = re.compile(r"(?:\d+(?:ms|[ywdhms]))+")
_PART = re.compile(r"(\d+)(ms|[ywdhms])")


class BadParameterError(ValueError):
    """Raised for a parameter that cannot be read; the message is Prometheus' own."""


def instant(name: str, written: str | None) -> float:
    """Read a moment, which is seconds since 1970 or RFC 3339."""
    try:
        return _finite(written or "")
    except ValueError:
        pass
    try:
        read = datetime.fromisoformat(written or "")
        if read.tzinfo is not None:
            return read.timestamp()
    except ValueError:
        pass
    raise BadParameterError(f'invalid parameter "{name}": cannot parse "{written or ""}" to a valid timestamp')


def step(written: str | None) -> float:
    """Read a step, which is seconds or a duration such as `5m`; it is more than nothing."""
    seconds = _duration(written or "")
    if seconds <= 0:
        raise BadParameterError(
            'invalid parameter "step": zero or negative query resolution step widths are not accepted. '
            "Try a positive integer"
        )
    return seconds


def _duration(written: str) -> float:
    if _DURATION.fullmatch(written):
        return sum(int(count) * _UNITS[unit] for count, unit in _PART.findall(written))
    try:
        return _finite(written)
    except ValueError as err:
        raise BadParameterError(f'invalid parameter "step": cannot parse "{written}" to a valid duration') from err


def _finite(written: str) -> float:
    number = float(written)
    if not math.isfinite(number):
        raise ValueError(written)
    return number


def moment(at: float) -> int | float:
    """Write a moment in seconds, with milliseconds only where there are any."""
    return int(at) if at == int(at) else round(at, 3)
