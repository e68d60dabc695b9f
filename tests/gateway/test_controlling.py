"""Commands to a running gateway: sources set aside and taken back, answers told to be out of date."""

import socket

import anyio
import pytest
from typer.testing import CliRunner

from auth.caller import caller_of
from gateway.cli import main
from gateway.engine_execution import EngineExecutor
from schema.root import schema

pytestmark = pytest.mark.anyio


@pytest.fixture
def commanded(running, fake):
    """Give the way to run commands one after the other at a gateway; who brings a token is a customer."""

    def who(headers):
        named = {"x-trunkline-customer": "C1"} if "authorization" in headers else {}
        return caller_of(named, staff_by_default=True)

    async def run(*commands):
        results = []
        async with running(fake("crm"), fake("tickets"), execute=EngineExecutor(schema), caller_of=who) as client:
            for command in commands:
                words = [*command, "--url", str(client.base_url)]
                results.append(await anyio.to_thread.run_sync(lambda words=words: CliRunner().invoke(main, words)))
        return results

    return run


async def test_a_source_is_set_aside_and_taken_back(commanded):
    """The list tells who is, by whom and why."""
    on, told, off, again = await commanded(
        ("maintenance", "on", "tickets", "--reason", "割接 今夜"),
        ("maintenance", "list"),
        ("maintenance", "off", "tickets"),
        ("maintenance", "list"),
    )
    assert (0, "tickets is set aside\n") == (on.exit_code, on.output)
    assert (0, "tickets is asked again\n") == (off.exit_code, off.output)
    (line,) = [line for line in told.output.splitlines() if "tickets" in line]
    assert line.split()[2:] == ["staff", "割接", "今夜"]
    assert "割接" not in again.output


async def test_answers_are_told_to_be_out_of_date(commanded):
    """Any number of tags."""
    (result,) = await commanded(("invalidate", "circuit:C1", "source:crm"))
    assert (0, "0 answers dropped here\n") == (result.exit_code, result.output)


async def test_what_cannot_be_done_is_told(commanded):
    """A source that there is not, and who is not staff."""
    strange, customer = await commanded(
        ("maintenance", "on", "crn"), ("invalidate", "source:crm", "--token", "a-customer's")
    )
    assert (1, "there is no source 'crn'\n") == (strange.exit_code, strange.output)
    assert (1, "this is for the operator's staff\n") == (customer.exit_code, customer.output)


async def test_a_gateway_that_is_not_there_is_told():
    """In words, without a traceback."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        result = await anyio.to_thread.run_sync(lambda: CliRunner().invoke(main, ["maintenance", "list", "--url", url]))
    assert (1, f"no gateway answers at {url} (ConnectError)\n") == (result.exit_code, result.output)
