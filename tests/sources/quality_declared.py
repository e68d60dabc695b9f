"""How the system of its own that speaks GraphQL is declared, and what its answers come to."""

from typing import Any

from model.answer import Answer
from model.faults import SourceFault
from model.keys import Key

RECORDS = """
speaks: graphql
records:
  circuit:
    code: code
    name: title
    bandwidth_bps: {at: speed, unit: Gbps}
    state: {at: state, values: {IN_USE: ACTIVE, STOPPED: INACTIVE}}
    customer: owner.number
    sla_class: "tags[?kind=='sla'].value | [0]"
"""
WITHIN = "within: {speed: {unit: Gbps}, tags: {kind: sla}}"
ALIAS = "circuit by code: {ask: circuit, keys: {argument: code}}"
ARRAY = "circuit by code: {ask: circuit, keys: {argument: code, join: array}}"
ONE = "circuit by code: {ask: circuit, keys: {argument: code, join: one}}"
LISTED = 'circuit by code: {ask: circuits, each: nodes, keys: {argument: codes, type: "[String!]"}}'
INNER = 'circuit by code: {ask: circuits, each: "edges[].node", keys: {argument: filter.code.in, type: "[String!]"}}'
IN_ORDER = 'circuit by code: {ask: circuitsInOrder, keys: {argument: codes, type: "[String!]!"}}'


def codes(answers: Any) -> dict[Key, list[object]]:
    """Key -> the codes of its records."""
    return {k: [r.code for r in a.records] for k, a in answers.items() if isinstance(a, Answer)}  # type: ignore[attr-defined]


def faults(answers: Any) -> dict[Key, type[SourceFault]]:
    """Key -> the kind of its fault."""
    return {k: type(a) for k, a in answers.items() if isinstance(a, SourceFault)}


LIST_LOOKUP = """
paging: {by: relay, size: 10, total: {at: totalCount}}
lookups:
  circuit list:
    ask: circuits
    each: nodes
    filters:
      code: {prefix: filter.code.startsWith, among: filter.code.in}
      state: {argument: filter.state, type: State, values: {ACTIVE: IN_USE, INACTIVE: STOPPED}}
      bandwidth_bps: {at_least: filter.bandwidth.from, type: Float}
    orders: {argument: orderBy, type: CircuitOrder, ascending: {code: CODE_ASC}, descending: {code: CODE_DESC}}
"""
