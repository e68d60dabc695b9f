"""Products: what the customer thinks to have bought, one for each circuit, and how far it got."""

import math

from demo.world.circuits import Circuit, bandwidth

STATUSES = {
    "active": "active",
    "inactive": "suspended",
    "designed": "pendingActive",
    "reserved": "pendingActive",
    "feasibilityChecked": "created",
    "terminated": "terminated",
}
"""What a circuit's state means to those who sell it."""
ABORTED = "aborted "
"""The standard's own spelling, blank included."""
_YUAN_BASE = 380
_SLA_FACTOR = {"AAA": 2.0, "AA": 1.5, "A": 1.2, "STANDARD": 1.0}


def product_id(circuit: Circuit) -> str:
    """Name the product; the number says nothing of the circuit's code."""
    return f"PRD-{circuit.service_id.removeprefix('svc-')}"


def given_up(circuit: Circuit) -> bool:
    """Whether the customer changed their mind before the circuit was built: one in four of the early ones."""
    return circuit.state in ("reserved", "feasibilityChecked") and circuit.number % 4 == 0


def status(circuit: Circuit) -> str:
    """Tell the product's status in the standard's words."""
    return ABORTED if given_up(circuit) else STATUSES[circuit.state]


def monthly_yuan(circuit: Circuit) -> int:
    """Price a circuit by its rate and its SLA class, without tax, a month."""
    return round(_YUAN_BASE * math.pow(circuit.kbps / 1000, 0.6) * _SLA_FACTOR[circuit.sla_class])


def rate(circuit: Circuit) -> str:
    """Write the rate as the contract does."""
    return bandwidth(circuit.kbps)
