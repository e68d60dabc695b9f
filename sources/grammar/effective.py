"""What a declaration comes to once defaults and shared parts are filled in, and whether that can work."""

from typing import Literal

from pydantic_core import InitErrorDetails

from model.keys import Lookup
from model.nouns import NOUNS, Noun
from sources.grammar.fields import FieldDeclaration, OwnRecordDeclaration, RecordDeclaration
from sources.grammar.lookup import AnsweredDeclaration, LookupDeclaration, MatchDeclaration
from sources.grammar.words import mistake
from sources.requests import segments

Match = list[MatchDeclaration] | Literal["anything"] | None


def effective_record(
    noun: Noun, shared: RecordDeclaration, own: OwnRecordDeclaration, native: str | None = "id"
) -> RecordDeclaration:
    """A noun's mapping in one lookup: what the source shares, what the lookup says otherwise, the native id.

    native: where the native id stands unless that is said; None where it is the business key, if there is one.
    """
    record = {name: field for name, field in {**shared, **own}.items() if field is not None}
    usual = FieldDeclaration(at=native) if native else record.get(noun.id) if noun.keyed else None
    if "native_id" not in own and usual is not None:
        record.setdefault("native_id", usual)
    if not noun.identity and "native_id" in record:
        record.setdefault(noun.id, record["native_id"])
    return record


def effective_match(lookup: Lookup, declared: AnsweredDeclaration, record: RecordDeclaration) -> Match:
    """Where rows say which key they answer: as declared, or where the lookup's own key stands; None if nowhere."""
    if declared.match is not None:
        return declared.match
    by = lookup.by or ""
    own_space = by not in NOUNS and by not in NOUNS[lookup.noun].fields
    keys = record.get("keys")
    others = (keys.record if keys else None) or {}
    names = ("native_id",) if own_space else (by, f"{by}s")
    for field in (others.get(declared.space or by) if own_space else None, *map(record.get, names)):
        if field is not None and field.at is not None:
            return [
                MatchDeclaration.model_construct(
                    at=field.at, of=field.of, pattern=field.pattern, separator=field.separator
                )
            ]  # checked already
    return None


def unsound(
    name: str, declared: AnsweredDeclaration, shared: RecordDeclaration, join: str, native: str | None = "id"
) -> list[InitErrorDetails]:
    """Why a lookup, each part of which is right by itself, could not be asked."""
    lookup = Lookup.parse(name)
    noun = NOUNS[lookup.noun]
    record = effective_record(noun, shared, declared.record, native)
    found = [
        mistake(f"expected the record to say {field}, by which a {noun.name} is known", {}, name)
        for field in noun.identity or ("native_id",)
        if field not in record
    ]
    keys = declared.keys
    if keys is None:
        return found + _by_no_key(name, noun, record)
    if isinstance(declared, LookupDeclaration):
        found += _misplaced(name, declared)
    match = effective_match(lookup, declared, record)
    if match is None:
        found.append(mistake("expected match: where a row says which key it answers", {}, name))
    elif match == "anything":
        if not keys.one_a_call(join):
            found.append(mistake("expected match to be a path, as one call takes several keys", False, name, "match"))
    elif len(match) != keys.parts:
        found.append(mistake("expected as many paths as a key has parts", declared.match, name, "match"))
    return found


def _by_no_key(name: str, noun: Noun, record: RecordDeclaration) -> list[InitErrorDetails]:
    """What a thing in a list is known by, but is to be the key that it was asked by."""
    return [
        mistake(f"expected {field} to stand in the rows: a list is asked for by no key", "key", name)
        for field in noun.identity or ("native_id",)
        if field in record and record[field].of == "key"
    ]


def _misplaced(name: str, declared: LookupDeclaration) -> list[InitErrorDetails]:
    """A segment that is too far from the path for its key to be put there."""
    place = declared.keys.path if declared.keys else None
    most = segments(declared.path) + 1
    if place is None or place <= most:
        return []
    return [mistake(f"expected a segment of the path, from 1 to {most}", place, name, "keys", "path")]
