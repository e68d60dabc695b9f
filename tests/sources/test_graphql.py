"""Upstream GraphQL: what is asked for, how keys go together, and how lists go on."""

from typing import Any

import pytest
from graphql import parse, validate

from model.ask import Condition, Operator, Sort
from model.enums import ServiceState
from model.faults import BadRequest, Unavailable
from model.keys import Key, Lookup
from sources.contract import HealthState
from sources.positions import ConfigurationError
from tests.sources.chaos import Chaos, always, as_json
from tests.sources.conftest import BY_CODE, BY_CUSTOMER, LIST, AskFor, Declare, Serve
from tests.sources.quality import SCHEMA, Quality, asked
from tests.sources.quality_declared import (
    ALIAS,
    ARRAY,
    IN_ORDER,
    INNER,
    LIST_LOOKUP,
    LISTED,
    ONE,
    RECORDS,
    WITHIN,
    codes,
    faults,
)

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("lookup", "calls"), [(ALIAS, 1), (ARRAY, 1), (ONE, 3), (LISTED, 1), (INNER, 1), (IN_ORDER, 1)]
)
async def test_many_keys_go_into_a_call(serve: Serve, declare: Declare, ask: AskFor, lookup: str, calls: int) -> None:
    """By a list, by aliases, as a list of operations or one by one; what is not there is not found."""
    chaos = Chaos(Quality())
    source = declare(await serve(chaos), f"{RECORDS}lookups:\n  {lookup}")
    answers = await source.fetch(BY_CODE, ["C1", "C3", "C99"], ask())
    assert codes(answers) == {"C1": ["C1"], "C3": ["C3"]}
    assert len(chaos.seen) == calls


@pytest.mark.parametrize("lookup", [ALIAS, ARRAY, ONE, LISTED])
async def test_nothing_is_asked_for_no_keys(serve: Serve, declare: Declare, ask: AskFor, lookup: str) -> None:
    """Nor for blank ones; what is no key of this lookup is told so."""
    chaos = Chaos(Quality())
    source = declare(await serve(chaos), f"{RECORDS}lookups:\n  {lookup}")
    assert await source.fetch(BY_CODE, [], ask()) == {}
    assert await source.fetch(BY_CODE, ["", " "], ask()) == {}
    assert faults(await source.fetch(BY_CODE, [("a", "b")], ask())) == {("a", "b"): BadRequest}
    assert chaos.seen == []


async def test_the_selection_is_what_is_wanted(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Paths become fields, keys and constants become variables, and nothing that was not asked for is selected."""
    chaos = Chaos(Quality())
    lookups = f"lookups:\n  circuit by code: {{ask: circuit, keys: {{argument: code}}, {WITHIN}}}"
    source = declare(await serve(chaos), RECORDS + lookups)
    (circuit,) = (await source.fetch(BY_CODE, ["C3"], ask()))["C3"].records
    assert (circuit.name, circuit.bandwidth_bps, circuit.state) == ("电路 3", 3_000_000_000, ServiceState.INACTIVE)
    assert (circuit.customer, circuit.sla_class, circuit.native_id) == ("P1", "sla3", "C3")
    await source.fetch(BY_CODE, ["C1", 'C2") {x}'], ask(fields=frozenset({"customer", "name"})))
    everything, little = asked(chaos)
    assert everything[0] == (
        "query Trunkline($a0: String!, $a1: String!, $k0: String!) {k0: circuit(code: $k0)"
        " {code title speed(unit: $a0) state owner{number} tags(kind: $a1){kind value}}}"
    )
    assert everything[1] == {"a0": "Gbps", "a1": "sla", "k0": "C3"}
    assert little[0] == (
        "query Trunkline($k0: String!, $k1: String!)"
        " {k0: circuit(code: $k0) {code title owner{number}} k1: circuit(code: $k1) {code title owner{number}}}"
    )
    assert little[1] == {"k0": "C1", "k1": 'C2") {x}'}


async def test_aliases_are_cut_into_calls(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Twenty in a document, unless it is declared how many."""
    chaos = Chaos(Quality())
    source = declare(await serve(chaos), f"{RECORDS}lookups:\n  {ALIAS}")
    few = declare(chaos_url(source), f"{RECORDS}lookups:\n  {ALIAS.replace('code}}', 'code, at_most: 7}}')}")
    assert len(await source.fetch(BY_CODE, [f"C{n}" for n in range(1, 31)], ask())) == 30
    assert [len(variables) for _, variables in asked(chaos)] in ([20, 10], [10, 20])
    await few.fetch(BY_CODE, [f"C{n}" for n in range(1, 9)], ask())
    assert len(chaos.seen) == 4


def chaos_url(source: Any) -> str:
    """Where a source is."""
    return str(source.declared.url)


async def test_lists_of_several_keys_go_on_together(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Each alias from its own cursor, all in one call a page; a root field may stand within another."""
    chaos = Chaos(Quality())
    source = declare(
        await serve(chaos),
        f"{RECORDS}paging: {{by: relay, size: 10, total: {{at: totalCount}}}}\nlookups:\n  circuit by customer:\n"
        "    {ask: customer.circuits, each: nodes, keys: {argument: customer, type: ID!}}",
    )
    answers = await source.fetch(BY_CUSTOMER, ["P0", "P1", "P7"], ask())
    found = codes(answers)
    assert [len(found[key]) for key in ("P0", "P1", "P7")] == [15, 15, 0]
    assert set(map(str, found["P0"])) == {f"C{n}" for n in range(2, 31, 2)}
    assert all(answer.complete for answer in answers.values())
    assert [variables for _, variables in asked(chaos)] == [
        {"k0": "P0", "k1": "P1", "k2": "P7", "p0": 10},
        {"k0": "P0", "k1": "P1", "p0": 10, "p1": "10"},
    ]
    assert asked(chaos)[0][0].count("totalCount pageInfo{endCursor hasNextPage}}}") == 3


async def test_rows_within_rows(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Steps go on inside, fields may stand in the row around, and an error there takes its rows away."""
    quality, chaos_codes = Quality(), ["C1", "C2", "C3"]
    quality.broken = {"C2"}
    chaos = Chaos(quality)
    source = declare(
        await serve(chaos),
        "speaks: graphql\n"
        "records: {circuit: {code: value, name: {at: title, of: parent}, customer: {at: owner.number, of: parent}}}\n"
        "lookups:\n  circuit by parent:\n"
        '    {ask: circuits, each: [nodes, tags], keys: {argument: codes, type: "[String!]"},\n'
        "    match: {at: code, of: parent}}",
    )
    answers = dict(await source.fetch(Lookup("circuit", "parent"), chaos_codes, ask()))
    assert codes(answers) == {"C1": ["sla1", "nms1"], "C3": ["sla3", "nms3"]}
    assert faults(answers) == {"C2": Unavailable}
    assert answers["C3"].records[0].name == "电路 3"
    assert asked(chaos)[0][0].endswith("{nodes{tags{value} title owner{number} code}}}")


async def test_composite_keys(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """An argument a part, or objects in a list; what has too few parts cannot be written."""
    by_port = Lookup("circuit", "port")
    keys: list[Key] = [("S1", "1"), ("S1", "9"), ("S1",)]
    record = "speaks: graphql\nrecords: {circuit: {code: number, name: site}}\nlookups:\n  circuit by port:\n"
    chaos = Chaos(Quality())
    url = await serve(chaos)
    listed = "{ask: ports, keys: {argument: of, type: '[PortKey!]!', objects: [site, number]}, match: [site, number]}"
    for lookup, found in (
        (listed, {("S1", "1"): ["1"]}),
        ("{ask: port, keys: {argument: [site, number]}, match: [site, number]}", {k: [k[1]] for k in keys[:2]}),
    ):
        answers = dict(await declare(url, f"{record}    {lookup}").fetch(by_port, keys, ask()))
        assert codes(answers) == found
        assert faults(answers) == {("S1",): BadRequest}
    assert [variables for _, variables in asked(chaos)] == [
        {"k0": [{"site": "S1", "number": "1"}, {"site": "S1", "number": "9"}]},
        {"k0": "S1", "k1": "1", "k2": "9"},
    ]


async def test_a_list_is_filtered_ordered_and_walked_there(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Conditions share their input objects, values are written as declared, cursors go on."""
    chaos = Chaos(Quality())
    source = declare(await serve(chaos), RECORDS + LIST_LOOKUP)
    terms = source.lookups[LIST]
    assert ("state", Operator.EQ) in terms.filters
    assert (terms.orders, terms.limit) == (frozenset({"code"}), True)
    where = (Condition("code", Operator.PREFIX, "C"), Condition("state", Operator.EQ, ServiceState.INACTIVE))
    first = await source.page(LIST, None, ask(filter=where, order=(Sort("code", descending=True),), limit=4))
    assert [circuit.code for circuit in first.records] == ["C30", "C27", "C24", "C21"]
    assert (first.total, first.complete) == (10, True)
    rest = await source.page(LIST, first.after, ask(filter=where, order=(Sort("code", descending=True),)))
    assert [circuit.code for circuit in rest.records] == ["C18", "C15", "C12", "C9"]
    (query, variables), _ = asked(chaos)
    assert "(filter: {code: {startsWith: $a0}, state: $a1}, orderBy: $a2, first: $p0)" in query
    assert variables == {"a0": "C", "a1": "STOPPED", "a2": "CODE_DESC", "p0": 4}
    among = (Condition("code", Operator.IN, ("C1", "C2")), Condition("bandwidth_bps", Operator.AT_LEAST, 1500))
    few = await source.page(LIST, None, ask(filter=among))
    assert [circuit.code for circuit in few.records] == ["C2"]
    assert few.after is None
    with pytest.raises(BadRequest):
        await source.page(LIST, "bm9uc2Vuc2U", ask())


async def test_lists_go_by_offset(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Numbers are numbers; a total tells the end."""
    chaos = Chaos(Quality())
    source = declare(
        await serve(chaos),
        f"{RECORDS}paging: {{by: offset, size: 20, total: {{at: total}}}}\n"
        "lookups:\n  circuit list: {ask: page, each: rows}",
    )
    first = await source.page(LIST, None, ask())
    rest = await source.page(LIST, first.after, ask())
    assert (len(first.records), len(rest.records), rest.after) == (20, 10, None)
    assert [variables for _, variables in asked(chaos)] == [{"p0": 0, "p1": 20}, {"p0": 20}]


async def test_its_health_is_what_its_root_is(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """The cheapest question there is."""
    chaos = Chaos(Quality())
    lookups = f"{RECORDS}lookups:\n  {ALIAS}"
    assert (await declare(await serve(chaos), lookups).health()).state is HealthState.UP
    assert asked(chaos) == [("query Trunkline {__typename}", {})]
    broken = await serve(Chaos(always(as_json({"errors": [{"message": "x"}]}))))
    assert (await declare(broken, lookups).health()).state is HealthState.DOWN


@pytest.mark.parametrize(
    ("lookup", "mistake"),
    [
        ("circuit list: {ask: 'circuits(x: 1)'}", "ask: expected names of GraphQL, with dots between them"),
        ("circuit list: {ask: circuits, each: 'edges.*'}", "each: expected a JMESPath that names the fields it reads"),
        ("circuit list: {ask: c, record: {name: '\"@type\"'}}", "record.name: expected a JMESPath that names"),
        ("circuit list: {ask: c, record: {name: '{x: a}.x'}}", "record.name: expected a JMESPath that names"),
        ("circuit list: {ask: c, record: {name: 电路}}", "record.name: expected a JMESPath that names"),
        ("circuit list: {ask: c, arguments: {a: {value: 1, type: '[Int'}}}", "expected a type of GraphQL"),
        ("circuit list: {ask: c, arguments: {a-b: 1}}", "expected names of GraphQL, with dots between them"),
        ("circuit list: {ask: c, filters: {nme: {argument: x}}}", "filters.nme: expected 'name'"),
        (
            "circuit list: {ask: c, orders: {argument: o, type: O, ascending: {cod: X}}}",
            "ascending.cod: expected 'code'",
        ),
        ("circuit list: {ask: c, get: /x}", "get: expected one of"),
        (
            "circuit by code: {ask: c, arguments: {f: {value: {}, type: F}}, keys: {argument: f.code}}",
            "expected f to be given either whole or in parts",
        ),
        ("circuit by code: {ask: c}", "expected keys: where the keys go"),
        ("circuit by code: {ask: c, keys: {argument: [a, b], join: list}}", "expected one argument of a list type"),
        ("circuit by code: {ask: c, keys: {argument: a, objects: [b, c]}}", "expected objects only in a list"),
        ("circuit by code: {ask: c, keys: {argument: [a, b], type: ID}}", "expected a type for each argument"),
        ("circuit by code: {ask: c, keys: {argument: [a, b]}, match: code}", "expected as many paths as a key has"),
        ("circuit by code: {ask: c, keys: {argument: a, type: '[ID!]'}, match: false}", "expected match to be a path"),
        ("circuit by code: {ask: c, paging: {by: relay, types: {after: 'x y'}}}", "expected a type of GraphQL"),
    ],
)
def test_mistakes_are_told_where_they_stand(declare: Declare, lookup: str, mistake: str) -> None:
    """Before anything is asked."""
    with pytest.raises(ConfigurationError) as caught:
        declare("http://127.0.0.1:1", f"{RECORDS}lookups:\n  {lookup}")
    assert mistake in str(caught.value)
    assert "trunkline.yaml:15:" in str(caught.value)


async def test_every_document_is_one_of_the_server_s_schema(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Types of variables, names of arguments and selections: all that was asked here is valid."""
    chaos = Chaos(Quality())
    source = declare(await serve(chaos), f"{RECORDS}{LIST_LOOKUP}  {ALIAS}")
    await source.page(LIST, None, ask())
    await source.fetch(BY_CODE, ["C1", "C2"], ask())
    assert [validate(SCHEMA, parse(query)) for query, _ in asked(chaos)] == [[], []]
