"""GraphQL over HTTP to the letter, as an audit that nobody here wrote finds it."""

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import anyio
import pytest

from gateway.guard.guarded import Guarded
from gateway.guard.rules import Rules
from gateway.strawberry_execution import StrawberryExecutor
from resolvers.upstreams import Upstreams
from schema.root import schema

AUDIT = Path(__file__).parents[1] / "node" / "http-audit"
RULES = 61
"""How many rules the audit has, at the version that is locked."""


@pytest.fixture(scope="session")
def audit() -> Path:
    """Where the audit is installed, once a lock file, in the user's cache."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("the audit needs Node.js and npm")
    version = hashlib.sha256((AUDIT / "package-lock.json").read_bytes()).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    home = cache / "trunkline" / f"http-audit-{version}"
    home.mkdir(parents=True, exist_ok=True)
    for file in AUDIT.iterdir():
        shutil.copy(file, home / file.name)
    if not (home / "node_modules").exists():
        install = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        try:
            subprocess.run(install, cwd=home, check=True, capture_output=True, timeout=300)
        except (subprocess.SubprocessError, OSError) as err:
            shutil.rmtree(home, ignore_errors=True)
            pytest.skip(f"the audit cannot be installed here ({type(err).__name__})")
    return home


@pytest.mark.slow
@pytest.mark.anyio
async def test_the_audit_finds_nothing(running, audit):
    """Every rule is kept: what must be, what should be and what may be."""
    execute = Guarded(StrawberryExecutor(schema), schema, Upstreams({}), Rules())
    async with running(execute=execute) as client:
        command = ["node", "audit.cjs", f"{str(client.base_url).rstrip('/')}/graphql"]
        done = await anyio.run_process(command, cwd=audit)
    found = json.loads(done.stdout)
    assert [] == [rule for rule in found if rule["status"] != "ok"]
    assert RULES == len(found)
