"""Large pages and large XML do not hold up everybody else while they are parsed."""

import asyncio
import time
from collections.abc import Callable
from itertools import pairwise

import pytest
from starlette.responses import Response

from model.faults import Drifted
from tests.sources.chaos import Chaos, always
from tests.sources.conftest import BY_CUSTOMER, AskFor, Declare, Serve

pytestmark = pytest.mark.anyio
ROWS = 6000
PAGE = """speaks: html
records: {circuit: {code: td.code, name: td.name, customer: td.owner}}
lookups: {circuit by customer: {get: /x, keys: {query: o}, each: tr.row, expect: {has: table}}}
"""
DOCUMENT = """speaks: xml
records: {circuit: {native_id: code, code: code, name: name, customer: owner}}
lookups: {circuit by customer: {get: /x, keys: {query: o}, each: circuit, expect: {has: "self::circuits"}}}
"""


def page() -> Response:
    """A table."""
    cells = "".join(
        f"<tr class=row><td class=code>BJ-{n}</td><td class=name>专线</td><td class=owner>C1</td></tr>"
        for n in range(ROWS)
    )
    return Response(f"<html><table>{cells}</table></html>", media_type="text/html; charset=utf-8")


def document() -> Response:
    """The same in XML."""
    cells = "".join(f"<circuit><code>BJ-{n}</code><name>专线</name><owner>C1</owner></circuit>" for n in range(ROWS))
    return Response(f"<circuits>{cells}</circuits>", media_type="application/xml; charset=utf-8")


@pytest.mark.usefixtures("collector")
@pytest.mark.parametrize(("declared", "answer"), [(PAGE, page), (DOCUMENT, document)], ids=["page", "XML"])
async def test_others_get_their_turn_while_it_is_parsed(
    serve: Serve, declare: Declare, ask: AskFor, declared: str, answer: Callable[[], Response]
) -> None:
    """In processor time of the loop's thread: no turn takes more than an eighth of what all of them do."""
    source = declare(await serve(Chaos(always(answer()))), declared)
    turns: list[float] = []

    async def look() -> None:
        while True:
            turns.append(time.thread_time())
            await asyncio.sleep(0)

    looking = asyncio.create_task(look())
    answers = await source.fetch(BY_CUSTOMER, ["C1"], ask(within=30))
    looking.cancel()
    held = [after - before for before, after in pairwise(turns)]
    assert len(answers["C1"].records) == ROWS
    assert max(held) < sum(held) / 8, sorted(held)[-5:]


async def test_what_has_drifted_is_told_from_there_too(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """A fault of a large page is the fault that it would be of a small one."""
    source = declare(await serve(Chaos(always(page()))), PAGE.replace("has: table", "has: table.gone"))
    with pytest.raises(Drifted, match=r"table\.gone"):
        await source.fetch(BY_CUSTOMER, ["C1"], ask(within=30))
