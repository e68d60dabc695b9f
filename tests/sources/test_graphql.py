"""Upstream GraphQL: what is asked for, how keys go together, and whose answer an error takes away."""

from typing import Any

import pytest
from graphql import parse, validate
from starlette.responses import Response

from model.answer import Answer
from model.ask import Condition, Operator, Sort
from model.enums import ServiceState
from model.faults import BadRequest, Malformed, Overloaded, Rejected, SourceFault, Unauthorised, Unavailable
from model.keys import Key, Lookup
from sources.contract import HealthState
from sources.positions import ConfigurationError
from tests.sources.chaos import Chaos, always, as_json
from tests.sources.conftest import BY_CODE, BY_CUSTOMER, LIST, AskFor, Declare, Serve
from tests.sources.quality import SCHEMA, Quality, asked

pytestmark = pytest.mark.anyio
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


async def test_one_root_field_of_another_shape_harms_no_other(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Its key's answer is malformed, the other's is an answer."""
    told = {"k0": {"code": "C1", "title": "x"}, "k1": ["no", "row"]}
    source = declare(await serve(Chaos(always(as_json({"data": told})))), f"{RECORDS}lookups:\n  {ALIAS}")
    answers = dict(await source.fetch(BY_CODE, ["C1", "C2"], ask()))
    assert (codes(answers), faults(answers)) == ({"C1": ["C1"]}, {"C2": Malformed})


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


@pytest.mark.parametrize(
    ("lookup", "blamed"),
    [
        (ALIAS, {"C2": Unavailable, "C4": Rejected}),
        (ARRAY, {"C2": Unavailable, "C4": Rejected}),
        (ONE, {"C2": Unavailable, "C4": Rejected}),
        (IN_ORDER, {"C2": Unavailable, "C4": Rejected}),
        (LISTED, {"C2": Unavailable, "C4": Rejected, "C99": Rejected}),
        (INNER, {"C2": Unavailable, "C4": Rejected, "C99": Rejected}),
    ],
)
async def test_an_error_takes_away_one_answer(
    serve: Serve, declare: Declare, ask: AskFor, lookup: str, blamed: dict[str, type[SourceFault]]
) -> None:
    """Its own key's, where the answer tells; a row with an error in it is no row; else those without rows are lost."""
    quality = Quality()
    quality.broken, quality.gone = {"C2"}, {"C4": "STRANGE"}
    source = declare(await serve(Chaos(quality)), f"{RECORDS}lookups:\n  {lookup}")
    answers = dict(await source.fetch(BY_CODE, ["C1", "C2", "C4", "C99", "C5"], ask()))
    assert codes(answers) == {"C1": ["C1"], "C5": ["C5"]}
    assert faults(answers) == blamed
    assert "10.0.0.1" not in str([answers[key] for key in blamed])


async def test_errors_that_are_not_asked_into_harm_nobody(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """A field that nobody wants cannot fail."""
    quality = Quality()
    quality.broken = {"C2"}
    source = declare(await serve(Chaos(quality)), f"{RECORDS}lookups:\n  {ALIAS}")
    answers = await source.fetch(BY_CODE, ["C1", "C2"], ask(fields=frozenset({"name"})))
    assert codes(answers) == {"C1": ["C1"], "C2": ["C2"]}


async def test_what_codes_mean_can_be_declared(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """No such thing is an answer; codes that everyone uses are known."""
    quality = Quality()
    quality.gone = {"C1": "NOT_FOUND", "C2": "BUSY", "C3": "FORBIDDEN", "C4": "BAD_USER_INPUT", "C5": None}
    source = declare(
        await serve(Chaos(quality)),
        f"{RECORDS}errors: {{missing: NOT_FOUND, unavailable: [BUSY, 503]}}\nlookups:\n  {ALIAS}",
    )
    answers = dict(await source.fetch(BY_CODE, [f"C{n}" for n in range(1, 7)], ask()))
    assert faults(answers) == {"C2": Unavailable, "C3": Unauthorised, "C4": BadRequest, "C5": Unavailable}
    assert list(codes(answers)) == ["C6"]


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


async def test_a_failed_list_of_a_key_is_its_fault(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """A customer without circuits is not one whose circuits cannot be told; what is lost of a list is not all."""
    quality = Quality()
    quality.gone, quality.broken = {"P1": "BUSY", "C6": "BUSY"}, {"C8"}
    source = declare(
        await serve(Chaos(quality)),
        f"{RECORDS}errors: {{unavailable: BUSY}}\nlookups:\n  circuit by customer:\n"
        "    {ask: customer.circuits, each: nodes, keys: {argument: customer, type: ID!}}",
    )
    answers = dict(await source.fetch(BY_CUSTOMER, ["P0", "P1", "P7"], ask()))
    assert codes(answers) == {"P0": [f"C{n}" for n in range(2, 31, 2) if n not in {6, 8}], "P7": []}
    assert {key: answer.complete for key, answer in answers.items() if key != "P1"} == {"P0": False, "P7": True}
    assert faults(answers) == {"P1": Unavailable}


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


async def test_a_list_with_an_error_in_it_is_not_all(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """The rows that are whole are told, and that they are not all."""
    quality = Quality()
    quality.broken, quality.gone = {"C2"}, {"C3": "BUSY"}
    source = declare(await serve(Chaos(quality)), RECORDS + LIST_LOOKUP)
    answer = await source.page(LIST, None, ask(limit=5))
    assert [circuit.code for circuit in answer.records] == ["C1", "C4", "C5"]
    assert not answer.complete


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


@pytest.mark.parametrize(
    ("response", "fault"),
    [
        (as_json({"errors": [{"message": "Syntax Error"}]}), BadRequest),
        (as_json({"errors": [{"message": "Syntax Error"}]}, 400), BadRequest),
        (as_json({"errors": [{"message": "x", "extensions": {"code": "UNAUTHENTICATED"}}]}), Unauthorised),
        (as_json({"errors": [{"message": "x", "extensions": {"code": "UNAUTHENTICATED"}}]}, 400), Unauthorised),
        (as_json({"errors": [{"message": "x", "extensions": {"code": "STRANGE"}}]}, 500), Rejected),
        (as_json({"errors": [{"message": "x"}]}, 500), Unavailable),
        (as_json({"errors": [{"message": "x"}]}, 429), Overloaded),
        (as_json({"data": None, "errors": [{"message": "x", "path": ["k0"]}]}), Unavailable),
        (as_json({"data": {"k0": None}, "errors": [{"message": "x", "path": ["k0"]}]}), Unavailable),
        (as_json({"data": {"k0": None}, "errors": [{"message": "x"}]}), BadRequest),
        (as_json({"data": None}), Malformed),
        (as_json({"data": {}}), Malformed),
        (as_json({"data": {"k0": {"nodes": [7]}}}), Malformed),
        (as_json({"data": {"k0": {}}}), Malformed),
        (as_json({"data": {"k0": {"nodes": "none"}}}), Malformed),
        (as_json({"errors": "no"}), Malformed),
        (as_json([]), Malformed),
        (as_json([{"data": {"k0": None}}, {"data": {"k0": None}}]), Malformed),
        (as_json({"k0": []}), Malformed),
        (Response("<html>", 200), Malformed),
        (Response("<html>", 502), Unavailable),
        (Response('{"data": {"k0"', 200), Malformed),
    ],
)
async def test_what_is_no_answer_is_a_fault(
    serve: Serve, declare: Declare, ask: AskFor, response: Response, fault: type[SourceFault]
) -> None:
    """Errors without data whatever the status, data that is not what was asked for, and all that is no GraphQL."""
    source = declare(
        await serve(Chaos(always(response))),
        f"{RECORDS}lookups:\n  circuit list: {{ask: circuits, each: nodes}}\n  {LISTED}",
    )
    with pytest.raises(SourceFault) as caught:
        await source.page(LIST, None, ask())
    assert type(caught.value) is fault
    answers = await lost(source.fetch(BY_CODE, ["C1", "C2"], ask()))
    assert answers == {"C1": fault, "C2": fault}


async def lost(fetch: Any) -> dict[Key, type[SourceFault]]:
    """The faults of keys, raised or told."""
    try:
        return faults(await fetch)
    except SourceFault as err:
        return dict.fromkeys(("C1", "C2"), type(err))


async def test_a_session_that_ran_out_is_renewed(serve: Serve, declare: Declare, ask: AskFor, monkeypatch: Any) -> None:
    """Where the server says so under HTTP 200, and not while only a part is forbidden."""
    monkeypatch.setenv("PASS", "hush")
    quality, tokens = Quality(), ["t1", "t2", "t3"]

    def answer(request: Any, body: bytes) -> Response:
        if request.url.path == "/in":
            return as_json({"token": tokens.pop(0)})
        if request.headers.get("authorization") != "t2":
            return as_json({"errors": [{"message": "who?", "extensions": {"code": "UNAUTHENTICATED"}}]})
        return quality(request, body)

    quality.gone = {"C2": "FORBIDDEN"}
    session = "auth: {session: {post: /in, body: {pass: {env: PASS}}, token: token}}\n"
    source = declare(await serve(Chaos(answer)), f"{RECORDS}{session}lookups:\n  {ALIAS}")
    answers = dict(await source.fetch(BY_CODE, ["C1", "C2"], ask()))
    assert (codes(answers), faults(answers)) == ({"C1": ["C1"]}, {"C2": Unauthorised})
    assert tokens == ["t3"]


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
