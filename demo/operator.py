"""The pretend operator: everything that is true of it, worked out from a seed and a number of circuits."""

from collections.abc import Sequence
from functools import cached_property

from demo.clock import Clock
from demo.disagree import Rates, plant
from demo.world.alarms import raise_alarms
from demo.world.circuits import Circuit, lease_circuits
from demo.world.impairments import Impairment, suffer
from demo.world.kpis import Line, line
from demo.world.network import build_network
from demo.world.orders import take_orders
from demo.world.parties import build_sites, found_customers, share_out
from demo.world.people import introduce_people
from demo.world.routes import Hop, Router, hops
from demo.world.tickets import open_tickets

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
        ends = (circuit.a_site.element, circuit.z_site.element)
        path = self.router.working(*ends) if role == "WORKING" else self.router.protection(*ends)
        if path is None or (role == "PROTECTION" and not circuit.protected):
            raise LookupError(f"{circuit.code} has no {role} route")
        return hops(path, circuit.a_port, circuit.z_port)

    def line(self, circuit: Circuit) -> Line:
        """Tell what a circuit's KPIs depend on."""
        ends = (circuit.a_site.element, circuit.z_site.element)
        protection = self.router.protection(*ends) if circuit.protected else None
        return line(self.seed, circuit, self.router.working(*ends), protection, self._suffered.get(circuit.code, ()))

    @cached_property
    def _suffered(self) -> dict[str, list[Impairment]]:
        return suffer(self.alarms)
