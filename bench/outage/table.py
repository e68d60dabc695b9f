"""The fault matrix as a table in a page, between two marks."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from bench.outage.faults import CACHES, FAULTS, SOURCES
from bench.outage.matrix import MARKED, OLD, WHOLE, WRONG, Judged

LETTERS: Mapping[str, str] = MappingProxyType({WHOLE: "=", MARKED: "m", OLD: "o", WRONG: "X"})
"""By what came of a cell."""
UNTRIED = "."
MARKS = ("<!-- fault matrix -->\n", "<!-- end of fault matrix -->\n")


def table(judged: Iterable[Judged]) -> str:
    """A row for each fault, a column for each source; a letter for each state of the cache, in order."""
    letters = {(one.cell.fault, one.cell.behind.source, one.cell.cache): LETTERS[one.word] for one in judged}
    sources = [behind.source for behind in SOURCES]

    def rows() -> Iterator[Sequence[str]]:
        yield ["", *sources]
        yield ["---"] * (len(sources) + 1)
        for fault in FAULTS:
            of_each = ("".join(letters.get((fault, source, cache), UNTRIED) for cache in CACHES) for source in sources)
            yield [fault, *(f"`{three}`" if three != UNTRIED * 3 else "" for three in of_each)]

    return "".join(f"| {' | '.join(row)} |\n" for row in rows())


def written(page: Path, text: str) -> None:
    """Put a table into a page, in place of the one before."""
    before = page.read_text(encoding="utf-8")
    found = re.compile("(?<=" + re.escape(MARKS[0]) + ").*(?=" + re.escape(MARKS[1]) + ")", re.DOTALL)
    page.write_text(found.sub(lambda _: text, before), encoding="utf-8")


def read(page: Path) -> Sequence[Sequence[str]]:
    """The cells of the table in a page, row by row, without the line below its head."""
    text = page.read_text(encoding="utf-8").partition(MARKS[0])[2].partition(MARKS[1])[0]
    rows = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in text.splitlines()]
    return [row for row in rows if row[1:2] != ["---"]]
