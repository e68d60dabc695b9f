"""Tables of pages: which cell of a row stands under which head, and what stands beside which label."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from selectolax.lexbor import LexborNode

from sources.units import plain

_CELLS = frozenset({"td", "th"})
_LEAVES = frozenset({"span", "div", "p", "b", "strong", "em"})
"""Elements that are labels only if they hold nothing but text."""
_LABELS = ", ".join(("dt", "th", "td", "label", *sorted(_LEAVES)))
_NO_VALUES = frozenset({"dt", "th", "label", "br"})
_SPAN_AT_MOST = 1000


class Grid:
    """The cells of one table in their columns, those that span several rows or columns in each of them.

    Heads are those of the rows at the selector `heads`, or of `th` only, or else of the first row. A head below another
    one is also known by both together. A head that several columns have is known for none of them: it is not guessed.
    """

    def __init__(self, table: LexborNode, heads: str | None = None) -> None:
        rows = [row for row in table.css("tr") if _is_of(row, table)]
        self._rows = dict(zip((row.mem_id for row in rows), _placed(rows), strict=True))
        told = {row.mem_id for row in table.css(heads)} if heads else ()
        own = [cells for row, cells in self._rows.items() if row in told]
        self._columns = _columns(own or _heads(list(self._rows.values())))

    def cell(self, row: LexborNode, head: str) -> LexborNode | None:
        """The cell of a row under a head, as `folded` gives it."""
        column = self._columns.get(head)
        return None if column is None else self._rows.get(row.mem_id, {}).get(column)

    def heads(self, row: LexborNode) -> dict[int, str]:
        """The cells of a row, by what the parser calls them, with the head of each; the shortest of several."""
        heads = sorted(((head, at) for head, at in self._columns.items() if head), key=lambda one: -len(one[0]))
        cells = self._rows.get(row.mem_id, {})
        return {cells[column].mem_id: head for head, column in heads if column is not None and column in cells}


class Known:
    """What has been found out of one page so far. heads: the selector of rows that hold heads, where it is declared."""

    def __init__(self, heads: str | None = None) -> None:
        self.heads = heads
        self._grids: dict[int, Grid] = {}
        self._labels: dict[int, Mapping[str, LexborNode | None]] = {}

    def under(self, row: LexborNode, head: str) -> LexborNode | None:
        """The cell of a row under a head of its table."""
        table = around(row, "table")
        if table is None:
            return None
        grid = self._grids.get(table.mem_id)
        if grid is None:
            grid = self._grids[table.mem_id] = Grid(table, self.heads)
        return grid.cell(row, head)

    def beside(self, within: LexborNode, label: str) -> LexborNode | None:
        """What stands beside a label within an element; a label that stands beside several things is known for none."""
        return self._labels_of(within).get(label)

    def named(self, row: LexborNode) -> dict[int, str]:
        """What in a row is known by a head or a label, by what the parser calls it, with the path that leads there."""
        table = around(row, "table")
        if table is not None and row.tag == "tr":
            return {cell: f":column({head})" for cell, head in Grid(table, self.heads).heads(row).items()}
        return {node.mem_id: f":label({label})" for label, node in self._labels_of(row).items() if node is not None}

    def _labels_of(self, within: LexborNode) -> Mapping[str, LexborNode | None]:
        labels = self._labels.get(within.mem_id)
        if labels is None:
            labels = self._labels[within.mem_id] = _once(_labelled(within))
        return labels


def said(node: LexborNode) -> str | None:
    """The text of an element as a reader sees it, blanks made one; None where there is none.

    Of text that stands beside a label a colon before it is none.
    """
    text = " ".join(node.text().split())
    return (text.lstrip(":： ") if node.is_text_node else text) or None


def folded(head: str) -> str:
    """A head or a label as it is compared: without blanks, full-width forms and a colon at the end."""
    return "".join(plain(head).rstrip(":").split()).casefold()


def around(node: LexborNode, tag: str) -> LexborNode | None:
    """The nearest element of a kind around another."""
    outer = node.parent
    while outer is not None and outer.tag != tag:
        outer = outer.parent
    return outer


def holds_heads(row: LexborNode) -> bool:
    """Whether this is a row of a table that has heads and no other cells."""
    if row.tag != "tr":
        return False
    tags = {cell.tag for cell in row.iter()}
    return "th" in tags and "td" not in tags


def _heads(rows: Sequence[Mapping[int, LexborNode]]) -> Sequence[Mapping[int, LexborNode]]:
    """The rows of heads only, or else the first with any, or else the first."""
    only = [cells for cells in rows if cells and all(cell.tag == "th" for cell in cells.values())]
    some = [cells for cells in rows if any(cell.tag == "th" for cell in cells.values())]
    return only or some[:1] or rows[:1]


def _is_of(row: LexborNode, table: LexborNode) -> bool:
    own = around(row, "table")
    return own is not None and own.mem_id == table.mem_id


def _placed(rows: Iterable[LexborNode]) -> Iterator[dict[int, LexborNode]]:
    """The cells of each row by column, those that reach down from rows above among them."""
    below: dict[int, tuple[LexborNode, int]] = {}  # column -> the cell that reaches down, and how far
    for row in rows:
        cells = {column: cell for column, (cell, _) in below.items()}
        below = {column: (cell, left - 1) for column, (cell, left) in below.items() if left > 1}
        column = 0
        for cell in row.iter():
            if cell.tag not in _CELLS:
                continue
            attributes = cell.attributes
            while column in cells:
                column += 1
            down = _span(attributes.get("rowspan"))
            for _ in range(_span(attributes.get("colspan"))):
                cells[column] = cell
                if down > 1:
                    below[column] = (cell, down - 1)
                column += 1
        yield cells


def _span(written: str | None) -> int:
    return max(1, min(int(written), _SPAN_AT_MOST)) if written and written.isascii() and written.isdecimal() else 1


def _columns(heads: Iterable[Mapping[int, LexborNode]]) -> Mapping[str, int | None]:
    """Head -> column, the first of those that it spans."""
    columns: dict[str, int | None] = {}
    above: dict[int, str] = {}
    for cells in heads:
        names = {column: folded(said(cell) or "") for column, cell in cells.items()}
        found: dict[str, list[int]] = {}
        for column, name in names.items():
            for one in {name, above.get(column, "") + name}:
                found.setdefault(one, []).append(column)
        for name, own in found.items():
            is_one = len({cells[column].mem_id for column in own}) == 1
            columns[name] = own[0] if is_one and columns.get(name, own[0]) == own[0] else None
        above = {column: above.get(column, "") + name for column, name in names.items()}
    return columns


def _labelled(within: LexborNode) -> Iterator[tuple[str, LexborNode]]:
    for one in within.css(_LABELS):
        if one.tag in _LEAVES and any(inner.is_element_node for inner in one.iter()):
            continue
        beside = _beside(one)
        if beside is not None and (label := said(one)) is not None:
            yield folded(label), beside


def _beside(label: LexborNode) -> LexborNode | None:
    """The next element, or the text before that."""
    beside = label.next
    while beside is not None and not beside.is_element_node:
        if beside.is_text_node and said(beside) is not None:
            return beside
        beside = beside.next
    return None if beside is None or beside.tag in _NO_VALUES else beside


def _once(pairs: Iterable[tuple[str, LexborNode]]) -> Mapping[str, LexborNode | None]:
    found: dict[str, LexborNode | None] = {}
    for label, node in pairs:
        known = found.get(label, node)
        found[label] = known if known is not None and said(known) == said(node) else None
    return found
