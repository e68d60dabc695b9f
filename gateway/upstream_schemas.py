"""Holds what sources that speak GraphQL would be asked against their schemas, where the configuration names these."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from graphql import GraphQLError, GraphQLSchema, build_schema, parse, validate

from sources.grammar.graphql import GraphqlDeclaration
from sources.grammar.source import SourceDeclaration
from sources.positions import Document, Mistake, dotted
from sources.rooted import sampled


def schema_mistakes(document: Document, sources: Mapping[str, SourceDeclaration]) -> Iterator[Mistake]:
    """What their schemas do not know, each with the lookup that would ask for it."""
    for name, declared in sources.items():
        if isinstance(declared, GraphqlDeclaration) and declared.sdl is not None:
            yield from _mistakes(document, name, declared, declared.sdl)


def _mistakes(document: Document, name: str, declared: GraphqlDeclaration, file: str) -> Iterator[Mistake]:
    where = ("sources", name)
    try:
        schema = build_schema(Path(file).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        yield _mistake(document, (*where, "sdl"), "expected a readable file", repr(file))
    except (GraphQLError, TypeError) as err:
        yield _mistake(document, (*where, "sdl"), f"expected a schema: {str(err).splitlines()[0]}")
    else:
        for lookup, operations in sampled(name, declared).items():
            for message in _unknown(schema, [operation.query for operation in operations]):
                yield _mistake(document, (*where, "lookups", lookup), f"expected what {file} knows: {message}")


def _unknown(schema: GraphQLSchema, queries: list[str]) -> list[str]:
    """What a schema has against these documents, each thing once."""
    return list(dict.fromkeys(error.message for query in queries for error in validate(schema, parse(query))))


def _mistake(document: Document, where: tuple[str, ...], expected: str, found: str = "") -> Mistake:
    line, column = document.locate(where)
    return Mistake(document.file, line, column, dotted(where), expected, found)
