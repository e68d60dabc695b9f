"""An operator's rows, made from a seed: the same ones for every contestant, in the words of the schema.

Enterprises have branches, which are the customers; each leases circuits. A row holds more than any workload asks for,
as rows of real systems do. Its attributes are called as the schema calls them, and `id` is the global id, ready-made,
so that who only passes rows on may do so. Times are newest first within a circuit, which is the order of the lists.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from model.ids import encode_id

Row = dict[str, Any]

SEED = 20261127
CITIES = ("北京", "上海", "广州", "深圳", "成都", "武汉", "西安", "沈阳")
LAYERS = ("OCH", "OTN", "SDH", "ETHERNET")
SEVERITIES = ("CRITICAL", "MAJOR", "MINOR", "WARNING")


@dataclass(frozen=True)
class Shape:
    """How much there is: enterprises, branches of each, circuits of each branch, hops of each circuit."""

    enterprises: int = 10
    branches: int = 10
    circuits: int = 20
    hops: int = 8


@dataclass(frozen=True)
class Branch:
    """One customer's rows, of all systems."""

    customer: Row
    circuits: Sequence[Row]
    routes: Sequence[Row]
    alarms: Sequence[Row]
    tickets: Sequence[Row]


def enterprise_name(number: int) -> str:
    """How the names of an enterprise's branches begin."""
    return f"Harbour-{number:02}"


def branches(shape: Shape, seed: int = SEED) -> Iterator[Branch]:
    """Every customer, in the order of their ids."""
    chance = random.Random(seed)  # noqa: S311 - chance makes test data
    for enterprise in range(shape.enterprises):
        for number in range(shape.branches):
            yield branch(shape, chance, enterprise, number)


def branch(shape: Shape, chance: random.Random, enterprise: int, number: int) -> Branch:
    """One customer, with as many circuits and hops as the shape says."""
    customer = _customer(enterprise, number, shape.branches)
    circuits = [_circuit(chance, customer["customerId"], number) for number in range(shape.circuits)]
    codes = [circuit["code"] for circuit in circuits]
    return Branch(
        customer,
        circuits,
        [_route(chance, code, shape.hops) for code in codes],
        [alarm for code in codes for alarm in _alarms(code, chance.randrange(4))],
        [ticket for code in codes for ticket in _tickets(chance, code, chance.randrange(3))],
    )


def _customer(enterprise: int, branch: int, width: int) -> Row:
    key = f"C{1000 + enterprise * width + branch}"
    city = CITIES[branch % len(CITIES)]
    return {
        "id": encode_id("customer", key),
        "customerId": key,
        "name": f"{enterprise_name(enterprise)} 港湾银行{city}分行 {branch:02}",
        "tradingName": f"Harbour Bank, branch {branch:02} of enterprise {enterprise:02}",
        "tier": ("GOLD", "SILVER", "BRONZE")[branch % 3],
        "status": "approved",
        "city": city,
        "since": f"2019-04-{branch % 28 + 1:02}",
        "segment": "ENTERPRISE",
    }


def _circuit(chance: random.Random, customer: str, number: int) -> Row:
    code = f"{customer}-{number:02}"
    a, z = chance.sample(CITIES, 2)
    return {
        "id": encode_id("circuit", code),
        "code": code,
        "customer": customer,
        "name": f"{a}-{z} OTN专线 {code}",
        "product": "Ethernet Private Line, protected",
        "category": ("OTN", "SDH", "ETHERNET", "IP_VPN")[number % 4],
        "bandwidthBps": chance.choice((2, 10, 34, 155, 622, 1000)) * 1_000_000,
        "state": "ACTIVE",
        "operationalState": ("ENABLED", "ENABLED", "DISABLED")[number % 3],
        "administrativeState": "UNLOCKED",
        "usageState": ("ACTIVE", "BUSY")[number % 2],
        "slaClass": ("GOLD", "SILVER", "BRONZE")[number % 3],
        "startDate": f"20{number % 10 + 15}-03-{number % 28 + 1:02}",
        "vlan": 1000 + number,
        "mtu": 9000 if number % 2 else 1500,
        "remark": f"{a} {z} 双路由保护",
    }


def _route(chance: random.Random, code: str, hops: int) -> Row:
    return {
        "circuit": code,
        "role": "WORKING",
        "complete": True,
        "hops": [_hop(chance, code, place) for place in range(1, hops + 1)],
    }


def _hop(chance: random.Random, code: str, place: int) -> Row:
    shelf, slot = chance.randrange(1, 9), chance.randrange(1, 17)
    node = f"{chance.choice(('BJ', 'SH', 'GZ', 'CD'))}-CORE-{place:02}"
    return {
        "sequence": place,
        "element": node,
        "inPort": f"{node}/{shelf}/{slot}/OTU4-{place}",
        "outPort": f"{node}/{shelf}/{slot + 1}/OTU4-{place}",
        "layer": LAYERS[place % len(LAYERS)],
        "latencyMs": round(chance.uniform(0.2, 9), 2),
    }


def _alarms(code: str, count: int) -> list[Row]:
    return [
        {
            "id": encode_id("alarm", f"alarms:A-{code}-{number}"),
            "number": f"A-{code}-{number}",
            "circuit": code,
            "perceivedSeverity": SEVERITIES[number % len(SEVERITIES)],
            "probableCause": "lossOfSignal",
            "specificProblem": f"端口 {number} 收无光: loss of signal on {code}, protection switch requested",
            "raisedAt": f"2026-11-{20 - number:02}T08:0{number}:00Z",
            "ackState": "UNACKNOWLEDGED",
        }
        for number in range(count)
    ]


def _tickets(chance: random.Random, code: str, count: int) -> list[Row]:
    return [
        {
            "id": encode_id("ticket", f"tickets:T-{code}-{number}"),
            "number": f"T-{code}-{number}",
            "circuit": code,
            "title": f"Investigate repeated loss of signal and errored seconds on {code} #{number}",
            "kind": "TROUBLE",
            "state": ("IN_PROGRESS", "CLOSED")[number % 2],
            "priority": "2",
            "openedAt": f"2026-11-{18 - number:02}T10:00:00Z",
            "assignee": f"tech{chance.randrange(1, 31)}",
        }
        for number in range(count)
    ]
