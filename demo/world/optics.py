"""What the equipment measures of itself: light, warmth, load. A function of seed, thing and time, kept nowhere."""

import zlib
from datetime import datetime, timedelta

from demo.world.chance import NOW
from demo.world.kpis import rhythm

DARK_DBM = -40.0
"""What a receiver reads that gets no light."""
FADED_DB = 14.0
"""How much weaker than usual a laser is at the end of its life."""
RECEIVER_LIMIT_DBM = -18.0
"""Below this a receiver makes errors, and says that the signal is degraded."""
_WEEK = 7 * 86_400
_SOFTWARE = {
    "Huawei": ("V100R022C10SPC300", "V100R023C00SPC120"),
    "ZTE": ("V5.10.040P02", "V5.20.010P01"),
    "FiberHome": ("R2.2.08.11", "R3.0.01.05"),
}


def share(seed: int, thing: str) -> float:
    """Give a thing its own number from 0 to 1, always the same."""
    return zlib.crc32(f"{seed}/optics/{thing}".encode()) / 0xFFFFFFFF


def software(seed: int, vendor: str, element: str) -> str:
    """Tell which release an element runs; one in three is behind."""
    older, newer = _SOFTWARE[vendor]
    return older if share(seed, f"{element}/release") < 1 / 3 else newer


def booted(seed: int, element: str) -> datetime:
    """Tell when an element last started: days to two years ago."""
    return (NOW - timedelta(days=4 + 700 * share(seed, f"{element}/boot"))).replace(microsecond=0)


def celsius(seed: int, element: str, now: datetime) -> float:
    """Tell how warm an element is: warmer when it is busy."""
    return 31 + 12 * share(seed, f"{element}/warmth") + 4 * _busy(now)


def sent_dbm(seed: int, port: str) -> float:
    """Tell how much light a healthy laser sends."""
    return 0.5 + 3 * share(seed, f"{port}/laser")


def received_dbm(seed: int, port: str, km: float) -> float:
    """Tell how much light a healthy span lets through: amplified on long ones, a fifth of a decibel a kilometre."""
    return -4.0 - min(8.0, 0.2 * km) - 2 * share(seed, f"{port}/span")


def load(seed: int, link: str, now: datetime) -> float:
    """Tell how full a link is, from 0 to 1."""
    return min(1.0, (0.25 + 0.7 * share(seed, f"{link}/load")) * (0.2 + 0.8 * _busy(now)))


def _busy(now: datetime) -> float:
    return rhythm(int(now.timestamp()) // 60 * 60 % _WEEK)
