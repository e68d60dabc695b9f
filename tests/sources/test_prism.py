"""The presets against upstreams that nobody here wrote: Prism serving the official specifications."""

import hashlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import anyio
import httpx
import pytest

from model.answer import Answer
from model.faults import BadRequest, Malformed, SourceFault, Unauthorised, Unavailable
from model.keys import Lookup
from model.nouns import NOUNS
from tests.sources.conftest import AskFor, Declare

pytestmark = pytest.mark.real
HERE = Path(__file__).parent.parent
LISTS = {
    "tmf621": "ticket",
    "tmf621-v5": "ticket",
    "tmf629": "customer",
    "tmf632": "customer",
    "tmf637": "circuit",
    "tmf638": "circuit",
    "tmf639": "element",
    "tmf641": "ticket",
    "tmf642": "alarm",
}
KEYLESS = {"tmf632", "tmf638"}
"""What is made up from these specifications has no key that we would know a customer or a circuit by."""
FULL = {
    "tmf621": {"ticket_id", "title", "priority", "severity", "notes"},
    "tmf621-v5": {"ticket_id", "title", "priority"},
    "tmf629": {"customer_id", "name", "status", "contacts"},
    "tmf637": {"code", "name", "product", "start_date"},
    "tmf641": {"ticket_id", "title", "priority", "opened_at", "notes", "milestones"},
    "tmf639": {"element_id", "name", "operational_state"},
    "tmf642": {"alarm_id", "perceived_severity", "probable_cause", "specific_problem"},
}
Mock = Callable[[str], str]


@pytest.fixture(scope="session")
def prism_command() -> Path:
    """Prism, installed once a lock file into the user's cache."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("Prism needs Node.js and npm")
    lock = HERE / "node" / "prism" / "package-lock.json"
    version = hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    home = cache / "trunkline" / f"prism-{version}"
    command = home / "node_modules" / ".bin" / "prism"
    if not command.exists():
        home.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(lock.parent / name, home / name)
        install = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        try:
            subprocess.run(install, cwd=home, check=True, capture_output=True, timeout=300)  # noqa: S603
        except (subprocess.SubprocessError, OSError) as err:
            shutil.rmtree(home, ignore_errors=True)
            pytest.skip(f"Prism cannot be installed here ({type(err).__name__})")
    return command


@pytest.fixture(scope="module")
def mock(prism_command: Path) -> Iterator[Mock]:
    """The URL of a mock of a specification, started when first asked for."""
    running: dict[str, tuple[subprocess.Popen[bytes], str]] = {}

    def url(name: str) -> str:
        if name not in running:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
            spec = HERE / "specs" / f"{name if name.endswith('-v5') else f'{name}-v4'}.json"
            command = [str(prism_command), "mock", "-h", "127.0.0.1", "-p", str(port), str(spec)]
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
            running[name] = process, f"http://127.0.0.1:{port}"
            _until_it_listens(port, process)
        return running[name][1]

    yield url
    for process, _ in running.values():
        process.terminate()
        process.wait(10)


def _until_it_listens(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if process.poll() is not None:
            pytest.skip("Prism does not start here")
        time.sleep(0.1)
    pytest.fail("Prism does not listen after a minute")


@pytest.mark.anyio
@pytest.mark.parametrize("name", LISTS)
async def test_a_list_of_prism_s_is_mapped(mock: Mock, declare: Declare, ask: AskFor, name: str) -> None:
    """What follows the schema becomes records; what lacks the key of its noun is Malformed, not an empty list."""
    url = await anyio.to_thread.run_sync(mock, name)
    noun = LISTS[name]
    source = declare(url, f"preset: {name}")
    source_lookup = Lookup(noun)
    if name in KEYLESS:
        with pytest.raises(Malformed):
            await source.page(source_lookup, None, ask(noun))
        return
    answer = await source.page(source_lookup, None, ask(noun))
    assert answer.records
    said = {field for field in NOUNS[noun].fields if getattr(answer.records[0], field) is not _unset(noun, field)}
    assert FULL[name] <= said


def _unset(noun: str, field: str) -> object:
    return getattr(NOUNS[noun].record(), field)


@pytest.mark.anyio
async def test_whole_tickets_of_v5_are_mapped(mock: Mock, declare: Declare, ask: AskFor) -> None:
    """The specification's own list, of which Prism hands out a shortened one unless told otherwise."""
    url = await anyio.to_thread.run_sync(mock, "tmf621-v5")
    whole = "headers: {Prefer: example=TroubleTicket_list_example}"
    source = declare(url, f"preset: tmf621-v5\n{whole}")
    answers = await source.fetch(Lookup("ticket", "customer"), ["9176", "1"], ask("ticket"))
    assert {key: [one.native_id for one in answer.records] for key, answer in answers.items()} == {
        "9176": ["3256", "3180"],
        "1": [],
    }
    assert [len(one.changes) for one in answers["9176"].records] == [3, 4]


@pytest.mark.anyio
async def test_paging_headers_of_prism_s_are_read(mock: Mock, declare: Declare, ask: AskFor) -> None:
    """X-Total-Count, made up from the specification, is the answer's total."""
    url = await anyio.to_thread.run_sync(mock, "tmf621")
    async with httpx.AsyncClient() as client:
        header = (await client.get(f"{url}/troubleTicket", params={"limit": 1})).headers.get("X-Total-Count")
    answer = await declare(url, "preset: tmf621").page(Lookup("ticket"), None, ask("ticket"))
    assert isinstance(answer, Answer)
    assert (answer.total is None) == (header is None)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (400, BadRequest),
        (401, Unauthorised),
        (403, Unauthorised),
        (404, BadRequest),
        (405, BadRequest),
        (500, Unavailable),
    ],
)
async def test_errors_of_prism_s_are_faults(
    mock: Mock, declare: Declare, ask: AskFor, code: int, fault: type[SourceFault]
) -> None:
    """Each error that the specification knows."""
    url = await anyio.to_thread.run_sync(mock, "tmf642")
    source = declare(url, f"preset: tmf642\nheaders: {{Prefer: code={code}}}")
    with pytest.raises(SourceFault) as caught:
        await source.page(Lookup("alarm"), None, ask("alarm"))
    assert type(caught.value) is fault


@pytest.mark.anyio
async def test_prism_ignores_filters_and_is_not_believed(mock: Mock, declare: Declare, ask: AskFor) -> None:
    """Rows of others say nothing of who was asked for, not even that there is nobody."""
    url = await anyio.to_thread.run_sync(mock, "tmf629")
    with pytest.raises(Malformed, match="another question"):
        await declare(url, "preset: tmf629").fetch(Lookup("customer", "customer_id"), ["C1"], ask("customer"))
