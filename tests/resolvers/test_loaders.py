"""Loaders: what is asked for at the same time is one call, and who waits for others' calls is not left waiting."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.answer import Answer
from model.ask import Ask
from model.caller import Caller
from model.faults import TimedOut, Unavailable
from model.keys import Lookup
from model.records import Circuit
from resolvers.loaders import BlockLoader
from resolvers.outcomes import Outcomes
from resolvers.upstreams import Offer
from resolvers.worklist import Worklist
from sources.contract import Answers, Terms

pytestmark = pytest.mark.anyio
BY_CODE = Lookup("circuit", "code")


class Gated:
    """A source that answers a call when its gate is opened."""

    name = "gated"

    def __init__(self, *keys: str) -> None:
        self.calls: list[list[str]] = []
        self.asked = {key: asyncio.Event() for key in keys}
        self.gates = {key: asyncio.Event() for key in keys}
        self.said: dict[str, object] = {}

    async def fetch(self, lookup, keys, ask):
        """Wait for the gate of the first key."""
        self.calls.append(list(keys))
        self.asked[keys[0]].set()
        await self.gates[keys[0]].wait()
        return {key: Answer(records=(), as_of=datetime.now(UTC), **self.said) for key in keys}


class Silent:
    """A source that knows nothing, and fails at what is bad."""

    name = "gated"

    async def fetch(self, lookup, keys, ask):
        """Nothing, or a fault."""
        return {key: TimedOut("gated") for key in keys if key == "bad"}


def _loader(source):
    ask = Ask(fields=frozenset(), caller=Caller("t"), deadline=asyncio.get_running_loop().time() + 10)
    return BlockLoader(Offer(source, BY_CODE, Terms(fields=frozenset())), ask, Outcomes({}, Worklist()))


async def test_a_call_that_ends_before_it_is_waited_for_keeps_nobody(anyio_backend):
    """Who asks for a key that is under way and for a new one waits for both, whichever comes first."""
    source = Gated("A", "B")
    loader = _loader(source)
    async with asyncio.timeout(5):
        first = asyncio.ensure_future(loader.block(["A"]))
        await source.asked["A"].wait()
        both = asyncio.ensure_future(loader.block(["A", "B"]))
        await source.asked["B"].wait()
        source.gates["A"].set()
        await first
        source.gates["B"].set()
        assert len(await both) == 2
    assert source.calls == [["A"], ["B"]]


@pytest.mark.parametrize(
    ("said", "odd"),
    [
        ({}, False),
        ({"stale": True}, True),
        ({"complete": False}, True),
        ({"source": "another"}, True),
        ({"stale": True, "because": TimedOut("gated")}, True),
    ],
    ids=["as usual", "old", "cut", "another's", "old for a fault"],
)
async def test_a_loader_knows_whether_anything_odd_was_said(anyio_backend, said, odd):
    """Whoever has a short way for whole answers of now, and the source's own, need not look at each."""
    source = Gated("A", "B")
    source.gates["A"].set()
    source.gates["B"].set()
    loader = _loader(source)
    await loader.block(["A"])
    assert loader.odd is False
    source.said = said
    await loader.block(["A", "B"])
    assert loader.odd is odd


async def test_a_fault_is_odd_and_what_is_not_there_is_not(anyio_backend):
    """A source that fails has said something odd; one that knows no such thing has not."""
    loader = _loader(Silent())
    assert await loader.block(["A"]) == [None]
    assert loader.odd is False
    await loader.block(["bad"])
    assert loader.odd is True


class Shelf:
    """A source that knows some things, and says so as a whole, key by key, or otherwise than it should."""

    name = "shelf"

    def __init__(self, how: str) -> None:
        self.how = how
        self.calls: list[list[str]] = []

    async def fetch(self, lookup, keys, ask):
        """What there is of these keys; each call a minute later than the one before."""
        await asyncio.sleep(0)
        self.calls.append(list(keys))
        whole = Answers({key: KNOWN[key] for key in keys if key in KNOWN}, THEN + timedelta(minutes=len(self.calls)))
        if self.how == "whole" or (self.how == "whole at first" and len(self.calls) == 1):
            return whole
        if self.how == "fails":
            raise Unavailable("shelf")
        odd = {key: Unavailable("shelf") for key in keys if key == "A" and self.how == "odd"}
        return {**whole, **odd}


THEN = datetime(2026, 11, 1, tzinfo=UTC)
KNOWN = {"A": [Circuit(code="A"), Circuit(code="A2")], "B": [Circuit(code="B")], "C": []}
COLUMNS = st.lists(st.lists(st.sampled_from("ABCD"), max_size=4), max_size=3)


@given(
    how=st.sampled_from(["whole", "whole at first", "key by key", "odd", "fails"]),
    waves=st.lists(st.tuples(COLUMNS, COLUMNS), max_size=3),
)
@settings(max_examples=300, deadline=None)
def test_a_column_is_what_its_blocks_tell(how, waves):
    """Records and times are those of the answers to the keys, whoever asks when; the source is asked the same."""

    async def lived(source, *, short):
        loader, found = _loader(source), []
        for columns, blocks in waves:
            asked = [_of_column(loader, keys) if short else _of_block(loader, keys) for keys in columns]
            found.append(await asyncio.gather(*asked, *(loader.block(keys) for keys in blocks)))
        return repr(found), source.calls

    assert asyncio.run(lived(Shelf(how), short=False)) == asyncio.run(lived(Shelf(how), short=True))


async def _of_block(loader, keys):
    said = await loader.block(keys)
    if loader.odd:
        return None
    return [(list(one.records), one.as_of) if one and one.records else None for one in said]


async def _of_column(loader, keys):
    told = await loader.column(keys)
    if told is None:
        return None
    return [(list(records), as_of) if records else None for records, as_of in zip(*told, strict=True)]
