"""Whatever fails, in whichever way: an answer in time that is right or says what is missing, and recovery by itself."""

from pathlib import Path

import pytest

from bench.outage.faults import CACHES, FAULTS, SOURCES, cells
from bench.outage.judging import named, says_old, unmarked
from bench.outage.matrix import MARKED, OLD, WHOLE, matrix
from bench.outage.pairs import pairs, pairwise
from bench.outage.table import LETTERS, UNTRIED, read
from gateway.pretend_operator import pretend_operator

pytestmark = pytest.mark.anyio

PAGE = Path(__file__).parent.parent.parent / "docs" / "resilience.md"
FEW = pairwise(cells())
CUT = frozenset({"half the rows", "others' rows"})
"""Faults that may leave of an answer what is told as incomplete, in whose place nothing old is given."""
COUNTED = "{ customers(first: 100) { nodes { customerId circuits(first: 1) { totalCount } } } }"
ALARMS = {"completeness": "COMPLETE", "nodes": [{"id": 1}, {"id": 2}]}
HEALTHY = {"circuit": {"code": "C1", "name": "专线", "alarms": ALARMS}}


@pytest.fixture(scope="module")
async def tries(anyio_backend):
    """A matrix over a pretend operator of its own, that is small."""
    with pretend_operator(circuits=40, seed=7) as operator:
        async with matrix(operator) as running:
            yield running


@pytest.mark.parametrize("cell", FEW, ids=str)
async def test_a_source_that_fails_is_borne(tries, cell):
    """Within the deadline, with status 200, right or marked, nothing in the log, as ever once the fault has ended."""
    judged = await tries.judged(cell)
    assert judged.wrong == ()
    if cell.cache == "warm":
        assert judged.word == WHOLE
    if cell.fault == "slow":
        assert judged.word == WHOLE
    if cell.cache == "stale":
        assert judged.word in {WHOLE, OLD} | ({MARKED} if cell.fault in CUT else set())


async def test_what_it_says_when_nothing_fails_is_true(tries):
    """Else to be as ever would mean little: the operator's numbers, and where two disagree the right word."""
    truth = await tries.board.truth()
    told = (await tries.reference.answer(COUNTED))["data"]
    circuits = {one["customerId"]: one["circuits"]["totalCount"] for one in told["customers"]["nodes"]}
    assert truth["totals"]["circuitsByCustomer"] == circuits
    planted = [one for one in truth["disagreements"] if one["key"] == "SZSH-OTN-000030"]
    assert [("customer", "C100002")] == [(one["field"], one["values"]["inventory/tmf638"]) for one in planted]
    assert "C100002" == (await tries.healthy(SOURCES[0]))["alarmed"]["customer"]["customerId"]


def test_few_cells_have_all_pairs():
    """What a source speaks with each fault, each source and each fault with each state of the cache."""
    assert set().union(*map(pairs, cells())) == set().union(*map(pairs, FEW))
    assert len(FEW) < len(cells()) / 6


def test_the_judge_lets_pass_what_is_marked():
    """A null with its error, a list that says that it is partial, another source's word."""
    answer = {
        "data": {"circuit": {"code": "C1", "name": None, "alarms": {"completeness": "PARTIAL", "nodes": [{"id": 2}]}}},
        "errors": [{"path": ["circuit", "name"]}],
    }
    assert [] == unmarked(answer, HEALTHY, None)
    other = {"circuit": {**HEALTHY["circuit"], "name": "老专线"}}
    assert [] == unmarked({"data": other}, HEALTHY, other)


def test_a_list_says_who_is_missing():
    """However deep it is in the answer."""
    missing = {"missing": [{"source": "alarms", "code": "SOURCE_LIST_CUT"}]}
    assert {"alarms"} == named({"circuit": {"sites": [{"alarms": missing}, {"alarms": {"missing": []}}, None]}})


def test_a_list_that_is_old_says_so():
    """However deep it is in the answer."""
    assert says_old({"circuit": {"sites": [{"alarms": {"completeness": "STALE"}}]}})
    assert not says_old(HEALTHY)


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ({"name": None}, "circuit.name"),
        ({"name": "别人的"}, "circuit.name"),
        ({"alarms": {"completeness": "COMPLETE", "nodes": [{"id": 1}]}}, "circuit.alarms.nodes"),
        ({"alarms": {"completeness": "PARTIAL", "nodes": [{"id": 3}]}}, "circuit.alarms.nodes"),
        ({"alarms": {"completeness": "PARTIAL", "nodes": [{"id": 1}, {"id": 3}]}}, "circuit.alarms.nodes.id"),
        ({"alarms": {"completeness": "COMPLETE", "nodes": [{"id": 1}, {"id": 2}, {"id": 3}]}}, "circuit.alarms.nodes"),
    ],
)
def test_the_judge_finds_what_is_wrong(told, wrong):
    """Absent without a word, false, or a row of somebody else's."""
    assert [wrong] == unmarked({"data": {"circuit": {**HEALTHY["circuit"], **told}}}, HEALTHY, None)


def test_the_page_shows_what_came_of_it():
    """Each fault with each source, what is tried here at least, and none of it is wrong."""
    head, *rows = read(PAGE)
    assert ["", *(behind.source for behind in SOURCES)] == head
    assert list(FAULTS) == [row[0] for row in rows]
    shown = {(row[0], source): told for row in rows for source, told in zip(head[1:], row[1:], strict=True)}
    for cell in FEW:
        assert UNTRIED != shown[cell.fault, cell.behind.source][CACHES.index(cell.cache)], cell
    good = {LETTERS[word] for word in (WHOLE, MARKED, OLD)}
    assert all(len(told) == len(CACHES) and set(told) <= good | {UNTRIED} for told in shown.values() if told)
