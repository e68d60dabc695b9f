"""What a circuit suffers from, and when: the one account of it from which its KPIs are worked out."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from demo.world.alarms import Alarm

Kind = Literal["down", "switched", "degraded"]


@dataclass(frozen=True, slots=True)
class Impairment:
    """One time in which a circuit is not well, in seconds since 1970; `ended` is None while it lasts.

    down: no traffic passes. switched: it passes by the protection route. degraded: it passes with errors, which grow
    to their full over `ramp` seconds.
    """

    kind: Kind
    began: float
    ended: float | None
    ramp: float = 0.0

    def level(self, at: float) -> float:
        """Tell how bad it is at a moment: 0 is not at all, 1 is fully."""
        if at < self.began or (self.ended is not None and at >= self.ended):
            return 0.0
        return min(1.0, (at - self.began) / self.ramp) if self.ramp else 1.0


def suffer(alarms: Iterable[Alarm]) -> dict[str, list[Impairment]]:
    """Tell from the alarms of the base what each circuit suffers from, by its code."""
    found: dict[str, list[Impairment]] = {}
    for alarm in alarms:
        if alarm.cause in _CAUSES:
            for circuit in alarm.circuits:
                impairment = Impairment(_kind(alarm, circuit.protected), alarm.raised.timestamp(), _end(alarm))
                found.setdefault(circuit.code, []).append(impairment)
    return found


_CAUSES = frozenset({"LOS", "LOF", "CARD", "DEG", "SD"})


def _kind(alarm: Alarm, protected: bool) -> Kind:
    """A cut fibre is what protection is for; neither a card at the end nor the customer's own signal is."""
    if alarm.cause in ("DEG", "SD"):
        return "degraded"
    return "switched" if protected and alarm.cause == "LOS" else "down"


def _end(alarm: Alarm) -> float | None:
    return alarm.cleared.timestamp() if alarm.cleared else None
