"""Commands to a gateway that is running: a mutation, on behalf of the operator's staff."""

from typing import Annotated, Any

import httpx
import typer

from gateway.terminal import FAILED, stop

PATIENCE = 30.0

UrlOption = Annotated[str, typer.Option("--url", help="Where the gateway is.")]
TokenOption = Annotated[
    str | None,
    typer.Option("--token", envvar="TRUNKLINE_TOKEN", help="A token of one of the operator's staff.", show_envvar=True),
]
GATEWAY = "http://127.0.0.1:8080"


def ask_gateway(url: str, token: str | None, query: str, **variables: Any) -> dict[str, Any]:
    """The data of an answer; ends with the reason where there is none."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    body = {"query": query, "variables": variables}
    try:
        answer = httpx.post(f"{url.rstrip('/')}/graphql", json=body, headers=headers, timeout=PATIENCE).json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        stop(f"no gateway answers at {url} ({type(error).__name__})", FAILED)
    for mistake in answer.get("errors", ()):
        stop(str(mistake["message"]), FAILED)
    data: dict[str, Any] = answer["data"]
    return data
