"""Against a certified OpenID provider that nobody here wrote: npm's `oidc-provider`."""

import hashlib
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from auth.fetching import Fetcher
from auth.refused import Unauthenticated
from auth.tokens import Tokens
from gateway.admission import AuthSection
from gateway.app import application
from gateway.generations import Generations
from gateway.reception import entrance
from gateway.settings import Settings
from resolvers.upstreams import Upstreams
from tests.auth.browsing import PAGE, Browser, echo, served
from tests.auth.conftest import itself

pytestmark = pytest.mark.anyio

SOURCE = Path(__file__).parent.parent / "node" / "oidc-provider"
RESOURCE = "https://trunkline.example/graphql"


@pytest.fixture(scope="session")
def installed() -> Path:
    """The folder where the provider is installed, once a lock file, in the user's cache."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("oidc-provider needs Node.js and npm")
    version = hashlib.sha256((SOURCE / "package-lock.json").read_bytes()).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    home = cache / "trunkline" / f"oidc-provider-{version}"
    if not (home / "node_modules").exists():
        home.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(SOURCE / name, home / name)
        install = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        try:
            subprocess.run(install, cwd=home, check=True, capture_output=True, timeout=300)
        except (subprocess.SubprocessError, OSError) as err:
            shutil.rmtree(home, ignore_errors=True)
            pytest.skip(f"oidc-provider cannot be installed here ({type(err).__name__})")
    shutil.copy(SOURCE / "provider.mjs", home / "provider.mjs")
    return home


def free_port() -> int:
    """A port that nobody has just now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


@pytest.fixture
def gateway_port() -> int:
    """Where the gateway will be: the provider sends browsers back to nowhere else."""
    return free_port()


@pytest.fixture
def provider(installed: Path, gateway_port: int) -> Iterator[str]:
    """The URL of a running provider."""
    port = free_port()
    command = ["node", "provider.mjs", str(port), f"http://127.0.0.1:{gateway_port}/sign-in/callback"]
    with subprocess.Popen(
        command, cwd=installed, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            if not any(line.strip() == "ready" for line in process.stdout or ()):
                pytest.skip("oidc-provider does not start here")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def section(provider: str, **more) -> AuthSection:
    """Trust it."""
    declared = {
        "issuer": provider,
        "audience": RESOURCE,
        "claims": {"roles": {"claim": "roles"}, "customers": {"claim": "customers"}},
    }
    return AuthSection.model_validate({"issuers": {"sso": declared}, **more})


def token(provider: str) -> str:
    """A token for a program."""
    asked = {"grant_type": "client_credentials", "resource": RESOURCE, "scope": "ask"}
    answer = httpx.post(f"{provider}/token", data=asked, auth=("machine", "machine-secret"), timeout=20)
    got: str = answer.raise_for_status().json()["access_token"]
    return got


async def test_its_tokens_are_understood(provider):
    """Discovery, keys, signature, claims; for us, and not for another."""
    async with served(application_for(entrance(section(provider)))) as gateway, httpx.AsyncClient() as client:
        headers = {"authorization": f"Bearer {token(provider)}"}
        answer = await client.post(f"{gateway}/graphql", json={"query": "{x}"}, headers=headers, timeout=20)
    assert "machine ['C100001'] None" == answer.json()["data"]


async def test_its_token_for_somebody_else_is_not_for_us(provider):
    """The audience differs."""
    fetcher = Fetcher()
    issuer = section(provider).issuers["sso"].model_copy(update={"audience": ["https://other.example"]}).named("sso")
    with pytest.raises(Unauthenticated):
        await Tokens([issuer], fetcher, itself).identity(token(provider))
    await fetcher.aclose()


def application_for(door):
    """A gateway behind a door."""
    return application(Generations(Upstreams({}), echo), Settings(), door.caller_of, door)


async def test_a_browser_signs_in_at_it(provider, gateway_port):
    """By its own pages: who are you, and do you agree."""
    door = entrance(section(provider, sign_in={"issuer": "sso", "client_id": "trunkline", "scopes": ["openid"]}))
    async with served(application_for(door), gateway_port) as gateway, httpx.AsyncClient(timeout=20) as client:
        browser = Browser(client, gateway, provider)
        answer = await browser.step(f"{gateway}/sign-in")
        for _ in range(12):
            if answer.is_redirect:
                answer = await browser.step(urljoin(str(answer.url), answer.headers["location"]))
            elif "/interaction/" in str(answer.url):
                answer = await filled_in(client, answer)
            if str(answer.url).startswith(f"{gateway}/sign-in/callback"):
                break
        assert 303 == answer.status_code, answer.text
        assert "wang ['C100001'] None" == (await browser.ask()).json()["data"]


async def filled_in(client: httpx.AsyncClient, page: httpx.Response) -> httpx.Response:
    """Fill in the form on a page of the provider's, and send it."""
    (action,) = re.findall(r'<form[^>]*action="([^"]+)"', page.text)
    (prompt,) = re.findall(r'name="prompt" value="(\w+)"', page.text)
    given = {"prompt": prompt} | ({"login": "wang", "password": "whatever"} if prompt == "login" else {})
    return await client.post(urljoin(str(page.url), action), data=given, headers=PAGE)
