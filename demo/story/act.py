"""One act: something that happens to one link, with all its consequences, each with its times."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from demo.story.scene import Scene
from demo.world.alarms import Alarm
from demo.world.circuits import Circuit
from demo.world.impairments import Impairment
from demo.world.network import Link
from demo.world.tickets import Ticket

WAIT_TO_RESTORE = timedelta(minutes=5)
"""How long after the repair protected traffic stays where it is (ITU-T G.808.1)."""


@dataclass(frozen=True, slots=True)
class Life:
    """An alarm as it will have been in the end; `worse` is the severity that it gets when it changes."""

    alarm: Alarm
    worse: str | None = None

    def moments(self) -> Iterator[datetime]:
        """List the moments at which something about it changes."""
        yield from filter(None, (self.alarm.raised, self.alarm.changed, self.alarm.cleared))

    def at(self, now: datetime) -> Alarm | None:
        """Tell how the alarm stands at a moment; None before it is raised."""
        alarm = self.alarm
        if now < alarm.raised:
            return None
        changed = alarm.changed is not None and alarm.changed <= now
        cleared = alarm.cleared is not None and alarm.cleared <= now
        return replace(
            alarm,
            state="cleared" if cleared else "updated" if changed else "raised",
            severity=self.worse if changed and self.worse else alarm.severity,
            acknowledged=changed,
            changed=alarm.cleared if cleared else alarm.changed if changed else None,
            cleared=alarm.cleared if cleared else None,
        )


@dataclass(frozen=True, slots=True)
class Act:
    """What happens to one link; `cut` and `mended` are None where the link goes on working.

    `circuits` are all that the inventory leads over the link; of those in service some are `down` and some
    `switched`; `standby_lost` are those whose protection goes over it.
    """

    link: Link
    cut: datetime | None
    mended: datetime | None
    circuits: tuple[Circuit, ...]
    down: tuple[Circuit, ...]
    switched: tuple[Circuit, ...]
    standby_lost: tuple[Circuit, ...]
    alarms: tuple[Life, ...]
    tickets: tuple[Ticket, ...]
    degraded: tuple[tuple[Circuit, Impairment], ...] = ()

    def moments(self) -> Iterator[datetime]:
        """List every moment at which something changes, in no order."""
        for life in self.alarms:
            yield from life.moments()
        for ticket in self.tickets:
            yield ticket.opened
            yield from (change.at for change in ticket.history)
            yield from (note.at for note in ticket.notes)
        if self.cut and self.mended:
            yield from (self.cut, self.mended, self.mended + WAIT_TO_RESTORE)

    def impairments(self) -> Iterator[tuple[str, Impairment]]:
        """Tell what each circuit suffers, by its code."""
        yield from ((circuit.code, impairment) for circuit, impairment in self.degraded)
        if self.cut and self.mended:
            began, ended = self.cut.timestamp(), self.mended.timestamp()
            yield from ((circuit.code, Impairment("down", began, ended)) for circuit in self.down)
            back = ended + WAIT_TO_RESTORE.total_seconds()
            yield from ((circuit.code, Impairment("switched", began, back)) for circuit in self.switched)

    def at(self, now: datetime) -> Scene:
        """Tell what of the act is there at a moment."""
        alarms = tuple(alarm for life in self.alarms if (alarm := life.at(now)))
        tickets = tuple(ticket_at(ticket, now) for ticket in self.tickets if ticket.opened <= now)
        if not (self.cut and self.mended and self.cut <= now < self.mended + WAIT_TO_RESTORE):
            return Scene(alarms, tickets)
        scene = Scene(alarms, tickets, switched=_codes(self.switched))
        if now >= self.mended:
            return scene
        ports = frozenset(f"{end}:{self.link.port(end)}" for end in (self.link.a, self.link.z))
        return replace(
            scene,
            links_down=frozenset({self.link.id}),
            ports_dark=ports,
            down=_codes(self.down),
            standby_lost=_codes(self.standby_lost),
        )


def ticket_at(ticket: Ticket, now: datetime) -> Ticket:
    """Tell how a ticket stood at a moment at or after its opening."""
    history = tuple(change for change in ticket.history if change.at <= now)
    over = ticket.resolved is not None and ticket.resolved <= now
    return replace(
        ticket,
        status=history[-1].status if history else "acknowledged",
        changed=max([ticket.opened, *(change.at for change in history)]),
        resolved=ticket.resolved if over else None,
        notes=tuple(note for note in ticket.notes if note.at <= now),
        history=history,
    )


def together(scenes: Sequence[Scene]) -> Scene:
    """Lay the scenes of several acts over each other."""
    return Scene(
        alarms=tuple(alarm for scene in scenes for alarm in scene.alarms),
        tickets=tuple(ticket for scene in scenes for ticket in scene.tickets),
        links_down=_union(scene.links_down for scene in scenes),
        ports_dark=_union(scene.ports_dark for scene in scenes),
        down=_union(scene.down for scene in scenes),
        switched=_union(scene.switched for scene in scenes),
        standby_lost=_union(scene.standby_lost for scene in scenes),
    )


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*sets)


def _codes(circuits: Iterable[Circuit]) -> frozenset[str]:
    return frozenset(circuit.code for circuit in circuits)
