"""Every way of paging, walked to its end and never beyond."""

import datetime as dt
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from model.answer import Answer
from model.ask import Condition, Operator, Sort
from model.enums import ServiceState
from model.faults import BadRequest, Malformed, Unavailable
from sources.connectors.rest import Rest
from sources.tokens import token
from tests.sources.chaos import Answering, Chaos, as_json, table
from tests.sources.conftest import BY_CODE, BY_CUSTOMER, LIST, AskFor, Declare, Serve

pytestmark = pytest.mark.anyio
ROWS: list[dict[str, Any]] = [{"id": str(n), "code": f"C{n}", "party": "P"} for n in range(25)]
LOOKUPS = """
records: {circuit: {code: code, customer: party, state: state}}
lookups:
  circuit by customer: {get: /x, keys: {query: party}}
  circuit list:
    get: /x
    filters:
      state: {query: state, values: {ACTIVE: "on"}, at_least: from}
      name: {prefix: starts}
      start_date: {at_most: until}
      sla_class: {query: sla, join: comma}
      product: {query: product, join: repeat}
    orders: {query: sort, fields: {code: code, name: label}}
"""
TOTAL = "total: {header: X-Total-Count}"


def numbered(first: int, most: int = 1000, *, total: bool = True) -> Answering:
    """Pages by number."""

    def answer(request: Request, body: bytes) -> Response:
        query = request.query_params
        size = min(most, int(query.get("size", 1000)))
        start = (int(query["page"]) - first) * size
        return as_json({"rows": ROWS[start : start + size], **({"all": len(ROWS)} if total else {})})

    return answer


def cursored(request: Request, body: bytes) -> Response:
    """Pages by a cursor in the body."""
    start = int(request.query_params.get("after", "n0")[1:])
    following = f"n{start + 10}" if start + 10 < len(ROWS) else None
    return as_json({"rows": ROWS[start : start + 10], "next": following})


def linked(request: Request, body: bytes) -> Response:
    """Pages by a link in a header that leads elsewhere in all but its cursor."""
    start = int(request.query_params.get("cursor", 0))
    links = '<http://x/self>; rel="self"'
    if start + 10 < len(ROWS):
        links += f', <http://evil.example/steal?cursor={start + 10}&party=Q&limit=9>; title="more"; rel="next"'
    return as_json(ROWS[start : start + 10], link=links)


def body_linked(request: Request, body: bytes) -> Response:
    """Pages by a URL in the body, as NetBox has them."""
    start = int(request.query_params.get("offset", 0))
    more = f"http://localhost/x?limit=10&offset={start + 10}" if start + 10 < len(ROWS) else None
    return as_json({"rows": ROWS[start : start + 10], "next": more, "count": len(ROWS)})


WAYS: dict[str, tuple[Answering, str, str, int]] = {
    "offset": (table(ROWS), f"by: offset, size: 10, {TOTAL}", "@", 3),
    "offset, capped by the server": (table(ROWS, most=7), f"by: offset, size: 10, {TOTAL}", "@", 4),
    "offset without a total": (table(ROWS, total=False), "by: offset, size: 10", "@", 4),
    "offset without a total, short ends": (table(ROWS, total=False), "by: offset, size: 10, ends: short", "@", 3),
    "offset without a limit": (table(ROWS, most=9), f"by: offset, limit: null, {TOTAL}", "@", 3),
    "page": (numbered(1), "by: page, limit: size, size: 10, total: {at: all}", "rows", 3),
    "page from 0": (numbered(0), "by: page, limit: size, size: 10, first: 0, total: {at: all}", "rows", 3),
    "page, capped": (numbered(1, 9), "by: page, limit: size, size: 20, total: {at: all}", "rows", 3),
    "page without a total": (numbered(1, total=False), "by: page, limit: size, size: 10", "rows", 4),
    "page, short ends": (numbered(1, total=False), "by: page, limit: size, size: 10, ends: short", "rows", 3),
    "cursor": (cursored, "by: cursor, cursor: after, next: {at: next}", "rows", 3),
    "link": (linked, "by: link, follow: [cursor]", "@", 3),
    "link in the body": (body_linked, "by: link, follow: [offset], next: {at: next}, total: {at: count}", "rows", 3),
}


def with_each(each: str) -> str:
    """The lookups with the path to their rows."""
    return LOOKUPS.replace("get: /x", f'get: /x, each: "{each}"', 1).replace(
        "    get: /x\n", f'    get: /x\n    each: "{each}"\n'
    )


@pytest.mark.parametrize("way", WAYS)
async def test_fetch_walks_all_pages(serve: Serve, declare: Declare, ask: AskFor, way: str) -> None:
    """Every row comes once, in as few calls as the way allows, and the answer is complete."""
    answering, paging, each, calls = WAYS[way]
    chaos = Chaos(answering)
    source = declare(await serve(chaos), f"{with_each(each)}paging: {{{paging}}}")
    answers = await source.fetch(BY_CUSTOMER, ["P"], ask())
    answer = answers["P"]
    assert isinstance(answer, Answer)
    assert sorted(r.native_id for r in answer.records) == sorted(row["id"] for row in ROWS)  # type: ignore[type-var]
    assert answer.complete
    assert len(chaos.seen) == calls
    assert all("party=P" in line for line in chaos.seen)


@pytest.mark.parametrize("way", WAYS)
async def test_page_goes_on_where_it_was(serve: Serve, declare: Declare, ask: AskFor, way: str) -> None:
    """A list walked page by page gives every row once, in order, and then ends."""
    answering, paging, each, _ = WAYS[way]
    source = declare(await serve(Chaos(answering)), f"{with_each(each)}paging: {{{paging}}}")
    assert [row["id"] for row in ROWS] == await walked(source, ask)


async def walked(source: Rest, ask: AskFor, limit: int | None = None) -> list[object]:
    """The native ids of a whole list."""
    ids: list[object] = []
    after = None
    for _ in range(30):
        answer = await source.page(LIST, after, ask(limit=limit))
        ids += [record.native_id for record in answer.records]
        after = answer.after
        if after is None:
            return ids
    raise AssertionError("a list without end")


async def test_page_honours_a_limit(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """As many rows as are asked for, no more than the source's page; the total is told."""
    chaos = Chaos(table(ROWS))
    source = declare(await serve(chaos), f"{LOOKUPS}paging: {{by: offset, size: 10, {TOTAL}}}")
    answer = await source.page(LIST, None, ask(limit=4))
    assert [record.native_id for record in answer.records] == ["0", "1", "2", "3"]
    assert answer.total == 25
    assert source.lookups[LIST].limit
    assert (await source.page(LIST, None, ask(limit=99))).records[9:]
    assert chaos.seen == ["GET /x?offset=0&limit=4", "GET /x?offset=0&limit=10"]
    assert [row["id"] for row in ROWS] == await walked(source, ask, 4)


@pytest.mark.parametrize(
    "after", ["", "x", "%%%", "bm9uZQ", "e30", "eyJ1cmwiOiJodHRwOi8veCJ9", "eyJvZmZzZXQiOiItMSJ9", "A" * 9000]
)
async def test_a_position_of_another_make_is_refused(serve: Serve, declare: Declare, ask: AskFor, after: str) -> None:
    """Garbage, other parameters, numbers that are none: BadRequest, and nothing is asked."""
    chaos = Chaos(table(ROWS))
    source = declare(await serve(chaos), f"{LOOKUPS}paging: {{by: offset, size: 10, {TOTAL}}}")
    with pytest.raises(BadRequest):
        await source.page(LIST, after, ask())
    assert chaos.seen == []


async def test_a_position_asks_for_no_larger_page(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """A page size in a position is held to the declared one, and a position must say where it is."""
    source = declare(await serve(Chaos(table(ROWS))), f"{LOOKUPS}paging: {{by: offset, size: 10, {TOTAL}}}")
    big = "eyJvZmZzZXQiOiIwIiwibGltaXQiOiI5OTk5In0"
    nowhere = "eyJsaW1pdCI6IjUifQ"
    for after in (big, nowhere):
        with pytest.raises(BadRequest):
            await source.page(LIST, after, ask())


async def test_a_list_without_paging_is_whole(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """One answer has it all, and there is no going on."""
    source = declare(await serve(Chaos(lambda request, body: as_json(ROWS))), LOOKUPS)
    answer = await source.page(LIST, None, ask())
    assert (len(answer.records), answer.after, answer.complete) == (25, None, True)
    assert not source.lookups[LIST].limit


ENDLESS: dict[str, tuple[Answering, str]] = {
    "the same cursor again": (lambda r, b: as_json({"rows": ROWS[:5], "next": "n5"}), "by: cursor, next: {at: next}"),
    "the same page again": (lambda r, b: as_json({"rows": ROWS[:5]}), "by: offset, size: 5"),
    "a new cursor each time": (
        lambda r, b: as_json({"rows": ROWS[:5], "next": int(r.query_params.get("cursor", 0)) + 1}),
        "by: cursor, next: {at: next}",
    ),
    "a total that is a lie": (
        lambda r, b: as_json({"rows": ROWS[:5] if r.query_params["offset"] == "0" else [], "n": 99}),
        "by: offset, size: 5, total: {at: n}",
    ),
    "more pages than are read": (
        lambda r, b: as_json({"rows": [{"id": r.query_params["offset"], "code": "C", "party": "P"}], "n": 500}),
        "by: offset, size: 1, total: {at: n}",
    ),
}


@pytest.mark.parametrize("what", ENDLESS)
async def test_paging_without_end_ends(serve: Serve, declare: Declare, ask: AskFor, what: str) -> None:
    """A list that does not move on, or passes the cap, is cut and says that it is incomplete."""
    answering, paging = ENDLESS[what]
    chaos = Chaos(answering)
    source = declare(await serve(chaos), f"{with_each('rows')}limits: {{pages_at_most: 6}}\npaging: {{{paging}}}")
    answer = (await source.fetch(BY_CUSTOMER, ["P"], ask()))["P"]
    assert isinstance(answer, Answer)
    assert not answer.complete
    assert answer.records
    assert len(chaos.seen) <= 20


async def test_page_stops_at_a_position_that_does_not_move(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """The same cursor again is no way on, and the list says so."""
    source = declare(
        await serve(Chaos(ENDLESS["the same cursor again"][0])),
        f"{with_each('rows')}paging: {{by: cursor, next: {{at: next}}}}",
    )
    first = await source.page(LIST, None, ask())
    second = await source.page(LIST, first.after, ask())
    assert (second.after, second.complete) == (None, False)


async def test_rows_are_capped(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """No more rows than the limit are kept, and the answer says that there were more."""
    source = declare(await serve(Chaos(lambda r, b: as_json(ROWS))), f"{LOOKUPS}limits: {{rows_at_most: 7}}")
    answer = (await source.fetch(BY_CUSTOMER, ["P"], ask()))["P"]
    assert isinstance(answer, Answer)
    assert (len(answer.records), answer.complete) == (7, False)


async def test_a_later_page_that_fails_fails_the_call(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Half a list is not given for a whole one."""

    def answer(request: Request, body: bytes) -> Response:
        return table(ROWS)(request, body) if request.query_params["offset"] != "10" else as_json({}, 500)

    source = declare(await serve(Chaos(answer)), f"{LOOKUPS}paging: {{by: offset, size: 10, {TOTAL}}}")
    with pytest.raises(Unavailable):
        await source.fetch(BY_CUSTOMER, ["P"], ask())


async def test_positions_go_into_a_body(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """A POSTed filter is paged by numbers within it."""
    chaos = Chaos(lambda r, b: as_json({"rows": [], "n": 0}))
    source = declare(
        await serve(chaos),
        "records: {circuit: {code: code}}\nlookups:\n  circuit list:\n    post: /x\n    each: rows\n"
        "    paging: {by: offset, offset: page.from, limit: page.size, place: body, total: {at: n}}",
    )
    assert (await source.page(LIST, None, ask())).records == []
    assert chaos.bodies == [{"page": {"from": 0, "size": 100}}]


async def test_filters_and_orders_are_handed_on(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """What the terms promise goes upstream in the source's own words; what they do not, does not."""
    chaos = Chaos(lambda r, b: as_json([]))
    source = declare(await serve(chaos), LOOKUPS)
    conditions = (
        Condition("state", Operator.EQ, ServiceState.ACTIVE),
        Condition("state", Operator.AT_LEAST, dt.datetime(2026, 1, 1, tzinfo=dt.UTC)),
        Condition("name", Operator.PREFIX, "北京 "),
        Condition("start_date", Operator.AT_MOST, 7),
        Condition("sla_class", Operator.IN, ["a", "b"]),
        Condition("product", Operator.IN, ["a", "b"]),
        Condition("name", Operator.EQ, "not promised"),
    )
    await source.page(LIST, None, ask(filter=conditions, order=(Sort("name", descending=True), Sort("code"))))
    await source.page(LIST, None, ask(order=(Sort("code"), Sort("state"))))
    assert chaos.seen == [
        (
            "GET /x?state=on&from=2026-01-01T00%3A00%3A00Z&starts=%E5%8C%97%E4%BA%AC%20&until=7"
            "&sla=a%2Cb&product=a&product=b&sort=-label%2Ccode"
        ),
        "GET /x",
    ]
    terms = source.lookups[LIST]
    assert ("sla_class", Operator.IN) in terms.filters
    assert ("state", Operator.IN) not in terms.filters
    assert terms.orders == {"code", "name"}


async def test_only_wanted_attributes_are_asked_for(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """The parameter for attributes names those that the ask's fields, the identity and the keys are read from."""
    chaos = Chaos(lambda r, b: as_json([{"id": "1", "c": {"ode": "A"}, "n": "N", "party": "P"}]))
    source = declare(
        await serve(chaos),
        "records: {circuit: {code: c.ode, name: n, customer: party, sla_class: {constant: x}, keys: {nms: k.id},"
        " a_end: {record: {site: s}}}}\nlookups:\n"
        "  circuit by customer: {get: /x, keys: {query: party}, fields: {query: fields}}\n"
        "  circuit list: {get: /x, fields: {query: fields}, record: {name: '@'}}",
    )
    answer = (await source.fetch(BY_CUSTOMER, ["P"], ask(fields=frozenset({"a_end", "sla_class"}))))["P"]
    assert isinstance(answer, Answer)
    assert chaos.seen == ["GET /x?fields=c,id,k,party,s&party=P"]
    assert answer.records[0].code == "A"  # type: ignore[attr-defined]
    chaos.answer = lambda r, b: as_json([{"error": "no such thing"}])
    with pytest.raises(Malformed):
        await source.page(LIST, None, ask())
    assert chaos.seen[1] == "GET /x"


OTHER = as_json({"weather": {"today": "sunny", "tomorrow": ["rain"]}})
"""A sound document of something else."""


def turning(at: int, page: Response) -> Answering:
    """All rows as they should be, but one page from this offset on."""
    usual = table(ROWS[:3], most=2)

    def answer(request: Request, body: bytes) -> Response:
        return page if int(request.query_params.get("offset", 0)) == at else usual(request, body)

    return answer


@pytest.mark.parametrize(("at", "told"), [(0, ["C1", "C2"]), (2, ["C0", "C1"])])
async def test_a_page_of_something_else_is_missing_from_its_list(
    serve: Serve, declare: Declare, ask: AskFor, at: int, told: list[str]
) -> None:
    """It may count as one row, which is all that is missing: what others say is told, and that something is not."""
    page = OTHER if at else as_json({"weather": "sunny"}, **{"X-Total-Count": "3"})
    paging = f"paging: {{by: offset, size: 2, {TOTAL}}}"
    source = declare(await serve(Chaos(turning(at, page))), f"{LOOKUPS}{paging}")
    answer = (await source.fetch(BY_CUSTOMER, ["P"], ask()))["P"]
    assert isinstance(answer, Answer)
    assert (told, False) == ([record.code for record in answer.records], answer.complete)


@pytest.mark.parametrize("page", [as_json([]), OTHER], ids=["nothing", "something else"])
async def test_what_may_stand_in_a_page_that_did_not_come_is_not_known(
    serve: Serve, declare: Declare, ask: AskFor, page: Response
) -> None:
    """That there is no such thing can be said of a whole answer only; what came stays told."""
    lookups = "records: {circuit: {code: code}}\nlookups: {circuit by code: {get: /x, keys: {query: code}}}\n"
    paging = f"join: comma\npaging: {{by: offset, size: 2, {TOTAL}}}"
    source = declare(await serve(Chaos(turning(2, page))), lookups + paging)
    found = await source.fetch(BY_CODE, ["C0", "C1", "C2"], ask())
    assert [Answer, Answer, Malformed] == [type(found.get(key)) for key in ("C0", "C1", "C2")]


@pytest.mark.parametrize(
    ("paging", "after", "complete"),
    [
        ("by: none, total: {at: all}", None, False),
        ("by: offset, size: 2, total: {at: all}", None, False),
        ("by: page, size: 2, total: {at: all}", None, False),
        ("by: cursor, cursor: c, next: {at: next}, total: {at: all}", None, False),
        ("by: cursor, cursor: c, next: {at: next}, total: {at: all}", {"c": "5"}, True),
        ("by: offset, size: 2, total: {at: all}", {"offset": "8", "limit": "2"}, False),
        ("by: offset, size: 2, total: {at: all}", {"offset": "9", "limit": "2"}, True),
    ],
)
async def test_a_list_that_ends_before_its_total_says_so(
    serve: Serve, declare: Declare, ask: AskFor, paging: str, after: dict[str, str] | None, complete: bool
) -> None:
    """As far as it can be known how many rows were before: the total of nine is not there where none come."""
    chaos = Chaos(lambda request, body: as_json({"rows": [], "all": 9}))
    source = declare(await serve(chaos), f"{LOOKUPS}    each: rows\npaging: {{{paging}}}\n")
    answer = await source.page(LIST, None if after is None else token(after), ask())
    assert (complete, None) == (answer.complete, answer.after)


EMPTY: dict[str, tuple[dict[str, Any], bool]] = {
    "left out, as HAL does": ({"all": 0}, True),
    "null, as Go does": ({"all": 0, "rows": None}, True),
    "left out, of none that are counted": ({}, False),
    "null, of some": ({"all": 2, "rows": None}, False),
    "text, of none": ({"all": 0, "rows": "denied"}, False),
}


@pytest.mark.parametrize("how", EMPTY)
@pytest.mark.parametrize("each", ["rows", "not_null(rows)"], ids=["typed", "plain"])
async def test_an_empty_list_that_is_not_there_is_believed_where_the_total_is_none(
    serve: Serve, declare: Declare, ask: AskFor, how: str, each: str
) -> None:
    """A total of no rows says that there are none; without one, what has no rows is no answer."""
    body, believed = EMPTY[how]
    source = declare(
        await serve(Chaos(lambda request, _: as_json(body))),
        LOOKUPS.partition("lookups:")[0]
        + f"""lookups:
  circuit list: {{get: /x, each: {each}}}
  circuit by code: {{get: /x, each: {each}, keys: {{query: code}}}}
paging: {{by: page, total: {{at: all}}}}
""",
    )
    if believed:
        listed = await source.page(LIST, None, ask())
        assert (listed.records, listed.complete, listed.total) == ([], True, 0)
        assert await source.fetch(BY_CODE, ["C1"], ask()) == {}
    else:
        for asking in (source.page(LIST, None, ask()), source.fetch(BY_CODE, ["C1"], ask())):
            with pytest.raises(Malformed, match=r"rows should stand|no object"):
                await asking
