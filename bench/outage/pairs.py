"""Fewer cells that still bring together every pair which can matter [NIST SP 800-142].

What a fault does to a source is decided by what the source speaks: each of those meets each fault, each source each
state of the cache, and each fault each state of the cache.
"""

from collections.abc import Hashable, Sequence

from bench.outage.faults import Cell

Pair = tuple[Hashable, Hashable]


def pairs(cell: Cell) -> frozenset[Pair]:
    """What a cell brings together."""
    return frozenset(
        {(cell.behind.speaks, cell.fault), (cell.behind.source, cell.cache), (cell.fault, cell.cache)},
    )


def pairwise(cells: Sequence[Cell]) -> Sequence[Cell]:
    """A few of these cells that have all of their pairs: each time one that has most of what is still wanted."""
    each = {cell: pairs(cell) for cell in cells}
    wanted = set().union(*each.values())
    met: dict[str, int] = {}
    chosen = []
    while wanted:
        # among equals a source that has been met least often, so that all get their share
        best = max(cells, key=lambda cell: (len(each[cell] & wanted), -met.get(cell.behind.source, 0)))
        met[best.behind.source] = met.get(best.behind.source, 0) + 1
        wanted -= each[best]
        chosen.append(best)
    return chosen
