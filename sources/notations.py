"""How JSON comes where it is no plain document: a line each, as a script, as a table of comma separated values.

Such a body, in UTF-8, is turned into the JSON that it stands for; ValueError where it stands for none.
"""

import csv
from collections.abc import Callable
from functools import partial
from io import StringIO

import msgspec


class Notation(msgspec.Struct, frozen=True):
    """How a source's JSON comes.

    encoding: of its text, whatever it claims; None to believe it. to_json: from the body to JSON; None where it is
    some. may_be_empty: whether no text at all is a way to say that there is nothing.
    """

    encoding: str | None = None
    to_json: Callable[[bytes], bytes] | None = None
    may_be_empty: bool = False


PLAIN = Notation()
"""JSON, in the character set that the answer claims, or else UTF-8."""


def notation(written: str, encoding: str | None = None, delimiter: str = ",", *, names: bool = True) -> Notation:
    """The notation of this name."""
    match written:
        case "lines":
            return Notation(encoding, lines, may_be_empty=True)
        case "script":
            return Notation(encoding, script)
        case "csv":
            return Notation(
                encoding, partial(table if names else nameless_table, delimiter=delimiter), may_be_empty=not names
            )
        case _:
            return Notation(encoding) if encoding else PLAIN


def lines(body: bytes) -> bytes:
    """A document a line (NDJSON, JSON Lines, and text sequences [RFC 7464]), as a list of them; no line is none."""
    found = (line.strip(b" \t\x1e") for line in body.splitlines())
    return b"[" + b",".join(line for line in found if line) + b"]"


def script(body: bytes) -> bytes:
    """What a script holds between its first bracket and its last: `call({...});`, `)]}',`, `while(1);`, `a = ...`."""
    start = min((at for at in (body.find(b"{"), body.find(b"[")) if at >= 0), default=-1)
    end = max(body.rfind(b"}"), body.rfind(b"]"))
    if start < 0 or end < start:
        raise ValueError("no JSON in a script")
    return body[start : end + 1]


def table(body: bytes, delimiter: str) -> bytes:
    """Rows of values under the names in the first row [RFC 4180], as a list of objects."""
    names, *rows = _rows(body, delimiter)
    names = [name.strip() for name in names]
    if len(set(names)) != len(names) or any(len(row) > len(names) for row in rows):
        raise ValueError("a table with more values than names")
    return msgspec.json.encode([dict(zip(names, row, strict=False)) for row in rows])


def nameless_table(body: bytes, delimiter: str) -> bytes:
    """Rows of values alone, as a list of lists; no row is none."""
    return msgspec.json.encode(_rows(body, delimiter))


def _rows(body: bytes, delimiter: str) -> list[list[str]]:
    try:
        written = csv.reader(StringIO(body.decode(), newline=""), delimiter=delimiter, strict=True)
        return [row for row in written if row]
    except csv.Error as err:
        raise ValueError("no table") from err
