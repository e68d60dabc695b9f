"""Keys in bodies, forms and expressions."""

import json

import pytest
from starlette.requests import Request
from starlette.responses import Response

from model.answer import Answer
from model.faults import BadRequest, SourceFault
from model.keys import Key, Lookup
from tests.sources.chaos import Chaos, always, as_json
from tests.sources.conftest import BY_CODE, AskFor, Declare, Serve

pytestmark = pytest.mark.anyio
ROWS = [{"id": f"s{n}", "code": f"C{n}", "party": f"P{n % 3}"} for n in range(30)]
RECORD = "records: {circuit: {code: code, customer: party}}\n"


def codes(answers: dict[Key, Answer | SourceFault]) -> dict[Key, list[object]]:
    """Key -> the codes of its records."""
    return {k: [r.code for r in a.records] for k, a in answers.items() if isinstance(a, Answer)}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("keys", "sent"),
    [
        ("{body: filter.codes}", [{"filter": {"codes": ["C1", "C2"], "deep": True}}]),
        (
            "{body: filter.code, join: one}",
            [{"filter": {"code": "C1", "deep": True}}, {"filter": {"code": "C2", "deep": True}}],
        ),
        (
            "{body: ids, at_most: 1}",
            [{"filter": {"deep": True}, "ids": ["C1"]}, {"filter": {"deep": True}, "ids": ["C2"]}],
        ),
        ("{body: filter.codes, join: comma}", [{"filter": {"codes": "C1,C2", "deep": True}}]),
        (
            "{body: any, objects: code.is, constants: {code: {not: false}}}",
            [
                {
                    "filter": {"deep": True},
                    "any": [{"code": {"is": "C1", "not": False}}, {"code": {"is": "C2", "not": False}}],
                }
            ],
        ),
        (
            "{body: any, objects: code, join: one, echo: id}",
            [{"filter": {"deep": True}, "any": {"code": code, "id": code}} for code in ("C1", "C2")],
        ),
    ],
)
async def test_keys_go_into_a_posted_body(
    serve: Serve, declare: Declare, ask: AskFor, keys: str, sent: list[object]
) -> None:
    """A JSON body takes a list at a dotted path, or one value a call, beside its constants."""
    chaos = Chaos(lambda request, body: as_json({"data": {"rows": ROWS}}))
    source = declare(
        await serve(chaos),
        f"{RECORD}lookups:\n  circuit by code:\n    post: /search\n    body: {{filter: {{deep: true}}}}\n"
        f"    each: data.rows\n    keys: {keys}",
    )
    answers = await source.fetch(BY_CODE, ["C1", "C2"], ask())
    assert sorted(chaos.bodies, key=str) == sorted(sent, key=str)
    assert codes(dict(answers)) == {"C1": ["C1"], "C2": ["C2"]}


async def test_composite_keys_go_together_as_objects(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Several of them are one call; a key with too few parts cannot be written."""
    chaos = Chaos(lambda request, body: as_json(ROWS))
    source = declare(
        await serve(chaos),
        f"{RECORD}lookups:\n  circuit by pair:\n    post: /x\n"
        "    keys: {body: pairs, objects: [party, of.code]}\n    match: [party, code]",
    )
    answers = dict(await source.fetch(Lookup("circuit", "pair"), [("P1", "C1"), ("P1", "C2"), ("P1",), "C1"], ask()))
    assert chaos.bodies == [
        {"pairs": [{"party": "P1", "of": {"code": "C1"}}, {"party": "P1", "of": {"code": "C2"}}]},
    ]
    assert codes(answers) == {("P1", "C1"): ["C1"]}
    assert {key for key, answer in answers.items() if isinstance(answer, BadRequest)} == {("P1",), "C1"}


@pytest.mark.parametrize(
    ("body", "keys", "sent"),
    [
        ("{v: 1}", "{body: ids}", ["v=1&ids=C1&ids=C%202"]),
        ("{v: true, of: {a: [1, 2]}}", "{body: ids, join: comma}", ["v=true&of.a=1&of.a=2&ids=C1%2CC%202"]),
        ("{}", "{body: 'ids[]', join: one}", ["ids%5B%5D=C%202", "ids%5B%5D=C1"]),
    ],
)
async def test_keys_go_into_a_form(
    serve: Serve, declare: Declare, ask: AskFor, body: str, keys: str, sent: list[str]
) -> None:
    """Lists are fields that repeat, names within names have dots."""
    forms: list[str] = []

    def answer(request: Request, body: bytes) -> Response:
        forms.append(body.decode())
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"
        return as_json([{"id": "1", "code": "C1"}, {"id": "2", "code": "C 2"}])

    source = declare(
        await serve(Chaos(answer)),
        f"{RECORD}lookups: {{circuit by code: {{post: /x, form: true, body: {body}, keys: {keys}}}}}",
    )
    answers = await source.fetch(BY_CODE, ["C1", "C 2"], ask())
    assert sorted(forms) == sent
    assert codes(dict(answers)) == {"C1": ["C1"], "C 2": ["C 2"]}


async def test_keys_go_into_lists_of_a_body(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """A number is a place in a list, `@` is the whole body: positional parameters, and a batch of calls."""
    bodies: list[object] = []

    def answer(request: Request, body: bytes) -> Response:
        bodies.append(json.loads(body))
        return as_json(ROWS)

    url = await serve(Chaos(answer))
    for body, keys in (
        ("{params: [full, null]}", "{body: params.1}"),
        ("[]", "{body: '@', objects: params.code, constants: {method: get}, echo: id}"),
    ):
        source = declare(url, f"{RECORD}lookups: {{circuit by code: {{post: /x, body: {body}, keys: {keys}}}}}")
        await source.fetch(BY_CODE, ["C1", "C2"], ask())
    assert bodies == [
        {"params": ["full", ["C1", "C2"]]},
        [{"method": "get", "params": {"code": code}, "id": code} for code in ("C1", "C2")],
    ]


EXPRESSIONS = [
    (
        "{query: $filter, expression: {before: 'code in (', quote: \"'\", after: ')'}}",
        "GET /x?%24filter=code%20in%20%28%27C1%27%2C%27C%27%27%202%27%29",
    ),
    (
        "{query: q, join: ' or ', expression: {each: 'code eq ', quote: \"'\"}}",
        "GET /x?q=code%20eq%20%27C1%27%20or%20code%20eq%20%27C%27%27%202%27",
    ),
    (
        "{query: q, join: ' OR ', expression: {before: 'code:(', quote: '\"', after: ')'}}",
        "GET /x?q=code%3A%28%22C1%22%20OR%20%22C%27%202%22%29",
    ),
]


@pytest.mark.parametrize(("keys", "asked"), EXPRESSIONS)
async def test_keys_stand_in_an_expression(serve: Serve, declare: Declare, ask: AskFor, keys: str, asked: str) -> None:
    """Between quotes that they cannot leave."""
    chaos = Chaos(always(as_json([{"id": "1", "code": "C1"}, {"id": "2", "code": "C' 2"}])))
    source = declare(await serve(chaos), f"{RECORD}lookups: {{circuit by code: {{get: /x, keys: {keys}}}}}")
    assert codes(dict(await source.fetch(BY_CODE, ["C1", "C' 2"], ask()))) == {"C1": ["C1"], "C' 2": ["C' 2"]}
    assert chaos.seen == [asked]


async def test_a_key_without_quotes_is_plain_or_not_asked_for(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """What the query language could take for its own signs cannot be written."""
    chaos = Chaos(always(as_json([{"id": "1", "code": "C1"}, {"id": "2", "code": "电路-2"}])))
    keys = "{body: q.text, expression: {before: codeIN}}"
    source = declare(await serve(chaos), f"{RECORD}lookups: {{circuit by code: {{post: /x, keys: {keys}}}}}")
    answers = dict(await source.fetch(BY_CODE, ["C1", "电路-2", "C1^ORstate=1", "A,B", "A\n"], ask()))
    assert chaos.bodies == [{"q": {"text": "codeINC1,电路-2"}}]
    assert codes(answers) == {"C1": ["C1"], "电路-2": ["电路-2"]}
    assert {key for key, answer in answers.items() if isinstance(answer, BadRequest)} == {"C1^ORstate=1", "A,B", "A\n"}


async def test_an_expression_is_cut_by_its_bytes(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Quotes, and what stands between keys, count as they are escaped."""
    rows = [{"id": str(n), "code": f"电路{n:04}"} for n in range(60)]
    chaos = Chaos(always(as_json(rows)))
    keys = "{query: q, join: ' or ', expression: {before: 'x and (', each: 'code eq ', quote: \"'\", after: ')'}}"
    source = declare(
        await serve(chaos),
        f"{RECORD}request_line_bytes: 700\nlookups: {{circuit by code: {{get: /x, keys: {keys}}}}}",
    )
    answers = await source.fetch(BY_CODE, [row["code"] for row in rows], ask())
    assert len(answers) == 60
    assert max(len(f"{line} HTTP/1.1") for line in chaos.seen) <= 700


async def test_a_body_may_be_called_by_another_name(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """A vendor's own media type is said in place of the usual one, in whatever case the header is written."""
    chaos = Chaos(always(as_json(ROWS)))
    lookup = "{post: /x, headers: {Content-Type: application/vnd.crm+json, ACCEPT: '*/*'}, keys: {body: codes}}"
    source = declare(await serve(chaos), f"{RECORD}lookups: {{circuit by code: {lookup}}}")
    await source.fetch(BY_CODE, ["C1"], ask())
    assert (chaos.headers[0]["content-type"], chaos.headers[0]["accept"]) == ("application/vnd.crm+json", "*/*")
