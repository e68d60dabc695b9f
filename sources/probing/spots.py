"""Where in YAML a source's parts are declared: in the file, or in the preset that lies under it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sources.configuration import preset
from sources.positions import Document, Place, Where


@dataclass(frozen=True)
class Spots:
    """The places of one source's declaration, and of one lookup in it.

    layers: the files that say something of the source, each with the place where it does; the first counts most.
    """

    layers: Sequence[tuple[Document, Where]]
    lookup: str

    @classmethod
    def of(cls, document: Document, source: str, preset_name: str | None, lookup: str) -> "Spots":
        """Those of a source that a document declares, perhaps over a preset."""
        under = [(preset(preset_name), ())] if preset_name else []
        return cls([(document, ("sources", source)), *under], lookup)

    def field(self, way: Where) -> Place:
        """Where a field of the lookup's record is declared: in the lookup itself, or for all lookups of the noun."""
        own: Where = ("lookups", self.lookup, "record", *way)
        shared: Where = ("records", self.lookup.split()[0], *way)
        return self._first(own, shared, own[:3], shared[:2])

    def part(self, *names: str) -> Place:
        """Where a part of the lookup is declared, such as `each`; the first of those that are."""
        return self._first(*(("lookups", self.lookup, name) for name in names))

    def access(self) -> Place:
        """Where it is declared how the source lets us in."""
        return self._first(("auth",), ("login",), ("security",))

    def _first(self, *ways: Where) -> Place:
        """The first of these places that there is; else where the lookup, or the source, is declared."""
        for way in (*ways, ("lookups", self.lookup)):
            for document, below in self.layers:
                if document.holds((*below, *way)):
                    return document.place((*below, *way))
        document, below = self.layers[0]
        return document.place(below)
