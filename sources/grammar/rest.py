"""A source that speaks JSON over HTTP."""

from typing import Any, Literal

from sources.grammar.mapped import MappedDeclaration
from sources.jmespaths import JmesPaths
from sources.paths import Paths


class RestDeclaration(MappedDeclaration):
    """One upstream system that speaks JSON over HTTP; paths are JMESPaths."""

    speaks: Literal["rest"] = "rest"

    @classmethod
    def paths(cls, data: Any) -> Paths:
        """Into JSON."""
        del data
        return JmesPaths()
