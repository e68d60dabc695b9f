"""A source that answers in XML over plain HTTP."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sources.grammar.fields import ThingsPath
from sources.grammar.markup import MarkupDeclaration
from sources.grammar.words import Encoding, mistake, pairs, raise_all
from sources.paths import Paths
from sources.xml_names import Names


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


class XmlMarkupDeclaration(MarkupDeclaration):
    """One upstream system that answers in XML; paths are XPaths.

    xml_in: paths to elements whose text is a document of XML once more, to be read in their place.

    encoding: of its answers, whatever they say of themselves. namespaces: prefixes for paths and names; without any,
    names in answers are read without their namespaces.
    """

    encoding: Encoding | None = None
    namespaces: Mapping[str, str] = Field(default_factory=dict)
    xml_in: Annotated[list[ThingsPath], BeforeValidator(_listed, json_schema_input_type=str | list[str])] = Field(
        default_factory=list
    )

    @classmethod
    def paths(cls, data: Any) -> Paths:
        """Into XML, with the prefixes that are declared."""
        from sources.xpaths import XPaths  # what reads XML is megabytes, for who has such sources

        declared = dict(pairs(data)).get("namespaces")
        return XPaths({prefix: uri for prefix, uri in pairs(declared) if isinstance(uri, str) and uri and prefix})


class XmlDeclaration(XmlMarkupDeclaration):
    """One upstream system that speaks XML over HTTP. A POSTed body is one element with all that is said in it."""

    speaks: Literal["xml"]

    @model_validator(mode="after")
    def _bodies_can_be_written(self) -> Self:
        names = Names(self.namespaces)
        found = []
        for name, declared in self.lookups.items():
            if declared.post is None or declared.form:
                continue
            where = ("lookups", name, "body")
            found += [mistake(f"expected names of XML: {what}", {}, *where) for what in names.unknown(declared.body)]
            root = dict(pairs(declared.body))
            if declared.keys is not None and declared.keys.body is not None:
                root.setdefault(declared.keys.body.split(".")[0], None)
            if len(root) != 1:
                found.append(mistake("expected one element with all others in it", {}, "lookups", name))
        raise_all(found)
        return self
