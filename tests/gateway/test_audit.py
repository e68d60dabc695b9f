"""The audit log: a line for each operation, with everything but its content."""

import json
from pathlib import Path

import anyio
import pytest

from gateway.audit import Audited, AuditFile
from gateway.execution import Executed
from gateway.operation import Operation
from model.caller import Caller, Role
from resolvers.request import Request
from resolvers.upstreams import Upstreams

pytestmark = pytest.mark.anyio

CALLER = Caller("li.lei", customers=frozenset({"C1"}), roles=frozenset({Role.CUSTOMER_VIEWER}), acting_for="C1")


class Kept:
    """Lines in a list."""

    def __init__(self):
        self.lines = []

    def write(self, line):
        """Keep it."""
        self.lines.append(json.loads(line))

    def flush(self):
        """Nothing waits."""


def _executor(executed=None, error=None):
    async def execute(_operation, request):
        request.owners["circuit", "X"] = "C1"
        request.owners["circuit", "Y"] = "C2"
        if error:
            raise error
        return executed

    return execute


@pytest.mark.parametrize(
    ("executed", "outcome", "codes"),
    [
        (Executed(b"{}"), "ok", []),
        (Executed(b"{}", codes=["B", "A", "B"]), "partial", ["A", "B"]),
        (Executed(b"{}", refused=True, codes=["GRAPHQL_PARSE_FAILED"]), "refused", ["GRAPHQL_PARSE_FAILED"]),
    ],
)
async def test_every_operation_leaves_a_line(executed, outcome, codes):
    """Who, for whom, which operation, whose things, what came of it; no content, and nobody else's name."""
    kept = Kept()
    operation = Operation(query="query Q { secret }", operation_name="Q", variables={"password": "secret"})
    assert await Audited(_executor(executed), kept)(operation, Request(Upstreams({}), CALLER)) is executed
    (line,) = kept.lines
    assert line.pop("at").endswith("Z")
    assert line.pop("ms") >= 0
    assert len(line.pop("hash")) == len("sha256:") + 64
    assert line == {
        "request": "-",
        "subject": "li.lei",
        "roles": ["customer-viewer"],
        "actingFor": "C1",
        "operation": "Q",
        "nouns": [],
        "customers": ["C1"],
        "sources": {},
        "outcome": outcome,
        "codes": codes,
    }


async def test_what_fails_or_is_cut_off_leaves_a_line_too():
    """Nobody gets past the log by making the gateway fail."""
    kept = Kept()
    audited = Audited(_executor(error=RuntimeError("x")), kept)
    with pytest.raises(RuntimeError):
        await audited(Operation(query="{ a }"), Request(Upstreams({}), CALLER))
    hanging = Audited(lambda *_: anyio.sleep_forever(), kept)
    with anyio.move_on_after(0.01):
        await hanging(Operation(query="{ a }"), Request(Upstreams({}), CALLER))
    assert [line["outcome"] for line in kept.lines] == ["failed", "cancelled"]


async def test_lines_are_appended_to_a_file_that_only_its_owner_reads(tmp_path):
    """Also to one that has been moved away meanwhile."""
    path = Path(tmp_path) / "audit.log"
    log = AuditFile(str(path))
    log.write(b"one\n")
    log.write(b"two\n")
    log.flush()
    path.rename(path.with_suffix(".1"))
    log.write(b"three\n")
    log.flush()
    log.flush()
    assert path.with_suffix(".1").read_bytes() == b"one\ntwo\n"
    assert path.read_bytes() == b"three\n"
    assert path.stat().st_mode & 0o777 == 0o600


async def test_lines_come_out_by_themselves(tmp_path):
    """Soon, without anybody asking."""
    path = Path(tmp_path) / "audit.log"
    AuditFile(str(path)).write(b"one\n")
    with anyio.fail_after(10):
        while not path.exists():  # noqa: ASYNC110 - nothing to wait for but the file
            await anyio.sleep(0.02)  # a file tells nobody that it is there
    assert path.read_bytes() == b"one\n"


async def test_standard_output_can_be_the_log(capfdbinary):
    """For containers."""
    log = AuditFile("-")
    log.write(b"one\n")
    log.flush()
    assert capfdbinary.readouterr().out == b"one\n"
