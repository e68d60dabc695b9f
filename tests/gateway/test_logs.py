"""The log as JSON: one object a line, whatever is in it, and nothing that does not belong there."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from gateway.logs import start_log
from gateway.request_id import naming
from gateway.settings import Settings
from sources.passed_on import passed_on

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is written to the standard error; the log as it was before, afterwards."""
    root, stream = logging.getLogger(), io.StringIO()
    before, level, silent = list(root.handlers), root.level, logging.getLogger("strawberry.execution")
    told = (logging.logThreads, logging.logProcesses, logging.logMultiprocessing)
    monkeypatch.setattr("sys.stderr", stream)
    start_log(Settings.model_validate({"log_format": "json"}))
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    silent.handlers.clear()
    silent.propagate = True
    logging.logThreads, logging.logProcesses, logging.logMultiprocessing = told


def read(stream: io.StringIO) -> list[dict[str, Any]]:
    """The lines, each an object."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_a_line_with_its_request_and_trace(lines):
    """Line breaks and Chinese text stay within it."""
    log = logging.getLogger("trunkline.sources")
    with naming("abc", PARENT):
        log.warning("source %s\nat %s", "资源", "circuit by code")
    log.info("outside")
    first, second = read(lines)
    assert {
        "level": "warning",
        "logger": "trunkline.sources",
        "request": "abc",
        "trace": "0af7651916cd43dd8448eb211c80319c",
        "event": "source 资源\nat circuit by code",
    } == {name: value for name, value in first.items() if name != "at"}
    assert first["at"].endswith("+00:00")
    assert ("-", False) == (second["request"], "trace" in second)


def test_a_traceback_is_part_of_its_line(lines):
    """Not lines of its own, which belong to nothing."""
    try:
        int("what went wrong")
    except ValueError:
        logging.getLogger("trunkline.gateway").exception("unforeseen error in a request")
    (line,) = read(lines)
    assert "ValueError: invalid literal for int() with base 10: 'what went wrong'" in line["exception"]


def test_only_what_the_access_log_tells_is_added(lines):
    """Whatever else a library may attach to a record stays out."""
    extra = {"method": "POST", "path": "/graphql", "status": 200, "ms": 1.5, "authorization": "Bearer secret"}
    logging.getLogger("trunkline.access").info("POST '/graphql' 200 1.5 ms", extra=extra)
    (line,) = read(lines)
    assert ("POST", "/graphql", 200, 1.5) == (line["method"], line["path"], line["status"], line["ms"])
    assert "secret" not in lines.getvalue()


def test_a_request_is_passed_on_by_its_name_and_trace():
    """A traceparent that is none is not passed on, and neither is there anything outside of a request."""
    with naming("abc", PARENT):
        assert {"x-request-id": "abc", "traceparent": PARENT} == passed_on()
    with naming("abc", "00-garbage\r\nx: y"):
        assert {"x-request-id": "abc"} == passed_on()
    assert {} == passed_on()
