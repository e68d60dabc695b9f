"""Systems that nobody foresaw: each is a source by less than 40 lines of YAML, and all tell the same two circuits."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response

from model.answer import Answer
from model.faults import Rejected
from sources.configuration import read_sources
from sources.positions import Document
from sources.registry import CONNECTORS
from tests.sources.chaos import Chaos, as_json
from tests.sources.conftest import BY_CODE, AskFor, Serve
from tests.sources.strangers import PASSWORD, SYSTEMS, TOLD, json_rpc_batch

pytestmark = pytest.mark.anyio
DECLARED = Path(__file__).parent / "unforeseen"


@pytest.mark.parametrize(("name", "system", "calls"), SYSTEMS, ids=[name for name, *_ in SYSTEMS])
async def test_a_system_never_seen_is_a_source(
    serve: Serve,
    ask: AskFor,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    system: Callable[[], Callable[[Request, bytes], Response]],
    calls: int,
) -> None:
    """Both circuits are told correct to the character, what is not there is not found, in as few calls as it takes."""
    monkeypatch.setenv("PASS", PASSWORD)
    monkeypatch.setenv("LICENCE", "4711")
    chaos = Chaos(system())
    text = (DECLARED / f"{name}.yaml").read_text(encoding="utf-8").replace("URL", await serve(chaos))
    assert len(text.splitlines()) < 40
    declared = read_sources(Document.parse(text, f"{name}.yaml"))["crm"]
    source = CONNECTORS[declared.speaks]("crm", declared)
    answers = await source.fetch(BY_CODE, ["BJ-1", "SH-2", "NO-9"], ask())
    asked = len(chaos.seen)
    nothing = await source.fetch(BY_CODE, ["NO-9"], ask())
    await source.aclose()
    told = {
        record.code: (record.name, record.bandwidth_bps, record.state, record.start_date, record.customer)  # type: ignore[attr-defined]
        for answer in answers.values()
        if isinstance(answer, Answer)
        for record in answer.records
    }
    assert told == TOLD
    assert sorted(answers) == sorted(TOLD)
    assert nothing == {}
    assert asked == calls


async def test_a_call_that_fails_is_not_a_thing_that_is_not_there(serve: Serve, ask: AskFor) -> None:
    """One error of a batch that is no "not found" takes the batch away, rather than be taken for an answer."""

    def failing(request: Request, body: bytes) -> Response:
        calls = json.loads(json_rpc_batch(request, body).body)
        return as_json([{**call, "error": {"code": -32603}} if "error" in call else call for call in calls])

    text = (DECLARED / "json_rpc_batch.yaml").read_text(encoding="utf-8").replace("URL", await serve(Chaos(failing)))
    source = CONNECTORS["rest"]("crm", read_sources(Document.parse(text, "batch.yaml"))["crm"])
    assert sorted(await source.fetch(BY_CODE, ["BJ-1", "SH-2"], ask())) == ["BJ-1", "SH-2"]
    with pytest.raises(Rejected, match="-32603"):
        await source.fetch(BY_CODE, ["BJ-1", "NO-9"], ask())
    await source.aclose()


def test_every_one_of_them_is_tried() -> None:
    """A declaration that no test reads proves nothing."""
    assert {file.stem for file in DECLARED.glob("*.yaml")} == {name for name, *_ in SYSTEMS}
    assert not [file for file in DECLARED.glob("*.yaml") if not re.match("# [A-Z]", file.read_text(encoding="utf-8"))]
