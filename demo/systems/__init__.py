"""The operator's systems: one file each, and the one list of them all."""

from collections.abc import Callable

from demo.operator import Operator
from demo.systems import (
    alarms,
    crm,
    facilities,
    identity,
    inventory,
    legacy,
    metrics,
    orders,
    parties,
    products,
    provisioning,
    radius,
    tickets,
    vendor,
)
from demo.systems.system import System

SYSTEMS: dict[str, Callable[[Operator], System]] = {
    "crm": crm.build,
    "inventory": inventory.build,
    "alarms": alarms.build,
    "tickets": tickets.build,
    "products": products.build,
    "parties": parties.build,
    "orders": orders.build,
    "metrics": metrics.build,
    "vendor": vendor.build,
    "identity": identity.build,
    "legacy": legacy.build,
    "provisioning": provisioning.build,
    "radius": radius.build,
    "facilities": facilities.build,
}
"""Every system by name, in the order of their ports; add a system here and nowhere else."""
