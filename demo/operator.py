"""The pretend operator: everything that is true of it, worked out from a seed and a number of circuits."""

from collections.abc import Sequence
from functools import cached_property

from demo.clock import Clock
from demo.disagree import Rates, plant
from demo.story.scene import CALM, Scene
from demo.story.story import Story
from demo.world.alarms import Alarm, raise_alarms
from demo.world.circuits import Circuit, lease_circuits
from demo.world.impairments import Impairment, suffer
from demo.world.kpis import Line, line
from demo.world.network import Link, build_network
from demo.world.orders import take_orders
from demo.world.parties import build_sites, found_customers, share_out
from demo.world.people import introduce_people
from demo.world.routes import Hop, Path, Router, hops
from demo.world.tickets import Ticket, open_tickets
from demo.world.vpdn import Domain, Session, dial_in, open_domains
from demo.world.workorders import WorkOrder, dispatch

LEAST_CIRCUITS = 20
"""Below this, the planted disagreements would not find a circuit each."""


class Operator:
    """One operator's world; the systems project it, the truth counts it, and nothing of it changes but its clock."""

    def __init__(self, seed: int = 7, circuits: int = 1000, rates: Rates | None = None) -> None:
        if circuits < LEAST_CIRCUITS:
            raise ValueError(f"the demo needs at least {LEAST_CIRCUITS} circuits, not {circuits}")
        self.seed = seed
        self.rates = rates or Rates()
        self.clock = Clock()
        self._scene: tuple[int, Scene] = (0, CALM)
        self.network = build_network(seed)
        self.router = Router(self.network)
        self.customers = found_customers(seed, max(8, circuits // 25), self.network)
        shares = share_out(seed, circuits, self.customers)
        self.sites_of = build_sites(seed, self.customers, shares, self.network)
        self.circuits: Sequence[Circuit] = lease_circuits(seed, self.customers, shares, self.sites_of, self.router)
        self.people = introduce_people(seed, self.customers)
        self.alarms = raise_alarms(seed, self.circuits, self.network, self.router)
        self.tickets = open_tickets(seed, self.circuits)
        self.orders = take_orders(seed, self.circuits)
        self.planted = plant(seed, self.rates, self.circuits, self.customers)

    def route(self, circuit: Circuit, role: str) -> list[Hop]:
        """Tell a circuit's WORKING or PROTECTION route hop by hop; a circuit without protection has no such route."""
        return hops(self.path(circuit, role), circuit.a_port, circuit.z_port)

    def path(self, circuit: Circuit, role: str) -> Path:
        """Tell which way a circuit's route takes through the network."""
        ends = (circuit.a_site.element, circuit.z_site.element)
        path = self.router.working(*ends) if role == "WORKING" else self.router.protection(*ends)
        if path is None or (role == "PROTECTION" and not circuit.protected):
            raise LookupError(f"{circuit.code} has no {role} route")
        return path

    def crossing(self, link: Link) -> list[Circuit]:
        """List the circuits whose working route goes over a link, in service or not."""
        return self._crossing.get(link.id, [])

    def protected_over(self, link: Link) -> list[Circuit]:
        """List the circuits whose protection route goes over a link."""
        protected = (circuit for circuit in self.circuits if circuit.protected)
        return [circuit for circuit in protected if link in self.path(circuit, "PROTECTION").links]

    def line(self, circuit: Circuit) -> Line:
        """Tell what a circuit's KPIs depend on: its ways, and all that it suffers from, before the base and after."""
        protection = self.path(circuit, "PROTECTION") if circuit.protected else None
        suffers = [*self._suffered.get(circuit.code, ()), *self._to_suffer(circuit)]
        return line(self.seed, circuit, self.path(circuit, "WORKING"), protection, suffers)

    @cached_property
    def domains(self) -> Sequence[Domain]:
        """The VPDN domains, in the order of their circuits; opened when somebody looks, as all that few look at."""
        return open_domains(self.seed, self.circuits)

    @cached_property
    def sessions(self) -> Sequence[Session]:
        """The sessions of their users, the earliest first."""
        return dial_in(self.seed, self.domains, self.network.cities)

    @cached_property
    def work_orders(self) -> Sequence[WorkOrder]:
        """The work that the orders make."""
        return dispatch(self.orders)

    @property
    def has_moved(self) -> bool:
        """Whether the clock has left its base, so that there may be something of the story."""
        return self.clock.now > self.clock.base

    @cached_property
    def story(self) -> Story:
        """What happens after the base clock; worked out when somebody moves the clock, or asks for it."""
        return Story(self)

    @property
    def step(self) -> int:
        """How many changes the story has brought up to now."""
        return self.story.step(self.clock.now) if self.has_moved else 0

    @property
    def scene(self) -> Scene:
        """What of the story is there now."""
        step = self.step
        if step != self._scene[0]:
            self._scene = (step, self.story.scene(self.clock.now) if step else CALM)
        return self._scene[1]

    @property
    def alarms_now(self) -> list[Alarm]:
        """All alarms that there are at the demo's clock."""
        return [*self.alarms, *self.scene.alarms]

    @property
    def tickets_now(self) -> list[Ticket]:
        """All tickets that there are at the demo's clock."""
        return [*self.tickets, *self.scene.tickets]

    def _to_suffer(self, circuit: Circuit) -> Sequence[Impairment]:
        return self.story.impairments.get(circuit.code, ()) if self.has_moved else ()

    @cached_property
    def _suffered(self) -> dict[str, list[Impairment]]:
        return suffer(self.alarms)

    @cached_property
    def _crossing(self) -> dict[str, list[Circuit]]:
        found: dict[str, list[Circuit]] = {}
        for circuit in self.circuits:
            for link in self.path(circuit, "WORKING").links:
                found.setdefault(link.id, []).append(circuit)
        return found
