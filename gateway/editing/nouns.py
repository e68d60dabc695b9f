"""The names that a configuration takes from the nouns: their fields in records, their lookups, their policies."""

from typing import Any

from msgspec import Struct

from model.enums import Kpi
from model.nouns import NOUNS, Noun
from sources.grammar.nouns import shapes

Schema = dict[str, Any]
_FIELD = "FieldDeclaration"


def known_nouns(definitions: dict[str, Schema]) -> None:
    """Tell the declarations which nouns, fields, lookups and KPIs there are."""
    for noun in NOUNS.values():
        definitions[f"{noun.name}.record"] = _record(noun, null=False)
        definitions[f"{noun.name}.own"] = _record(noun, null=True)
    for schema in list(definitions.values()):
        properties = schema.get("properties", {})
        if "records" in properties:
            properties["records"] = _closed({name: _ref(f"{name}.record") for name in NOUNS})
        if {"record", "match"} <= properties.keys():
            properties["record"] = {"type": "object"}  # of which noun, its lookup says
        if "lookups" in properties and "url" in properties:
            properties["lookups"] = _lookups(properties["lookups"]["additionalProperties"])
        if "kpis" in properties:
            each = properties["kpis"]["additionalProperties"]
            properties["kpis"] = _closed({kpi.value: each for kpi in Kpi}) | {"minProperties": 1}


def known_policies() -> Schema:
    """Noun -> its policy, for the fields that it has."""
    return {noun.name: _policy(noun) for noun in NOUNS.values()}


def _policy(noun: Noun) -> Schema:
    names = {"propertyNames": {"enum": sorted(noun.fields)}}
    return {"allOf": [_ref("NounPolicy"), {"properties": {"fields": names}}]}


def _lookups(declared: Schema) -> Schema:
    """Each lookup with the fields of its own noun."""
    own = {
        f"^{name} (list|by \\S+)$": {"allOf": [declared, {"properties": {"record": _ref(f"{name}.own")}}]}
        for name in NOUNS
    }
    return {"type": "object", "patternProperties": own, "additionalProperties": False}


def _record(noun: Noun, *, null: bool) -> Schema:
    """The fields of a noun's records; null: where a lookup may say that its rows do not speak of one."""
    fields = _fields(noun.record, null=null)
    fields["keys"] = {"type": ["object", "null"] if null else "object", "additionalProperties": _ref(_FIELD)}
    return _closed(fields)


def _fields(struct: type[Struct], *, null: bool) -> Schema:
    told: Schema = {}
    for name, shape in shapes(struct).items():
        field: Schema = _ref(_FIELD)
        if issubclass(shape.kind, Struct):
            record = _closed(_fields(shape.kind, null=False))
            within = {"type": "object", "properties": {"record": record}, "required": ["record"]}
            field = {"allOf": [field, within]}
        told[name] = {"anyOf": [field, {"type": "null"}]} if null else field
    return told


def _closed(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}
