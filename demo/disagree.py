"""What the operator's systems get wrong, at rates written down here and nowhere else.

No circuit is chosen twice, so that every planted thing stands alone. A value that differs in notation only (155M and
155000 kbps, a code in lower case) is no disagreement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from demo.world.chance import dice
from demo.world.circuits import PRODUCTS, RATES_KBPS, SLA_CLASSES, Circuit
from demo.world.parties import Customer

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares of all circuits; exact but for rounding, and never less than one circuit for a rate above nothing."""

    name: float = 0.03
    """The CRM calls the circuit otherwise than the service inventory does."""
    bandwidth: float = 0.03
    """The trail has another bandwidth than the service."""
    sla_class: float = 0.02
    """The trail has another SLA class than the service."""
    owner: float = 0.01
    """The CRM files the agreement under another customer than the inventory says."""
    no_trail: float = 0.02
    """The resource inventory has no trail for the service; its routes are there."""
    no_agreement: float = 0.02
    """The CRM has no agreement for the circuit."""
    product_name: float = 0.0
    """The product inventory calls the circuit otherwise than the service inventory does; off unless asked for."""
    product_sla_class: float = 0.0
    """The product was sold with another SLA class than the service inventory says; off unless asked for."""


@dataclass(frozen=True, slots=True)
class Planted:
    """What each system says wrongly, by circuit code; the service inventory is right about everything."""

    crm_name: dict[str, str]
    crm_customer: dict[str, str]
    trail_kbps: dict[str, int]
    trail_sla_class: dict[str, str]
    no_trail: frozenset[str]
    no_agreement: frozenset[str]
    product_name: dict[str, str]
    product_sla_class: dict[str, str]


def plant(seed: int, rates: Rates, circuits: Sequence[Circuit], customers: Sequence[Customer]) -> Planted:
    """Choose the circuits about which the systems disagree, and what the wrong one says."""
    draw = dice(seed, "disagreements")
    kinds = ("name", "bandwidth", "sla_class", "owner", "no_trail", "no_agreement", "product_name", "product_sla_class")
    counts = {kind: _count(getattr(rates, kind), len(circuits)) for kind in kinds}
    chosen = iter(draw.sample(circuits, sum(counts.values())))
    picked = {kind: [next(chosen) for _ in range(counts[kind])] for kind in kinds}
    return Planted(
        crm_name={c.code: f"{c.name}（原{c.customer.name}{c.number % 9 + 1}号线）" for c in picked["name"]},
        crm_customer={c.code: _another([o.id for o in customers], c.customer.id, c.number) for c in picked["owner"]},
        trail_kbps={c.code: _another(RATES_KBPS[c.category], c.kbps, c.number) for c in picked["bandwidth"]},
        trail_sla_class={c.code: _another(SLA_CLASSES, c.sla_class, c.number) for c in picked["sla_class"]},
        no_trail=frozenset(c.code for c in picked["no_trail"]),
        no_agreement=frozenset(c.code for c in picked["no_agreement"]),
        product_name={c.code: f"{c.customer.name}{PRODUCTS[c.category]}" for c in picked["product_name"]},
        product_sla_class={
            c.code: _another(SLA_CLASSES, c.sla_class, c.number) for c in picked["product_sla_class"]
        },
    )  # fmt: skip


def _count(rate: float, circuits: int) -> int:
    return max(1, round(rate * circuits)) if rate else 0


def _another(values: Sequence[T], right: T, number: int) -> T:
    """Choose a value that is not the right one."""
    others = [value for value in values if value != right]
    return others[number % len(others)]
