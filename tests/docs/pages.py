"""The pages of the docs, and the fenced blocks that stand on them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
README, README_ZH = ROOT / "README.md", ROOT / "README.zh-CN.md"
PAGES = [README, README_ZH, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]

FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, and what its first line says besides, as words or `name=value`."""

    page: Path
    line: int
    language: str
    said: frozenset[str]
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT).as_posix()}:{self.line}"

    def option(self, name: str) -> str | None:
        """The value of `name=value`."""
        return next((word.partition("=")[2] for word in self.said if word.startswith(f"{name}=")), None)


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page, from top to bottom."""
    whole = page.read_text("utf-8")
    for found in FENCE.finditer(whole):
        language, *said = found["info"].split() or [""]
        yield Block(page, whole.count("\n", 0, found.start()) + 1, language, frozenset(said), found["text"])


def all_blocks(*languages: str) -> list[Block]:
    """The blocks of these languages on all pages."""
    return [block for page in PAGES for block in blocks(page) if block.language in languages]


@dataclass(frozen=True)
class Question:
    """A query on a page, with its variables and the answer that is shown below it, if any."""

    query: Block
    variables: Block | None = None
    answer: Block | None = None

    def __str__(self) -> str:
        return str(self.query)


def questions(page: Path) -> Iterator[Question]:
    """The queries of a page: `json variables` and `json answer` that follow belong to the query above them."""
    asked: Question | None = None
    for block in blocks(page):
        if block.language == "graphql":
            if asked:
                yield asked
            asked = Question(block)
        elif asked and "variables" in block.said:
            asked = Question(asked.query, block, asked.answer)
        elif asked and "answer" in block.said:
            asked = Question(asked.query, asked.variables, block)
    if asked:
        yield asked
