"""Where keys go, how many go at once, and what comes back for each."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response

from model.answer import Answer
from model.faults import BadRequest, Malformed, SourceFault, Unavailable
from model.keys import Key, Lookup
from sources.grammar.lookup import KeysDeclaration
from sources.positions import ConfigurationError
from sources.requests import Call, as_form, stands_as_it_is
from sources.slots import Slot
from tests.sources.chaos import Chaos, always, as_json, table
from tests.sources.conftest import BY_CODE, BY_CUSTOMER, AskFor, Declare, Serve

pytestmark = pytest.mark.anyio
ROWS = [{"id": f"s{n}", "code": f"C{n}", "party": f"P{n % 3}"} for n in range(30)]
RECORD = "records: {circuit: {code: code, customer: party}}\n"


def codes(answers: dict[Key, Answer | SourceFault]) -> dict[Key, list[object]]:
    """Key -> the codes of its records."""
    return {k: [r.code for r in a.records] for k, a in answers.items() if isinstance(a, Answer)}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("keys", "asked"),
    [
        ("{query: code, join: repeat}", ["GET /x?code=C1&code=C2"]),
        ("{query: code, join: comma}", ["GET /x?code=C1,C2"]),
        ("{query: code, join: '|'}", ["GET /x?code=C1%7CC2"]),
        ("{query: code, join: one}", ["GET /x?code=C1", "GET /x?code=C2"]),
        ("{query: code}", ["GET /x?code=C1", "GET /x?code=C2"]),
        ("{query: code, join: comma, at_most: 1}", ["GET /x?code=C1", "GET /x?code=C2"]),
        ("{path: 2}", ["GET /x/C1", "GET /x/C2"]),
        ("{path: 1}", ["GET /C1", "GET /C2"]),
        ("{path: 2, join: comma}", ["GET /x/C1,C2"]),
        ("{path: 2, join: ';', at_most: 1}", ["GET /x/C1", "GET /x/C2"]),
        ("{whole_list: true}", ["GET /x"]),
    ],
)
async def test_keys_go_where_they_are_declared_to_go(
    serve: Serve, declare: Declare, ask: AskFor, keys: str, asked: list[str]
) -> None:
    """Each slot and each join writes the keys in its own way, and the answers come under their keys."""
    chaos = Chaos(lambda request, body: as_json(ROWS))
    source = declare(await serve(chaos), f"{RECORD}lookups: {{circuit by code: {{get: /x, keys: {keys}}}}}")
    answers = await source.fetch(BY_CODE, ["C1", "C2"], ask())
    assert sorted(chaos.seen) == asked
    assert codes(dict(answers)) == {"C1": ["C1"], "C2": ["C2"]}


async def test_a_composite_key_fills_several_parameters(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """One call a key, and a row answers only when all parts agree."""
    chaos = Chaos(lambda request, body: as_json(ROWS))
    source = declare(
        await serve(chaos),
        f"{RECORD}lookups:\n  circuit by pair:\n    get: /x\n"
        "    keys: {query: [party, code]}\n    match: [party, code]",
    )
    answers = await source.fetch(Lookup("circuit", "pair"), [("P1", "C1"), ("P1", "C2")], ask())
    assert sorted(chaos.seen) == ["GET /x?party=P1&code=C1", "GET /x?party=P1&code=C2"]
    assert codes(dict(answers)) == {("P1", "C1"): ["C1"]}


async def test_a_key_is_taken_apart_for_a_system_that_knows_its_parts(
    serve: Serve, declare: Declare, ask: AskFor
) -> None:
    """By a regular expression for all of it; a key that is not like that is none of the system's, and is not asked."""
    rows = [{"city": "BJ", "no": "0017", "name": "北京"}, {"city": "SH", "no": 21}, {"city": "BJ", "no": "21"}]

    def answer(request: Request, body: bytes) -> Response:
        asked = [request.query_params] if request.method == "GET" else json.loads(body)["any"]
        return as_json([row for row in rows if {"city": row["city"], "no": str(row["no"])} in map(dict, asked)])

    chaos = Chaos(answer)
    source = declare(
        await serve(chaos),
        "records: {circuit: {native_id: no, code: {of: key}, name: name}}\n"
        "lookups: {circuit by code: {get: /x, match: [city, no],"
        " keys: {query: [city, no], written: {parts: '([A-Z]+)-([0-9]+)'}}}}",
    )
    answers = dict(await source.fetch(BY_CODE, ["BJ-0017", "SH-21", "BJ/21", "GZ-1"], ask()))
    assert codes(answers) == {"BJ-0017": ["BJ-0017"], "SH-21": ["SH-21"]}
    assert len(answers) == 2
    assert sorted(chaos.seen) == ["GET /x?city=BJ&no=0017", "GET /x?city=GZ&no=1", "GET /x?city=SH&no=21"]
    posted = declare(
        await serve(chaos),
        "records: {circuit: {native_id: no, code: {of: key}}}\n"
        "lookups: {circuit by code: {post: /y, match: [city, no],"
        " keys: {body: any, objects: [city, no], written: {parts: '([A-Z]+)-([0-9]+)'}}}}",
    )
    found = dict(await posted.fetch(BY_CODE, ["BJ-21", "SH-21"], ask()))
    assert codes(found) == {"BJ-21": ["BJ-21"], "SH-21": ["SH-21"]}
    assert chaos.bodies[-1] == {"any": [{"city": "BJ", "no": "21"}, {"city": "SH", "no": "21"}]}


async def test_a_key_has_as_many_groups_as_it_has_parts(declare: Declare) -> None:
    """Anything else is told where it is declared."""
    lookup = "{get: /x, match: [a, b], keys: {query: [a, b], written: {parts: '([A-Z]+)'}}}"
    with pytest.raises(ConfigurationError, match=r"as many groups as keys have parts: 2"):
        declare("http://x", f"{RECORD}lookups: {{circuit by code: {lookup}}}")


async def test_a_key_of_the_wrong_kind_faults_alone(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """A tuple where text is asked for, or text too long for the request line, is BadRequest; others are answered."""
    source = declare(
        await serve(Chaos(table(ROWS))),
        f"{RECORD}request_line_bytes: 256\n"
        "lookups: {circuit by code: {get: /x, keys: {query: code, join: comma}}}",
    )
    answers = dict(await source.fetch(BY_CODE, ["C1", "C" * 400, ("a", "b")], ask()))
    assert codes(answers) == {"C1": ["C1"]}
    assert isinstance(answers["C" * 400], BadRequest)
    assert isinstance(answers["a", "b"], BadRequest)


@pytest.mark.parametrize("join", ["repeat", "comma"])
async def test_calls_are_cut_by_the_bytes_of_the_request_line(
    serve: Serve, declare: Declare, ask: AskFor, join: str
) -> None:
    """No request line is longer than the source takes, escapes counted; every key is asked exactly once."""
    rows = [{"id": str(n), "code": f"电路/{n:04}", "party": "P"} for n in range(200)]
    chaos = Chaos(table(rows))
    source = declare(
        await serve(chaos),
        f"{RECORD}request_line_bytes: 500\npaging: {{by: offset, total: {{header: X-Total-Count}}}}\n"
        f"lookups: {{circuit by code: {{get: /x, keys: {{query: code, join: {join}}}}}}}",
    )
    answers = await source.fetch(BY_CODE, [row["code"] for row in rows], ask())
    assert len(answers) == 200
    assert max(len(f"{line} HTTP/1.1") for line in chaos.seen) <= 500
    assert len(chaos.seen) < 30
    assert chaos.busiest <= 8


async def test_keys_that_cannot_be_this_system_s_are_not_asked_for(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """A system that refuses a call with a key of another form is spared it, and says nothing to that key."""
    chaos = Chaos(table([{"id": str(n), "code": f"C{n}"} for n in range(3)]))
    source = declare(
        await serve(chaos),
        "records: {circuit: {code: code}}\n"
        "lookups: {circuit by self: {get: /x, match: id, keys: {query: id, join: repeat, like: '[0-9]+'}}}",
    )
    answers = dict(await source.fetch(Lookup("circuit", "crm"), ["1", "x1", "1x", "2", "２２\n"], ask()))
    assert codes(answers) == {"1": ["C1"], "2": ["C2"]}
    assert chaos.seen == ["GET /x?id=1&id=2"]


async def test_nothing_is_asked_for_keys_that_say_nothing(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """An empty filter brings every row there is: blank keys are never sent."""
    chaos = Chaos(table(ROWS))
    source = declare(await serve(chaos), f"{RECORD}lookups: {{circuit by code: {{get: /x, keys: {{query: code}}}}}}")
    assert await source.fetch(BY_CODE, ["", "  "], ask()) == {}
    assert await source.fetch(BY_CODE, [], ask()) == {}
    assert chaos.seen == []


async def test_a_dot_is_no_path_segment(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """`..` as a key must not climb out of the path; a slash is escaped."""
    chaos = Chaos(lambda request, body: as_json({}, 404))
    source = declare(await serve(chaos), f"{RECORD}lookups: {{circuit by code: {{get: /x, keys: {{path: 2}}}}}}")
    answers = await source.fetch(BY_CODE, ["..", "a/b"], ask())
    assert chaos.seen == ["GET /x/a%2Fb"]
    assert isinstance(answers[".."], BadRequest)


async def test_a_key_is_asked_once(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """The same key twice is one key."""
    chaos = Chaos(table(ROWS))
    source = declare(
        await serve(chaos), f"{RECORD}lookups: {{circuit by code: {{get: /x, keys: {{query: code, join: repeat}}}}}}"
    )
    await source.fetch(BY_CODE, ["C1", "C1", "C2", "C1"], ask())
    assert chaos.seen == ["GET /x?code=C1&code=C2"]


async def test_rows_are_held_against_the_keys_asked_for(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Foreign rows are dropped and counted, duplicates are kept once, order does not matter, absence stays absence."""
    rows = [*reversed(ROWS), ROWS[1], {"id": "x", "code": None}, {"id": "y"}]
    source = declare(
        await serve(Chaos(lambda request, body: as_json(rows))),
        f"{RECORD}lookups:\n  circuit by code: {{get: /x, keys: {{query: code, join: comma}}}}\n"
        f"  circuit by customer: {{get: /x, keys: {{query: party, join: comma}}}}",
    )
    assert codes(dict(await source.fetch(BY_CODE, ["C1", "C7", "C99"], ask()))) == {"C1": ["C1"], "C7": ["C7"]}
    assert source.oddities.counts["foreign rows", "circuit by code"] == 30
    assert source.oddities.counts["duplicate rows", "circuit by code"] == 1
    by_customer = codes(dict(await source.fetch(BY_CUSTOMER, ["P0", "P9"], ask())))
    assert len(by_customer["P0"]) == 10
    assert by_customer["P9"] == []


async def test_case_may_not_matter(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """With `match_case: false` a row answers a key that it writes in another case."""
    source = declare(
        await serve(Chaos(lambda request, body: as_json([{"id": 1, "code": "abc", "tags": ["X", {"no": 1}, 7]}]))),
        "records: {circuit: {code: code}}\nlookups:\n"
        "  circuit by code: {get: /x, keys: {query: code}, match_case: false}\n"
        "  circuit by tag: {get: /x, keys: {query: tag, join: comma}, match: tags, match_case: false}\n"
        "  circuit by pair: {get: /x, keys: {query: [a, b]}, match: [code, tags], match_case: false}",
    )
    assert list(await source.fetch(BY_CODE, ["ABC"], ask())) == ["ABC"]
    assert list(await source.fetch(Lookup("circuit", "tag"), ["x", "7", "8"], ask())) == ["x", "7"]
    assert list(await source.fetch(Lookup("circuit", "pair"), [("Abc", "x")], ask())) == [("Abc", "x")]


async def test_a_row_may_answer_several_keys(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """A row that names several of the keys is under each of them."""
    rows = [{"id": 1, "code": "A", "sites": [{"id": "S1"}, {"id": "S2"}, {"id": None}]}]
    source = declare(
        await serve(Chaos(lambda request, body: as_json(rows))),
        "records: {circuit: {code: code}}\n"
        'lookups: {circuit by site: {get: /x, keys: {query: s, join: repeat}, match: "sites[].id"}}',
    )
    answers = await source.fetch(Lookup("circuit", "site"), ["S1", "S2", "S3"], ask())
    assert codes(dict(answers)) == {"S1": ["A"], "S2": ["A"], "S3": []}


async def test_rows_within_rows_read_their_parent(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Steps of `each` go inward; fields and matches may be read of the row around; rows without the list are fine."""
    rows = [
        {"id": "P1", "agreement": [{"id": "a"}, {"id": "b"}]},
        {"id": "P2"},
        {"id": "P3", "agreement": None},
        {"id": "P4", "agreement": {"id": "d"}},
    ]
    source = declare(
        await serve(Chaos(lambda request, body: as_json({"rows": rows}))),
        "records: {circuit: {code: id, customer: {at: id, of: parent}}}\n"
        "lookups: {circuit by customer: {get: /x, keys: {query: id, join: repeat}, each: [rows, agreement]}}",
    )
    answers = dict(await source.fetch(BY_CUSTOMER, ["P1", "P2", "P4"], ask()))
    assert codes(answers) == {"P1": ["a", "b"], "P2": [], "P4": ["d"]}
    assert source.oddities.counts == {}


async def test_one_chunk_fails_alone(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """The keys of a call that fails get its fault, the others their answers; when all fail it is raised."""

    def answer(request: object, body: bytes) -> object:
        query = request.query_params  # type: ignore[attr-defined]
        return as_json([], 500) if query["code"] == "C2" else as_json(ROWS)

    source = declare(
        await serve(Chaos(answer)),  # type: ignore[arg-type]
        f"{RECORD}lookups: {{circuit by code: {{get: /x, keys: {{query: code}}}}}}",
    )
    answers = dict(await source.fetch(BY_CODE, ["C1", "C2"], ask()))
    assert codes(answers) == {"C1": ["C1"]}
    assert isinstance(answers["C2"], Unavailable)
    with pytest.raises(Unavailable):
        await source.fetch(BY_CODE, ["C2"], ask())


async def test_a_path_that_is_not_there_is_not_found(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """404 on a lookup by path says that there is no such thing; one object is an answer; `match: false` believes it."""

    def answer(request: object, body: bytes) -> object:
        path = request.url.path  # type: ignore[attr-defined]
        return as_json({"id": "s1", "code": "C1"}) if path == "/x/C1" else as_json({}, 404)

    url = await serve(Chaos(answer))  # type: ignore[arg-type]
    source = declare(url, f"{RECORD}lookups: {{circuit by code: {{get: /x, keys: {{path: 2}}}}}}")
    assert codes(dict(await source.fetch(BY_CODE, ["C1", "C2"], ask()))) == {"C1": ["C1"]}
    believing = declare(url, f"{RECORD}lookups: {{circuit by customer: {{get: /x, keys: {{path: 2}}, match: false}}}}")
    assert codes(dict(await believing.fetch(BY_CUSTOMER, ["C1", "P9"], ask()))) == {"C1": ["C1"], "P9": []}


async def test_constants_go_with_every_call(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Query, headers of the lookup and headers of the source."""
    chaos = Chaos(table(ROWS))
    source = declare(
        await serve(chaos),
        f"{RECORD}headers: {{X-Tenant: t1, X-Both: source}}\nlookups:\n  circuit by code:\n    get: /x\n"
        "    query: {offset: 0, fields: [a, b c], sort: true}\n    headers: {x-both: lookup}\n    keys: {query: code}",
    )
    await source.fetch(BY_CODE, ["C1"], ask())
    assert chaos.seen == ["GET /x?offset=0&fields=a&fields=b%20c&sort=true&code=C1"]
    assert chaos.headers[0]["x-tenant"] == "t1"
    assert chaos.headers[0]["x-both"] == "lookup"


async def test_a_row_may_say_its_key_within_a_text(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """As the field is read, so is it held against the keys; several may stand in a list."""
    rows = [
        {"id": "1", "urn": "urn:circuit:C1", "of": ["party/P1", "party/P2", "other/P3", 7]},
        {"id": "2", "urn": "urn:port:C2", "of": []},
    ]
    record = "records: {circuit: {code: {at: urn, pattern: 'urn:circuit:(.+)'}}}\n"
    lookups = """lookups:
  circuit by code: {get: /x, keys: {query: code, join: comma}}
  circuit by customer: {get: /x, keys: {query: of, join: comma}, match: {at: of, pattern: '^party/(.+)'}}"""
    source = declare(await serve(Chaos(always(as_json(rows)))), record + lookups)
    assert codes(dict(await source.fetch(BY_CODE, ["C1", "C2"], ask()))) == {"C1": ["C1"]}
    owned = codes(dict(await source.fetch(BY_CUSTOMER, ["P1", "P2", "P3"], ask())))
    assert owned == {"P1": ["C1"], "P2": ["C1"], "P3": []}


async def test_a_status_may_say_that_there_is_no_such_thing(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Where it is declared to; else it is a fault."""
    url = await serve(Chaos(always(as_json({"no": "such thing"}, 404))))
    lookup = "lookups: {circuit by code: {get: /x, keys: {query: code}%s}}"
    assert await declare(url, RECORD + lookup % ", missing: [404, 410]").fetch(BY_CODE, ["C1"], ask()) == {}
    several = "lookups: {circuit by code: {get: /x, keys: {path: 2, join: comma}}}"
    for unsaid in (lookup % "", several):
        with pytest.raises(BadRequest):
            await declare(url, RECORD + unsaid).fetch(BY_CODE, ["C1"], ask())


@given(
    st.lists(st.text("aZ0-_.~ /&,é中", min_size=1, max_size=6) | st.tuples(st.just("a")), min_size=1, unique=True),
    st.sampled_from(["comma", "repeat", "one", ";"]),
    st.integers(0, 60),
    st.none() | st.integers(1, 4),
)
def test_keys_taken_together_are_written_as_one_by_one(
    keys: list[Key], join: str, room: int, at_most: int | None
) -> None:
    """Keys that need no escape and fit into one call make the call that they make when each is looked at."""
    slot = Slot(KeysDeclaration(query=["party id"], join=join, at_most=at_most), "comma")
    call = Call(method="GET", path="/x", query="a=1", written=as_form)
    whole = slot.whole(call, keys, room)
    fitting = [key for key in keys if slot.fits(key, room)]
    calls = [slot.write(call, chunk) for chunk in slot.chunks(fitting, room)]
    plain = all(isinstance(key, str) and stands_as_it_is(key) is not None for key in keys)
    assert (whole is not None) == (plain and fitting == keys and len(calls) == 1)
    assert whole is None or [whole] == calls


PAGE = Response("<html><body>404 Not Found</body></html>", 404, media_type="text/html")
BY_PATH = f"{RECORD}lookups: {{circuit by code: {{get: /x, keys: {{path: 2}}"


@pytest.mark.parametrize(
    ("declared", "answer", "told"),
    [
        (BY_PATH, as_json({"reason": "no such circuit"}, 404), {}),
        (BY_PATH, Response(b"", 404), {}),
        (BY_PATH, PAGE, BadRequest),
        (f"{BY_PATH}, missing: 404", PAGE, {}),
    ],
)
async def test_there_is_no_such_thing_is_said_by_the_source(
    serve: Serve, declare: Declare, ask: AskFor, declared: str, answer: Response, told: Any
) -> None:
    """A page under 404 is of whoever stands before a system that speaks JSON, unless it is declared to say so."""
    source = declare(await serve(Chaos(always(answer))), f"{declared}}}}}")
    if told == {}:
        assert {} == await source.fetch(BY_CODE, ["C1"], ask())
    else:
        with pytest.raises(told):
            await source.fetch(BY_CODE, ["C1"], ask())


@pytest.mark.parametrize("by", [BY_CODE, BY_CUSTOMER])
async def test_an_answer_about_others_is_none(serve: Serve, declare: Declare, ask: AskFor, by: Lookup) -> None:
    """Somebody has mixed up two answers; that there is no such thing is told by no rows at all, unless it searches."""
    keys = "{get: /x, keys: {query: any"
    declared = f"{RECORD}lookups:\n  circuit by code: {keys}}}}}\n  circuit by customer: {keys}}}}}\n"
    url = await serve(Chaos(always(as_json(ROWS[:2]))))
    with pytest.raises(Malformed, match="another question"):
        await declare(url, declared).fetch(by, ["C99"], ask())
    found = await declare(url, declared.replace("any}", "any, finds_more: true}")).fetch(by, ["C99"], ask())
    assert [] == [record for answer in found.values() if isinstance(answer, Answer) for record in answer.records]
    assert {True} >= {answer.complete for answer in found.values() if isinstance(answer, Answer)}
