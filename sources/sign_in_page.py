"""The page that asks to sign in: how it is known, and what its form sends."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from sources.css import CssPaths
from sources.grammar.login import LoginDeclaration
from sources.pages import Part
from sources.paths import Wanted
from sources.tables import around, said

_UNSENT = frozenset({"submit", "button", "image", "reset", "file"})
_TICKED = frozenset({"checkbox", "radio"})


class Form(NamedTuple):
    """A form as a browser would send it. action: as written, relative to its page."""

    method: str
    action: str
    fields: Mapping[str, str]


class SignInPage:
    """Knows the page that asks to sign in, which may come under HTTP 200 in place of any other."""

    def __init__(self, declared: LoginDeclaration) -> None:
        self._has = CssPaths().compile(declared.page_has, Wanted.THINGS) if declared.page_has else None
        self._says = re.compile(declared.page_says) if declared.page_says else None

    def is_this(self, markup: str, page: Part) -> bool:
        """Whether a page is it."""
        return bool(self._has and self._has(page)) or bool(self._says and self._says.search(markup))

    def form(self, page: Part) -> Form | None:
        """Its form: the one that is told by, or else the first that asks for a password."""
        told = [part.node for part in self._has(page)] if self._has else []
        asking = page.node.css("form:has(input[type=password])")
        for node in [*told, *asking]:
            form = node if node.tag == "form" else node.css_first("form") or around(node, "form")
            if form is not None:
                return form_of(form)
        return None


def form_of(node: LexborNode) -> Form:
    """What a form holds before anybody has filled it in."""
    attributes = node.attributes
    method = "GET" if (attributes.get("method") or "").strip().lower() == "get" else "POST"
    return Form(method, (attributes.get("action") or "").strip(), dict(_fields(node)))


def _fields(form: LexborNode) -> Iterable[tuple[str, str]]:
    for field in form.css("input[name]"):
        attributes = field.attributes
        kind = (attributes.get("type") or "text").lower()
        if kind not in _UNSENT and (kind not in _TICKED or "checked" in attributes):
            yield attributes["name"] or "", attributes.get("value") or ""
    for choice in form.css("select[name]"):
        chosen = choice.css_first("option[selected]") or choice.css_first("option")
        if chosen is not None:
            value = chosen.attributes.get("value")
            yield choice.attributes["name"] or "", (said(chosen) or "") if value is None else value
