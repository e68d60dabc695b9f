"""See that no committed text names a package registry's host or a path of somebody's machine."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

HOSTS = [  # in pieces, so that this file does not name them
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("registry.npmjs", "org"),
    ("registry.yarnpkg", "com"),
    ("static.crates", "io"),
    ("proxy.golang", "org"),
]
HOMES = ["root", "home", "Users", "work", "opt/wheels"]

FORBIDDEN = re.compile(
    "|".join(
        [rf"\b{re.escape('.'.join(host))}\b" for host in HOSTS]
        + [rf"(?<![\w.}}/-])/{re.escape(home)}/" for home in HOMES]
    )
)


def committed() -> Iterator[Path]:
    """The files that git knows and that are there."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            yield ROOT / name


def mistakes(path: Path) -> Iterator[str]:
    """Each line of a text file that says what it should not; binary files have no lines."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return
    for number, line in enumerate(text.splitlines(), 1):
        if found := FORBIDDEN.search(line):
            yield f"{path.relative_to(ROOT)}:{number}: {found.group()}"


if __name__ == "__main__":
    found = [mistake for path in committed() for mistake in mistakes(path)]
    for mistake in found:
        print(mistake)
    sys.exit(bool(found))
