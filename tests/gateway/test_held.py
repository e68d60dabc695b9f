"""Bytes that are held back to the end of the turn, and what comes after them."""

import asyncio
from typing import Any

import pytest

from gateway.held import HoldingBack
from sources.clients.turn_end import TurnEnd

pytestmark = pytest.mark.anyio


class Recorded:
    """A transport that notes what is done to it."""

    def __init__(self) -> None:
        self.done: list[Any] = []

    def write(self, data: bytes) -> None:
        """Note it."""
        self.done.append(data)

    def writelines(self, parts: list[bytes]) -> None:
        """Note them."""
        self.done += parts

    def write_eof(self) -> None:
        """Note it."""
        self.done.append("ended")

    def is_reading(self) -> bool:
        """It reads."""
        return True

    def close(self) -> None:
        """Note it."""
        self.done.append("closed")

    def abort(self) -> None:
        """Note it."""
        self.done.append("closed")

    def is_closing(self) -> bool:
        """Whether it has been closed."""
        return "closed" in self.done


def held(transport: Recorded) -> HoldingBack:
    """Hold something back."""
    holding = HoldingBack(transport, asyncio.get_running_loop())  # type: ignore[arg-type]  # all of it that is used
    holding.hold([b"1", b"2"])
    assert not transport.done
    return holding


async def test_it_leaves_when_the_turn_has_ended():
    """Once."""
    transport = Recorded()
    held(transport)
    for _ in range(3):
        await asyncio.sleep(0)
    assert transport.done == [b"1", b"2"]


@pytest.mark.parametrize(
    ("then", "done"),
    [
        (lambda holding: holding.write(b"3"), [b"1", b"2", b"3"]),
        (lambda holding: holding.writelines([b"3", b"4"]), [b"1", b"2", b"3", b"4"]),
        (lambda holding: holding.hold([b"3"]), [b"1", b"2", b"3"]),
        (lambda holding: holding.close(), [b"1", b"2", "ended"]),
        (lambda holding: holding.close_idle(), [b"1", b"2", "closed"]),
        (lambda holding: holding.close() or holding.write(b"3") or holding.close(), [b"1", b"2", "ended"]),
        (lambda holding: holding.abort(), ["closed"]),
    ],
    ids=["written", "written together", "held", "ended", "closed", "ended twice", "aborted"],
)
async def test_nothing_overtakes_it(then, done):
    """What is written comes after it, and a connection is closed when it has left; who gives up gives it up, too."""
    transport = Recorded()
    holding = held(transport)
    then(holding)
    for _ in range(3):
        await asyncio.sleep(0)
    assert transport.done == done
    holding.closed()


def test_what_was_to_be_sent_in_a_loop_that_ended_holds_up_nobody():
    """A later loop sends its own."""
    turn_end, sent = TurnEnd(), []
    loop = asyncio.new_event_loop()

    async def ended() -> None:
        turn_end.then(lambda: sent.append("lost"), loop)

    loop.run_until_complete(ended())
    loop.close()

    async def goes_on() -> None:
        turn_end.then(lambda: sent.append("sent"), asyncio.get_running_loop())
        turn_end.then(lambda: sent.append("sent, too"), asyncio.get_running_loop())
        await asyncio.sleep(0.01)

    asyncio.run(goes_on())
    assert sent[-2:] == ["sent", "sent, too"]


async def test_what_is_sent_at_the_end_may_bring_more():
    """Which is sent at the end of the next turn."""
    turn_end, sent, loop = TurnEnd(), [], asyncio.get_running_loop()
    turn_end.then(lambda: turn_end.then(lambda: sent.append("more"), loop), loop)
    for _ in range(3):
        await asyncio.sleep(0)
    assert sent == ["more"]


async def test_what_cannot_be_sent_holds_up_nobody():
    """It is told to the event loop, as what fails in a callback is."""
    turn_end, sent, told, loop = TurnEnd(), [], [], asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: told.append(context["exception"]))
    try:
        turn_end.then(lambda: sent.append(1 // 0), loop)
        turn_end.then(lambda: sent.append("sent"), loop)
        for _ in range(3):
            await asyncio.sleep(0)
    finally:
        loop.set_exception_handler(None)
    assert (["sent"], [ZeroDivisionError]) == (sent, [type(error) for error in told])
