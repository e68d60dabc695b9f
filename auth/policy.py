"""The policy: how much of what is theirs each role is shown."""

from collections.abc import Iterable, Mapping
from functools import reduce
from importlib.resources import files

import msgspec
from pydantic import BaseModel, ConfigDict, TypeAdapter, field_validator
from ruamel.yaml import YAML

from model.caller import MaskName, Role, Sight
from model.nouns import NOUNS


class RolePolicy(BaseModel):
    """What one role is shown: all nouns and fields unless told otherwise.

    nouns: only these. hide: noun -> fields that are null. masks: noun -> field, or field.within, -> mask.
    internals: internal source names, timings and the sources' own words.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    nouns: tuple[str, ...] | None = None
    hide: Mapping[str, tuple[str, ...]] = {}
    masks: Mapping[str, Mapping[str, MaskName]] = {}
    internals: bool = False

    @field_validator("nouns")
    @classmethod
    def _known(cls, nouns: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for noun in nouns or ():
            _noun(noun)
        return nouns

    @field_validator("hide")
    @classmethod
    def _hidable(cls, hide: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
        for noun, fields in hide.items():
            for field in fields:
                _field(noun, field)
                if field in (NOUNS[noun].id, *NOUNS[noun].identity):
                    raise ValueError(f"a {noun} is known by its {field}: it cannot be hidden")
        return hide

    @field_validator("masks")
    @classmethod
    def _maskable(cls, masks: Mapping[str, Mapping[str, MaskName]]) -> Mapping[str, Mapping[str, MaskName]]:
        for noun, paths in masks.items():
            for path in paths:
                _field(noun, path.split(".")[0])
        return masks

    def sight(self) -> Sight:
        """What it comes to for a caller."""
        return Sight(
            None if self.nouns is None else frozenset(self.nouns),
            {noun: frozenset(fields) for noun, fields in self.hide.items()},
            self.masks,
            self.internals,
        )


def _noun(noun: str) -> None:
    if noun not in NOUNS:
        raise ValueError(f"there is no noun {noun!r}: expected one of {', '.join(sorted(NOUNS))}")


def _field(noun: str, field: str) -> None:
    _noun(noun)
    if field not in NOUNS[noun].fields:
        raise ValueError(f"a {noun} has no field {field!r}: it has {', '.join(sorted(NOUNS[noun].fields))}")


Policy = Mapping[Role, RolePolicy]
POLICY: TypeAdapter[dict[Role, RolePolicy]] = TypeAdapter(dict[Role, RolePolicy])
"""Reads a policy from plain data."""


def shipped_policy() -> dict[Role, RolePolicy]:
    """The policy that holds unless the configuration says otherwise."""
    text = (files("auth") / "policy.yaml").read_text(encoding="utf-8")
    return POLICY.validate_python(YAML(typ="safe", pure=True).load(text))


def sight_of(policy: Policy, roles: Iterable[Role]) -> Sight:
    """What somebody with these roles is shown: what any of them shows; nothing without a role."""
    sights = [policy[role].sight() for role in roles if role in policy]
    return reduce(_either, sights) if sights else Sight(nouns=frozenset(), internals=False)


def _either(one: Sight, other: Sight) -> Sight:
    nouns = None if one.nouns is None or other.nouns is None else one.nouns | other.nouns
    # what a role does not show at all it does not conceal for the other one either
    hidden = {
        noun: frozenset(
            field
            for field in one.hidden.get(noun, frozenset()) | other.hidden.get(noun, frozenset())
            if all(not _shows(sight, noun, field) for sight in (one, other))
        )
        for noun in NOUNS
    }
    masks = {
        noun: {
            path: mask
            for path, mask in {**other.masks.get(noun, {}), **one.masks.get(noun, {})}.items()
            if all(_masks(sight, noun, path) for sight in (one, other))
        }
        for noun in NOUNS
    }
    return msgspec.structs.replace(
        one,
        nouns=nouns,
        hidden={noun: fields for noun, fields in hidden.items() if fields},
        masks={noun: paths for noun, paths in masks.items() if paths},
        internals=bool(one.internals or other.internals),
    )


def _shows(sight: Sight, noun: str, field: str) -> bool:
    return (sight.nouns is None or noun in sight.nouns) and field not in sight.hidden.get(noun, ())


def _masks(sight: Sight, noun: str, path: str) -> bool:
    """Whether the path is not shown plainly."""
    return path in sight.masks.get(noun, {}) or not _shows(sight, noun, path.split(".")[0])
