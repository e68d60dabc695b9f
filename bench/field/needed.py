"""What has to be on the machine: nginx, wrk, taskset, and Node.js for the peers that are written in JavaScript."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).parent
PACKAGES = {"nginx": "nginx-light", "wrk": "wrk", "taskset": "util-linux", "node": "nodejs", "npm": "npm"}
"""Command -> the Debian package that has it."""
PATIENCE = 900


class Missing(Exception):  # noqa: N818 - said to whoever started the benchmark, in these words
    """Something is not there and could not be had; the message says what to do."""


def need(commands: Iterable[str]) -> None:
    """See that these commands are there; root gets them from Debian, others are told how."""
    os.environ["PATH"] += ":/usr/sbin"  # where Debian keeps nginx
    lacking = [PACKAGES[command] for command in commands if shutil.which(command) is None]
    if not lacking:
        return
    how = f"apt-get install {' '.join(lacking)}"
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Missing(f"the benchmark needs {', '.join(lacking)}: {how}")
    print(how, file=sys.stderr)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", *lacking]):
        subprocess.run(["apt-get", "-qq", *command], check=True, env=quiet, stdout=sys.stderr, timeout=PATIENCE)


def caches() -> Path:
    """Where what is fetched is kept, outside of the tree."""
    told = os.environ.get("TRUNKLINE_CACHES")
    folder = Path(told) if told else Path(tempfile.gettempdir()) / f"trunkline-caches-{os.getuid()}"
    made = folder / "bench"
    made.mkdir(parents=True, exist_ok=True)
    return made


def installed(name: str) -> Path:
    """A copy of `bench/field/NAME` with its npm packages, in exactly the versions that its package.json names."""
    sources = sorted(file for file in (HERE / name).iterdir() if file.is_file())
    wanted = sha256((HERE / name / "package.json").read_bytes()).hexdigest()[:12]
    folder = caches() / f"{name}-{wanted}"
    folder.mkdir(exist_ok=True)
    for file in sources:
        shutil.copy(file, folder / file.name)
    if not (folder / "complete").exists():
        print(f"npm install for {name}", file=sys.stderr)
        subprocess.run(
            ["npm", "install", "--loglevel=error", "--no-save"],
            cwd=folder,
            check=True,
            stdout=sys.stderr,
            timeout=PATIENCE,
        )
        (folder / "complete").touch()
    return folder
