"""The alarms that a break in a link causes along every circuit over it, and those of a laser that fades."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count

from demo.story.act import Life
from demo.world.alarms import Alarm
from demo.world.circuits import Circuit
from demo.world.network import Link
from demo.world.routes import Hop

Place = tuple[str, str]
"""An element and one of its ports."""
_COMMUNICATIONS, _QUALITY = "communicationsAlarm", "qualityOfServiceAlarm"
_NOTICED = timedelta(minutes=4)


def broken(
    link: Link,
    named: Sequence[Circuit],
    routes: Sequence[tuple[Circuit, list[Hop]]],
    between: tuple[datetime, datetime],
    planned: bool,
    ids: "count[int]",
) -> Iterator[Life]:
    """Raise the alarms of a link that is cut: LOS at both ends, AIS at the ends of the circuits, RDI on the way back.

    `named` are all circuits that the inventory leads over the link: the LOS names them. `routes` are those in service,
    with their hops: only these have a signal that can fail, and so alarms of their own. One alarm speaks for all
    circuits that it hits at one port.
    """
    cut, mended = between
    ends = ((link.z, link.z_port), (link.a, link.a_port))
    for step, place in enumerate(ends):
        times = (cut + timedelta(seconds=step), mended + timedelta(seconds=1 + step))
        yield Life(_alarm(next(ids), "LOS", "critical", place, tuple(named), times, planned))
    for cause, severity, delay, far in (("AIS", "minor", 2, _terminations), ("RDI", "warning", 3, _answers)):
        hit: dict[Place, list[Circuit]] = {}
        for circuit, hops in routes:
            for place in far(link, hops):
                if place not in ends:
                    hit.setdefault(place, []).append(circuit)
        times = (cut + timedelta(seconds=delay), mended + timedelta(seconds=2 + delay))
        for place, circuits in hit.items():
            yield Life(_alarm(next(ids), cause, severity, place, tuple(circuits), times, planned))


def _terminations(_: Link, hops: list[Hop]) -> Iterator[Place]:
    """The last element hears nothing from A, the first one nothing from Z."""
    yield hops[-1].element, hops[-1].in_port
    yield hops[0].element, hops[0].out_port


def _answers(link: Link, hops: list[Hop]) -> Iterator[Place]:
    """What either end answers travels back as far as the break, where it is seen passing by."""
    near = next(position for position, hop in enumerate(hops) if hop.link is link)
    if near > 0:
        yield hops[near].element, hops[near].in_port
    if near + 1 < len(hops) - 1:
        yield hops[near + 1].element, hops[near + 1].out_port


def faded(link: Link, circuits: Sequence[Circuit], times: tuple[datetime, datetime, datetime], number: int) -> Life:
    """Raise the one alarm of a laser that fades, at the receiver; `times`: raised, worse, cleared."""
    raised, worse, cleared = times
    place = (link.z, link.z_port)
    alarm = _alarm(number, "DEG", "minor", place, tuple(circuits), (raised, cleared), False, _QUALITY, worse)
    return Life(alarm, worse="major")


def _alarm(
    number: int,
    cause: str,
    severity: str,
    place: Place,
    circuits: tuple[Circuit, ...],
    between: tuple[datetime, datetime],
    planned: bool,
    event_type: str = _COMMUNICATIONS,
    changed: datetime | None = None,
) -> Alarm:
    raised, cleared = between
    return Alarm(
        id=number,
        cause=cause,
        event_type=event_type,
        severity=severity,
        state="cleared",
        acknowledged=True,
        planned=planned,
        root=cause in ("LOS", "DEG"),
        element=place[0],
        port=place[1],
        circuits=circuits,
        raised=raised,
        changed=changed or raised + _NOTICED,
        cleared=cleared,
    )
