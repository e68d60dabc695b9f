"""What browsers get at `/graphql`: the explorer, from this gateway alone.

It is built with the package, from `explorer/`. Where it was not, the page says so (503) and what to do; nothing is ever
fetched from elsewhere, and the policy on each answer sees to that.
"""

import logging
from hashlib import sha256
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from gateway.assets import qualities, read_assets
from gateway.negotiation import GRAPHQL, JSON

BUILT = Path(__file__).with_name("explorer_built")
NOT_BUILT = Path(__file__).with_name("explorer_not_built.html")

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # Monaco places its lines and colours by style attributes
        "img-src 'self' data:",  # its icons are in its sheet
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
PAGE_HEADERS = {
    "cache-control": "no-cache",  # kept, and asked about each time
    "content-security-policy": PAGE_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "vary": "Accept",
    "x-content-type-options": "nosniff",
}
ASSET_HEADERS = {
    "cache-control": "public, max-age=31536000, immutable",
    "content-security-policy": "default-src 'none'; script-src 'self'; frame-ancestors 'none'",  # workers obey theirs
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "vary": "Accept-Encoding",
    "x-content-type-options": "nosniff",
}

log = logging.getLogger("trunkline.gateway")


class Explorer:
    """The page and its assets, read once."""

    def __init__(self, folder: Path) -> None:
        page = folder / "index.html"
        self._page = page.read_bytes() if page.is_file() else None
        self._assets = read_assets(folder)

    @property
    def routes(self) -> list[Route]:
        """Where its assets are; the page is where `/graphql` is asked by a browser."""
        return [
            Route("/graphql/assets/{name}", self.asset, methods=["GET"]),
        ]

    async def page(self, http: HttpRequest) -> Response:
        """Answer a browser with the page."""
        if self._page is None:
            log.warning("a browser asked for the explorer, which is not built")
            return HTMLResponse(NOT_BUILT.read_bytes(), 503, PAGE_HEADERS | {"cache-control": "no-store"})
        tag = f'"{sha256(self._page).hexdigest()[:32]}"'
        headers = PAGE_HEADERS | {"etag": tag}
        if tag in http.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return HTMLResponse(self._page, headers=headers)

    async def asset(self, http: HttpRequest) -> Response:
        """Answer with one of the page's files."""
        asset = self._assets.get(http.path_params["name"])
        if asset is None:
            raise HTTPException(404)
        coding, content = asset.for_client(http.headers.get("accept-encoding", ""))
        headers = ASSET_HEADERS | ({"content-encoding": coding} if coding else {})
        return Response(content, headers=headers, media_type=asset.media_type)


def is_for_people(http: HttpRequest) -> bool:
    """Whether a browser asks: it names HTML, likes it better than JSON, and brings no query."""
    liked = qualities(http.headers.get("accept", ""))
    return liked.get("text/html", 0.0) > max(liked.get(JSON, 0.0), liked.get(GRAPHQL, 0.0)) and (
        "query" not in http.query_params
    )
