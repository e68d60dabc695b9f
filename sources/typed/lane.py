"""Whether the answers to a lookup can be read in the fast lane, decided when the reading for an ask is made."""

from collections.abc import Mapping, Sequence

from model.keys import Lookup
from sources.grammar.effective import effective_match
from sources.grammar.fields import FieldDeclaration
from sources.grammar.lookup import AnsweredDeclaration, MatchDeclaration
from sources.medium import Reading
from sources.paths import ITSELF
from sources.rows import Mapper
from sources.typed.generate import Text
from sources.typed.places import Inexpressible, Place
from sources.typed.reading import Decoded, TypedReading
from sources.typed.way import Way


def typed(
    plain: Reading,
    lookup: Lookup,
    declared: AnsweredDeclaration,
    mapper: Mapper,
    fields: frozenset[str],
    told: Sequence[str],
    decoded: Decoded,
) -> Reading:
    """A reading that decodes no more than the fields of an ask; the plain one where paths call for all of a row.

    told: the paths into bodies themselves, where the source's answers say how it went and how to go on.
    """
    match = effective_match(lookup, declared, mapper.declared) if declared.keys else None
    said = match if isinstance(match, list) else []
    try:
        way = Way(declared.each, told)
        for name in mapper.names(fields):
            _read(way.places, mapper.declared[name])
        others: list[FieldDeclaration | MatchDeclaration] = [*mapper.spaces.values(), *said]
        for one in others:
            _place(way.places, one.of).reads(one.at or ITSELF)
        way.close()
    except Inexpressible:
        return plain
    records = Text(mapper, way.places).records(fields)
    keys = Text(mapper, way.places).keys(said, case=declared.match_case) if said else None
    return TypedReading(mapper.source, plain, way, decoded, records, keys)


def _read(places: Sequence[Place], declared: FieldDeclaration) -> None:
    """Have what a field is read from decoded."""
    if declared.constant is not None:
        return
    place, path = _place(places, declared.of), declared.each or declared.at
    if declared.record is None:
        place.reads(path or ITSELF)
    else:
        _read_within(place.reads_within(path), declared.record)


def _read_within(place: Place, record: Mapping[str, FieldDeclaration]) -> None:
    for declared in record.values():
        _read([place, place], declared)


def _place(places: Sequence[Place], of: str) -> Place:
    if of == "parent" and len(places) == 1:
        raise Inexpressible
    return places[of == "parent"]
