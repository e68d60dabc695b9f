"""The circuits that customers lease."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from demo.world.chance import NOW, dice
from demo.world.parties import Customer, Site
from demo.world.routes import Router

RATES_KBPS = {
    "MSTP": (10_000, 50_000, 100_000, 155_000),
    "SDH": (2_048, 155_000, 622_000),
    "OTN": (1_000_000, 2_000_000, 10_000_000, 100_000_000),
    "PON": (2_000, 100_000, 1_000_000),
    "IP_VPN": (2_000, 10_000, 50_000, 100_000),
    "ETHERNET": (10_000, 100_000, 1_000_000, 10_000_000),
    "VPDN": (2_000, 10_000),
}
PRODUCTS = {
    "MSTP": "MSTP专线",
    "SDH": "SDH数字专线",
    "OTN": "OTN政企精品网",
    "PON": "光宽带专线",
    "IP_VPN": "MPLS-VPN组网",
    "ETHERNET": "以太网专线",
    "VPDN": "无线VPDN",
}
SLA_CLASSES = ("AAA", "AA", "A", "STANDARD")
STATES = {"active": 90, "inactive": 3, "designed": 2, "reserved": 2, "terminated": 2, "feasibilityChecked": 1}
_CATEGORIES, _CATEGORY_WEIGHTS = tuple(RATES_KBPS), tuple(accumulate((25, 15, 15, 10, 15, 15, 5)))
_STATES, _STATE_WEIGHTS = tuple(STATES), tuple(accumulate(STATES.values()))
PROTECTED_SHARE = 0.55
"""How many of the circuits ask for protection where the network has two ways to give it: about 40 % of all."""


@dataclass(frozen=True, slots=True)
class Circuit:
    """One circuit; `service_id` and `trail_id` are the inventory's own names for it."""

    number: int
    code: str
    service_id: str
    trail_id: str
    category: str
    kbps: int
    sla_class: str
    state: str
    start: date
    customer: Customer
    a_site: Site
    z_site: Site
    a_port: str
    z_port: str
    protected: bool

    @property
    def name(self) -> str:
        """The circuit's name, as people know it."""
        ends = f"{self.a_site.city.chinese}-{self.z_site.city.chinese}"
        return f"{self.customer.name}{ends}{PRODUCTS[self.category]}{self.number:05d}"


def bandwidth(kbps: int) -> str:
    """Write a rate as the service inventory does: 155M, 2G, 2048K; exact, with k = 1000."""
    for size, unit in ((1_000_000, "G"), (1_000, "M")):
        if kbps % size == 0:
            return f"{kbps // size}{unit}"
    return f"{kbps}K"


def lease_circuits(
    seed: int, customers: list[Customer], shares: list[int], sites: list[list[Site]], router: Router
) -> list[Circuit]:
    """Lease every circuit; customers' circuits are mixed, so that a page of codes holds many customers'."""
    draw, ports = dice(seed, "circuits"), _Ports()
    owners = [owner for owner, share in enumerate(shares) for _ in range(share)]
    draw.shuffle(owners)
    return [
        _lease(draw, seed, number, customers[owner], sites[owner], router, ports)
        for number, owner in enumerate(owners, start=1)
    ]


class _Ports:
    """Hands out the customer ports of each element in turn; shelf 1 is the network's."""

    def __init__(self) -> None:
        self._used: defaultdict[str, Iterator[str]] = defaultdict(self._sequence)

    def next(self, element: str) -> str:
        return next(self._used[element])

    @staticmethod
    def _sequence() -> Iterator[str]:
        shelf = 2
        while True:
            yield from (f"{shelf}/{slot}/{port}" for slot in range(1, 17) for port in range(1, 9))
            shelf += 1


def _lease(
    draw: Random, seed: int, number: int, customer: Customer, sites: list[Site], router: Router, ports: _Ports
) -> Circuit:
    a_site, z_site = _ends(draw, sites)
    category = draw.choices(_CATEGORIES, cum_weights=_CATEGORY_WEIGHTS)[0]
    rates = RATES_KBPS[category]
    wanted = draw.random() < PROTECTED_SHARE
    return Circuit(
        number=number,
        code=f"{a_site.city.code}{z_site.city.code}-{category.replace('_', '')}-{number:06d}",
        service_id=f"svc-{_scattered(seed, number):08d}",
        trail_id=f"trail-{_scattered(seed + 1, number):08d}",
        category=category,
        kbps=rates[int(draw.random() * len(rates))],
        sla_class=SLA_CLASSES[int(draw.random() ** 2 * 4)],
        state=draw.choices(_STATES, cum_weights=_STATE_WEIGHTS)[0],
        start=(NOW - timedelta(days=30 + int(draw.random() * 2500))).date(),
        customer=customer,
        a_site=a_site,
        z_site=z_site,
        a_port=ports.next(a_site.element),
        z_port=ports.next(z_site.element),
        protected=wanted and router.protection(a_site.element, z_site.element) is not None,
    )


def _ends(draw: Random, sites: list[Site]) -> tuple[Site, Site]:
    a_site = sites[0] if draw.random() < 0.6 else sites[int(draw.random() * len(sites))]
    start = int(draw.random() * len(sites))
    for step in range(len(sites)):
        z_site = sites[(start + step) % len(sites)]
        if z_site.element != a_site.element:
            return a_site, z_site
    raise LookupError("a customer's first two sites are on different elements")


def _scattered(seed: int, number: int) -> int:
    """Give a number that says nothing of the circuit's own, yet is unique: multiplication modulo a prime."""
    return (number * 48_271_177 + seed * 7_919 + 1) % 99_999_989
