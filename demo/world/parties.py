"""Customers, whom to call there, and the sites from which they are served."""

from dataclasses import dataclass
from itertools import accumulate, product
from random import Random

from demo.world.chance import dice
from demo.world.cities import City
from demo.world.names import BRANDS, DISTRICTS, GIVEN_NAMES, INDUSTRIES, ROADS, SURNAMES
from demo.world.network import Network

TIERS = ("PLATINUM", "GOLD", "SILVER", "BRONZE")
_BRANCH_WORD = {"bank": "分行", "hospital": "分院", "education": "校区"}
BIG_SHARE = 0.2
"""The first customer's share of all circuits."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One person at a customer."""

    name: str
    english_name: str
    phone: str
    email: str
    street: str
    city: City


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer; a branch names its head office as parent."""

    id: str
    name: str
    trading_name: str
    industry: str
    tier: str
    status: str
    parent: str | None
    city: City
    contact: Contact
    account_manager: str


@dataclass(frozen=True, slots=True)
class Site:
    """One building of a customer, and the access element that serves it."""

    id: str
    name: str
    address: str
    city: City
    longitude: float
    latitude: float
    customer: str
    element: str


class Atlas:
    """Draws cities by how much business they have."""

    def __init__(self, cities: tuple[City, ...]) -> None:
        self._cities = cities
        self._weights = list(accumulate(city.weight for city in cities))

    def draw(self, draw: Random) -> City:
        """Draw one city."""
        return draw.choices(self._cities, cum_weights=self._weights)[0]


def found_customers(seed: int, count: int, network: Network) -> list[Customer]:
    """Found `count` customers: the big bank with its branches first, then groups of a head office and branches."""
    draw, atlas = dice(seed, "customers"), Atlas(network.cities)
    combinations = list(product(BRANDS, INDUSTRIES))
    rest = combinations[1:]
    draw.shuffle(rest)
    names = [combinations[0], *rest]
    customers: list[Customer] = []
    beijing = next(city for city in network.cities if city.code == "BJ")
    while len(customers) < count:
        group = len({customer.parent or customer.id for customer in customers})
        branches = 4 if not customers else draw.choice((0, 0, 1, 2, 4, 6))
        branches = min(branches, count - len(customers) - 1)
        home = beijing if not customers else atlas.draw(draw)
        customers += _group(draw, atlas, names[group % len(names)], group // len(names), home, branches, len(customers))
    return customers


def _group(
    draw: Random,
    atlas: Atlas,
    name: tuple[tuple[str, str], tuple[str, str, str]],
    lap: int,
    home: City,
    branches: int,
    before: int,
) -> list[Customer]:
    (brand, roman), (line, english, industry) = name
    suffix, roman_suffix = (f"{lap + 1}号", f" {lap + 1}") if lap else ("", "")
    chinese_name, english_name = f"{brand}{line}{suffix}", f"{roman} {english}{roman_suffix}"
    tier = TIERS[0] if not before else draw.choices(TIERS, (8, 22, 40, 30))[0]
    head = _customer(draw, before, chinese_name, english_name, industry, tier, None, home)
    group, seen = [head], {home.code}
    for _ in range(branches):
        city = _unseen(draw, atlas, seen)
        branch = f"{chinese_name}{city.chinese}{_BRANCH_WORD.get(industry, '分公司')}"
        number = before + len(group)
        group.append(_customer(draw, number, branch, f"{english_name} {city.name}", industry, tier, head.id, city))
    return group


def _unseen(draw: Random, atlas: Atlas, seen: set[str]) -> City:
    while (city := atlas.draw(draw)).code in seen:
        pass
    seen.add(city.code)
    return city


def _customer(
    draw: Random, number: int, name: str, english: str, industry: str, tier: str, parent: str | None, city: City
) -> Customer:
    customer_id = f"C{100001 + number}"
    status = "Active" if not number else draw.choices(("Active", "Suspended", "Prospect"), (94, 4, 2))[0]
    manager = _person(draw)[0]
    contact = _contact(draw, english.split()[0].lower(), city)
    return Customer(customer_id, name, english, industry, tier, status, parent, city, contact, manager)


def _person(draw: Random) -> tuple[str, str]:
    (surname, roman), (given, roman_given) = draw.choice(SURNAMES), draw.choice(GIVEN_NAMES)
    return surname + given, f"{roman_given} {roman}"


def _contact(draw: Random, domain: str, city: City) -> Contact:
    name, english = _person(draw)
    phone = f"+86-{city.area_code.lstrip('0')}-{draw.randint(20000000, 89999999)}"
    email = f"{english.replace(' ', '.').lower()}@{domain}.example"
    return Contact(name, english, phone, email, f"{draw.choice(ROADS)}{draw.randint(1, 999)}号", city)


def share_out(seed: int, circuits: int, customers: list[Customer]) -> list[int]:
    """Say how many circuits each customer has: the first about a fifth, the others by a skewed draw."""
    draw = dice(seed, "shares")
    first = max(round(circuits * BIG_SHARE), 60 if circuits >= 200 else 0)
    weights = list(accumulate(draw.paretovariate(1.3) for _ in customers[1:]))
    shares = [first] + [0] * (len(customers) - 1)
    for owner in draw.choices(range(1, len(customers)), cum_weights=weights, k=circuits - first):
        shares[owner] += 1
    return shares


def build_sites(seed: int, customers: list[Customer], shares: list[int], network: Network) -> list[list[Site]]:
    """Build each customer's sites, the main one first: at least two, and about one for every two circuits."""
    draw, atlas = dice(seed, "sites"), Atlas(network.cities)
    number, sites = 0, []
    for customer, share in zip(customers, shares, strict=True):
        own = [_site(draw, atlas, network, customer, step, number + step) for step in range(2 + share // 2)]
        number += len(own)
        sites.append(own)
    return sites


def _site(draw: Random, atlas: Atlas, network: Network, customer: Customer, step: int, number: int) -> Site:
    stays = step < 2 or draw.random() < (0.15 if customer.parent is None else 0.7)
    city = customer.city if stays else atlas.draw(draw)
    nodes = network.access_nodes(city)
    # Neighbouring numbers sit on different elements, so that a customer's first two sites can always be joined.
    element = nodes[number % len(nodes)]
    district, road = DISTRICTS[int(draw.random() * 8)], ROADS[int(draw.random() * 10)]
    town = "" if city.province.startswith(city.chinese) else f"{city.chinese}市"
    address = f"{city.province}{town}{district}{road}{1 + int(draw.random() * 998)}号"
    name = f"{customer.name}总部" if step == 0 else f"{customer.name}{city.chinese}{district}网点{step}"
    longitude = round(city.longitude + draw.random() * 0.4 - 0.2, 5)
    latitude = round(city.latitude + draw.random() * 0.3 - 0.15, 5)
    return Site(f"S{2000001 + number}", name, address, city, longitude, latitude, customer.id, element)
