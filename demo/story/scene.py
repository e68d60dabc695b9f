"""What of the story is there at one moment, for the systems to tell each in its own words."""

from dataclasses import dataclass

from demo.world.alarms import Alarm
from demo.world.tickets import Ticket


@dataclass(frozen=True, slots=True)
class Scene:
    """The story at one moment; links by their id, ports as `element:port`, circuits by their code."""

    alarms: tuple[Alarm, ...] = ()
    tickets: tuple[Ticket, ...] = ()
    links_down: frozenset[str] = frozenset()
    ports_dark: frozenset[str] = frozenset()
    down: frozenset[str] = frozenset()
    """Circuits that carry nothing: their fibre is cut, and there is no protection."""
    switched: frozenset[str] = frozenset()
    """Circuits whose traffic goes by the protection route."""
    standby_lost: frozenset[str] = frozenset()
    """Circuits that work, but whose protection route is cut."""


CALM = Scene()
"""Nothing has happened."""
