"""GraphQL over HTTP: what is let in, what is refused, and in which words."""

import logging
from functools import partial
from typing import Any

import anyio
import pytest

from auth.caller import caller_of
from gateway.execution import Executed
from gateway.settings import Settings

JSON = {"content-type": "application/json"}


def code_of(response: Any) -> str:
    """Read the code of a response's only error."""
    (error,) = response.json()["errors"]
    return error["extensions"]["code"]


@pytest.mark.anyio
async def test_an_operation_is_answered(running):
    """The four keys of a GraphQL request arrive at the executor, and its bytes go out as they are."""
    seen = []

    async def execute(operation, request):
        seen.append((operation, request.caller.subject))
        return Executed(b'{"data":{"ok":true}}')

    body = {"query": "{ok}", "variables": {"a": [1]}, "operationName": "Q", "extensions": {"x": 1}, "more": 1}
    async with running(execute=execute) as client:
        response = await client.post("/graphql", json=body)

    assert (200, b'{"data":{"ok":true}}') == (response.status_code, response.content)
    ((operation, subject),) = seen
    assert ("{ok}", {"a": [1]}) == (operation.query, operation.variables)
    assert ("Q", {"x": 1}) == (operation.operation_name, operation.extensions)
    assert "tester" == subject


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/json", "application/json"),
        ("application/graphql-response+json", "application/graphql-response+json"),
        ("application/graphql-response+json, application/json;q=0.9", "application/graphql-response+json"),
        ("application/json, application/graphql-response+json", "application/json"),
        ("application/json;q=0.5, application/graphql-response+json;q=0.6", "application/graphql-response+json"),
        ("text/event-stream, application/json", "application/json"),
        ("application/json, text/event-stream", "application/json"),
    ],
)
@pytest.mark.anyio
async def test_the_client_chooses_the_media_type(running, accept, expected):
    """What the client likes best is what it gets; plain JSON where it does not say."""
    async with running() as client:
        headers = {"accept": accept} if accept else {}
        if accept is None:
            del client.headers["accept"]
        response = await client.post("/graphql", json={"query": "{a}"}, headers=headers)
    assert (200, expected) == (response.status_code, response.headers["content-type"].split(";")[0])


@pytest.mark.anyio
async def test_a_client_that_takes_no_json_is_told(running):
    """There is nothing for a client that wants HTML only."""
    async with running() as client:
        response = await client.post("/graphql", json={"query": "{a}"}, headers={"accept": "text/html"})
    assert (406, "NOT_ACCEPTABLE") == (response.status_code, code_of(response))


@pytest.mark.parametrize(("media", "status"), [("application/json", 200), ("application/graphql-response+json", 400)])
@pytest.mark.anyio
async def test_only_the_newer_media_type_tells_a_refused_operation_by_status(running, media, status):
    """Older clients read `errors` of a 200; newer ones may rely on the status."""

    async def execute(_operation, _request):
        return Executed(b'{"errors":[]}', refused=True)

    async with running(execute=execute) as client:
        response = await client.post("/graphql", json={"query": "{a}"}, headers={"accept": media})
    assert status == response.status_code


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b'"{a}"',
        b"[]",
        b'[{"query": "{a}"}]',
        b"{}",
        b'{"query": null}',
        b'{"query": 1}',
        b'{"query": "{a}", "variables": []}',
        b'{"query": "{a}", "variables": "x"}',
        b'{"query": "{a}", "operationName": 1}',
        b'{"query": "{a}"',
        b'{"query": "\xff\xfe"}',
        b'{"query": "\\ud800"}',
        b'{"query": "{a}", "variables": {"n": ' + b"9" * 5000 + b"}}",
        b'{"query": "{a}", "variables": {"n": NaN}}',
        b'{"query": "{a}", "variables": {"n": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
    ],
    ids=range(17),
)
@pytest.mark.anyio
async def test_a_malformed_body_is_the_clients_mistake(running, body):
    """Whatever bytes arrive, the answer is a 400 that says what was wrong, and never a 500."""
    async with running() as client:
        response = await client.post("/graphql", content=body, headers=JSON)
    assert (400, "MALFORMED_REQUEST") == (response.status_code, code_of(response))


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk", "json"]
)
@pytest.mark.anyio
async def test_only_json_in_utf8_is_read(running, content_type):
    """A browser's form cannot post an operation, and no other encoding is guessed."""
    async with running() as client:
        headers = {"content-type": content_type} if content_type else {}
        response = await client.post("/graphql", content=b'{"query": "{a}"}', headers=headers)
    assert (415, "UNSUPPORTED_MEDIA_TYPE") == (response.status_code, code_of(response))


@pytest.mark.anyio
async def test_json_with_a_charset_is_read(running):
    """`application/json; charset=utf-8` is what many clients send."""
    async with running() as client:
        headers = {"content-type": "application/json; charset=UTF-8"}
        response = await client.post("/graphql", content=b'{"query": "{a}"}', headers=headers)
    assert 200 == response.status_code


@pytest.mark.parametrize("header", ["", ",", ",".join(f"C{n}" for n in range(101))])
@pytest.mark.anyio
async def test_a_header_that_names_no_customers_is_refused(running, header):
    """It does not make anybody staff."""
    async with running(caller_of=partial(caller_of, staff_by_default=True)) as client:
        headers = {"x-trunkline-customer": header}
        response = await client.post("/graphql", json={"query": "{a}"}, headers=headers)
    assert (400, "BAD_CALLER") == (response.status_code, code_of(response))


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
@pytest.mark.anyio
async def test_other_methods_are_told_which_one_to_use(running, method):
    """405, with Allow."""
    async with running() as client:
        response = await client.request(method, "/graphql")
    assert (405, "METHOD_NOT_ALLOWED") == (response.status_code, code_of(response))
    assert {"GET", "HEAD", "POST"} == set(response.headers["allow"].split(", "))


@pytest.mark.anyio
async def test_elsewhere_there_is_nothing(running):
    """404 in the same words as every other refusal."""
    async with running() as client:
        response = await client.get("/nowhere")
    assert (404, "NOT_FOUND") == (response.status_code, code_of(response))


@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.anyio
async def test_a_large_body_is_refused_before_it_is_read_whole(running, declared):
    """Neither a declared nor an undeclared length gets 20 MB into memory."""
    sent = 0

    async def chunks():
        nonlocal sent
        for _ in range(320):
            sent += 65_536
            yield b"x" * 65_536
            await anyio.lowlevel.checkpoint()

    headers = JSON | ({"content-length": str(320 * 65_536)} if declared else {})
    async with running() as client:
        response = await client.post("/graphql", content=chunks(), headers=headers)
    assert (413, "BODY_TOO_LARGE") == (response.status_code, code_of(response))


@pytest.mark.anyio
async def test_a_body_that_does_not_come_is_not_awaited_for_ever(running):
    """A client that sends half a body hears so within the deadline."""
    async with running(settings=Settings(deadline=0.3, drain=0.0)) as client:
        host, port = client.base_url.host, client.base_url.port
        async with await anyio.connect_tcp(host, port) as stream:
            head = ("POST /graphql HTTP/1.1", f"host: {host}", "content-type: application/json", "content-length: 90")
            await stream.send("\r\n".join([*head, "", "{"]).encode())
            with anyio.fail_after(10):
                answer = await stream.receive()
    assert answer.startswith(b"HTTP/1.1 408 ")


@pytest.mark.anyio
async def test_an_operation_past_its_deadline_is_given_up(running):
    """Whatever hangs behind the gateway, the client has an answer soon after the deadline."""

    async def hang(_operation, _request):
        await anyio.sleep_forever()

    async with running(execute=hang, settings=Settings(deadline=0.1, drain=0.0)) as client:
        response = await client.post("/graphql", json={"query": "{a}"})
    assert (504, "DEADLINE_EXCEEDED") == (response.status_code, code_of(response))


@pytest.mark.anyio
async def test_an_unforeseen_error_tells_the_client_nothing_but_a_name(running, caplog):
    """The text and traceback are in the log, under the id that the client holds."""

    async def fall(_operation, _request):
        raise RuntimeError("password=hunter2 at http://crm.internal")

    with caplog.at_level(logging.ERROR):
        async with running(execute=fall) as client:
            response = await client.post("/graphql", json={"query": "{a}"}, headers={"x-request-id": "abc-1"})

    expected = {"message": "Internal server error", "extensions": {"code": "INTERNAL", "requestId": "abc-1"}}
    assert (500, {"errors": [expected]}) == (response.status_code, response.json())
    assert "abc-1" == response.headers["x-request-id"]
    assert "hunter2" in caplog.text


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "a\tb", "é"])
@pytest.mark.anyio
async def test_a_strange_request_id_is_replaced(running, given):
    """Only what is safe to write into a log is taken from outside."""
    async with running() as client:
        response = await client.get("/healthz", headers={"x-request-id": given.encode()})
    assert 32 == len(response.headers["x-request-id"])


@pytest.mark.anyio
async def test_every_answer_carries_safe_headers(running):
    """Nothing is guessed, kept or framed by a browser, and the server's make is not told."""
    async with running() as client:
        answers = [await client.get("/healthz"), await client.post("/graphql", content=b"x")]
    for answer in answers:
        assert ("nosniff", "no-store") == (answer.headers["x-content-type-options"], answer.headers["cache-control"])
        assert "server" not in answer.headers


@pytest.mark.anyio
async def test_a_request_leaves_one_line_without_its_content(running, caplog):
    """Method, path, status and time; neither query string nor body."""
    with caplog.at_level(logging.INFO, "trunkline.access"):
        async with running() as client:
            await client.post("/graphql?token=secret", json={"query": "{secret}"})
    (line,) = [record.getMessage() for record in caplog.records if record.name == "trunkline.access"]
    assert line.startswith("POST '/graphql' 200 ")
    assert "secret" not in line
