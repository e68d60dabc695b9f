"""The measured quality of each circuit, minute by minute: a function of seed, circuit and time, kept nowhere.

Loads follow the working day at +08:00 with a peak in the morning and one in the afternoon, and half of it at weekends.
"""

import math
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from demo.world.circuits import Circuit
from demo.world.impairments import Impairment
from demo.world.routes import Path

SCRAPE_SECONDS = 60
_FIBRE_SECONDS_PER_KM = 5e-6
_ELEMENT_SECONDS = 25e-6
_WEEK, _EIGHT_HOURS = 7 * 86_400, 8 * 3600
_EPOCH_WEEKDAY = 3 * 86_400
"""The first of January 1970 was a Thursday."""


@dataclass(frozen=True, slots=True)
class Line:
    """What the KPIs of one circuit depend on, apart from the time."""

    number: int
    grain: int
    load: float
    delay: float
    detour: float
    impairments: Sequence[Impairment]


@dataclass(frozen=True, slots=True)
class Moment:
    """What is true of a line in one minute: its load, its luck, and how bad each kind of impairment is."""

    line: Line
    rhythm: float
    luck: float
    down: float
    switched: float
    degraded: float


def line(seed: int, circuit: Circuit, working: Path, protection: Path | None, suffers: Sequence[Impairment]) -> Line:
    """Work out what a circuit's KPIs depend on; `suffers` is everything that it ever suffers from."""
    grain = zlib.crc32(f"{seed}/kpi/{circuit.code}".encode())
    delay = _two_way(working)
    return Line(
        number=circuit.number,
        grain=grain,
        load=0.25 + 0.7 * (grain % 997) / 997,
        delay=delay,
        detour=_two_way(protection) if protection else delay,
        impairments=suffers,
    )


def _two_way(path: Path) -> float:
    return 2 * (path.km * _FIBRE_SECONDS_PER_KM + len(path.elements) * _ELEMENT_SECONDS)


def measured(line: Line, at: int) -> Moment | None:
    """Tell what is true of a line in the minute that begins at `at`; None is a gap: nobody measured."""
    if has_gaps(line.number) and (at // 3600 + line.number) % 29 == 0:
        return None
    worst = {"down": 0.0, "switched": 0.0, "degraded": 0.0}
    for impairment in line.impairments:
        worst[impairment.kind] = max(worst[impairment.kind], impairment.level(at))
    return Moment(line, rhythm(at % _WEEK), _luck(line.grain, at), worst["down"], worst["switched"], worst["degraded"])


def has_gaps(number: int) -> bool:
    """Whether the circuit of this number is measured with gaps: one in 97."""
    return number % 97 == 5


@lru_cache(maxsize=_WEEK // SCRAPE_SECONDS)
def rhythm(second_of_week: int) -> float:
    """Tell how busy the country is, from 0 to 1; the second counts from a Thursday's midnight at UTC."""
    local = second_of_week + _EIGHT_HOURS
    hour = local % 86_400 / 3600
    day = (local + _EPOCH_WEEKDAY) // 86_400 % 7
    bells = ((0.85, 10.5, 2.0), (0.75, 15.5, 2.3), (0.25, 20.5, 1.8))
    busy = sum(height * math.exp(-(((hour - peak) / width) ** 2)) for height, peak, width in bells)
    return min(1.0, 0.06 + busy * (0.45 if day >= 5 else 1.0))


def _luck(grain: int, at: int) -> float:
    """Draw from 0 to 1 for a line and a minute, always the same; a generator of chance would cost ten times as much."""
    mixed = (grain ^ (at // SCRAPE_SECONDS) * 2_654_435_761) & 0xFFFFFFFF
    mixed = (mixed ^ mixed >> 15) * 2_246_822_519 & 0xFFFFFFFF
    return (mixed ^ mixed >> 13) / 0xFFFFFFFF


def _availability(now: Moment) -> float:
    return 1.0 - now.down


def _delay(now: Moment) -> float | None:
    """A circuit that carries nothing has no delay."""
    way = now.line.detour if now.switched else now.line.delay
    return None if now.down else way + 60e-6 * now.rhythm * now.line.load + 8e-6 * now.luck


def _variation(now: Moment) -> float | None:
    return None if now.down else (4e-6 + 30e-6 * now.rhythm * now.line.load) * (0.7 + 0.6 * now.luck)


def _loss(now: Moment) -> float:
    quiet = 1e-7 * now.luck if now.luck > 0.8 else 0.0
    return 1.0 if now.down else quiet + 2e-3 * now.degraded * now.degraded * (0.8 + 0.4 * now.luck)


def _utilisation(share: float) -> Callable[[Moment], float]:
    def utilisation(now: Moment) -> float:
        return 0.0 if now.down else min(1.0, share * now.line.load * now.rhythm * (0.85 + 0.3 * now.luck))

    return utilisation


def _errored(now: Moment) -> float:
    if now.down:
        return 0.0
    return float(min(60, int(now.luck > 0.995) + round(45 * now.degraded * (0.7 + 0.3 * now.luck))))


def _severely_errored(now: Moment) -> float:
    return 0.0 if now.down else float(round(14 * max(0.0, now.degraded - 0.5) * (0.7 + 0.3 * now.luck)))


def _unavailable(now: Moment) -> float:
    return float(SCRAPE_SECONDS * now.down)


KPIS: dict[str, Callable[[Moment], float | None]] = {
    "availability": _availability,
    "frame_delay_seconds": _delay,
    "frame_delay_variation_seconds": _variation,
    "frame_loss_ratio": _loss,
    "utilisation_in_ratio": _utilisation(0.95),
    "utilisation_out_ratio": _utilisation(0.6),
    "errored_seconds": _errored,
    "severely_errored_seconds": _severely_errored,
    "unavailable_seconds": _unavailable,
}
"""Every KPI by its name; those in seconds of a count (`errored` ...) tell how many of the minute's 60 were so."""
