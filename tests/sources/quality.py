"""A system of its own that speaks GraphQL: circuits, their customers' too, with errors on purpose; by graphql-core."""

import json
from typing import Any

from graphql import GraphQLError, build_schema, graphql_sync
from starlette.requests import Request
from starlette.responses import Response

from tests.sources.chaos import Chaos, as_json

SDL = """
type Query {
  circuit(code: String!): Circuit
  circuits(
    codes: [String!], filter: CircuitFilter, orderBy: CircuitOrder, first: Int, after: String
  ): CircuitConnection!
  circuitsInOrder(codes: [String!]!): [Circuit]!
  ports(of: [PortKey!]!): [Port!]!
  port(site: String!, number: String!): Port
  customer: CustomerQuery!
  page(offset: Int!, limit: Int!): Rows!
}
type CustomerQuery { circuits(customer: ID!, first: Int = 100, after: String): CircuitConnection }
input CircuitFilter { code: Words, state: State, bandwidth: Range }
input Words { in: [String!], startsWith: String }
input Range { from: Float, to: Float }
input PortKey { site: String!, number: String! }
enum State { IN_USE STOPPED }
enum CircuitOrder { CODE_ASC CODE_DESC }
type CircuitConnection { edges: [Edge!], nodes: [Circuit], totalCount: Int!, pageInfo: PageInfo! }
type Edge { cursor: String!, node: Circuit }
type PageInfo { endCursor: String, hasNextPage: Boolean! }
type Circuit {
  code: String!, title: String, speed(unit: String): Float, state: State, owner: Owner, tags(kind: String): [Tag!]
}
type Owner { number: ID!, name: String }
type Tag { kind: String!, value: String }
type Port { site: String!, number: String!, owner: Owner }
type Rows { rows: [Circuit!]!, total: Int! }
"""
SCHEMA = build_schema(SDL)


def circuit(code: str) -> dict[str, Any]:
    """One circuit; its number is its bandwidth, and every third is stopped."""
    number = int(code[1:])

    def speed(info: Any, unit: str | None = None) -> float:
        return number * (1.0 if unit == "Gbps" else 1000.0)

    return {
        "code": code,
        "title": f"电路 {number}",
        "speed": speed,
        "state": "STOPPED" if number % 3 == 0 else "IN_USE",
        "owner": {"number": f"P{number % 2}", "name": f"客户 {number % 2}"},
        "tags": lambda info, kind=None: [
            {"kind": one, "value": f"{one}{number}"} for one in ("sla", "nms") if kind in (None, one)
        ],
    }


CODES = [f"C{number}" for number in range(1, 31)]


def fails(code: str, extension: str | None = "INTERNAL_SERVER_ERROR") -> Any:
    """An error in place of a thing."""

    def failing(info: Any) -> Any:
        raise GraphQLError("数据库连接失败 http://10.0.0.1", extensions={"code": extension} if extension else {})

    return failing


class Quality:
    """The resolvers; `broken` are codes whose owner cannot be told, `gone` those that are errors, with their code."""

    def __init__(self) -> None:
        self.broken: set[str] = set()
        self.gone: dict[str, str | None] = {}
        self.most = 100

    def one(self, code: str) -> Any:
        """A circuit, nothing, or an error."""
        if code in self.gone:
            return GraphQLError("kaputt", extensions={"code": self.gone[code]} if self.gone[code] else {})
        if code not in CODES:
            return None
        return {**circuit(code), **({"owner": fails(code)} if code in self.broken else {})}

    def circuit(self, info: Any, code: str) -> Any:
        """By its code."""
        found = self.one(code)
        if isinstance(found, Exception):
            raise found
        return found

    def circuits(self, info: Any, **asked: Any) -> Any:
        """As asked, with an empty place for what cannot be had."""
        where = asked.get("filter") or {}
        words, codes = where.get("code") or {}, asked.get("codes")
        codes = codes if codes is not None else words.get("in")
        found = [code for code in codes or CODES if code in CODES or code in self.gone]
        found = [code for code in found if code.startswith(words.get("startsWith", ""))]
        found = [code for code in found if where.get("state") in (None, circuit(code)["state"])]
        found = [code for code in found if int(code[1:]) * 1000 >= (where.get("bandwidth") or {}).get("from", 0)]
        if asked.get("orderBy") == "CODE_DESC":
            found.reverse()
        return self.connection(found, asked.get("first"), asked.get("after"))

    def connection(self, codes: list[str], first: int | None, after: str | None) -> Any:
        """A part of a list, as Relay has it."""
        start = int(after or 0)
        end = min(len(codes), start + min(self.most, first or self.most))
        things = [self.one(code) for code in codes[start:end]]
        return {
            "nodes": things,
            "edges": [{"cursor": str(start + n), "node": one} for n, one in enumerate(things, 1)],
            "totalCount": len(codes),
            "pageInfo": {"endCursor": str(end), "hasNextPage": end < len(codes)},
        }

    def circuitsInOrder(self, info: Any, codes: list[str]) -> Any:  # noqa: N802 - as the schema has it
        """As data loaders answer: a place for each."""
        return [self.one(code) for code in codes]

    def ports(self, info: Any, of: list[dict[str, str]]) -> Any:
        """Those there are."""
        return [one for one in of if one["number"] != "9"]

    def port(self, info: Any, site: str, number: str) -> Any:
        """By its two parts."""
        return {"site": site, "number": number}

    def customer(self, info: Any) -> Any:
        """A root within the root."""

        def circuits(info: Any, customer: str, first: int, after: str | None = None) -> Any:
            if customer in self.gone:
                raise GraphQLError("kaputt", extensions={"code": self.gone[customer]})
            owned = [code for code in CODES if circuit(code)["owner"]["number"] == customer]
            return self.connection(owned, first, after)

        return {"circuits": circuits}

    def page(self, info: Any, offset: int, limit: int) -> Any:
        """By offset."""
        return {"rows": [circuit(code) for code in CODES[offset : offset + limit]], "total": len(CODES)}

    def __call__(self, request: Request, body: bytes) -> Response:
        """GraphQL over HTTP, with Apollo's batches."""
        said = json.loads(body)
        results = [self.executed(one) for one in (said if isinstance(said, list) else [said])]
        return as_json(results if isinstance(said, list) else results[0])

    def executed(self, said: dict[str, Any]) -> dict[str, Any]:
        """One operation."""
        result = graphql_sync(SCHEMA, said["query"], self, variable_values=said["variables"])
        return dict(result.formatted)


def asked(chaos: Chaos) -> list[tuple[str, dict[str, Any]]]:
    """The documents and variables of all that was asked."""
    return [(one["query"], one["variables"]) for one in chaos.bodies]
