"""Answers that hold less than there is, of which nobody declared how they go on, or whose rows cannot all be read."""

from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from model.answer import Answer
from model.faults import Malformed
from tests.sources.chaos import Chaos, as_json
from tests.sources.conftest import BY_CODE, BY_CUSTOMER, LIST, AskFor, Declare, Serve

pytestmark = pytest.mark.anyio
ROWS: list[dict[str, Any]] = [{"id": str(n), "code": f"C{n}", "party": "P"} for n in range(25)]
LOOKUPS = """
records: {circuit: {code: code, customer: party}}
lookups:
  circuit by customer: {get: /x, keys: {query: party}}
  circuit by code: {get: /x, keys: {query: code}}
  circuit list: {get: /x}
"""
CUT: dict[str, tuple[int, dict[str, str]]] = {
    "a status": (206, {}),
    "a total beyond the rows": (200, {"X-Total-Count": "26"}),
    "a link to more": (200, {"Link": '</x?offset=25>; rel="next"'}),
}
NOT_CUT: dict[str, tuple[int, dict[str, str]]] = {
    "a total of no more than the rows": (200, {"X-Total-Count": "0"}),
    "a total that is none": (200, {"X-Total-Count": "many"}),
    "a link back": (200, {"Link": '</x>; rel="first", </x?a=next>; rel="self"'}),
}


@pytest.mark.parametrize("how", [*CUT, *NOT_CUT])
@pytest.mark.parametrize("sure", [False, True])
async def test_an_answer_of_which_nobody_said_how_it_goes_on_may_say_that_it_does(
    serve: Serve, declare: Declare, ask: AskFor, how: str, sure: bool
) -> None:
    """By HTTP; what is not in it is not known then, unless `paging: {by: none}` says that it has it all."""
    status, headers = {**CUT, **NOT_CUT}[how]

    def answer(request: Request, body: bytes) -> Response:
        code = request.query_params.get("code")
        return as_json([row for row in ROWS if code in {None, row["code"]}], status, **headers)

    source = declare(await serve(Chaos(answer)), f"{LOOKUPS}paging: {{by: none}}" if sure else LOOKUPS)
    whole = sure or how in NOT_CUT
    assert (await source.page(LIST, None, ask())).complete == whole
    of_customer = (await source.fetch(BY_CUSTOMER, ["P"], ask()))["P"]
    assert isinstance(of_customer, Answer)
    assert (len(of_customer.records), of_customer.complete) == (25, whole)
    found = await source.fetch(BY_CODE, ["C1", "C99"], ask())
    assert isinstance(found["C1"], Answer)
    assert type(found.get("C99")) is (type(None) if whole else Malformed)


async def test_a_row_that_names_nothing_is_missing_from_its_list(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """A list says that it is not whole, and the row is counted; a thing that may be that row is not known."""
    rows = [*ROWS[:3], {"id": "x", "code": {"no": 1}, "party": "P"}]

    def answer(request: Request, body: bytes) -> Response:
        code = request.query_params.get("code")
        return as_json([row for row in rows if code in {None, row["id"]}])

    source = declare(await serve(Chaos(answer)), LOOKUPS)
    page = await source.page(LIST, None, ask())
    of_customer = await source.fetch(BY_CUSTOMER, ["P"], ask())
    for found in (page, of_customer["P"]):
        assert isinstance(found, Answer)
        assert [record.code for record in found.records] == ["C0", "C1", "C2"]
        assert not found.complete
    nameless = [times for (what, _), times in source.oddities.counts.items() if what == "nameless rows"]
    assert nameless == [1, 1]
    with pytest.raises(Malformed):
        await source.fetch(BY_CODE, ["x"], ask())
