"""Schema directives that tell tools who may ask for what. The policy and the gate enforce it, not these.

Their names and shapes are those of Apollo Federation [specification 2.6, @requiresScopes and @policy].
"""

import strawberry
from strawberry.schema_directive import Location

_WHERE = [Location.FIELD_DEFINITION, Location.OBJECT]


@strawberry.schema_directive(
    locations=_WHERE, name="policy", description="Shown to whom one of these sets of policies holds for."
)
class Policy:
    policies: list[list[str]] = strawberry.directive_field(name="policies")


@strawberry.schema_directive(
    locations=_WHERE, name="requiresScopes", description="Shown to whom has been given one of these sets of scopes."
)
class RequiresScopes:
    scopes: list[list[str]] = strawberry.directive_field(name="scopes")


INTERNALS = Policy(policies=[["internals"]])
"""For roles whose sight includes internal names, timings and the sources' own words."""


def reads(noun: str) -> RequiresScopes:
    """For callers whose role, or key, reads this noun."""
    return RequiresScopes(scopes=[[f"read:{noun}"]])
