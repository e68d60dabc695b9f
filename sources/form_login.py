"""Signing in at a form made for people: its hidden fields and tokens are sent along, cookies are the session."""

from collections.abc import Mapping
from urllib.parse import urlencode, urljoin

import anyio
import httpx

from model.faults import Drifted, Malformed, Rejected, TimedOut, Unauthorised
from sources.answers import check_status
from sources.css import CssPaths
from sources.grammar.html import HtmlDeclaration
from sources.grammar.login import LoginDeclaration
from sources.held import Held
from sources.httpx_faults import fault_of
from sources.oddities import Oddities
from sources.pages import Part, markup_of, parsed
from sources.paths import Wanted
from sources.secrets import revealed
from sources.sign_in_page import Form, SignInPage
from sources.transport import Response
from sources.trust import verification
from sources.urls import origin

_REDIRECTS_AT_MOST = 10
_COOKIES_AT_MOST = 8192


class FormLogin:
    """Shows the cookies that signing in at a form gives."""

    def __init__(self, source: str, declared: LoginDeclaration, at: HtmlDeclaration, oddities: Oddities) -> None:
        self._source = source
        self._declared = declared
        self._at = at
        self._oddities = oddities
        self._page = SignInPage(declared)
        self._then = CssPaths().compile(declared.then_has, Wanted.THINGS) if declared.then_has else None
        self._session = Held(self._sign_in)

    async def headers(self, deadline: float) -> Mapping[str, str]:
        """The cookies, from a session that is open as far as we know."""
        return await self._session.held(deadline)

    async def renew(self, refused: Mapping[str, str]) -> bool:
        """Forget the session that was refused."""
        self._session.refused(refused)
        return True

    async def aclose(self) -> None:
        """There is nothing to let go: connections are closed after each sign-in, the session is left to expire."""

    async def _sign_in(self, deadline: float) -> Mapping[str, str]:
        left = min(self._at.timeout, deadline - anyio.current_time())
        if left <= 0:
            raise TimedOut(self._source, "no time left to sign in")
        try:
            with anyio.fail_after(left):
                async with self._client() as client:
                    return await self._filled_in(client)
        except TimeoutError as err:
            raise TimedOut(self._source, f"no sign-in within {left:.3f} s") from err
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, UnicodeError) as err:
            raise fault_of(self._source, err) from err

    def _client(self) -> httpx.AsyncClient:
        """A client for one sign-in; its cookies are those of this session only."""
        return httpx.AsyncClient(
            verify=verification(self._at.url, self._at.ca),
            timeout=None,  # noqa: S113 - the deadline of the whole sign-in is stricter
            headers={"accept": "text/html", "accept-encoding": "identity", "user-agent": "trunkline"},
            trust_env=False,
        )

    async def _filled_in(self, client: httpx.AsyncClient) -> Mapping[str, str]:
        where, page, _ = await self._got(client, "GET", f"{self._at.url}{self._declared.form}")
        form = self._page.form(page)
        if form is None:
            raise Drifted(self._source, "no form to sign in at")
        said = urlencode({**form.fields, **self._fields()}, encoding=self._at.encoding or "utf-8")
        _, page, markup = await self._submitted(client, where, form, said)
        if self._page.is_this(markup, page) or (self._then is not None and not self._then(page)):
            raise Unauthorised(self._source, "signing in was refused")
        return self._cookies(client)

    async def _submitted(self, client: httpx.AsyncClient, where: str, form: Form, said: str) -> tuple[str, Part, str]:
        to = self._way(where, form.action)
        if form.method == "GET":
            return await self._got(client, "GET", f"{to.partition('?')[0]}?{said}")
        return await self._got(client, "POST", to, said.encode("ascii"))

    async def _got(
        self, client: httpx.AsyncClient, method: str, url: str, form: bytes | None = None
    ) -> tuple[str, Part, str]:
        """The page that a request leads to at last, within the source's own origin, and where that is."""
        for _ in range(_REDIRECTS_AT_MOST + 1):
            kind = {"content-type": "application/x-www-form-urlencoded"} if form is not None else {}
            async with client.stream(method, url, content=form, headers=kind) as answer:
                if answer.is_redirect and "location" in answer.headers:
                    url = self._way(url, answer.headers["location"])
                    method, form = ("GET", None) if answer.status_code not in {307, 308} else (method, form)
                    continue
                response = Response(answer.status_code, dict(answer.headers.items()), await self._body(answer))
            return url, *self._understood(response)
        raise Malformed(self._source, f"signing in leads through more than {_REDIRECTS_AT_MOST} redirects")

    async def _body(self, answer: httpx.Response) -> bytes:
        body = bytearray()
        async for chunk in answer.aiter_raw():
            body += chunk
            if len(body) > self._at.limits.bytes:
                raise Malformed(self._source, f"a body of more than {self._at.limits.bytes} bytes")
        return bytes(body)

    def _understood(self, response: Response) -> tuple[Part, str]:
        """The page; whatever rejects the sign-in rejects our credentials."""
        try:
            check_status(self._source, response)
        except Rejected as err:
            raise Unauthorised(self._source, f"no session ({err.detail})") from err
        markup = markup_of(self._source, response, self._oddities, self._at.encoding)
        return parsed(self._source, markup), markup

    def _way(self, where: str, to: str) -> str:
        """Where an address that a page gives leads to, which must be within the source's own origin."""
        try:
            url = urljoin(where, to)
            own = origin(url) == origin(self._at.url)
        except ValueError:
            own = False
        if not own:
            raise Rejected(self._source, "signing in leads to another origin")
        return url

    def _fields(self) -> Mapping[str, str]:
        try:
            return {name: revealed(value) for name, value in self._declared.fields.items()}
        except LookupError as err:
            raise Unauthorised(self._source, f"expected {err.args[0]}") from err

    def _cookies(self, client: httpx.AsyncClient) -> Mapping[str, str]:
        """What a browser would send along from now on; all went to this origin, below whose paths lookups stand."""
        deepest_first = sorted(client.cookies.jar, key=lambda cookie: len(cookie.path), reverse=True)
        cookies = "; ".join(f"{cookie.name}={cookie.value or ''}" for cookie in deepest_first)
        if not cookies or len(cookies) > _COOKIES_AT_MOST:
            raise Malformed(self._source, "a sign-in without cookies that could be sent")
        return {"cookie": cookies}
