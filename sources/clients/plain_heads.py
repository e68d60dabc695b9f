"""Heads of answers that are read in one step, as they say nothing out of the ordinary.

What is read here llhttp would read in the same way; it is strictly less than that: a 200 of HTTP/1.1 with one length,
its lines printable and ended by CR LF, nothing that says how the body is coded, or that the connection ends. Under load
a server says the same head again and again, as long as its clock says the same second: those are remembered.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sources.clients.fields import told

_HEADS_AT_MOST: Final = 2048
_HEAD_BYTES_AT_MOST: Final = 2048

_VALUE: Final = rb": [!-~][ -~]*+\r\n"
_MOST: Final = rb"(?:[ABD-OQRSV-Zabd-oqrsv-z][A-Za-z0-9-]*+" + _VALUE + rb")*+"
"""Fields whose names cannot be mistaken, by their first letters."""
_ODD: Final = rb"connection|content-(?:encoding|length|type)|proxy-connection|transfer-encoding|upgrade"
_OTHER: Final = (
    rb"(?:[Cc]onnection: [Kk]eep-[Aa]live\r\n|(?!(?i:" + _ODD + rb"):)[A-Za-z][A-Za-z0-9-]*+" + _VALUE + rb")"
)
_OTHERS: Final = _MOST + rb"(?:" + _OTHER + _MOST + rb")*+"
"""Fields that tell nothing of where the answer ends."""
_TYPE: Final = rb"(?:[Cc]ontent-[Tt]ype: ([!-~][ -~]*+)\r\n" + _OTHERS + rb")?+"
_LENGTH: Final = rb"[Cc]ontent-[Ll]ength: ([0-9]{1,15})\r\n"
_head = re.compile(
    rb"HTTP/1\.1 200 [ -~]*+\r\n" + _OTHERS + _TYPE + _LENGTH + _OTHERS + rb"(?(1)|" + _TYPE + rb")\r\n"
).fullmatch
_fields = re.compile(rb"\r\n([^:]+): ([^\r]*)").findall


class _Begun(dict[str, bytes]):
    """How a field begins within a head. The names that are looked for are those in the program and in declarations."""

    def __missing__(self, name: str) -> bytes:
        begun = self[name] = f"\n{name}:".encode()
        return begun


_begun = _Begun()


class Fields(Mapping[str, str]):
    """The fields of a plain head, names in lower case.

    All but the type of the body, which whoever reads it wants to know, are told apart when somebody asks for one.
    remarks: what they tell, as whoever reads them has made it out; kept with them, as the same head comes again.
    """

    __slots__ = ("_head", "_kind", "_lower", "_told", "remarks")

    def __init__(self, head: bytes, kind: str | None) -> None:
        self._head = head
        self._lower = head.lower()
        self._kind = kind
        self._told: dict[str, str] | None = None
        self.remarks: Any = None

    def _all(self) -> dict[str, str]:
        if self._told is None:
            self._told = told(_fields(self._head))
        return self._told

    def get(self, name: str, default: Any = None) -> Any:
        """The field's value, or else the default. A head that does not hold the name is not told apart for it."""
        if name == "content-type":
            return default if self._kind is None else self._kind
        return self._all().get(name, default) if _begun[name] in self._lower else default

    def __getitem__(self, name: str) -> str:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


class PlainHead:
    """A head in its bytes. size: how many they are; length: of the body; whole: of both; fields: what it tells."""

    __slots__ = ("fields", "length", "size", "whole")

    def __init__(self, head: bytes, length: int, kind: str | None) -> None:
        self.fields = Fields(head, kind)
        self.size = len(head)
        self.length = length
        self.whole = self.size + length


_known: dict[bytes, PlainHead] = {}


def plain_head(data: bytes) -> PlainHead | None:
    """The head with which these bytes begin; None where it is not plain, or not there to its end."""
    size = data.find(b"\r\n\r\n", 0, _HEAD_BYTES_AT_MOST) + 4
    return _known.get(data[:size]) or _read(data[:size])


def _read(head: bytes) -> PlainHead | None:
    found = _head(head)
    if found is None:
        return None
    before, length, after = found.groups()
    kind = before or after
    if len(_known) >= _HEADS_AT_MOST:
        _known.clear()
    read = _known[head] = PlainHead(head, int(length), kind.decode() if kind else None)
    return read
