"""What of a configuration can be reached: lookups that can be asked, joins that somebody answers, words that count.

All of it is right by itself, which is seen when the file is read; here the parts are held against each other. A mistake
is what the file says and what cannot come true. A warning is what nobody uses, be it a preset's, or what the schema
offers and nobody answers.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from model.keys import Lookup
from model.nouns import NOUNS
from resolvers.identity import REFERENCES
from resolvers.policy import NounPolicy
from resolvers.upstreams import Upstreams
from sources.contract import Terms
from sources.grammar.effective import effective_record
from sources.grammar.fields import FieldDeclaration, RecordDeclaration
from sources.grammar.mapped import ReadDeclaration
from sources.grammar.source import SourceDeclaration
from sources.positions import Document, Mistake, Place, Where, dotted
from sources.probing.spots import Spots

JOINS: Mapping[tuple[str, str], str] = {
    ("customer", "parent"): "Customer.children",
    ("site", "customer"): "Customer.sites",
    ("circuit", "customer"): "Customer.circuits",
    ("ticket", "customer"): "Customer.tickets",
    ("domain", "customer"): "Customer.vpdnDomains",
    ("circuit", "site"): "Site.circuits",
    ("alarm", "circuit"): "Circuit.alarms",
    ("ticket", "circuit"): "Circuit.tickets",
    ("route", "circuit"): "Circuit.routes",
    ("kpi", "circuit"): "Circuit.kpi",
    ("domain", "circuit"): "Circuit.vpdnDomain",
    ("alarm", "element"): "NetworkElement.alarms",
    ("circuit", "element"): "NetworkElement.circuits",
    ("session", "domain"): "VpdnDomain.sessions",
    ("tunnel", "domain"): "VpdnDomain.tunnels",
    ("session", "tunnel"): "Tunnel.sessions",
}
"""Noun and relation -> the field of the schema that asks for it."""


@dataclass(frozen=True)
class Reach:
    """What was found: mistakes, and what is only worth a look."""

    mistakes: tuple[Mistake, ...]
    warnings: tuple[Mistake, ...]


def reach(
    document: Document,
    declared: Mapping[str, SourceDeclaration],
    nouns: Mapping[str, NounPolicy],
    upstreams: Upstreams,
) -> Reach:
    """Hold the parts of a configuration against each other; nothing is asked of anybody."""
    looking = _Looking(document, declared, upstreams)
    unreachable = list(looking.unreachable())
    mistakes = {*(one for one in unreachable if one.file == document.file), *looking.whole(), *looking.wordless(nouns)}
    warnings = {*unreachable, *looking.unused(), *looking.unanswered()} - mistakes
    return Reach(tuple(sorted(mistakes)), tuple(sorted(warnings)))


class _Looking:
    """One look at a configuration."""

    def __init__(self, document: Document, declared: Mapping[str, SourceDeclaration], upstreams: Upstreams) -> None:
        self._document = document
        self._declared = declared
        self._upstreams = upstreams
        self._carried = set(self._keys_carried())
        self._referred = set(self._references())

    def unreachable(self) -> Iterator[Mistake]:
        """Lookups by a key that no record carries."""
        for name, lookup, terms in self._offers():
            space = terms.space
            if space is None:
                continue
            of = lookup.by if lookup.by in NOUNS else lookup.noun
            known = (of, space) in self._carried or (lookup.by == space and (of, space) in self._referred)
            if not known:
                text = f"{lookup.noun} by self" if lookup.by == name else str(lookup)
                spots = Spots.of(self._document, name, self._declared[name].preset, text)
                expected = f"expected a record of a {of} with a key of {space!r}: without one it is never asked"
                yield _told(spots.part("space"), ("sources", name, "lookups", text), expected)

    def whole(self) -> Iterator[Mistake]:
        """Lookups that want the parts of a key, and do not tell how it is taken apart."""
        for name, declared in self._declared.items():
            for text, lookup in declared.lookups.items() if isinstance(declared, ReadDeclaration) else ():
                keys = lookup.keys
                if keys is not None and keys.parts > 1 and (keys.written is None or keys.written.parts is None):
                    way = ("sources", name, "lookups", text, "keys")
                    place = self._document.place(way)
                    yield _told(place, way, "expected written: {parts: REGEX}: keys are asked for whole")

    def unused(self) -> Iterator[Mistake]:
        """Records that no lookup of their source is about."""
        for name, declared in self._declared.items():
            if isinstance(declared, ReadDeclaration):
                asked = {Lookup.parse(text).noun for text in declared.lookups}
                for noun in declared.records:
                    way = ("sources", name, "records", noun)
                    if noun not in asked and self._document.holds(way):
                        yield _told(self._document.place(way), way, f"no lookup of {name} is about a {noun}")

    def unanswered(self) -> Iterator[Mistake]:
        """Fields of the schema that ask for what no source answers, between nouns that sources do speak of."""
        spoken = {lookup.noun for _, lookup, _ in self._offers()}
        for (noun, by), field in JOINS.items():
            parents = self._upstreams.speakers(noun, by) if by == "parent" else by in spoken
            if noun in spoken and parents and not self._upstreams.offers(Lookup(noun, by)):
                way = ("nouns", noun) if self._document.holds(("nouns", noun)) else ("sources",)
                yield _told(
                    self._document.place(way), way, f"no source answers '{noun} by {by}': {field} tells nothing"
                )

    def wordless(self, nouns: Mapping[str, NounPolicy]) -> Iterator[Mistake]:
        """Sources whose word is to count for what they do not speak of."""
        for noun, policy in nouns.items():
            named = [(part, getattr(policy, part)) for part in ("authority", "standby", "prefer")]
            ways = [
                (("nouns", noun, part, place), source) for part, names in named for place, source in enumerate(names)
            ]
            for way, source in ways:
                if not self._speaks(source, noun):
                    yield self._mistake(way, f"expected a source that answers lookups of a {noun}", source)
            for field, own in policy.fields.items():
                where: Where = ("nouns", noun, "fields", field, "prefer")
                for place, source in enumerate(own.prefer):
                    if not self._speaks(source, noun, field):
                        yield self._mistake((*where, place), f"expected a source that speaks of {field}", source)

    def _mistake(self, way: Where, expected: str, found: str) -> Mistake:
        return _told(self._document.place(way), way, expected, repr(found))

    def _speaks(self, source: str, noun: str, field: str | None = None) -> bool:
        lookups = self._upstreams.sources[source].lookups
        return any(one.noun == noun and (field is None or field in terms.fields) for one, terms in lookups.items())

    def _offers(self) -> Iterator[tuple[str, Lookup, Terms]]:
        for name, source in self._upstreams.sources.items():
            for lookup, terms in source.lookups.items():
                yield name, lookup, terms

    def _keys_carried(self) -> Iterator[tuple[str, str]]:
        """Noun and key space: the keys that records tell, their own ids among them."""
        yield from ((lookup.noun, name) for name, lookup, _ in self._offers())
        for name, noun, record in records_of(self._declared):
            keys = record.get("keys")
            yield from ((noun, name if space == "self" else space) for space in (keys.record if keys else None) or ())

    def _references(self) -> Iterator[tuple[str, str]]:
        """Noun and key space: the keys by which records refer to things of the noun."""
        for name, noun, record in records_of(self._declared):
            for field, space in spaces_of(record):
                of = REFERENCES[noun].get(field, field)
                yield of, name if space == "self" else space


def records_of(declared: Mapping[str, SourceDeclaration]) -> Iterator[tuple[str, str, RecordDeclaration]]:
    """For each lookup that is declared: its source, its noun, and how its records are read."""
    for name, source in declared.items():
        if isinstance(source, ReadDeclaration):
            for text, one in source.lookups.items():
                noun = NOUNS[Lookup.parse(text).noun]
                shared = source.records.get(noun.name, {})
                yield name, noun.name, effective_record(noun, shared, one.record, source.native_id)


def spaces_of(record: Mapping[str, FieldDeclaration]) -> Iterator[tuple[str, str]]:
    """The references within a record, by field, with the space of their keys."""
    for name, declared in record.items():
        if declared.space is not None:
            yield name, declared.space
        if declared.record is not None and name != "keys":
            yield from spaces_of(declared.record)


def _told(place: Place, way: Where, what: str, found: str = "") -> Mistake:
    return Mistake(place.file, place.line, place.column, dotted(way), what, found)
