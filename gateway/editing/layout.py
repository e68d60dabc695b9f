"""JSON for people who look at differences: what fits into a line stands in one."""

import json
from typing import Any

_WIDTH = 120


def laid_out(value: Any, indent: int = 0) -> str:
    """A value as JSON, indented by two a level where it does not fit into a line."""
    line = json.dumps(value, ensure_ascii=False)
    if len(line) + indent <= _WIDTH or not isinstance(value, dict | list) or not value:
        return line
    inner = indent + 2
    if isinstance(value, list):
        return _between("[]", [laid_out(one, inner) for one in value], indent)
    parts = [f"{json.dumps(name, ensure_ascii=False)}: {laid_out(one, inner)}" for name, one in value.items()]
    return _between("{}", parts, indent)


def _between(brackets: str, parts: list[str], indent: int) -> str:
    blank = " " * indent
    lines = ",\n".join(f"{blank}  {part}" for part in parts)
    return f"{brackets[0]}\n{lines}\n{blank}{brackets[1]}"
