"""`trunkline token USER`: a token of the running demo's provider, got the way in which a browser gets one."""

import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import typer

from gateway.terminal import FAILED, say, stop

BACK = "http://127.0.0.1/trunkline-token"
"""Where the provider would send a browser; nobody goes there."""
PATIENCE = 5.0


def token(
    user: Annotated[str, typer.Argument(help="Whom to be: operator, partner, customer-viewer, ...")],
    url: Annotated[str, typer.Option(help="Where the demo is.")] = "http://127.0.0.1:8080",
) -> None:
    """Print a token of the demo's provider, for Authorization: Bearer. It is good for an hour."""
    try:
        with httpx.Client(timeout=PATIENCE) as client:
            say(_token(client, user, url.rstrip("/")))
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, IndexError) as error:
        stop(f"no demo with a provider answers at {url} ({type(error).__name__}): start it by trunkline demo", FAILED)


def _token(client: httpx.Client, user: str, gateway: str) -> str:
    resource = _json(client.get(f"{gateway}/.well-known/oauth-protected-resource"))
    provider = _json(client.get(f"{resource['authorization_servers'][0]}/.well-known/openid-configuration"))
    verifier = secrets.token_urlsafe(48)
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    said = {"client_id": "trunkline", "redirect_uri": BACK, "response_type": "code", "scope": "openid"}
    asked = said | {"code_challenge": challenge, "code_challenge_method": "S256", "user": user}
    answer = client.get(provider["authorization_endpoint"], params=asked)
    codes = parse_qs(urlsplit(answer.headers.get("location", "")).query).get("code")
    if not codes:
        stop(f"the demo has no user {user}: its users are called by their roles, such as customer-viewer", FAILED)
    redeemed = {"grant_type": "authorization_code", "code": codes[0], "code_verifier": verifier}
    answer = client.post(provider["token_endpoint"], data=redeemed | {"client_id": "trunkline", "redirect_uri": BACK})
    return str(_json(answer)["access_token"])


def _json(answer: httpx.Response) -> dict[str, Any]:
    said: dict[str, Any] = answer.raise_for_status().json()
    return said
