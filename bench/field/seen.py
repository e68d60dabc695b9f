"""One look at the stack: which layer of the product is at work, where in it, and which library works for it."""

import sysconfig
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
from typing import NamedTuple

TREE = Path(__file__).resolve().parent.parent.parent
LAYERS = frozenset({"auth", "engine", "gateway", "model", "resolvers", "schema", "sources", "store"})
LIBRARIES = tuple(Path(sysconfig.get_path(name)) for name in ("purelib", "platlib", "stdlib"))
COLLECTOR_TOLD = "collector_told"
"""The function to which the cyclic collector tells that it begins and ends."""
SERVER = "server"
"""The layer of what runs outside of ours: HTTP in and out, the event loop."""


class Seen(NamedTuple):
    """What was at work. place: file and function of ours; library: whose code was running, if not ours."""

    layer: str
    place: str
    library: str


def seen(frame: FrameType | None) -> Seen:
    """What is at work in a frame and those that called it."""
    library = ""
    while frame is not None:
        owner, layer, place = _told(frame.f_code)
        if layer:
            return Seen(layer, place, library)
        library = library or owner
        frame = frame.f_back
    return Seen(SERVER, library, library)


@cache
def _told(code: CodeType) -> tuple[str, str, str]:
    """Library, layer and place of a function; the layer is empty where the code is not ours.

    Code that was generated works for whoever runs it. A look that falls into a collection is had when that tells its
    end.
    """
    if code.co_filename.startswith("<"):
        return code.co_filename.split()[0].strip("<>"), "", ""
    if code.co_name == COLLECTOR_TOLD:
        return "cyclic collector", "", ""
    file = Path(code.co_filename)
    for folder in LIBRARIES:
        if file.is_relative_to(folder):
            return file.relative_to(folder).parts[0].removesuffix(".py"), "", ""
    if file.is_relative_to(TREE) and (parts := file.relative_to(TREE).parts)[0] in LAYERS:
        return "", parts[0], f"{'/'.join(parts)} {code.co_qualname if hasattr(code, 'co_qualname') else code.co_name}"
    return file.name, "", ""
