"""Build the wheel and hold it against the tree: nothing that belongs in it may be missing."""

import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def packages() -> list[str]:
    """The top-level packages that pyproject.toml puts into the wheel."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    listed: list[str] = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    return listed


def folders_of_ours() -> list[str]:
    """The top-level folders that are packages, listed or not."""
    return sorted(init.parent.name for init in ROOT.glob("*/__init__.py") if init.parent.name != "tests")


def files_of(package: str) -> Iterator[str]:
    """What git knows of a package."""
    listed = subprocess.run(["git", "ls-files", package], cwd=ROOT, check=True, capture_output=True, text=True)
    yield from listed.stdout.splitlines()


def wheel_contents() -> set[str]:
    """The names in a freshly built wheel."""
    with tempfile.TemporaryDirectory() as out:
        build = ["uv", "build", "--quiet", "--wheel", "--out-dir", out, str(ROOT)]
        subprocess.run(build, check=True)
        (wheel,) = Path(out).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            return set(archive.namelist())


def mistakes() -> Iterator[str]:
    """What is wrong with the wheel, one sentence each."""
    listed = packages()
    for folder in folders_of_ours():
        if folder not in listed:
            yield f"{folder}/ is a package but not in pyproject.toml's wheel"
    contents = wheel_contents()
    for package in listed:
        if f"{package}/py.typed" not in contents:
            yield f"{package}/py.typed is not in the wheel"
        for name in files_of(package):
            if name not in contents and (ROOT / name).exists():
                yield f"{name} is not in the wheel"


if __name__ == "__main__":
    found = list(mistakes())
    for mistake in found:
        print(mistake)
    sys.exit(bool(found))
