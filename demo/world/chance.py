"""Where all chance comes from: one stream of draws for each purpose, so that a new purpose moves no other's draws."""

from datetime import UTC, datetime
from random import Random

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
"""The moment at which the demo stands; no data ever come from the wall clock."""


def dice(seed: int, purpose: str) -> Random:
    """Give the stream of draws for one purpose; the same seed and purpose draw the same, on every machine."""
    return Random(f"{seed}/{purpose}")  # noqa: S311 (a repeatable world is wanted, not secrecy)
