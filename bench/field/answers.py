"""Whether two contestants gave the same answer."""

import json
from typing import Any

SHOWN = 60
"""Characters of a value that are shown where answers differ."""


class Differs(Exception):  # noqa: N818 - it says what it is
    """An answer is not what it should be; the message says where."""


def data_of(body: bytes) -> Any:
    """What an answer says, without `extensions` and what was asked about provenance; Differs if it has errors."""
    answer = json.loads(body)
    if answer.get("errors"):
        raise Differs(f"errors: {str(answer['errors'])[:300]}")
    return _without_provenance(answer["data"])


def hold(expected: Any, found: Any, where: str = "data") -> None:
    """Hold an answer against another one; Differs tells the first place where they do."""
    if isinstance(expected, dict) and isinstance(found, dict):
        if expected.keys() != found.keys():
            raise Differs(f"{where} has {sorted(found)} and should have {sorted(expected)}")
        for name, value in expected.items():
            hold(value, found[name], f"{where}.{name}")
    elif isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            raise Differs(f"{where} has {len(found)} items and should have {len(expected)}")
        for place, value in enumerate(expected):
            hold(value, found[place], f"{where}[{place}]")
    elif expected != found or isinstance(expected, bool) != isinstance(found, bool):
        raise Differs(f"{where} is {str(found)[:SHOWN]!r} and should be {str(expected)[:SHOWN]!r}")


def _without_provenance(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_provenance(one) for name, one in value.items() if name != "provenance"}
    if isinstance(value, list):
        return [_without_provenance(one) for one in value]
    return value
