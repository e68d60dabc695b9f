"""What of a shown record a caller's role may see: fields that are null for it, fields that wear a mask.

Masks change records, so that filters, orders, conflicts and provenance, too, know no more than what is shown.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from msgspec import UNSET, Struct
from msgspec.structs import replace

from model.caller import Caller, MaskName, Sight
from model.records import Record

Mask = Callable[[str], str]


_NUMBER = re.compile(r"(?<![+(])[+(]*\d[\d\s().+-]*")
"""One number, with what may stand between its digits."""
_TELLING = 8
"""So many digits tell a number with four of them masked; fewer are masked whole."""
_DIGITS_AT_MOST = 15
"""Of one number [E.164]; what has more is several, of which nobody knows where they end."""
_ADDRESS = re.compile(r"([^\s,;、<>|@])[^\s,;、<>|@]{0,63}(@[\w.-]*)|@[\w.-]*")
"""One address; its name has 64 letters at most [RFC 5321, 4.5.3.1.1]."""


def _phone(text: str) -> str:
    """Each of the numbers in a text with four digits masked, or more."""
    return _NUMBER.sub(lambda found: _number(found[0]), text) if sum(map(str.isdigit, text)) >= _TELLING else "****"


def _number(text: str) -> str:
    digits = sum(map(str.isdigit, text))
    if digits < _TELLING:
        return "****"
    first = 0 if digits > _DIGITS_AT_MOST else digits - _TELLING
    kept, seen = [], 0
    for letter in text:
        seen += letter.isdigit()
        kept.append("*" if letter.isdigit() and first < seen <= digits - 4 else letter)
    return "".join(kept)


def _email(text: str) -> str:
    """Each of the addresses in a text by the first letter of its name, and nothing of what stands around them."""
    found = [
        f"{first or ''}***{domain or ''}" for first, domain in _ADDRESS.findall(unicodedata.normalize("NFKC", text))
    ]
    return ", ".join(found) or "***"


MASKS: Mapping[MaskName, Mask] = MappingProxyType(
    {
        MaskName.PHONE: _phone,
        MaskName.EMAIL: _email,
        MaskName.NAME: lambda text: f"{text[:1]}**",
        MaskName.ADDRESS: lambda text: f"{text[:6]}****",
        MaskName.LAST4: lambda text: f"****{text[-4:]}" if len(text) > 4 else "****",
        MaskName.ALL: lambda _: "****",
    }
)


def alters(sight: Sight, noun: str) -> bool:
    """Whether this sight hides or masks anything of the noun."""
    return bool(sight.hidden.get(noun) or sight.masks.get(noun))


def sees_all(caller: Caller, noun: str) -> bool:
    """Whether this caller is shown things of the noun, and all that there is to them."""
    sight = caller.sight
    return (sight.nouns is None or noun in sight.nouns) and not (sight.hidden.get(noun) or sight.masks.get(noun))


def concealed(sight: Sight, noun: str, field: str) -> bool:
    """Whether what a source says of a field is not what is shown: no source may be asked to filter or sort by it."""
    masked = any(path.split(".")[0] == field for path in sight.masks.get(noun, ()))
    return masked or field in sight.hidden.get(noun, ())


def sighted(sight: Sight, noun: str, record: Record) -> Record:
    """The record as it is shown, and with it every statement that it was made from."""
    if not alters(sight, noun):
        return record
    said = tuple(replace(one, record=_shown(sight, noun, one.record)) for one in record.said)
    return replace(_shown(sight, noun, record), said=said)


def _shown(sight: Sight, noun: str, record: Record) -> Record:
    changes: dict[str, Any] = dict.fromkeys(sight.hidden.get(noun, ()))
    raw = dict(record.raw)
    for path, mask in sight.masks.get(noun, {}).items():
        field, _, within = path.partition(".")
        if field not in changes or changes[field] is not None:
            changes[field] = _masked(changes.get(field, getattr(record, field)), within, MASKS[mask])
    for field in changes:
        raw.pop(field, None)
    return replace(record, raw=raw, **changes)


def _masked(value: Any, within: str, mask: Mask) -> Any:
    """The value with the mask on its texts: those of a field within it, where a path goes on."""
    if value is UNSET or value is None or isinstance(value, Exception):
        return value
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(_masked(one, within, mask) for one in value)
    if within and isinstance(value, Struct):
        field, _, rest = within.partition(".")
        return replace(value, **{field: _masked(getattr(value, field), rest, mask)})
    return mask(value) if isinstance(value, str) else None
