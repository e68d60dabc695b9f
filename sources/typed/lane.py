"""Whether the answers to a lookup can be read in the fast lane, decided when the reading for an ask is made."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from msgspec.structs import fields as struct_fields

from model.keys import Lookup
from sources.grammar.effective import effective_match
from sources.grammar.fields import FieldDeclaration
from sources.grammar.lookup import AnsweredDeclaration, MatchDeclaration
from sources.grammar.nouns import Shape, shapes
from sources.jmespaths import single_name
from sources.medium import Reading
from sources.paths import ITSELF
from sources.rows import Mapper
from sources.typed.expecting import ExpectingReading
from sources.typed.forms import expected
from sources.typed.functions import Functions
from sources.typed.places import Inexpressible, Place
from sources.typed.reading import Decoded, TypedReading
from sources.typed.way import Way

Expect = Callable[[Shape, FieldDeclaration], type | None]
"""What is expected to stand where a field is read."""


def typed(
    plain: Reading,
    lookup: Lookup,
    declared: AnsweredDeclaration,
    mapper: Mapper,
    fields: frozenset[str],
    told: Sequence[str],
    decoded: Decoded,
    *,
    as_it_is: bool = False,
) -> Reading:
    """A reading that decodes no more than the fields of an ask; the plain one where paths call for all of a row.

    told: the paths into bodies themselves, where the source's answers say how it went and how to go on. as_it_is:
    whether a body that is JSON in UTF-8 has nothing done to it before it is decoded.
    """
    match = effective_match(lookup, declared, mapper.declared) if declared.keys else None
    lane = _Lane(plain, declared, mapper, fields, match if isinstance(match, list) else [], told, decoded, as_it_is)
    try:
        way = lane.way(strict=True, exact=True)
        return lane.exact(way) if lane.says_words(way) else lane.careful()
    except Inexpressible:
        return plain


@dataclass(frozen=True)
class _Lane:
    """What the readings of one lookup for one ask are made of."""

    plain: Reading
    declared: AnsweredDeclaration
    mapper: Mapper
    fields: frozenset[str]
    match: Sequence[MatchDeclaration]
    told: Sequence[str]
    decoded: Decoded
    as_it_is: bool

    def way(self, *, strict: bool, exact: bool = False) -> Way:
        """The way to all that is read for these fields; Inexpressible where something calls for all of a row."""
        way, known = Way(self.declared.each, self.told, strict=strict), shapes(self.mapper.noun.record)
        for name in self.mapper.names(self.fields):
            _read(way.places, known[name], self.mapper.declared[name], partial(expected, exact=exact))
        others: list[FieldDeclaration | MatchDeclaration] = [*self.mapper.spaces.values(), *self.match]
        for one in others:
            _place(way.places, one.of).reads(one.at or ITSELF, _words(one))
        way.close()
        return way

    def says_words(self, way: Way) -> bool:
        """Whether each row is held to say the key that it answers as a text, and what it says otherwise as it is."""
        if self.mapper.nothing or (self.declared.keys is not None and self.declared.keys.written is not None):
            return False
        return len(way.places) == len(self.match) == 1 and way.places[0].kind(self.match[0].at) is str

    def careful(self) -> TypedReading:
        """A reading that takes whatever comes."""
        return TypedReading(self.plain, self._functions(self.way(strict=False)), self.decoded)

    def expecting(self) -> TypedReading:
        """One that takes what is as expected, and leaves all else to the careful one."""
        return self._held(self.way(strict=True), self.careful)

    def exact(self, way: Way) -> TypedReading:
        """One that takes words and times that are written as most often, too, and leaves all else to the expecting."""
        return self._held(way, self.expecting if way.holds_words else self.careful)

    def _held(self, way: Way, otherwise: Callable[[], TypedReading]) -> TypedReading:
        return ExpectingReading(self.plain, self._functions(way), self.decoded, otherwise, as_it_is=self.as_it_is)

    def _functions(self, way: Way) -> Functions:
        return Functions(self.mapper, way, self.fields, self.match, case=self.declared.match_case)


def _read(
    places: Sequence[Place], shape: Shape, declared: FieldDeclaration, expect: Expect, *, needed: bool = False
) -> None:
    """Have what a field is read from decoded; needed: whether there is no thing without it."""
    if declared.constant is not None:
        return
    place, path = _place(places, declared.of), declared.each or declared.at
    if declared.record is None:
        place.reads(path or ITSELF, expect(shape, declared), needed=needed)
    else:
        _read_within(place.reads_within(path, things=shape.many), shape, declared.record, expect)


def _read_within(place: Place, shape: Shape, record: Mapping[str, FieldDeclaration], expect: Expect) -> None:
    known = shapes(shape.kind)
    needed = {one.name for one in struct_fields(shape.kind) if one.required}
    for name, declared in record.items():
        _read([place, place], known[name], declared, expect, needed=name in needed and shape.many)
    if shape.many and needed and all(name in record and _stands(known[name], record[name]) for name in needed):
        single = {name: single_name(one.at) for name, one in record.items() if one.at is not None}
        place.are(shape.kind, {at: name for name, at in single.items() if at is not None})


def _stands(shape: Shape, declared: FieldDeclaration) -> bool:
    """Whether what is expected of a field is what the model holds."""
    return expected(shape, declared) is shape.kind and not (shape.reference and declared.space)


def _place(places: Sequence[Place], of: str) -> Place:
    if of == "key" or (of == "parent" and len(places) == 1):
        raise Inexpressible
    return places[of == "parent"]


def _words(declared: FieldDeclaration | MatchDeclaration) -> type | None:
    """What stands where keys are said as they are."""
    return str if declared.pattern is None and declared.separator is None else None
