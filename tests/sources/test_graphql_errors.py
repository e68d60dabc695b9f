"""Answers of GraphQL that are none, or only in part: whose answer an error takes away."""

from typing import Any

import pytest
from starlette.responses import Response

from model.faults import BadRequest, Malformed, Overloaded, Rejected, SourceFault, Unauthorised, Unavailable
from model.keys import Key
from tests.sources.chaos import Chaos, always, as_json
from tests.sources.conftest import BY_CODE, BY_CUSTOMER, LIST, AskFor, Declare, Serve
from tests.sources.quality import Quality
from tests.sources.quality_declared import (
    ALIAS,
    ARRAY,
    IN_ORDER,
    INNER,
    LIST_LOOKUP,
    LISTED,
    ONE,
    RECORDS,
    codes,
    faults,
)

pytestmark = pytest.mark.anyio


async def test_one_root_field_of_another_shape_harms_no_other(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Its key's answer is malformed, the other's is an answer."""
    told = {"k0": {"code": "C1", "title": "x"}, "k1": ["no", "row"]}
    source = declare(await serve(Chaos(always(as_json({"data": told})))), f"{RECORDS}lookups:\n  {ALIAS}")
    answers = dict(await source.fetch(BY_CODE, ["C1", "C2"], ask()))
    assert (codes(answers), faults(answers)) == ({"C1": ["C1"]}, {"C2": Malformed})


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


async def test_a_list_with_an_error_in_it_is_not_all(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """The rows that are whole are told, and that they are not all."""
    quality = Quality()
    quality.broken, quality.gone = {"C2"}, {"C3": "BUSY"}
    source = declare(await serve(Chaos(quality)), RECORDS + LIST_LOOKUP)
    answer = await source.page(LIST, None, ask(limit=5))
    assert [circuit.code for circuit in answer.records] == ["C1", "C4", "C5"]
    assert not answer.complete


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
