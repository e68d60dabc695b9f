"""The functions for the rows of one way, each made when it is first needed."""

from collections.abc import Sequence
from functools import cached_property

from sources.grammar.lookup import MatchDeclaration
from sources.rows import Mapper
from sources.typed.filing import Filing
from sources.typed.generate import Function, Text
from sources.typed.way import Way


class Functions:
    """What reads the rows at the end of `way` for some fields; `match`: where rows say the keys that they answer."""

    def __init__(
        self, mapper: Mapper, way: Way, fields: frozenset[str], match: Sequence[MatchDeclaration], *, case: bool
    ) -> None:
        self.source = mapper.source
        self.way = way
        self._mapper = mapper
        self._fields = fields
        self._match = match
        self._case = case

    @cached_property
    def records(self) -> Function:
        """As `Text.records`."""
        return Text(self._mapper, self.way.places).records(self._fields)

    @cached_property
    def keys(self) -> Function | None:
        """As `Text.keys`; None where rows say none."""
        return Text(self._mapper, self.way.places).keys(self._match, case=self._case) if self._match else None

    @cached_property
    def filed(self) -> Function:
        """As `Filing.filed`, of rows that say one key."""
        return Filing(self._mapper, self.way.places).filed(self._fields, self._match[0], case=self._case)
