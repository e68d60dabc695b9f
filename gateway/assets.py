"""Files that never change under their name: held in memory, packed beforehand, kept by browsers for a year."""

import gzip
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
"""What is served at all, and as what."""

PACKED = {".br": "br", ".gz": "gzip"}
"""The ends of packed files' names, the best first, and the codings that they are [RFC 9110, 8.4.1]."""


@dataclass(frozen=True)
class Asset:
    """One file: its media type, and its bytes in each coding in which it was packed; plain ones have none."""

    media_type: str
    packed: Mapping[str, bytes] = field(default_factory=dict)
    written: bytes | None = None

    @cached_property
    def plain(self) -> bytes:
        """The bytes as they are; unpacked, once, for the rare client that takes no coding."""
        return gzip.decompress(self.packed["gzip"]) if self.written is None else self.written

    def for_client(self, accept_encoding: str) -> tuple[str | None, bytes]:
        """Choose the smallest form that the client takes; its coding is None where it is plain."""
        taken = qualities(accept_encoding)
        for coding in PACKED.values():
            if coding in self.packed and taken.get(coding, taken.get("*", 0.0)) > 0:
                return coding, self.packed[coding]
        return None, self.plain


def qualities(header: str) -> dict[str, float]:
    """Read what a client names in an `Accept` header, and how much it likes each: 0 to 1 [RFC 9110, 12.4.2]."""
    return dict(_quality(part) for part in header.lower().split(",") if part.strip())


def _quality(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip() for piece in part.split(";"))
    written = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
    try:
        return name, float(written)
    except ValueError:
        return name, 0.0


def read_assets(folder: Path) -> dict[str, Asset]:
    """Read a folder whole, by the names under which its files are served.

    No request opens a file: what is not read here is not there, however it is spelled.
    """
    if not folder.is_dir():
        return {}
    files = {path.name: path for path in folder.iterdir()}
    return dict(_assets(files))


def _assets(files: Mapping[str, Path]) -> Iterator[tuple[str, Asset]]:
    for name in _names(files):
        media_type = TYPES.get(Path(name).suffix)
        if media_type is not None:
            packed = {coding: files[name + end].read_bytes() for end, coding in PACKED.items() if name + end in files}
            yield name, Asset(media_type, packed, files[name].read_bytes() if name in files else None)


def _names(files: Iterable[str]) -> set[str]:
    return {name.removesuffix(".br").removesuffix(".gz") for name in files}
