"""Keys as a system writes them, and rows that are known by the key asked for."""

from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from model.answer import Answer
from model.faults import BadRequest, SourceFault, Unauthorised, Unavailable
from sources.configuration import read_sources
from sources.positions import ConfigurationError, Document
from tests.sources.chaos import Chaos, always, as_json
from tests.sources.conftest import BY_CODE, BY_CUSTOMER, LIST, AskFor, Declare, Serve

pytestmark = pytest.mark.anyio
WRITTEN = "written: {case: lower, replace: {'-': ''}}"
GRAPHQL = f"""speaks: graphql
records: {{circuit: {{code: {{of: key}}, name: name}}}}
lookups:
  circuit by code: {{ask: line, keys: {{argument: ALIAS, {WRITTEN}}}, match: MATCH}}
"""


def told(answers: Any) -> dict[Any, Any]:
    """Key -> codes and names of its records, or its fault."""
    return {
        key: [(one.code, one.name) for one in answer.records] if isinstance(answer, Answer) else type(answer)  # type: ignore[attr-defined]
        for key, answer in answers.items()
    }


@pytest.mark.parametrize("said", ["bj1", "BJ-1", "ＢＪ－１", " bj1 "])
async def test_rows_say_keys_in_either_spelling(serve: Serve, declare: Declare, ask: AskFor, said: str) -> None:
    """It is asked for as the system writes it, and answered under the key that was asked for."""
    chaos = Chaos(always(as_json([{"no": said, "name": "一"}, {"no": "bj2", "name": "他人"}])))
    source = declare(
        await serve(chaos),
        "records: {circuit: {code: {of: key}, name: name}}\n"
        f"lookups: {{circuit by code: {{get: /x, keys: {{query: no, {WRITTEN}}}, match: 'no'}}}}",
    )
    assert told(await source.fetch(BY_CODE, ["BJ-1"], ask())) == {"BJ-1": [("BJ-1", "一")]}
    assert chaos.seen == ["GET /x?no=bj1"]


async def test_keys_that_are_written_alike_are_answered_alike(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """A system that does not tell them apart says the same of both; neither is known by `of: key` then."""
    source = declare(
        await serve(Chaos(always(as_json([{"no": "bj11", "name": "一"}])))),
        "records: {circuit: {code: 'no', name: name}}\n"
        f"lookups: {{circuit by code: {{get: /x, keys: {{query: no, join: comma, {WRITTEN}}}}}}}",
    )
    answers = await source.fetch(BY_CODE, ["BJ-11", "BJ1-1"], ask())
    assert told(answers) == {"BJ-11": [("bj11", "一")], "BJ1-1": [("bj11", "一")]}


async def test_a_row_in_full_width_is_no_foreign_row(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Width and blanks around a key never count, whoever writes them."""
    rows = [{"no": "ＢＪ－１", "name": "一"}, {"no": "SH-2 ", "name": "二"}, {"no": "SH-3", "name": "他人"}]
    source = declare(
        await serve(Chaos(always(as_json(rows)))),
        "records: {circuit: {code: 'no', name: name}}\n"
        "lookups: {circuit by code: {get: /x, keys: {query: no, join: comma}}}",
    )
    answers = await source.fetch(BY_CODE, ["BJ-1", "SH-2"], ask())
    assert told(answers) == {"BJ-1": [("ＢＪ－１", "一")], "SH-2": [("SH-2 ", "二")]}


@pytest.mark.parametrize(
    ("argument", "match"), [("code", "false"), ("codes, type: '[String!]'", "code")], ids=["alias", "list"]
)
async def test_graphql_is_asked_in_its_spelling_too(
    serve: Serve, declare: Declare, ask: AskFor, argument: str, match: str
) -> None:
    """By aliases, whose rows need not say their keys, and by a list, whose rows do."""
    rows = {"bj1": {"code": "bj1", "name": "一"}, "sh2": {"code": "sh2", "name": "二"}}

    def answer(request: Request, body: bytes) -> Response:
        asked = chaos.bodies[-1]["variables"].values()
        lists = [[rows[one] for one in keys] for keys in asked if isinstance(keys, list)]
        return as_json({"data": {f"k{n}": one for n, one in enumerate(lists or [rows[key] for key in asked])}})

    chaos = Chaos(answer)
    source = declare(await serve(chaos), GRAPHQL.replace("ALIAS", argument).replace("MATCH", match))
    answers = await source.fetch(BY_CODE, ["BJ-1", "SH-2"], ask())
    assert told(answers) == {"BJ-1": [("BJ-1", "一")], "SH-2": [("SH-2", "二")]}


async def test_a_key_that_no_header_can_carry_is_not_sent(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Nor does it keep others from being asked for."""
    chaos = Chaos(lambda request, body: as_json({"name": request.headers["x-line"]}))
    source = declare(
        await serve(chaos),
        "records: {circuit: {code: {of: key}, name: name}}\n"
        "lookups: {circuit by code: {get: /x, keys: {header: X-Line}, match: false}}",
    )
    answers = await source.fetch(BY_CODE, ["A1", "专线1", "A2\r\nx: y"], ask())
    assert told(answers) == {"A1": [("A1", "A1")], "专线1": BadRequest, "A2\r\nx: y": BadRequest}
    assert len(chaos.seen) == 1


ROWS = "records: {circuit: {code: code, name: name, customer: owner}}\n"
OUTCOME = "outcome: {at: err, good: null, missing: 404, unauthorised: 401, unavailable: 503}"


async def test_a_row_without_a_key_takes_away_whoever_has_no_rows(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """One of those is meant, and nobody knows which; of a list nobody knows what is missing."""
    rows = [{"code": "A1", "name": "一", "owner": "C1"}, {"err": 503}, {"err": 404, "code": "A3"}]
    source = declare(
        await serve(Chaos(always(as_json(rows)))),
        f"{ROWS}lookups:\n  circuit by code: {{get: /x, keys: {{query: code, join: comma}}, {OUTCOME}}}\n"
        f"  circuit by customer: {{get: /x, keys: {{query: owner, join: comma}}, {OUTCOME}}}\n"
        f"  circuit list: {{get: /x, {OUTCOME}}}\n",
    )
    assert told(await source.fetch(BY_CODE, ["A1", "A2"], ask())) == {"A1": [("A1", "一")], "A2": Unavailable}
    assert told(await source.fetch(BY_CUSTOMER, ["C1"], ask())) == {"C1": Unavailable}
    page = await source.page(LIST, None, ask())
    assert ([one.code for one in page.records], page.complete) == (["A1"], False)


async def test_rows_under_their_keys_fail_alone(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """An object of rows of which some are errors: each is that of its own key."""
    rows = {"A1": {"name": "一"}, "A2": {"err": 503}, "A3": {"err": 404}, "A4": {"err": 7}}
    source = declare(
        await serve(Chaos(always(as_json(rows)))),
        f"{ROWS}lookups: {{circuit by code: {{get: /x, keyed: code, keys: {{query: code, join: comma}}, {OUTCOME}}}}}",
    )
    answers = await source.fetch(BY_CODE, ["A1", "A2", "A3", "A4"], ask())
    faults = {key: one.code for key, one in answers.items() if isinstance(one, SourceFault)}
    assert faults == {"A2": "SOURCE_UNAVAILABLE", "A4": "SOURCE_REJECTED"}
    assert told({"A1": answers["A1"]}) == {"A1": [("A1", "一")]}
    assert "A3" not in answers


async def test_a_batch_that_is_not_let_in_has_failed(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Where all rows say so; then a session is worth a try."""
    source = declare(
        await serve(Chaos(always(as_json([{"code": "A1", "err": 401}])))),
        f"{ROWS}lookups: {{circuit by code: {{get: /x, keys: {{query: code}}, {OUTCOME}}}}}",
    )
    with pytest.raises(Unauthorised):
        await source.fetch(BY_CODE, ["A1"], ask())


@pytest.mark.parametrize(
    ("record", "lookup", "said"),
    [
        ("code: {of: key}", "circuit list: {get: /x}", "expected code to stand in the rows"),
        ("code: {of: key, at: no}", "circuit list: {get: /x}", "expected one of at, constant, record or of: key"),
        (
            "code: c, a_end: {record: {port: {of: key}}}",
            "circuit list: {get: /x}",
            "expected the key only in a field of the record itself",
        ),
        ("code: c", "circuit by code: {get: /x, keys: {query: [a, b], header: X}}", "expected no header for keys of"),
        ("code: c", "circuit by code: {get: /x, keys: {header: 'X Y'}}", "expected the name of a header"),
    ],
)
def test_what_cannot_be_is_a_mistake(record: str, lookup: str, said: str) -> None:
    """Told when the file is read."""
    text = f"sources:\n  s:\n    url: http://x\n    records: {{circuit: {{{record}}}}}\n    lookups: {{{lookup}}}\n"
    with pytest.raises(ConfigurationError, match=said):
        read_sources(Document.parse(text, "trunkline.yaml"))
