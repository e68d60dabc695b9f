"""The upstream systems: nginx with static JSON, written before it starts.

A list of keys is answered by a file that has all of them and, where they are of several customers, nothing but their
enterprise: a superset is what real systems give, too. No answer is worked out while it is asked for, so that nginx
is never what a contestant waits for.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from bench.field.asking import get
from bench.field.grouped import grouped
from bench.field.process import Process, free_port, until_answers
from bench.field.rows import Branch, Row
from bench.field.twice import first, second

CONFIGURATION = Path(__file__).parent / "nginx.conf"
Nouns = Mapping[str, Sequence[Row]]


def write(everybody: Sequence[Branch], width: int, folder: Path) -> None:
    """Write what every system says under `folder`; `width` customers are an enterprise."""
    for root, told in {"": everybody, "first": [*map(first, everybody)], "second": [*map(second, everybody)]}.items():
        for name, some in _stretches(told, width):
            _put(folder / root, name, _nouns(some))
            if not root:
                _put(folder / "grouped", name, grouped(some))


def _stretches(told: Sequence[Branch], width: int) -> Iterator[tuple[str, Sequence[Branch]]]:
    """Name -> customers: each alone, those of each enterprise, all."""
    for branch in told:
        yield branch.customer["customerId"], [branch]
    for start in range(0, len(told), width):
        yield f"enterprise-{start // width:02}", told[start : start + width]
    yield "all", told


def _nouns(some: Iterable[Branch]) -> Nouns:
    """Where in the tree each noun's rows stand."""
    some = list(some)
    return {
        "crm/customers": [branch.customer for branch in some],
        "inventory/circuits": [row for branch in some for row in branch.circuits],
        "inventory/routes": [row for branch in some for row in branch.routes],
        "alarms/alarms": [row for branch in some for row in branch.alarms],
        "tickets/tickets": [row for branch in some for row in branch.tickets],
    }


def _put(folder: Path, name: str, nouns: Mapping[str, object]) -> None:
    for place, rows in nouns.items():
        (folder / place).mkdir(parents=True, exist_ok=True)
        text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
        (folder / place / f"{name}.json").write_text(text, encoding="utf-8")


class Upstream:
    """A running nginx; `origin` is where it is, `folder` where it keeps what it says."""

    def __init__(self, folder: Path, core: int | None) -> None:
        self.folder = folder
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        (folder / "tmp").mkdir(parents=True, exist_ok=True)
        configured = CONFIGURATION.read_text(encoding="utf-8")
        configured = configured.replace("@FOLDER@", str(folder)).replace("@PORT@", str(self.port))
        (folder / "nginx.conf").write_text(configured, encoding="utf-8")
        errors = str(folder / "nginx-error.log")
        command = ["nginx", "-e", errors, "-p", str(folder), "-c", str(folder / "nginx.conf")]
        self._process = Process("nginx", command, folder / "nginx.log", core=core)
        until_answers(self._process, self.port)

    def calls(self) -> int:
        """How many requests have come so far, this one not counted."""
        return int(get(f"{self.origin}/calls").split()[9]) - 1

    def stop(self) -> None:
        """End it."""
        self._process.stop()
