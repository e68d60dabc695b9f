"""Which flight serves a place is told without a table of places, as if there were one."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from model.answer import Answer
from model.ask import Ask
from model.caller import Caller
from model.faults import Unavailable
from model.keys import Lookup
from sources.guards import flights as module
from sources.guards.flights import Flight, Flights

PLACES, MOMENT = "ABC", 0.5
KINDS: Sequence[Any] = [(Lookup("circuit", "code"), frozenset({name})) for name in ("name", "state")]
ASK = Ask(fields=frozenset({"name"}), caller=Caller("ann", staff=True), deadline=60.0)


class Asker:
    """A request that is being answered."""

    def __init__(self, began: float) -> None:
        self.began = began
        self.heard: list[Flight] = []


class Scene:
    """A clock that is set by hand, and who asks now."""

    def __init__(self) -> None:
        self.now = 0.0
        self.asker: Asker | None = None


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    """What flights see of the world."""
    scene = Scene()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "monotonic", lambda: scene.now)
        patch.setattr(module, "present", lambda: scene.asker)
        patch.setattr(module, "_MANY", 2)
        yield scene


class Books:
    """Flights, and the table that they do without: which of those that are remembered began last for a place."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.flights = Flights(MOMENT)
        self.table: dict[tuple[Any, str], Flight] = {}
        self.flying: list[Flight] = []
        self.askers: list[Asker] = []

    def ask(self, who: int, kind: Any, places: Sequence[str]) -> None:
        """A request asks, or one that begins now, or nobody: a call takes off unless others serve some of it."""
        if who == len(self.askers):
            self.askers.append(Asker(self.scene.now))
        self.scene.asker = asker = self.askers[who] if who < len(self.askers) else None
        known = {place: self.table[kind, place] for place in places if (kind, place) in self.table}
        serving = {place: flight for place, flight in known.items() if flight.serves(asker, MOMENT)}  # type: ignore[arg-type]
        assert serving == self.flights.serving(kind, places)
        flight = self.flights.take_off(kind, places, ASK)
        assert (flight is None) == bool(serving)
        for other in {id(one): one for one in serving.values()}.values():
            other.hear()
        if flight is not None:
            self.flying.append(flight)
            self.table.update({(kind, place): flight for place in places})

    def land(self, which: int, failed: str | None) -> None:
        """A call lands with its answers, some of which have failed; None: it was given up."""
        if which < len(self.flying):
            flight = self.flying.pop(which)
            answer = Answer(records=[], as_of=None)  # type: ignore[arg-type]
            answers = {place: Unavailable("s") if place in (failed or "") else answer for place in flight.places}
            flight.said = None if failed is None else answers
            self._drop(flight, PLACES if failed is None or not flight.hearers else failed)
            flight.land()

    def leave(self, who: int) -> None:
        """A request has been answered."""
        if who < len(self.askers):
            for flight in self.askers.pop(who).heard:
                if flight.hearers == 1 and flight not in self.flying:
                    self._drop(flight, PLACES)
                flight.forsake()

    def wait(self, seconds: float) -> None:
        """A while in which nothing happens."""
        self.scene.now += seconds

    def forget(self) -> None:
        """Something is out of date."""
        self.table.clear()
        self.flights.forget(frozenset())

    def _drop(self, flight: Flight, places: str) -> None:
        for kind, place in [key for key, one in self.table.items() if one is flight and key[1] in places]:
            del self.table[kind, place]


WHO = st.integers(0, 2)
KEYS = st.lists(st.sampled_from(PLACES), min_size=1, max_size=2, unique=True)
ASKS = st.tuples(st.just("ask"), WHO, st.sampled_from([KINDS[0], KINDS[0], KINDS[1]]), KEYS)
LANDS = st.tuples(st.just("land"), WHO, st.sampled_from(["", "", "A", "BC", None]))
LEAVES = st.tuples(st.just("leave"), WHO)
OTHER = st.sampled_from([("wait", 0.1), ("wait", 1.0), ("wait", 1.0), ("forget",)])


OLD = [("ask", 0, KINDS[0], "AB"), ("land", 0, ""), ("wait", 1.0), ("ask", 1, KINDS[0], "BC")]
TWO = [("ask", 0, KINDS[0], "A"), ("ask", 1, KINDS[0], "B")]
AGAIN = [("leave", 0), ("ask", 1, KINDS[0], "BC"), ("ask", 1, KINDS[0], "A")]


@example(steps=[*OLD, *AGAIN])
@example(steps=[*TWO, ("land", 0, None), ("ask", 1, KINDS[0], "A"), *AGAIN])
@example(steps=[*TWO, ("ask", 1, KINDS[0], "AB"), ("land", 0, None), ("ask", 1, KINDS[0], "AB")])
@given(steps=st.lists(ASKS | ASKS | LANDS | LEAVES | OTHER, max_size=40))
@settings(max_examples=1000, deadline=None)
def test_flights_serve_as_by_a_table(scene: Scene, steps: Sequence[tuple[Any, ...]]) -> None:
    """Whoever asks, lands and leaves in whatever order; and nothing is left when all have gone."""
    books = Books(scene)
    for name, *more in steps:
        getattr(books, name)(*more)
    while books.flying:
        books.land(0, "")
    while books.askers:
        books.leave(0)
    assert {} == books.table
    assert {} == books.flights._by_kind
