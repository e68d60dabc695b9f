"""`trunkline sources`: what a configuration can be asked, and on what terms."""

from collections.abc import Iterator

from gateway.assembly import assemble
from gateway.commands.configured import DEFAULT, ConfigFile, configured
from gateway.configuration import Configuration
from gateway.terminal import show
from sources.contract import Terms

COLUMNS = ("source", "connector", "preset", "lookup", "keys", "keys a call", "filters", "orders")


def sources(file: ConfigFile = DEFAULT) -> None:
    """List the sources of a configuration with their lookups and terms."""
    show(COLUMNS, _rows(configured(file)))


def _rows(configuration: Configuration) -> Iterator[tuple[str, ...]]:
    for name, source in assemble(configuration).sources.items():
        declared = configuration.sources[name]
        for lookup, terms in source.lookups.items():
            yield name, declared.speaks, declared.preset or "", str(lookup), *_terms(terms, lookup.by)


def _terms(terms: Terms, by: str | None) -> tuple[str, str, str, str]:
    keys = "" if by is None else f"of {terms.space}" if terms.space else "business"
    at_most = "" if by is None else "any" if terms.keys_at_most is None else str(terms.keys_at_most)
    filters = ", ".join(f"{field} {operator}" for field, operator in sorted(terms.filters))
    return keys, at_most, filters, ", ".join(sorted(terms.orders))
