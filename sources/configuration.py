"""From the `sources` of a configuration file to declarations: presets laid under, all mistakes found at once."""

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from sources.grammar.graphql import GraphqlDeclaration
from sources.grammar.html import HtmlDeclaration
from sources.grammar.prometheus import PrometheusDeclaration
from sources.grammar.rest import RestDeclaration
from sources.grammar.soap import SoapDeclaration
from sources.grammar.source import SourceDeclaration
from sources.grammar.words import one_of
from sources.grammar.xml import XmlDeclaration
from sources.positions import ConfigurationError, Document, Mistake, Where, dotted, mistakes_of, part
from sources.secrets import absent_secrets

DECLARATIONS: Mapping[str, type[SourceDeclaration]] = MappingProxyType(
    {
        "rest": RestDeclaration,
        "html": HtmlDeclaration,
        "graphql": GraphqlDeclaration,
        "xml": XmlDeclaration,
        "soap": SoapDeclaration,
        "prometheus": PrometheusDeclaration,
        "netbox": RestDeclaration,
    }
)
"""`speaks` -> what may be declared of a source that is spoken to in that way."""
_PRESETS = files("sources") / "presets"


def read_sources(
    document: Document, where: Where = ("sources",), *, absent: list[Mistake] | None = None
) -> dict[str, SourceDeclaration]:
    """The sources that a document declares, in its order; ConfigurationError with all that is wrong with them.

    Mistakes of the YAML itself are told too. The other parts of the document are not looked at. absent: takes the
    secrets that are not there now, which are mistakes otherwise.
    """
    declared = part(document.data, where)
    mistakes = list(document.mistakes)
    sources: dict[str, SourceDeclaration] = {}
    if not isinstance(declared, Mapping) or not declared:
        if not mistakes:
            mistakes.append(_mistake(document, where, "expected a mapping with a source or more"))
        raise ConfigurationError(mistakes)
    for name, data in declared.items():
        try:
            sources[name] = _read(document, (*where, name), data)
        except ConfigurationError as err:
            mistakes += err.mistakes
    mistakes += _guard_mistakes(document, where, sources, declared)
    (mistakes if absent is None else absent).extend(_absent(document, where, sources))
    if mistakes:
        raise ConfigurationError(mistakes)
    return sources


def _absent(document: Document, where: Where, sources: Mapping[str, SourceDeclaration]) -> Iterator[Mistake]:
    for way, expected in absent_secrets(sources):
        yield _mistake(document, (*where, *way), expected)


def _guard_mistakes(
    document: Document, where: Where, sources: Mapping[str, SourceDeclaration], names: Collection[str]
) -> Iterator[Mistake]:
    """What guards say of lookups, and of other sources, that there are not."""
    for name, one in sources.items():
        at, guards = (*where, name, "guards"), one.guards
        for lookup in guards.cache.lookups if guards.cache else ():
            if lookup not in one.asked:
                yield _mistake(document, (*at, "cache", "lookups", lookup), one_of(lookup, one.asked), repr(lookup))
        for lookup, other in guards.fallback.items():
            place, others = (*at, "fallback", lookup), [one for one in names if one != name]
            if lookup not in one.asked:
                yield _mistake(document, place, one_of(lookup, one.asked), repr(lookup))
            elif other not in others:
                yield _mistake(document, place, one_of(other, others), repr(other))
            elif other in sources and lookup not in sources[other].asked:
                yield _mistake(document, place, f"expected a source that answers {lookup!r}", repr(other))


def preset_names() -> list[str]:
    """The presets that come with Trunkline."""
    return sorted(file.name.removesuffix(".yaml") for file in _PRESETS.iterdir() if file.name.endswith(".yaml"))


@cache
def preset(name: str) -> Document:
    """A preset as a document; KeyError for a name that there is not."""
    if name not in preset_names():
        raise KeyError(name)
    return Document.parse((_PRESETS / f"{name}.yaml").read_text(encoding="utf-8"), f"presets/{name}.yaml")


def merged(under: Any, over: Any) -> Any:
    """Laid over: mappings merge, a null takes away, all else replaces."""
    if not isinstance(under, Mapping) or not isinstance(over, Mapping):
        return over
    result = {name: value for name, value in under.items() if over.get(name, value) is not None or name not in over}
    for name, value in over.items():
        if value is not None:
            result[name] = merged(under.get(name), value)
    return result


def _read(document: Document, where: Where, data: Any) -> SourceDeclaration:
    if not isinstance(data, Mapping):
        raise ConfigurationError([_mistake(document, where, "expected a mapping")])
    under = _preset(document, where, data.get("preset"))
    laid = merged(under.data if under else {}, data)
    speaks = laid.get("speaks", "rest")
    model = DECLARATIONS.get(speaks) if isinstance(speaks, str) else None
    if model is None:
        at = (*where, "speaks")
        raise ConfigurationError([_mistake(document, at, one_of(speaks, DECLARATIONS), repr(speaks))])
    try:
        return model.read(laid)
    except ValidationError as err:
        layers = [(document, where), *([(under, ())] if under else [])]
        raise ConfigurationError(mistakes_of(err, laid, layers, where)) from err


def _preset(document: Document, where: Where, name: Any) -> Document | None:
    if not isinstance(name, str):
        return None
    try:
        return preset(name)
    except KeyError:
        at = (*where, "preset")
        raise ConfigurationError([_mistake(document, at, one_of(name, preset_names()), repr(name))]) from None


def _mistake(document: Document, where: Where, expected: str, found: str = "") -> Mistake:
    line, column = document.locate(where)
    return Mistake(document.file, line, column, dotted(where), expected, found)
