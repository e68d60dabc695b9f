"""The JSON Schema of `trunkline.yaml` [JSON Schema 2020-12]."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from auth.policy import RolePolicy
from gateway.admission import AuthSection, StoreSection
from gateway.editing.nouns import known_nouns, known_policies
from gateway.editing.partial import partial
from gateway.settings import Settings
from model.caller import Role
from resolvers.policy import NounPolicy
from sources.configuration import DECLARATIONS, preset, preset_names

Schema = dict[str, Any]
_SECTIONS: Mapping[str, type[BaseModel]] = {"gateway": Settings, "auth": AuthSection, "store": StoreSection}


def configuration_schema() -> Schema:
    """What may be said in a configuration file, as far as one can tell without looking at two places of it at once."""
    models: list[type[BaseModel]] = [*dict.fromkeys(DECLARATIONS.values()), *_SECTIONS.values(), RolePolicy, NounPolicy]
    _, told = models_json_schema([(model, "validation") for model in models])
    definitions: dict[str, Schema] = told["$defs"]
    known_nouns(definitions)
    definitions |= partial(definitions, {model.__name__ for model in DECLARATIONS.values()})
    definitions["Source"] = _source()
    definitions = {name: untitled(schema) for name, schema in definitions.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Trunkline's configuration",
        "description": "Which systems there are, whose word counts, and how the gateway runs.",
        "type": "object",
        "properties": _properties(),
        "required": ["version", "sources"],
        "additionalProperties": False,
        "$defs": dict(sorted(definitions.items())),
    }


def _properties() -> Schema:
    roles: Schema = {role.value: _ref(RolePolicy.__name__) for role in Role}
    sections: Schema = {name: _ref(model.__name__) for name, model in _SECTIONS.items()}
    return {
        "version": {"const": 1},
        "sources": {"type": "object", "minProperties": 1, "additionalProperties": _ref("Source")},
        "nouns": _mapping(known_policies()),
        **{name: {"anyOf": [section, {"type": "null"}]} for name, section in sections.items()},
        "policy": _mapping(roles),
    }


def _source() -> Schema:
    """A source: over a preset, of which anything may be said otherwise, or declared as a whole."""
    whole: Schema = _ref(DECLARATIONS["rest"].__name__)
    for speaks, model in DECLARATIONS.items():
        if model is not DECLARATIONS["rest"]:
            whole = _where("speaks", [speaks], _ref(model.__name__), whole)
    over: Schema = _ref(f"{DECLARATIONS['rest'].__name__}.partial")
    for speaks, model in DECLARATIONS.items():
        names = [name for name in preset_names() if preset(name).data.get("speaks", "rest") == speaks]
        if names and model is not DECLARATIONS["rest"]:
            over = _where("preset", names, _ref(f"{model.__name__}.partial"), over)
    return {
        "type": "object",
        "required": ["url"],
        "properties": {"preset": {"enum": preset_names()}},
        "if": {"required": ["preset"]},
        "then": over,
        "else": whole,
    }


def untitled(schema: Any) -> Any:
    """The same without the titles that pydantic makes of names, and defaults that say nothing."""
    if isinstance(schema, list):
        return [untitled(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    said = {name: value for name, value in schema.items() if (name, value) != ("default", None)}
    return {name: untitled(value) for name, value in said.items() if name != "title" or isinstance(value, dict)}


def _where(name: str, values: list[str], then: Schema, otherwise: Schema) -> Schema:
    return {
        "if": {"properties": {name: {"enum": values}}, "required": [name]},
        "then": then,
        "else": otherwise,
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _mapping(properties: Schema) -> Schema:
    return {"type": ["object", "null"], "properties": properties, "additionalProperties": False}
