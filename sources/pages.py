"""Pages of HTML: from the bytes that came, whatever they say of their encoding, to a tree that can be read."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, resolve_encoding

from model.faults import Malformed
from sources.oddities import Oddities
from sources.tables import Known
from sources.transport import Response

_OPEN_AT_MOST = 1000
"""How many elements may be open at a time: the parser's work grows with the square of it."""
_ALONE = frozenset(
    (
        *("area", "base", "body", "br", "col", "colgroup", "dd", "dt", "embed", "head", "hr", "html", "img", "input"),
        *("li", "link", "meta", "option", "optgroup", "p", "param", "rp", "rt", "source", "tbody", "td", "tfoot", "th"),
        *("thead", "tr", "track", "wbr"),
    )
)
"""Elements that are never open inside one another: they have no content, or the next one ends them."""
_TAG = re.compile(rf"<(/?)(?!(?:{'|'.join(sorted(_ALONE))})[^a-z0-9:-])([a-z][a-z0-9:-]*)")
"""The tags of all others."""
_BEGUN = re.compile(r"<(?:html|body)[\s>]", re.IGNORECASE)
_ENDED = re.compile(r"</(?:html|body)[\s>]", re.IGNORECASE)
_SILENT = ["script", "style", "noscript", "template"]
"""Elements whose text nobody sees."""
_ANYTHING = frozenset({"cp1252"})
"""Encodings in which any bytes are text, so that to decode by them proves nothing."""


class Part(NamedTuple):
    """An element of a page, and what is known of that page so far."""

    node: LexborNode
    known: Known


def markup_of(source: str, response: Response, oddities: Oddities, encoding: str | None = None) -> str:
    """The markup of a page; Malformed when an answer is none. encoding: what it is in, whatever it says itself."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind and not (kind.startswith("text/") or kind.endswith(("html", "xml"))):
        raise Malformed(source, "something else than a page")
    if not response.body.strip():
        raise Malformed(source, "an empty body")
    markup = text(response, oddities, encoding)
    if "<" not in markup:
        raise Malformed(source, "text without markup instead of a page")
    if _BEGUN.search(markup) and not _ENDED.search(markup):
        raise Malformed(source, "a page that ends early")
    if too_deep(markup):
        raise Malformed(source, f"a page with more than {_OPEN_AT_MOST} elements open at a time")
    return markup


def parsed(source: str, markup: str) -> Part:
    """The page that markup makes; browsers would see the same."""
    tree = LexborHTMLParser(markup)
    root = tree.root
    if root is None:
        raise Malformed(source, "a page without content")
    tree.strip_tags(_SILENT)
    for end in tree.css("br"):
        end.replace_with("\n")
    return Part(root, Known())


def text(response: Response, oddities: Oddities, encoding: str | None = None) -> str:
    """The body as text. Bytes that are none in its encoding are marked by U+FFFD, and noted."""
    body = response.body
    for one in [encoding] if encoding else dict.fromkeys(_encodings(response)):
        try:
            return body.decode(one).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
    chosen = encoding or next(_encodings(response))
    found = body.decode(chosen, errors="replace")
    oddities.note("undecodable bytes", "pages", times=found.count("\ufffd"))
    return found


def too_deep(markup: str) -> bool:
    """Whether more elements are open at a time than a page has; told without parsing, from above."""
    if markup.count("<") <= _OPEN_AT_MOST:
        return False
    opened: dict[str, int] = {}
    total = 0
    for closes, name in _TAG.findall(markup.lower()):
        count = opened.get(name, 0)
        if not closes:
            opened[name] = count + 1
            total += 1
            if total > _OPEN_AT_MOST:
                return True
        elif count:
            opened[name] = count - 1
            total -= 1
    return False


def _encodings(response: Response) -> Iterator[str]:
    """The encodings that an answer may be in, the likeliest first.

    Its own marks come first, then what it says of itself, then what it often is instead; an encoding that takes any
    bytes is asked last, for many servers say `iso-8859-1` and mean nothing by it.
    """
    told = list(_told(response))
    yield from (one for one in told if one not in _ANYTHING)
    yield "utf-8"
    if not told or told[0] not in _ANYTHING:
        yield "gb18030"
    yield "cp1252"


def _told(response: Response) -> Iterable[str]:
    marked, _ = read_bom(response.body)
    header = http_content_type_encoding(response.headers.get("content-type"))
    for one in (marked, header, html_body_declared_encoding(response.body)):
        found = resolve_encoding(one) if one else None
        if found is not None:
            yield found
