"""The alarms of the network: faults that stop circuits, small ones that stop none, and those that are over.

Every alarm follows ITU-T X.733; times run backwards from the demo's clock.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from demo.world.chance import NOW, dice
from demo.world.circuits import Circuit
from demo.world.network import Network
from demo.world.routes import Hop, Router, hops

HIT_SHARE = 0.05
"""The share of circuits that have active alarms: one to three each."""
RECOVERED_SHARE = 0.05
"""The share of circuits, none of them hit now, that had alarms which are cleared."""
AILING_SHARE = 0.03
"""The share of elements with an alarm of their own that touches no circuit."""
SEVERITIES = ("critical", "major", "minor", "warning", "indeterminate")


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm; `port` is None when the element itself speaks, `element` is None when only a circuit does."""

    id: int
    cause: str
    event_type: str
    severity: str
    state: str
    acknowledged: bool
    planned: bool
    root: bool
    element: str | None
    port: str | None
    circuits: tuple[Circuit, ...]
    raised: datetime
    changed: datetime | None
    cleared: datetime | None

    @property
    def active(self) -> bool:
        """Whether the trouble is still there."""
        return self.state != "cleared"


_COMMUNICATIONS, _EQUIPMENT, _QUALITY = "communicationsAlarm", "equipmentAlarm", "qualityOfServiceAlarm"
_ELEMENT_TROUBLES = (
    ("POWER", _EQUIPMENT, "major"),
    ("CARD", _EQUIPMENT, "minor"),
    ("TEMPERATURE", "environmentalAlarm", "warning"),
    ("FAN", "environmentalAlarm", "minor"),
)


@dataclass(frozen=True, slots=True)
class _Hit:
    """A circuit that a fault hits, and its working route."""

    circuit: Circuit
    route: list[Hop]


@dataclass(frozen=True, slots=True)
class _Sign:
    """What one alarm of a fault looks like, before it gets a number and a time."""

    cause: str
    event_type: str
    severity: str
    element: str | None
    port: str | None
    root: bool
    circuits: tuple[Circuit, ...] = ()


def raise_alarms(seed: int, circuits: Sequence[Circuit], network: Network, router: Router) -> list[Alarm]:
    """Raise every alarm, active and cleared, oldest number first."""
    draw = dice(seed, "alarms")
    alarms: list[Alarm] = []
    hit = max(1, round(len(circuits) * HIT_SHARE))
    recovered = max(1, round(len(circuits) * RECOVERED_SHARE))
    chosen = [_hit(circuit, router) for circuit in draw.sample(circuits, hit + recovered)]
    for together in _shared_faults(chosen[:hit]):
        alarms += _fault(draw, together, False, len(alarms))
    for alone in chosen[hit:]:
        alarms += _fault(draw, (alone,), True, len(alarms))
    for element in draw.sample(sorted(network.elements), round(len(network.elements) * AILING_SHARE)):
        cause, event_type, severity = draw.choice(_ELEMENT_TROUBLES)
        sign = _Sign(cause, event_type, severity, element, None, True)
        alarms.append(_alarm(draw, sign, _moment(draw), draw.random() < 0.3, False, len(alarms)))
    return alarms


def _hit(circuit: Circuit, router: Router) -> _Hit:
    path = router.working(circuit.a_site.element, circuit.z_site.element)
    return _Hit(circuit, hops(path, circuit.a_port, circuit.z_port))


def _shared_faults(chosen: Sequence[_Hit]) -> Iterator[tuple[_Hit, ...]]:
    """Let one fault hit up to four of the circuits that start over the same link; each circuit is hit once."""
    starting: dict[tuple[str, str], list[_Hit]] = {}
    for hit in chosen:
        starting.setdefault((hit.route[0].element, hit.route[0].out_port), []).append(hit)
    for together in starting.values():
        yield from (tuple(together[at : at + 4]) for at in range(0, len(together), 4))


def _fault(draw: Random, hits: tuple[_Hit, ...], over: bool, before: int) -> list[Alarm]:
    kinds, weights = ((_cut, _degraded, _equipment), (3, 1, 1)) if len(hits) > 1 else (_LONE_KINDS, (3, 3, 2, 1, 1))
    signs = draw.choices(kinds, weights)[0](hits)
    raised, planned = _moment(draw), draw.random() < 0.08
    return [
        _alarm(draw, sign, raised + timedelta(seconds=step), over, planned, before + step)
        for step, sign in enumerate(signs)
    ]


def _cut(hits: tuple[_Hit, ...]) -> list[_Sign]:
    """The fibre of the first span is cut: LOS at both of its ends, AIS at the far end of each route."""
    near, far, circuits = hits[0].route[0], hits[0].route[1], tuple(hit.circuit for hit in hits)
    return [
        _Sign("LOS", _COMMUNICATIONS, "critical", far.element, far.in_port, True, circuits),
        _Sign("LOS", _COMMUNICATIONS, "critical", near.element, near.out_port, True, circuits),
        *(_far_end("AIS", "minor", hit) for hit in hits),
    ]


def _tributary(hits: tuple[_Hit, ...]) -> list[_Sign]:
    """The customer's own signal is gone at the A end; the far end sees AIS and answers with RDI."""
    first, circuits = hits[0].route[0], (hits[0].circuit,)
    return [
        _Sign("LOF", _COMMUNICATIONS, "major", first.element, first.in_port, True, circuits),
        _far_end("AIS", "minor", hits[0]),
        _Sign("RDI", _COMMUNICATIONS, "warning", first.element, first.out_port, False, circuits),
    ]


def _degraded(hits: tuple[_Hit, ...]) -> list[_Sign]:
    """The signal over the first span is weak, but there."""
    second, circuits = hits[0].route[1], tuple(hit.circuit for hit in hits)
    return [_Sign("DEG", _QUALITY, "minor", second.element, second.in_port, True, circuits)]


def _equipment(hits: tuple[_Hit, ...]) -> list[_Sign]:
    """A card of the first element has failed; the far end of each route hears nothing."""
    circuits = tuple(hit.circuit for hit in hits)
    card = _Sign("CARD", _EQUIPMENT, "critical", hits[0].route[0].element, None, True, circuits)
    return [card, *(_far_end("SSF", "major", hit) for hit in hits)]


def _service_only(hits: tuple[_Hit, ...]) -> list[_Sign]:
    """The service is measured to be bad, and nobody knows where."""
    return [_Sign("SD", _QUALITY, "indeterminate", None, None, False, (hits[0].circuit,))]


def _far_end(cause: str, severity: str, hit: _Hit) -> _Sign:
    last = hit.route[-1]
    return _Sign(cause, _COMMUNICATIONS, severity, last.element, last.in_port, False, (hit.circuit,))


_LONE_KINDS = (_cut, _tributary, _degraded, _equipment, _service_only)


def _moment(draw: Random) -> datetime:
    return NOW - timedelta(seconds=600 + int(draw.random() ** 3 * 1_200_000))


def _alarm(
    draw: Random,
    sign: _Sign,
    raised: datetime,
    over: bool,
    planned: bool,
    before: int,
) -> Alarm:
    updated = draw.random() < 0.25
    cleared = raised + (NOW - raised) * draw.uniform(0.2, 0.9) if over else None
    changed = cleared or (raised + (NOW - raised) * 0.5 if updated else None)
    return Alarm(
        id=8_600_001 + before,
        cause=sign.cause,
        event_type=sign.event_type,
        severity=sign.severity,
        state="cleared" if over else "updated" if updated else "raised",
        acknowledged=draw.random() < 0.4,
        planned=planned,
        root=sign.root,
        element=sign.element,
        port=sign.port,
        circuits=sign.circuits,
        raised=raised,
        changed=changed and changed.replace(microsecond=0),
        cleared=cleared and cleared.replace(microsecond=0),
    )
