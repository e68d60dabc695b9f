"""`trunkline schema`: the schema as SDL, and what a change of it does to clients."""

from pathlib import Path
from typing import Annotated

import typer
from graphql import BreakingChange, DangerousChange, GraphQLError, GraphQLSchema, build_schema, find_schema_changes

from gateway.terminal import FAILED, say, stop
from schema.root import schema as current


def schema(
    check: Annotated[
        Path | None, typer.Option(help="An older SDL: tell what has changed since, and fail if it breaks clients.")
    ] = None,
) -> None:
    """Print the schema as SDL."""
    if check is None:
        say(current.as_str())
    elif compare(_read(check)):
        raise typer.Exit(FAILED)


def _read(path: Path) -> GraphQLSchema:
    try:
        return build_schema(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        stop(f"{path}: cannot be read: {error}")
    except (GraphQLError, TypeError) as error:
        stop(f"{path}: is no schema: {error}")


def compare(old: GraphQLSchema) -> bool:
    """Tell every change since an older schema, the worst first; whether there is one that breaks clients."""
    kinds: dict[str, list[str]] = {"breaking": [], "dangerous": [], "safe": []}
    for change in find_schema_changes(old, build_schema(current.as_str())):
        kinds[_kind(change)].append(change.description)
    for kind, descriptions in kinds.items():
        for description in descriptions:
            say(f"{kind:<10} {description}")
    say(", ".join(f"{len(descriptions)} {kind}" for kind, descriptions in kinds.items()))
    return bool(kinds["breaking"])


def _kind(change: object) -> str:
    if isinstance(change, BreakingChange):
        return "breaking"
    return "dangerous" if isinstance(change, DangerousChange) else "safe"
