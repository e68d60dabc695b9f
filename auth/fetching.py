"""Reading a provider's documents: few bytes, little time, no detours."""

from collections.abc import Awaitable, Callable

import anyio
import httpx

from auth.refused import ProviderAway

PATIENCE = 3.0
"""Seconds that a provider gets to tell its keys."""
AT_MOST = 262_144
"""Bytes of a provider's document that are read."""

Fetch = Callable[[str], Awaitable[bytes]]
"""Reads what is at a URL; ProviderAway if it cannot be had."""


class Fetcher:
    """Fetches over HTTP; redirects are not followed, since who is redirected trusts somebody else."""

    def __init__(self) -> None:
        self._client = httpx.AsyncClient(timeout=PATIENCE, follow_redirects=False)

    async def __call__(self, url: str) -> bytes:
        """Read a document."""
        try:
            with anyio.fail_after(PATIENCE):
                return await self._read(url)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise ProviderAway(f"{url}: {type(error).__name__}") from error

    async def _read(self, url: str) -> bytes:
        async with self._client.stream("GET", url, headers={"accept": "application/json"}) as answer:
            if answer.status_code != httpx.codes.OK:
                raise ProviderAway(f"{url}: HTTP {answer.status_code}")
            body = bytearray()
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > AT_MOST:
                    raise ProviderAway(f"{url}: more than {AT_MOST} bytes")
            return bytes(body)

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()
