"""A source that speaks JSON over HTTP."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from sources.grammar.fields import Path
from sources.grammar.lookup import LookupDeclaration
from sources.grammar.mapped import MappedDeclaration
from sources.grammar.words import Encoding
from sources.jmespaths import JmesPaths
from sources.paths import Paths


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


class RestLookupDeclaration(LookupDeclaration):
    """One lookup of a source that speaks JSON.

    keyed: the rows stand in an object, each under its key, which it gets as an attribute of this name; a value that is
    no object becomes one with the attribute `value`. Several names are for as many of the last steps of `each`.
    columns: the rows are lists of values, under these names, or under those that stand at a path beside the rows.
    """

    keyed: Annotated[list[str], BeforeValidator(_listed, json_schema_input_type=str | list[str])] = Field(
        default_factory=list
    )
    columns: list[str] | Path | None = None


class RestDeclaration(MappedDeclaration):
    """One upstream system that speaks JSON over HTTP; paths are JMESPaths.

    encoding: of its answers, whatever they claim. written: how its JSON comes: as such, in `lines` (a document each),
    in a `script` (a JSONP call, a guard before it), or as rows of `csv` with `delimiter` between values, whose `names`
    are in the first; where they are not, rows are lists, for `columns` to name. json_in: dotted paths to text that is
    JSON once more (`@`: the whole body is a text), to be read in its place.
    """

    speaks: Literal["rest", "netbox"] = "rest"
    encoding: Encoding | None = None
    written: Literal["json", "lines", "script", "csv"] = "json"
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    names: bool = True
    json_in: Annotated[list[Path], BeforeValidator(_listed, json_schema_input_type=str | list[str])] = Field(
        default_factory=list
    )
    lookups: Mapping[str, RestLookupDeclaration]

    @classmethod
    def paths(cls, data: Any) -> Paths:
        """Into JSON."""
        del data
        return JmesPaths()
