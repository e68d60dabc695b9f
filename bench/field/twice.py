"""The same rows as two systems tell them: the first leaves gaps, the second fills them and disagrees here and there.

Alarms and tickets belong to the system that keeps them, so the second one has its own, older than those of the first.
"""

from collections.abc import Sequence
from dataclasses import replace

from bench.field.rows import Branch, Row
from model.ids import encode_id


def first(branch: Branch) -> Branch:
    """What the system whose word counts most says: not everything."""
    return replace(
        branch,
        customer=_without(branch.customer, "tradingName") if _number(branch.customer) % 2 else branch.customer,
        circuits=[
            _without(_without(row, "slaClass" if number % 3 == 0 else ""), "usageState" if number % 4 == 0 else "")
            for number, row in enumerate(branch.circuits)
        ],
        routes=[row for number, row in enumerate(branch.routes) if number % 5],
    )


def second(branch: Branch) -> Branch:
    """What the other system says: fewer attributes, some of them otherwise, and what the first leaves out."""
    known = ("code", "customer", "bandwidthBps", "state", "usageState", "slaClass", "startDate")
    circuits = [{name: row[name] for name in known} for row in branch.circuits]
    return Branch(
        customer=_without(branch.customer, "name") | {"tier": "PLATINUM"},
        circuits=[row | {"bandwidthBps": 1} if n % 7 == 0 else row for n, row in enumerate(circuits)],
        routes=branch.routes,
        alarms=_own("alarms", branch.alarms, "raisedAt"),
        tickets=_own("tickets", branch.tickets, "openedAt"),
    )


def _without(row: Row, name: str) -> Row:
    return {key: value for key, value in row.items() if key != name}


def _number(customer: Row) -> int:
    return int(customer["customerId"][1:])


def _own(noun: str, rows: Sequence[Row], when: str) -> list[Row]:
    """Rows that only the second system has: one for each circuit of which the first has any."""
    newest = {row["circuit"]: row for row in reversed(rows)}
    return [_aged(noun, newest[circuit], when) for circuit in sorted(newest)]


def _aged(noun: str, row: Row, when: str) -> Row:
    number = f"B{row['number'][1:]}"
    return row | {
        "id": encode_id(noun.removesuffix("s"), f"{noun}-2:{number}"),
        "number": number,
        when: row[when].replace("2026-11", "2026-10"),
    }
