"""The log as JSON: one object a line, whatever is in it, and nothing that does not belong there."""

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import pytest

from gateway.access_log import note
from gateway.logs import AT_MOST, start_log
from gateway.request_id import naming
from gateway.settings import Settings
from sources.passed_on import passed_on

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


Logged = Callable[[str], io.StringIO]
"""Starts the log in a format, and gives what is written to the standard error."""


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Logged]:
    """The log as it was before, afterwards."""
    root, stream = logging.getLogger(), io.StringIO()
    before, level, silent = list(root.handlers), root.level, logging.getLogger("strawberry.execution")
    told = (logging.logThreads, logging.logProcesses, logging.logMultiprocessing)

    def started(log_format: str) -> io.StringIO:
        monkeypatch.setattr("sys.stderr", stream)
        start_log(Settings.model_validate({"log_format": log_format}))
        return stream

    yield started
    root.handlers[:] = before
    root.setLevel(level)
    silent.handlers.clear()
    silent.propagate = True
    logging.logThreads, logging.logProcesses, logging.logMultiprocessing = told


@pytest.fixture
def lines(logged: Logged) -> io.StringIO:
    """What is written as JSON."""
    return logged("json")


def read(stream: io.StringIO) -> list[dict[str, Any]]:
    """The lines, each an object."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_files_beside_the_configuration_are_not_told_of(lines):
    """A log that is written into the folder which is watched would tell of itself without end."""
    logging.getLogger("watchfiles.main").info("1 change detected")
    assert read(lines) == []


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


def test_a_request_is_noted_as_any_event_is(logged):
    """The same line, whether it is written straight or, where others listen too, by way of a record."""
    stream, root, other = logged("text"), logging.getLogger(), logging.NullHandler()
    with naming("abc"):
        note("abc", "POST", "/资源\n", 200, 1.26)
        root.addHandler(other)
        note("abc", "POST", "/资源\n", 200, 1.26)
    straight, recorded = (re.sub(r"^\S+", "", line) for line in stream.getvalue().splitlines())
    assert straight == recorded == r" INFO trunkline.access [abc] POST '/资源\n' 200 1.3 ms"
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00 INFO", stream.getvalue())


def test_a_request_is_noted_in_json_too(lines):
    """With what programs read from it."""
    with naming("abc"):
        note("abc", "POST", "/graphql", 200, 1.26)
    (line,) = read(lines)
    assert ("abc", "POST", 1.3) == (line["request"], line["method"], line["ms"])


def test_a_log_that_cannot_be_written_fails_no_request(logged, monkeypatch):
    """What is said about that is up to logging."""
    told: list[logging.LogRecord] = []
    monkeypatch.setattr("logging.Handler.handleError", lambda _, record: told.append(record))
    logged("text").close()
    note("abc", "POST", "/graphql", 200, 1.2)
    (record,) = told
    assert record.getMessage().endswith("INFO trunkline.access [abc] POST '/graphql' 200 1.2 ms\n")


@pytest.mark.anyio
async def test_lines_of_requests_are_written_together(logged):
    """A moment later, without anything else happening."""
    stream = logged("text")
    for name in ("first", "second"):
        note(name, "POST", "/graphql", 200, 1.2)
    assert stream.getvalue() == ""
    with anyio.fail_after(10):
        while not stream.getvalue():  # noqa: ASYNC110 - a stream tells nobody when it is written to
            await anyio.sleep(0.001)
    assert ["[first]", "[second]"] == re.findall(r"\[\w+\]", stream.getvalue())


@pytest.mark.anyio
async def test_nothing_waits_for_longer_than_it_must(logged):
    """Lines keep their order: what has been gathered goes before an event, when there is much of it, and at the end."""
    stream = logged("text")
    note("first", "POST", "/graphql", 200, 1.2)
    logging.getLogger("trunkline.gateway").error("went wrong")
    assert ["[first]", "[-]"] == re.findall(r"\[[\w-]+\]", stream.getvalue())
    for _ in range(AT_MOST):
        note("many", "POST", "/graphql", 200, 1.2)
    assert AT_MOST == stream.getvalue().count("[many]")
    note("last", "POST", "/graphql", 200, 1.2)
    logging.getLogger().handlers[0].flush()  # as logging does when the process ends
    assert stream.getvalue().count("[last]") == 1


def test_a_request_is_passed_on_by_its_name_and_trace():
    """A traceparent that is none is not passed on, and neither is there anything outside of a request."""
    with naming("abc", PARENT):
        assert {"x-request-id": "abc", "traceparent": PARENT} == passed_on()
    with naming("abc", "00-garbage\r\nx: y"):
        assert {"x-request-id": "abc"} == passed_on()
    assert {} == passed_on()
