"""What is asked: the questions, and bodies that ask them about somebody else each time.

Q1 is one customer. Q2 is one customer with 20 circuits of 12 fields, and their routes of 8 hops, alarms and tickets:
5 upstream calls. Q3 is that for the 10 branches of an enterprise. No two requests in a row are about the same ones, so
that who shares upstream calls between equal requests gains nothing by it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.field.rows import Shape, enterprise_name

CIRCUIT_FIELDS = """id code name product category bandwidthBps state operationalState administrativeState usageState
  slaClass startDate"""
HOP_FIELDS = "sequence inPort outPort layer"
CIRCUIT = f"""{CIRCUIT_FIELDS} {{provenance}}routes {{{{ role complete hops {{{{ {HOP_FIELDS} }}}} }}}}
  alarms {{{{ nodes {{{{ id perceivedSeverity probableCause specificProblem raisedAt }}}} }}}}
  tickets {{{{ nodes {{{{ id title state priority openedAt }}}} }}}}"""
CUSTOMER = "id customerId name tradingName tier status circuits(first: 20) {{ nodes {{ " + CIRCUIT + " }} }}"
PROVENANCE = 'provenance(fields: ["state", "bandwidthBps", "slaClass"]) { field source fetchedAt stale } '


@dataclass(frozen=True)
class Workload:
    """One question, about each of `asked` in turn.

    variable: what says about whom it is. clients: how many ask at once.
    """

    name: str
    query: str
    variable: str
    asked: Sequence[str]
    clients: int

    def body(self, about: str) -> bytes:
        """The request's body."""
        payload: dict[str, Any] = {"query": self.query, "variables": {self.variable: about}}
        return json.dumps(payload, ensure_ascii=False).encode()


def workloads(shape: Shape, *, key: str = "ID!", provenance: bool = False) -> dict[str, Workload]:
    """All of them, by name. key: the type of a customer's id; provenance: asked of three fields of every circuit."""
    told = PROVENANCE if provenance else ""
    customer = " ".join(CUSTOMER.format(provenance=told).split())
    everybody = [f"C{1000 + number}" for number in range(shape.enterprises * shape.branches)]
    enterprises = [enterprise_name(number) for number in range(shape.enterprises)]
    one = f"query One($id: {key})" + " { customer(id: $id) { %s } }"
    several = "query Several($name: String!) { customers(first: 10, filter: {namePrefix: $name}) { nodes { %s } } }"
    return {
        "q1": Workload("q1", one % "customerId name tier", "id", everybody, 16),
        "q2": Workload("q2", one % customer, "id", everybody, 16),
        "q3": Workload("q3", several % customer, "name", enterprises, 4),
    }
