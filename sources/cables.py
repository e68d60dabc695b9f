"""Follows cables from port to port: what a cable trace does, joined across the devices at which a trace stops.

A way through an active device is known only where one port alone can be meant. It is looked for from both ends of a
circuit; where the two walks meet, or one arrives at the other end, the way is known whole.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from model.records import Hop


class Kind(StrEnum):
    """What a port is, as NetBox calls it."""

    INTERFACE = "dcim.interface"
    FRONT = "dcim.frontport"
    REAR = "dcim.rearport"
    TERMINATION = "circuits.circuittermination"


PortId = tuple[Kind, int]
Place = tuple[str, int]
"""Where ports are: `("device", id)`, or `("circuit", id)` for its two terminations."""


class Port(Struct, frozen=True):
    """A port, and what can be reached from it.

    element: the device's name. cable: the id of its cable; peer: the port at the cable's other end, if it is one.
    behind: of a front port, the rear ports behind it, each with the position at which it stands there. bridge: the
    interface with which it is cross-connected.
    """

    id: PortId
    place: Place
    element: str | None = None
    name: str | None = None
    description: str = ""
    cable: str | None = None
    peer: "Port | None" = None
    behind: Mapping[PortId, int] = {}
    bridge: PortId | None = None


Ports = dict[Place, dict[PortId, Port]]
"""The cabled ports of the places that have been looked at."""


class Passed(Struct, frozen=True):
    """A place on a way: the port by which it comes in, the one by which it goes on, and the cable from there."""

    entered: Port | None
    left: Port | None
    cable: str | None = None

    @property
    def port(self) -> Port | None:
        """Either of them."""
        return self.entered or self.left


class _Step(Struct):
    entered: Port
    cable: str | None
    left: Port | None = None


class Walk:
    """The way from one end of a circuit: it `waits` for the ports of a place, or has ended, or has `arrived`."""

    def __init__(self, code: str, start: Port) -> None:
        self._start = start
        self._naming = re.compile(rf"(?<![\w-]){re.escape(code)}(?![\w-])")
        self._positions: list[int] = []
        self.steps: list[_Step] = []
        self.arrived = False
        self.waits: Place | None = None
        self._go_over(start)

    def advance(self, ports: Ports) -> None:
        """Go on as far as these ports lead."""
        while self.waits is not None and self.waits in ports:
            here, self.waits = self.steps[-1], None
            exits = self.exits(here.entered, ports)
            if len(exits) == 1:
                here.left = exits[0]
                self._note_position(here.entered, exits[0])
                self._go_over(exits[0])

    def exits(self, entered: Port, ports: Ports) -> list[Port]:
        """The ports by which the way can go on from one.

        What stands behind a front or rear port; the other termination of a circuit; on an active device the interface
        that is bridged with it, or else those that name the circuit in their description, or else all.
        """
        here = ports.get(entered.place, {})
        told = here.get(entered.id, entered)
        others = [port for port in here.values() if port.id != entered.id]
        if told.id[0] is not Kind.INTERFACE:
            return [port for port in others if self._passes(told, port)]
        interfaces = [port for port in others if port.id[0] is Kind.INTERFACE]
        bridged = [port for port in interfaces if _bridged(told, port)]
        return bridged or [port for port in interfaces if self._naming.search(port.description)] or interfaces

    def _passes(self, entered: Port, port: Port) -> bool:
        """Whether light that comes in by the one goes out by the other."""
        match entered.id[0], port.id[0]:
            case Kind.FRONT, Kind.REAR:
                return port.id in entered.behind
            case Kind.REAR, Kind.FRONT:
                position = port.behind.get(entered.id)
                return position is not None and (not self._positions or position == self._positions[-1])
            case kinds:
                return kinds == (Kind.TERMINATION, Kind.TERMINATION)

    def _note_position(self, entered: Port, left: Port) -> None:
        """A trunk is left at the position at which it was entered."""
        if entered.id in left.behind and self._positions:
            self._positions.pop()
        if left.id in entered.behind:
            self._positions.append(entered.behind[left.id])

    def _go_over(self, left: Port) -> None:
        peer = left.peer
        if peer is None:
            return
        if peer.place == self._start.place:
            self.arrived = peer.id != self._start.id
        elif all(step.entered.place != peer.place for step in self.steps):
            self.steps.append(_Step(peer, left.cable))
            self.waits = peer.place


def way(a: Walk | None, z: Walk | None, ports: Ports) -> tuple[list[Passed], bool]:
    """The places from the A end to the Z end, as far as they are known, and whether they are known whole."""
    if a is not None and a.arrived:
        return _onward(a.steps), True
    if z is not None and z.arrived:
        return _backward(z.steps), True
    if a is None or z is None:
        return [*_onward(a.steps if a else []), *_backward(z.steps if z else [])], False
    met = _met(a, z, ports)
    if met is not None:
        return met, True
    if _only_the_circuit_between(a, z, ports):
        first, last = a.steps[0], z.steps[0]
        return [Passed(None, first.entered, first.cable), Passed(last.entered, None)], False
    return [*_onward(a.steps), *_backward(z.steps)], False


def hops(passed: Iterable[Passed]) -> list[Hop]:
    """The devices on a way; another circuit that it passes is part of a link, and no hop."""
    devices = [(port.element, one) for one in passed if (port := one.port) is not None and port.place[0] == "device"]
    return [
        Hop(
            sequence=sequence,
            element=element,
            in_port=one.entered.name if one.entered is not None else None,
            out_port=one.left.name if one.left is not None else None,
            link=one.cable,
        )
        for sequence, (element, one) in enumerate(devices, 1)
    ]


def _met(a: Walk, z: Walk, ports: Ports) -> list[Passed] | None:
    """The way, if the walks meet: if the one could leave a place by the port by which the other has entered it."""
    for at, one in enumerate(a.steps):
        exits = {port.id for port in a.exits(one.entered, ports)}
        for other_at, other in enumerate(z.steps):
            if other.entered.id in exits:
                middle = Passed(one.entered, other.entered, other.cable if other_at else None)
                return [*_onward(a.steps[: at + 1])[:-1], middle, *_backward(z.steps[:other_at])]
    return None


def _only_the_circuit_between(a: Walk, z: Walk, ports: Ports) -> bool:
    """Whether each end leads to a device with nothing behind it: then the circuit itself lies between the two."""
    ends = [walk.steps[0].entered for walk in (a, z) if len(walk.steps) == 1 and walk.waits is None]
    return len(ends) == 2 and not any(walk.exits(end, ports) for walk, end in zip((a, z), ends, strict=True))


def _onward(steps: Sequence[_Step]) -> list[Passed]:
    cables = [step.cable for step in steps[1:]] + [None]
    return [Passed(step.entered, step.left, cable) for step, cable in zip(steps, cables, strict=True)] if steps else []


def _backward(steps: Sequence[_Step]) -> list[Passed]:
    cables = [None] + [step.cable for step in steps[1:]]
    return (
        [Passed(step.left, step.entered, cable) for step, cable in zip(steps, cables, strict=True)][::-1]
        if steps
        else []
    )


def _bridged(one: Port, other: Port) -> bool:
    """Whether two interfaces are cross-connected: with each other, or both with a third."""
    return one.bridge == other.id or other.bridge == one.id or (one.bridge is not None and one.bridge == other.bridge)
