"""SVG as text: every name and number passes through here, and what an upstream system wrote stays text."""

import re
from collections.abc import Mapping
from typing import NewType
from xml.sax.saxutils import escape

Markup = NewType("Markup", str)
"""Well-formed XML. Only this module makes it out of plain text."""

Value = str | float
NOTHING = Markup("")

# What XML 1.0 does not allow [2.2 Char], and marks that make text run the other way than it is written.
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
_BLANKS = re.compile(r"\s+")


def fit(text: str) -> str:
    """The text on one line, without what XML cannot carry."""
    return _BLANKS.sub(" ", _UNFIT.sub("", text)).strip()


def plain(text: str) -> Markup:
    """Text, as text."""
    return Markup(escape(fit(text)))


def joined(*parts: Markup) -> Markup:
    """One after the other."""
    return Markup("\n".join(part for part in parts if part))


def node(name: str, attributes: Mapping[str, Value], *children: Markup) -> Markup:
    """An element; an underscore in an attribute's name is a hyphen."""
    written = "".join(f' {key.replace("_", "-")}="{_attribute(value)}"' for key, value in attributes.items())
    return Markup(f"<{name}{written}>{''.join(children)}</{name}>" if children else f"<{name}{written}/>")


def _attribute(value: Value) -> str:
    return escape(fit(value), {'"': "&quot;"}) if isinstance(value, str) else number(value)


def number(value: float) -> str:
    """A number, short and always written the same way."""
    return (
        f"{value:.1f}".rstrip("0").rstrip(".").replace("-0", "0")
        if abs(value) < 0.05
        else f"{value:.1f}".rstrip("0").rstrip(".")
    )


def label(
    text: str, x: float, y: float, size: float = 11, *, style: str = "", anchor: str = "start", bold: bool = False
) -> Markup:
    """A line of text whose baseline starts, ends or has its middle at a point."""
    attributes: dict[str, Value] = {"x": x, "y": y, "font_size": size}
    if anchor != "start":
        attributes["text_anchor"] = anchor
    if bold:
        attributes["font_weight"] = "bold"
    if style:
        attributes["class"] = style
    return node("text", attributes, plain(text) or Markup(" "))


def group(*children: Markup, style: str = "", tip: str = "") -> Markup:
    """What belongs together, with a word for whoever points at it."""
    title = [node("title", {}, plain(tip))] if tip else []
    return node("g", {"class": style} if style else {}, *title, *children)
