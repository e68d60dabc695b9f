# ruff: noqa: D101, D102, N805 - small types whose names say enough; what is resolved upon is no `self`
"""What Strawberry offers, one by one: the engine answers as Strawberry's own execution does, or leaves it to it."""

import asyncio
import datetime
import decimal
import enum
import uuid
from collections.abc import AsyncIterator, Sequence
from types import SimpleNamespace
from typing import Annotated, Any, Generic, TypeVar

import pytest
import strawberry
from msgspec import UNSET, Struct, UnsetType
from strawberry import Info
from strawberry.extensions import FieldExtension, ParserCache, QueryDepthLimiter, SchemaExtension, ValidationCache
from strawberry.permission import BasePermission
from strawberry.schema.config import StrawberryConfig

from engine import Plans, Reason, batched, execute, read

pytestmark = pytest.mark.anyio
T = TypeVar("T")


@strawberry.enum
class State(enum.Enum):
    UP = "up"
    DOWN = "down"
    WORN = strawberry.enum_value("worn", name="OLD")


class Denied(BasePermission):
    message = "not for you"

    async def has_permission(self, source: Any, info: Info, **kwargs: Any) -> bool:
        return bool(info.context.allowed)


class Louder(FieldExtension):
    async def resolve_async(self, next_: Any, source: Any, info: Info, **kwargs: Any) -> Any:
        return str(await next_(source, info, **kwargs)).upper()


class Record(Struct):
    code: str
    speed: float | UnsetType = UNSET
    label: str | UnsetType = UNSET


@strawberry.input
class Where:
    code: str
    states: list[State] = strawberry.field(default_factory=list)
    limit: int | None = strawberry.UNSET


@strawberry.interface
class Node:
    id: strawberry.ID


@strawberry.type
class Port(Node):
    name: str
    secret: strawberry.Private[str] = "hush"

    @strawberry.field
    def told(self) -> str:
        return f"{self.name} {self.secret}"


@strawberry.type
class Cable(Node):
    length: float


@strawberry.type
class Page(Generic[T]):
    items: list[T]
    next: str | None = None


@strawberry.type
class Circuit:
    code: str
    speed: float | None
    label: str

    @strawberry.field
    def upper(root) -> str:
        return root.code.upper()

    @strawberry.field
    def by_parent(parent: strawberry.Parent[Record]) -> str:
        return parent.code

    @strawberry.field
    async def slow(self, info: Info, by: int = 1) -> str:
        await asyncio.sleep(0)
        return f"{info.field_name} {'.'.join(map(str, info.path.as_list()))} {by} {info.variable_values}"

    @batched(description="Ports, for all circuits at once.")
    async def ports(parents: Sequence[Any], info: Info, where: Where | None = None) -> Sequence[list[Port]]:
        prefix = where.code if where else ""
        return [[Port(id=strawberry.ID("1"), name=prefix + parent.code)] for parent in parents]

    @batched(description="Fails for one of them.")
    def moody(parents: Sequence[Any], info: Info) -> Sequence[str | None]:
        return [ValueError(parent.code) if parent.code == "b" else parent.code for parent in parents]


@strawberry.type
class Query:
    plain: str = "plain"

    @strawberry.field
    def circuits(self) -> list[Circuit]:
        return [Record("a", 2.5, "x"), Record("b", label="y")]  # type: ignore[list-item]

    @strawberry.field
    def unset(self) -> list[Circuit | None]:
        return [Record("a")]  # type: ignore[list-item]

    @strawberry.field
    def states(self) -> list[State]:
        return list(State)

    @strawberry.field
    def turned(self, state: State = State.UP) -> State | None:
        return {State.UP: State.DOWN, State.DOWN: State.WORN}.get(state)

    @strawberry.field
    def no_state(self) -> State | None:
        return "sideways"  # type: ignore[return-value]

    @strawberry.field
    def day(self) -> datetime.date:
        return datetime.date(2026, 11, 20)

    @strawberry.field
    def times(self) -> list[datetime.datetime | None]:
        return [datetime.datetime(2026, 11, 20, 8, tzinfo=datetime.UTC), None]

    @strawberry.field
    def odds(self) -> strawberry.scalars.JSON:
        return {"a": [1, None], "b": str(decimal.Decimal("1.50")), "c": str(uuid.UUID(int=7))}

    @strawberry.field
    def price(self) -> decimal.Decimal:
        return decimal.Decimal("1.50")

    @strawberry.field
    def name(self) -> uuid.UUID:
        return uuid.UUID(int=7)

    @strawberry.field(permission_classes=[Denied])
    async def guarded(self) -> str | None:
        return "inside"

    @strawberry.field(extensions=[Louder()])
    async def quiet(self, word: str = "psst") -> str:
        return word

    @strawberry.field
    def nodes(self) -> list[Node]:
        return [Port(id=strawberry.ID("1"), name="p"), Cable(id=strawberry.ID("2"), length=3)]

    @strawberry.field
    def either(self) -> list[Annotated[Port | Cable, strawberry.union("Either")]]:
        return [Cable(id=strawberry.ID("2"), length=3.5), Port(id=strawberry.ID("1"), name="p")]

    @strawberry.field
    def find(self, where: Where) -> str:
        return f"{where.code} {where.states} {where.limit is strawberry.UNSET}"

    @strawberry.field
    def page(self) -> Page[Port]:
        return Page(items=[Port(id=strawberry.ID("1"), name="p")])

    @strawberry.field
    def lazy(self) -> Annotated["Later", strawberry.lazy(__name__)] | None:
        return Later(text="l")

    @strawberry.field
    def fails(self) -> str | None:
        raise ValueError("no")

    @strawberry.field
    async def stream(self) -> list[int]:
        return [1, 2]


@strawberry.type
class Later:
    text: str


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def add(self, info: Info, n: int) -> int:
        info.context.log.append(n)
        await asyncio.sleep(0)
        if n == 13:
            raise ValueError("unlucky")
        info.context.log.append(-n)
        return n

    @strawberry.mutation
    def circuit(self) -> Circuit:
        return Record("m", label="l")  # type: ignore[return-value]


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def ticks(self) -> AsyncIterator[int]:
        yield 1


SCHEMA = strawberry.Schema(
    Query,
    Mutation,
    Subscription,
    types=[Port, Cable],
    config=StrawberryConfig(default_resolver=read),
    extensions=[ParserCache, ValidationCache],
)


def context(allowed: bool = False) -> Any:
    """A request's context."""
    return SimpleNamespace(columns={}, log=[], allowed=allowed)


QUERIES = {
    "plain": "{ plain }",
    "records": "{ circuits { code speed upper byParent label __typename } }",
    "unset where null may not be": "{ unset { code label } }",
    "infos and paths": "query ($by: Int) { circuits { slow(by: $by) other: slow } }",
    "batched": '{ circuits { ports { name told id } few: ports(where: {code: "x", states: [UP]}) { name } } }',
    "an error in a slot": "{ circuits { moody } }",
    "enums": "{ states turned none: turned(state: OLD) down: turned(state: DOWN) noState }",
    "dates": "{ day times }",
    "scalars": "{ odds price name }",
    "permissions": "{ guarded }",
    "field extensions": '{ quiet loud: quiet(word: "hey") }',
    "interfaces": "{ nodes { id __typename ... on Port { name told } ... on Cable { length } } }",
    "unions": "{ either { ... on Port { name } ... on Node { id } __typename } }",
    "input objects": 'query ($w: Where = {code: "d"}) { find(where: $w) a: find(where: {code: "e", limit: null}) }',
    "generics": "{ page { items { name } next } }",
    "lazy types": "{ lazy { text } }",
    "errors": "{ fails plain }",
    "lists": "{ stream }",
    "mutations": "mutation { a: add(n: 1) b: add(n: 2) circuit { code ports { name } } __typename }",
    "a mutation that fails": "mutation { a: add(n: 1) b: add(n: 13) c: add(n: 3) }",
    "introspection": "{ __schema { queryType { name } types { name kind fields { name type { kind name } } } } }",
    "introspection of a type": '{ __type(name: "Port") { interfaces { name } fields { name args { name } } } }',
}


@pytest.mark.parametrize("allowed", [False, True])
@pytest.mark.parametrize("name", QUERIES)
async def test_what_strawberry_offers_is_answered_as_strawberry_answers_it(name: str, allowed: bool) -> None:
    """Data, errors and what the context saw are the same."""
    query, mine, others = QUERIES[name], context(allowed), context(allowed)
    variables = {"by": 7} if "$by" in query else {}
    plan = Plans(SCHEMA, planned_at=1).find(query, None, variables)
    assert plan is not None
    ours = await execute(plan, variables, mine, None)
    theirs = await SCHEMA.execute(query, variables, context_value=others)
    assert theirs.data == ours.data
    assert [error.formatted for error in theirs.errors or ()] == [error.formatted for error in ours.errors]
    assert others.log == mine.log


async def test_root_values_are_read() -> None:
    """A plain field of the root is read from the root value."""
    plan = Plans(SCHEMA, planned_at=1).find("{ plain }")
    assert plan is not None
    assert {"plain": "given"} == (await execute(plan, root=Query(plain="given"))).data


@pytest.mark.parametrize(
    ("reason", "query", "more"),
    [
        (Reason.SUBSCRIPTION, "subscription { ticks }", {}),
        (Reason.INVALID, "{ nothing }", {}),
        (Reason.INVALID, "{ plain", {}),
        (Reason.NO_SUCH_OPERATION, "query A { plain } query B { plain }", {}),
        (Reason.CONDITIONS, "query ($a: Boolean!) { plain @skip(if: $a) }", {}),
        (Reason.SCHEMA, "{ plain }", {"extensions": [lambda: QueryDepthLimiter(max_depth=3)]}),
        (Reason.SCHEMA, "{ plain }", {"extensions": [SchemaExtension]}),
    ],
)
async def test_what_no_plan_can_hold_is_left_to_strawberry(reason: Reason, query: str, more: dict[str, Any]) -> None:
    """Decided before anything is executed, and counted by its reason."""
    schema = strawberry.Schema(Query, Mutation, Subscription, types=[Port, Cable], **more)
    plans = Plans(schema, planned_at=1)
    assert plans.find(query) is None
    assert {reason.value: 1} == plans.counts()["fallbacks"]
