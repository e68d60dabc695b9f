"""Names and types as GraphQL writes them [GraphQL, 2.1.9 and 2.11]."""

import re

_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")


def is_name(text: str) -> bool:
    """Whether this is a name."""
    return _NAME.fullmatch(text) is not None


def name(text: str) -> str:
    """The name, if it is one; ValueError else."""
    if not is_name(text):
        raise ValueError("expected a name of GraphQL")
    return text


def dotted(text: str) -> str:
    """Names with dots between them: fields within fields, or an argument within an input object."""
    if not all(map(is_name, text.split("."))):
        raise ValueError("expected names of GraphQL, with dots between them")
    return text


def type_(text: str) -> str:
    """A type such as `[String!]!`."""
    inner = text.removesuffix("!")
    while inner.startswith("[") and inner.endswith("]"):
        inner = inner[1:-1].removesuffix("!")
    if not is_name(inner):
        raise ValueError("expected a type of GraphQL such as [String!]!")
    return text
