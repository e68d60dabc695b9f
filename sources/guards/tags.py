"""By which words a kept answer can be told to be out of date: whose it is, what is in it, what that refers to.

A tag is `circuit:BJSH-OTN-000017` (a noun and its business key, or the public id of an alarm or a ticket),
`inventory:svc-88` (a system and its own key) or `source:crm`. Case, width and blanks do not count.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from model.answer import Answer
from model.keys import Foreign, Key, Lookup
from model.nouns import NOUNS
from model.records import Record
from sources.contract import Terms

_REFERS = {**{noun: noun for noun in NOUNS}, "circuits": "circuit", "parent": "customer"}
"""Field -> the noun that it refers to, where a name says so."""


def normal(tag: str) -> str:
    """A tag as it is compared."""
    if tag.isascii() and tag.isprintable() and " " not in tag:
        return tag.lower()  # as most are, and the same by a shorter way
    return "".join(unicodedata.normalize("NFKC", tag).casefold().split())


def tags(source: str, lookup: Lookup, terms: Terms, key: Key | None, answer: Answer | None) -> frozenset[str]:
    """The tags of what a source says to a key, or of a page of its list."""
    said = {f"source:{source}"}
    if key is not None:
        said.add(_of_key(lookup, terms, key))
    for record in answer.records if answer else ():
        said.update(_of_record(source, lookup.noun, record))
    return frozenset(map(normal, said))


def _of_key(lookup: Lookup, terms: Terms, key: Key) -> str:
    told = key if isinstance(key, str) else "/".join(key)
    by = lookup.by or ""
    if terms.space is not None:
        return f"{terms.space}:{told}"
    return f"{by if by in NOUNS else lookup.noun}:{told}"


def _of_record(source: str, noun: str, record: Record) -> Iterator[str]:
    own = getattr(record, NOUNS[noun].id)
    if isinstance(own, str):
        yield (
            f"{noun}:{own}" if NOUNS[noun].keyed or own == f"{source}:{record.native_id}" else f"{noun}:{source}:{own}"
        )
    if isinstance(record.native_id, str):
        yield f"{source}:{record.native_id}"
    for space, key in record.keys.items():
        yield f"{space}:{key}"
    for field in NOUNS[noun].fields & _REFERS.keys():
        for ref in _refs(getattr(record, field)):
            yield f"{ref.space}:{ref.key}" if isinstance(ref, Foreign) else f"{_REFERS[field]}:{ref}"


def _refs(value: Any) -> Iterable[str | Foreign]:
    if isinstance(value, str | Foreign):
        return (value,)
    return [one for one in value if isinstance(one, str | Foreign)] if isinstance(value, list | tuple) else ()
