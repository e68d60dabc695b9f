"""The names of an enum's values, as answers tell them."""

from typing import Any

from graphql import GraphQLEnumType


def names_of(type_: GraphQLEnumType) -> dict[Any, str | None]:
    """An enum's names by the values, and by the members of the Python enum, that mean them."""
    names: dict[Any, str | None] = {}
    for name, value in type_.values.items():
        try:
            names[value.value] = name
        except TypeError:
            continue
    members = {member: type_.coerce_output_value(member) for member in getattr(type_, "wrapped_cls", ())}
    return members | names | members  # a key that is what is looked up, not its equal, is found in half the time
