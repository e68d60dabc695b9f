"""How each noun is identified, which source decides that a thing exists, and whose word holds for which field.

The `nouns:` section of the configuration:

    nouns:
      circuit:
        key: {case: upper}                       # HB-icbc-１ and hb-ICBC-1 are one circuit
        authority: [inventory, crm]              # which circuits exist; the first healthy one is asked
        standby: [legacy]                        # asked only for what the others, of which one fails, do not tell
        prefer: [inventory, resources, crm]      # whose word holds, unless a field says otherwise
        fields:
          bandwidth_bps: {prefer: [resources, inventory]}
          operational_state: worst
          contacts: union
"""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Struct
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from model.nouns import NOUNS
from resolvers.correlation import CorrelationRule
from resolvers.spelling import KeyPolicy, Spelling


class Rule(StrEnum):
    """How one value is made of several that differ."""

    PREFER = "prefer"
    FRESHEST = "freshest"
    UNION = "union"
    WORST = "worst"


class FieldPolicy(BaseModel):
    """One field's own rule: a word (`freshest`, `union`, `worst`) or `{prefer: [source, ...]}`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: Rule = Rule.PREFER
    prefer: tuple[str, ...] = ()


def _field_policy(value: object) -> object:
    if isinstance(value, str):
        if value not in (Rule.FRESHEST, Rule.UNION, Rule.WORST):
            raise ValueError("expected freshest, union, worst or {prefer: [source, ...]}")
        return {"rule": Rule(value)}
    return value


class NounPolicy(BaseModel):
    """What the configuration says of one noun."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: KeyPolicy = KeyPolicy()
    authority: tuple[str, ...] = ()
    standby: tuple[str, ...] = ()
    prefer: tuple[str, ...] = ()
    correlate: tuple[CorrelationRule, ...] = ()
    fields: Mapping[
        str,
        Annotated[
            FieldPolicy,
            BeforeValidator(_field_policy, json_schema_input_type=Literal["freshest", "union", "worst"] | FieldPolicy),
        ],
    ] = Field(default_factory=dict)


class Policy(Struct, frozen=True):
    """One noun's policy, ready to use.

    `authority` and `prefer` name every source that speaks of the noun, the configured ones first. Those of `standby`
    are the last of authority, and are asked only for what the others, of which one fails, do not tell.
    """

    noun: str
    authority: tuple[str, ...]
    standby: frozenset[str]
    prefer: tuple[str, ...]
    fields: Mapping[str, FieldPolicy]
    normalise: Spelling
    correlate: tuple[CorrelationRule, ...] = ()
    correlating: frozenset[str] = frozenset()
    """The fields by which its things are correlated."""
    made: dict[tuple[str, ...], Callable[..., Any]] = msgspec.field(default_factory=dict)
    """The functions that merge by it, as they come to be needed (`resolvers.merging`)."""

    def rule(self, field: str) -> Rule:
        """By which rule this field is merged."""
        own = self.fields.get(field)
        return own.rule if own else Rule.PREFER

    def ranked(self, field: str) -> tuple[str, ...]:
        """The sources in the order in which their word counts for this field."""
        own = self.fields.get(field)
        if own is None or not own.prefer:
            return self.prefer
        return own.prefer + tuple(source for source in self.prefer if source not in own.prefer)


def compile_policies(configured: Mapping[str, NounPolicy], speakers: Mapping[str, Sequence[str]]) -> dict[str, Policy]:
    """Make every noun's policy; `speakers` are the sources that speak of a noun, in the order of their declaration."""
    policies = {}
    for noun in NOUNS:
        said = configured.get(noun, NounPolicy())
        speaking = tuple(speakers.get(noun, ()))
        first = tuple(source for source in said.authority or speaking if source not in said.standby)
        authority = (*first, *said.standby)
        policies[noun] = Policy(
            noun,
            authority,
            frozenset(said.standby),
            tuple(dict.fromkeys((*said.prefer, *first, *speaking, *said.standby))),
            said.fields,
            Spelling(said.key, noun),
            said.correlate,
            frozenset().union(*(rule.fields for rule in said.correlate)),
        )
    return policies
