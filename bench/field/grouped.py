"""The same rows in one group a key, which is how GraphQL Mesh joins a list by a batch of keys: written for it alone."""

from collections.abc import Iterable, Sequence
from typing import Any

from bench.field.rows import Branch, Row


def grouped(some: Iterable[Branch]) -> dict[str, object]:
    """Where in the tree the groups of each noun stand; one for each key, in the order of the keys."""
    some = list(some)
    customers = [branch.customer["customerId"] for branch in some]
    codes = [row["code"] for branch in some for row in branch.circuits]
    return {
        "crm/customer": some[0].customer,
        "crm/customers": {"nodes": [branch.customer for branch in some]},
        "inventory/circuits": _by("customer", customers, [row for one in some for row in one.circuits], "nodes"),
        "inventory/routes": _by("circuit", codes, [row for one in some for row in one.routes], "routes"),
        "alarms/alarms": _by("circuit", codes, [row for one in some for row in one.alarms], "nodes"),
        "tickets/tickets": _by("circuit", codes, [row for one in some for row in one.tickets], "nodes"),
    }


def _by(key: str, keys: Sequence[str], rows: Iterable[Row], under: str) -> list[dict[str, Any]]:
    groups: dict[str, list[Row]] = {one: [] for one in keys}
    for row in rows:
        groups[row[key]].append(row)
    return [{key: one, under: group} for one, group in groups.items()]
