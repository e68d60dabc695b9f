"""A whole picture: its size, its style, its words for who cannot see it, and what is on it."""

from gateway.drawing.lettering import clipped
from gateway.drawing.markup import Markup, Value, joined, label, node, plain
from gateway.drawing.palette import SHEET

DESCRIPTION_AT_MOST = 6000


def picture(title: str, description: str, language: str, width: float, height: float, *content: Markup) -> bytes:
    """SVG 1.1 that scales with where it is shown."""
    attributes: dict[str, Value] = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": f"0 0 {width:.0f} {height:.0f}",
        "width": f"{width:.0f}",
        "height": f"{height:.0f}",
        "role": "img",
        "aria-labelledby": "title description",
        "xml:lang": "zh-Hans" if language == "zh" else "en",
        "style": "max-width:100%;height:auto",
    }
    ground = node("rect", {"class": "ground", "width": width, "height": height})
    said = (
        node("title", {"id": "title"}, plain(title)),
        node("desc", {"id": "description"}, plain(description[:DESCRIPTION_AT_MOST])),
    )
    drawing = node("svg", attributes, joined(*said, SHEET, ground, *content))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{drawing}\n'.encode()


def told(title: str, why: str, language: str) -> bytes:
    """A picture of there being no picture, and why."""
    lines = joined(
        node("rect", {"class": "note", "x": 16, "y": 16, "width": 688, "height": 88, "rx": 8}),
        *_two_lines(title, why),
    )
    return picture(title, why, language, 720, 120, lines)


def _two_lines(title: str, why: str) -> tuple[Markup, Markup]:
    return (
        label(clipped(title, 18, 650, bold=True), 34, 52, 18, bold=True, style="noted"),
        label(clipped(why, 13, 650), 34, 82, 13, style="noted"),
    )
