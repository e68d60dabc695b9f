"""Keys in an expression of a system's own query language: between quotes that they cannot leave, or plain ones only."""

import re
from collections.abc import Sequence

from sources.grammar.lookup import ExpressionDeclaration

_PLAIN = re.compile(r"[\w.:/@-]+")
"""What no query language that is in use takes for its own signs."""


def expressed(declared: ExpressionDeclaration, keys: Sequence[str], between: str) -> str:
    """The expression that asks for these keys."""
    return declared.before + between.join(one(declared, key) for key in keys) + declared.after


def one(declared: ExpressionDeclaration, key: str) -> str:
    """A key as it stands in the expression."""
    match declared.quote:
        case "'":
            key = "'" + key.replace("'", "''") + "'"
        case '"':
            key = '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return declared.each + key


def expressible(declared: ExpressionDeclaration, key: str) -> bool:
    """Whether a key can stand there and be nothing but a key."""
    return key.isprintable() if declared.quote else _PLAIN.fullmatch(key) is not None
