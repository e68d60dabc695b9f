"""Answers that are broken where one signs in, and where a service is described: what lies behind would be well."""

import gzip
import itertools
from collections.abc import Mapping
from pathlib import Path

from model.faults import (
    BadRequest,
    Drifted,
    Malformed,
    Overloaded,
    Rejected,
    SourceFault,
    TimedOut,
    Unauthorised,
    Unavailable,
)
from tests.sources.broken import at_markup
from tests.sources.broken.at_json import DECLARED, GOOD, written
from tests.sources.broken.case import LEAK, PASSWORD, Broken, Medium
from tests.sources.broken.wire import Answering, Heard, Said, Then, cut, headed, http

SIGN_IN = "/sign-in"
_SAID = f"{{user: me, pass: {PASSWORD}}}"
_TOKENS = f"""{DECLARED}auth:
  oauth2: {{token_url: "http://upstream.example{SIGN_IN}", client_id: me, client_secret: {{env: BROKEN_SECRET}}}}
"""
_SESSION = f"{DECLARED}auth: {{session: {{post: {SIGN_IN}, body: {_SAID}, token: data.token}}}}\n"
_FORM = at_markup.PAGES.declared.replace(
    "speaks: html\n",
    f"speaks: html\nlogin: {{form: {SIGN_IN}, fields: {_SAID}, page_has: 'form#login'}}\n",
)
_WSDL = at_markup.SOAP.declared.replace("speaks: soap\n", f"speaks: soap\nwsdl: {SIGN_IN}\n")
_TEXT = (Path(__file__).parent / "circuits.wsdl").read_text(encoding="utf-8")
_LOGIN = (
    '<html><body><form id="login" action="/crm/in" method=post><input type=password name=pass></form></body></html>'
)
_LONG = b" " * 65536


def _signing_in(broken: bytes | Said | Answering, well: bytes | Answering) -> Answering:
    """Broken where one signs in, and well elsewhere."""

    def answer(heard: Heard) -> bytes | Said:
        found = broken if heard.path.endswith(SIGN_IN) else well
        return found(heard) if callable(found) else found

    return answer


def _page(markup: str = _LOGIN, *headers: str, status: int = 200) -> bytes:
    return http(markup, *headers, status=status, kind="text/html")


def _without_end(heard: Heard) -> Said:
    del heard
    return Said(itertools.chain([headed()], itertools.repeat(_LONG)))


Cases = Mapping[str, tuple[bytes | Said | Answering, type[SourceFault]]]
OF_HTTP: Cases = {
    "cut before a byte": (cut(b""), Unavailable),
    "reset before a byte": (cut(b"", Then.IS_RESET), Unavailable),
    "another protocol": (cut(b"SSH-2.0-OpenSSH_9.2 LEAK\r\n"), Unavailable),
    "silence": (cut(b"", Then.IS_SILENT), TimedOut),
    "silence after the head": (cut(headed("content-length: 9"), Then.IS_SILENT), TimedOut),
    "500": (_page(status=500), Unavailable),
    "502 with a page": (_page(status=502), Unavailable),
    "503 with Retry-After": (_page(_LOGIN, "retry-after: 7", status=503), Overloaded),
    "429": (_page(status=429), Overloaded),
    "401": (_page(status=401), Unauthorised),
    "403": (_page(status=403), Unauthorised),
    "a redirect to another host": (_page(_LOGIN, f"location: http://{LEAK}.example/", status=302), Rejected),
    "a body of 50 MB": (Said([headed("content-length: 52428800"), *[_LONG] * 800]), Malformed),
    "a body without end": (_without_end, Malformed),
    "a bomb": (http(gzip.compress(b" " * 50_000_000), "content-encoding: gzip"), Malformed),
    "nothing": (http(b""), Malformed),
    "garbage": (http(b"\0\xff LEAK"), Malformed),
}
OF_JSON: Cases = {
    "404": (_page(status=404), Unauthorised),
    "an error under 400": (http(written({"error": LEAK}), status=400), Unauthorised),
    "a page": (_page(), Malformed),
    "cut off": (http(b'{"data": {"token": "t1"'), Malformed),
    "null": (http(b"null"), Malformed),
    "a list": (http(b"[]"), Malformed),
    "a text": (http(f'"{LEAK}"'), Malformed),
    "a number": (http(b"7"), Malformed),
    "an empty object": (http(b"{}"), Malformed),
    "nested 100,000 deep": (http(b"[" * 100_000 + b"]" * 100_000), Malformed),
    "UTF-16 that says UTF-8": (
        http('{"data": {"token": "t1"}}'.encode("utf-16-le"), kind="application/json; charset=utf-8"),
        Malformed,
    ),
    **{
        name: (
            http(written({"data": {"token": token}, "access_token": token, "token_type": "Bearer"})),
            Malformed,
        )
        for name, token in {
            "a token of null": None,
            "a blank token": " ",
            "a token with line ends": f"t1\r\nx-leak: {LEAK}",
            "a token that no header can carry": "令牌",
            "a token of 90 KB": "t" * 90_000,
            "a token that is an object": {"value": "t1"},
            "a token that is a list": ["t1"],
        }.items()
    },
}
OF_TOKENS: Cases = {
    "an error under 200": (http(written({"error": "invalid_client", "error_description": LEAK})), Unauthorised),
    "an error that is an object": (http(written({"error": {"code": LEAK}})), Unauthorised),
    "an end that is no time": (
        http(written({"access_token": "t1", "token_type": "Bearer", "expires_in": LEAK})),
        Malformed,
    ),
}
OF_FORMS: Cases = {
    "404": (_page(status=404), Unauthorised),
    "a page without a form": (_page(f"<html><body>{LEAK}</body></html>"), Drifted),
    "a page that ends early": (_page(_LOGIN[:-10]), Malformed),
    "JSON": (http("{}"), Malformed),
    "a form that leads elsewhere": (_page(_LOGIN.replace("/crm/in", f"http://{LEAK}.example/")), Rejected),
    "a form that leads nowhere": (_page(_LOGIN.replace("/crm/in", "http://[::1")), Rejected),
    "nested 20,000 deep": (_page("<html><body>" + "<b>" * 20_000 + "</body></html>"), Malformed),
}
OF_WSDL: Cases = {
    "404": (_page(status=404), BadRequest),
    "a page": (_page(), Malformed),
    "JSON": (http("{}"), Malformed),
    "cut off": (http(_TEXT[:-30], kind="text/xml"), Malformed),
    "no service": (http(_TEXT.partition("<service")[0] + "</definitions>", kind="text/xml"), Malformed),
    "a service without operations": (http(_TEXT.replace("Query", "Other"), kind="text/xml"), Drifted),
    "a bomb of entities": (http(f"<!DOCTYPE x [<!ENTITY a '{LEAK}'>]>{_TEXT.partition('?>')[2]}"), Malformed),
    "imports from elsewhere": (
        http(_TEXT.replace("<types>", f'<import namespace="urn:x" location="http://{LEAK}.example/"/><types>')),
        Malformed,
    ),
    "imports of itself": (
        http(_TEXT.replace("<types>", f'<import namespace="urn:x" location="{SIGN_IN.strip("/")}"/><types>')),
        Malformed,
    ),
}


def _medium(name: str, declared: str, signs_in: bytes | Answering, well: bytes | Answering, *cases: Cases) -> Medium:
    broken = {
        name: Broken(_signing_in(says, well), fault, hangs=fault is TimedOut)
        for some in (OF_HTTP, *cases)
        for name, (says, fault) in some.items()
    }
    return Medium(name, declared, _signing_in(signs_in, well), broken)


_OPEN = _page(_LOGIN, "set-cookie: s=1")
_SIGNED_IN = http("<html><body>OK</body></html>", "set-cookie: s=1", kind="text/html")


def _behind_the_form(heard: Heard) -> bytes:
    pages = at_markup.PAGES.well
    assert isinstance(pages, bytes)
    return _SIGNED_IN if heard.path.endswith("/in") and PASSWORD.encode() in heard.body else pages


SIGN_INS = [
    _medium("sessions", _SESSION, http(written({"data": {"token": "t1"}})), http(GOOD), OF_JSON),
    _medium(
        "tokens",
        _TOKENS,
        http(written({"access_token": "t1", "token_type": "Bearer", "expires_in": 300})),
        http(GOOD),
        OF_JSON,
        OF_TOKENS,
    ),
    _medium("forms", _FORM, _OPEN, _behind_the_form, OF_FORMS),
    _medium("WSDL", _WSDL, http(_TEXT, kind="text/xml"), at_markup.SOAP.well, OF_WSDL),
]
