"""What it costs to let somebody in: `python -m bench.auth`. Figures are microseconds of CPU for one check."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import cache, partial

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from msgspec.json import encode

from auth.door import Door
from auth.identity import Identity
from auth.issuer import Issuer
from auth.policy import shipped_policy, sight_of
from auth.tokens import Tokens

WARM, COLD = 50_000, 500


async def _itself(who: Identity) -> Identity:
    return who


async def _cost(times: int, check: Callable[[int], Awaitable[object]]) -> float:
    start = time.process_time()
    for number in range(times):
        await check(number)
    return (time.process_time() - start) / times * 1e6


def _token(key: ECKey | RSAKey, algorithm: str, number: int) -> str:
    now = int(time.time())
    claims = {"iss": "https://sso.example", "sub": f"u{number}", "aud": "trunkline", "iat": now, "exp": now + 600}
    return jwt.encode({"alg": algorithm, "kid": key.kid}, claims, key)


async def measure(algorithm: str, key: ECKey | RSAKey) -> None:
    """Print the cost of tokens of one algorithm: verified anew, and remembered."""
    published = encode(KeySet([key]).as_dict(private=False))

    async def fetch(_: str) -> bytes:
        return published

    issuer = Issuer("sso", "https://sso.example", frozenset({"trunkline"}), jwks_uri="https://sso.example/jwks")
    door = Door(cache(partial(sight_of, shipped_policy())), Tokens([issuer], fetch, _itself))
    carried = [{"authorization": f"Bearer {_token(key, algorithm, number)}"} for number in range(COLD)]
    cold = await _cost(COLD, lambda number: door.caller("POST", carried[number]))
    warm = await _cost(WARM, lambda _: door.caller("POST", carried[0]))
    print(f"{algorithm}: verified anew {cold:.0f} us, remembered {warm:.1f} us")


if __name__ == "__main__":
    asyncio.run(measure("RS256", RSAKey.generate_key(2048, {"kid": "r"})))
    asyncio.run(measure("ES256", ECKey.generate_key("P-256", {"kid": "e"})))
