"""Declarations that lie over a preset: nothing has to be said, and null takes away what the preset says."""

import re
from collections.abc import Collection, Mapping
from typing import Any

_REF = re.compile(r"#/\$defs/(.+)")


def partial(definitions: Mapping[str, dict[str, Any]], roots: Collection[str]) -> dict[str, dict[str, Any]]:
    """The definitions that these lead to, each in a form in which any part of it may be left out or be null."""
    found: dict[str, dict[str, Any]] = {}
    left = sorted(roots)
    while left:
        name = left.pop()
        if f"{name}.partial" not in found:
            found[f"{name}.partial"] = _loosened(definitions[name])
            left += _named(definitions[name])
    return found


def _named(schema: Any) -> list[str]:
    """The definitions to which a schema refers."""
    if isinstance(schema, list):
        return [name for one in schema for name in _named(one)]
    if not isinstance(schema, dict):
        return []
    match = _REF.fullmatch(str(schema.get("$ref")))
    return [*([match[1]] if match else []), *(name for one in schema.values() for name in _named(one))]


def _loosened(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_loosened(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: _part(name, value) for name, value in schema.items() if name != "required"}


def _part(name: str, value: Any) -> Any:
    if name == "$ref":
        return f"{value}.partial"
    if name in ("properties", "patternProperties") and isinstance(value, dict):
        return {one: _or_null(_loosened(schema)) for one, schema in value.items()}
    if name == "additionalProperties" and isinstance(value, dict):
        return _or_null(_loosened(value))
    return value if name in ("enum", "const", "default") else _loosened(value)


def _or_null(schema: Any) -> Any:
    return {"anyOf": [schema, {"type": "null"}]}
