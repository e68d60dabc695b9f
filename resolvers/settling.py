"""How a source's records become ours: keys are written in their one form, things of one source are named after it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from itertools import chain
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from model.keys import Foreign
from model.nouns import NOUNS
from model.records import Record
from resolvers.columns import reader
from resolvers.identity import NOTHING, REFERENCES, SEVERAL
from resolvers.policy import Policy
from resolvers.spelling import Spelling

_WITHIN: Mapping[str, str] = MappingProxyType({"a_end": "site", "z_end": "site", "hops": "element"})
"""Fields whose parts refer to something -> the part's field that does."""
_LISTS = frozenset({"hops", "circuits"})
_SEVERAL = (list, tuple)
_KINDS = frozenset({str, Foreign, *map(type, NOTHING)})

Look = Callable[[Sequence[Record]], Set[object] | None]
"""Looks at a field of many records: which keys of other things they tell in it, each once; with UNSET or None among
them where one tells nothing, and None for all where one is not written in its one form, or not as keys are."""


class Settling:
    """Settles the records of one source about one noun. Made once; most records need little or no change.

    id: the field that holds the noun's id. prefix: what makes an id of a native one, None where things have a business
    key.
    """

    __slots__ = ("_references", "id", "prefix", "source")

    def __init__(self, policies: Mapping[str, Policy], noun: str, source: str) -> None:
        kind = NOUNS[noun]
        fields = {**REFERENCES[noun], **({kind.id: noun} if kind.keyed else {})}
        self.source, self.id = source, kind.id
        self.prefix = None if kind.identity else f"{source}:"
        references = [_Reference(noun, field, policies[target].normalise) for field, target in fields.items()]
        self._references = [(reference.read, reference.is_right, reference) for reference in references]

    def __call__(self, record: Record) -> Record:
        """The record as ours; the very same one if nothing in it has to be written otherwise."""
        changed = self.changes(record)
        return replace(record, **changed) if changed else record

    def looks(self, fields: Collection[str]) -> dict[str, Look]:
        """How to look at those of these fields that refer to something."""
        return {one.field: one.look for _, _, one in self._references if one.field in fields}

    def changes(self, record: Record) -> dict[str, Any]:
        """What has to be written otherwise."""
        changed: dict[str, Any] = {}
        own = record.native_id
        if own is not UNSET:
            if self.prefix is not None and getattr(record, self.id) != (named := f"{self.prefix}{own}"):
                changed[self.id] = named
            keys = record.keys
            if not keys:
                changed["keys"] = {self.source: own}
            elif keys.get(self.source) != own:
                changed["keys"] = {**keys, self.source: own}
        for read, is_right, reference in self._references:
            value = read(record)
            if value is not UNSET and value is not None and not is_right(value):
                written = reference.written(value)
                if written is not value:
                    changed[reference.field] = written
        return changed


class _Reference:
    """A field that refers to other things. `is_right`: whether all keys in it are known to be written rightly."""

    __slots__ = ("_key_of", "_read_all", "_spelling", "_within", "field", "is_right", "read")

    def __init__(self, noun: str, field: str, spelling: Spelling) -> None:
        self.field, self._spelling, self._within = field, spelling, _WITHIN.get(field)
        self.read, self._read_all = attrgetter(field), reader(noun, field)
        self._key_of = attrgetter(self._within) if self._within else None
        self.is_right = _test(field, spelling.known)

    def look(self, records: Sequence[Record]) -> Set[object] | None:
        """See `Look`."""
        values = self._read_all(records)
        if self.field in _LISTS:
            return self._look_at_several(values)
        if self._key_of is None:
            keys = set(values)
            return keys if self._spelling.known.issuperset(keys) or self._are_right(keys, keys) else None
        told = [value for value in values if value is not UNSET and value is not None]
        return self._rightly(set(map(self._key_of, told)), told, values)

    def _look_at_several(self, values: Sequence[Any]) -> Set[object] | None:
        told = values
        if not SEVERAL.issuperset(map(type, values)):
            told = [value for value in values if value is not UNSET and value is not None]
            if not SEVERAL.issuperset(map(type, told)):
                return None
        parts: Iterable[Any] = chain.from_iterable(told)
        keys = set(map(self._key_of, parts) if self._key_of else parts)
        if self._key_of is None and not NOTHING.isdisjoint(keys):
            return None
        return self._rightly(keys, told, values)

    def _rightly(self, keys: set[object], told: Sequence[Any], values: Sequence[Any]) -> Set[object] | None:
        if not (self._spelling.known.issuperset(keys) or self._are_right(keys, told)):
            return None
        if len(told) < len(values) or not all(told):
            keys.add(UNSET)
        return keys

    def _are_right(self, keys: Set[object], values: Iterable[Any]) -> bool:
        return _KINDS.issuperset(map(type, keys)) and all(self.written(value) is value for value in values)

    def written(self, value: Any) -> Any:
        """The value in its one form, the very same one if it has it."""
        if isinstance(value, _SEVERAL):
            each = [self._one(one) for one in value]
            same = all(new is old for new, old in zip(each, value, strict=True))
            return value if same else tuple(each)
        return self._one(value)

    def _one(self, value: Any) -> Any:
        if self._within is None:
            return self._key(value)
        named = getattr(value, self._within)
        written = self._key(named)
        return value if written is named else replace(value, **{self._within: written})

    def _key(self, key: Any) -> Any:
        if not isinstance(key, str):
            return key  # nothing, or a key in some system's own space
        written = self._spelling(key)
        return key if written == key else written


def _test(field: str, known: set[object]) -> Callable[[Any], bool]:
    """The quickest way to see that a field needs nothing done."""
    within = _WITHIN.get(field)
    if within is None:
        return known.issuperset if field in _LISTS else known.__contains__
    read = attrgetter(within)
    if field not in _LISTS:
        return lambda part: read(part) in known

    def all_right(parts: Sequence[Any]) -> bool:
        return known.issuperset(list(map(read, parts)))

    return all_right
