"""`trunkline probe`: ask one lookup of one source for real, and see what becomes of the answer."""

import logging
from collections.abc import Sequence
from typing import Annotated

import anyio
import msgspec
import typer
from graphql import GraphQLError

from gateway.commands.configured import DEFAULT, configured
from gateway.commands.kept import ConfigOption
from gateway.commands.probed import Report, as_data
from gateway.configuration import Configuration
from gateway.terminal import FAILED, say, stop
from model.ask import Window
from model.keys import Key, Lookup
from model.nouns import NOUNS
from resolvers.policy import NounPolicy
from resolvers.spelling import Spelling
from schema.scalars import read_duration, read_time
from sources.grammar.source import SourceDeclaration
from sources.grammar.words import one_of
from sources.positions import Document
from sources.probing.masks import Masks
from sources.probing.probe import offered
from sources.probing.probe import probe as ask
from sources.probing.spots import Spots

PATIENCE = 10.0
"""Seconds that an answer may take, all of its pages together."""
SHOWN = 3000
"""Characters of each answer that are shown, unless others are asked for."""


def probe(
    source: Annotated[str, typer.Argument(help="The source, as the configuration calls it.")],
    words: Annotated[
        list[str], typer.Argument(metavar="LOOKUP KEY...", help='"circuit by code" KEY ..., or "circuit list".')
    ],
    config: ConfigOption = DEFAULT,
    fields: Annotated[str, typer.Option(help="The fields that are wanted, with commas; all if not said.")] = "",
    window: Annotated[
        str, typer.Option(help="Of measurements: FROM/TO or FROM/TO/STEP, as ISO 8601 writes them.")
    ] = "",
    shown: Annotated[int, typer.Option(min=0, help="Characters of each answer that are shown.")] = SHOWN,
    json: Annotated[bool, typer.Option("--json", help="Print it for programs.")] = False,
) -> None:
    """Ask one lookup of one source, and show all: what went out, what came, what was mapped and what was not.

    Exit code 1: the source failed; 2: there is no such thing to ask. Secrets are not shown.
    """
    logging.getLogger("sources").addHandler(logging.NullHandler())  # what it would say is on the screen
    configuration = configured(config)
    declared = _declared(configuration, source)
    lookup, keys = _question(source, declared, words)
    wanted = _fields(lookup, fields)
    span = _span(window) if window else None
    probed = anyio.run(lambda: ask(source, declared, lookup, keys, fields=wanted, window=span, seconds=PATIENCE))
    masks = Masks(declared)
    for exchange in probed.exchanges:
        masks.learn(exchange.request)
    written = str(lookup) if lookup.by != source else f"{lookup.noun} by self"
    spots = Spots.of(Document.read(config), source, declared.preset, written)
    report = Report(source, lookup, keys, probed, declared, spots, masks, _spelling(configuration, lookup), shown)
    if json:
        say(msgspec.json.format(msgspec.json.encode(as_data(report), order="sorted")).decode())
    else:
        report.tell()
    if probed.faults:
        raise typer.Exit(FAILED)


def _spelling(configuration: Configuration, lookup: Lookup) -> Spelling | None:
    """How business keys of what is asked about are written; None for what belongs to one system alone."""
    policy = configuration.nouns.get(lookup.noun, NounPolicy())
    return Spelling(policy.key, lookup.noun) if NOUNS[lookup.noun].keyed else None


def _declared(configuration: Configuration, source: str) -> SourceDeclaration:
    if source not in configuration.sources:
        stop(f"no source {source!r}: {one_of(source, configuration.sources)}")
    return configuration.sources[source]


def _question(source: str, declared: SourceDeclaration, words: Sequence[str]) -> tuple[Lookup, Sequence[Key]]:
    """The lookup, written as one word or as several, and the keys."""
    said = " ".join(words).split()
    written, keys = (said[:2], said[2:]) if said[1:2] == ["list"] else (said[:3], said[3:])
    if " " in words[0].strip():
        written, keys = words[0].split(), list(words[1:])
    try:
        lookup = Lookup.parse(" ".join(written))
    except ValueError as error:
        stop(str(error))
    lookup = Lookup(lookup.noun, source if lookup.by == "self" else lookup.by)
    known = offered(source, declared)
    if lookup not in known:
        stop(f"{source} does not answer {str(lookup)!r}: {one_of(lookup, map(str, known))}")
    if (lookup.by is None) != (not keys):
        stop(f"{lookup}: expected {'no keys' if lookup.by is None else 'a key or more'}")
    parts = known[lookup]
    return lookup, [tuple(key.split(",")) if parts > 1 and "," in key else key for key in keys]


def _fields(lookup: Lookup, fields: str) -> frozenset[str] | None:
    if not fields:
        return None
    known = NOUNS[lookup.noun].fields
    wanted = frozenset(name.strip() for name in fields.split(","))
    for name in sorted(wanted - known):
        stop(f"no field {name!r} of a {lookup.noun}: {one_of(name, known)}")
    return wanted


def _span(text: str) -> Window:
    start, _, rest = text.partition("/")
    end, _, step = rest.partition("/")
    try:
        return Window(read_time(start), read_time(end), read_duration(step).total_seconds() if step else None)
    except GraphQLError as error:
        stop(f"--window: {error.message}")
