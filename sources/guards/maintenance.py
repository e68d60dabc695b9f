"""A source that the operator has set aside is not asked, until they take it back."""

from collections.abc import Container
from typing import ClassVar

from model.ask import Ask
from model.faults import SetAside
from model.keys import Lookup
from sources.contract import Source
from sources.guards.guard import Call, Guard, T, W


class Maintenance(Guard):
    """Looks at a switch: the names of the sources that are out of use."""

    kind: ClassVar[str] = "maintenance"

    def __init__(self, inner: Source, set_aside: Container[str]) -> None:
        super().__init__(inner)
        self.set_aside = set_aside

    async def around(self, call: Call[W, T], lookup: Lookup, what: W, ask: Ask) -> T:
        """Make the call, unless the source is set aside."""
        if self.name in self.set_aside:
            self.counts["refused"] += 1
            raise SetAside(self.name, "set aside by the operator")
        return await call(lookup, what, ask)
