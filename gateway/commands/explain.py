"""`trunkline explain`: what an operation will ask of whom, wave by wave; and what it did ask."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import anyio
import msgspec
import typer

from engine.core import graphql_schema
from gateway.assembly import assemble
from gateway.commands.configured import DEFAULT, configured
from gateway.commands.kept import ConfigOption
from gateway.configuration import Configuration
from gateway.explaining.explanation import Explained, calls, predicted, run
from gateway.explaining.observed import Asking
from gateway.guard.documents import Documents, OneOf
from gateway.guard.tariff import Tariff
from gateway.operation import Operation
from gateway.settings import Settings
from gateway.terminal import FAILED, say, show, stop
from model.caller import Caller
from model.keys import Lookup
from model.nouns import NOUNS
from resolvers.upstreams import Upstreams
from schema.root import schema

PREDICTED = ("wave", "source", "lookup", "keys", "calls", "rows")
SEEN = ("wave", "source", "lookup", "keys", "rows", "ms", "what failed", "predicted")
BY_SOURCE = ("source", "predicted", "calls", "ms", "outcome", "code")
_decoder = msgspec.json.Decoder(dict[str, Any])


def explain(
    file: Annotated[Path, typer.Argument(help="A document of GraphQL.")],
    variables: Annotated[str, typer.Option(help="Its variables, as a JSON object.")] = "{}",
    operation: Annotated[str | None, typer.Option(help="Which of its operations, if there are several.")] = None,
    config: ConfigOption = DEFAULT,
    customer: Annotated[str | None, typer.Option(help="In whose eyes; the operator's staff if not said.")] = None,
    really: Annotated[bool, typer.Option("--run", help="Run it, too, and show what happened.")] = False,
) -> None:
    """Predict the waves, lookups and upstream calls of an operation; nobody is asked, unless it is run.

    Exit code 1: run, and a source failed; 2: the document or the configuration is wrong.
    """
    configuration = configured(config, without_secrets=not really)
    upstreams = assemble(configuration)
    asked = Operation(_read(file), _variables(variables), operation)
    caller = Caller("trunkline explain", staff=customer is None, customers=frozenset([customer] if customer else []))
    one = _known(asked, configuration.gateway)
    foretold = anyio.run(predicted, configuration, upstreams, asked, caller)
    _tell(foretold, upstreams)
    cost = Tariff(upstreams).cost(one.asked, asked.variables or {}, caller)
    say(f"priced at {cost.calls} calls and {cost.rows} rows at most")
    if really:
        _tell_run(anyio.run(_ran, configuration, upstreams, asked, caller), foretold, upstreams)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        stop(f"{file}: cannot be read: {error}")


def _variables(text: str) -> dict[str, Any]:
    try:
        return _decoder.decode(text)
    except msgspec.MsgspecError as error:
        stop(f"--variables: expected a JSON object ({error})")


def _known(asked: Operation, settings: Settings) -> OneOf:
    """The operation that is meant; ends with what is wrong with the document."""
    known = Documents(graphql_schema(schema), settings.document).know(asked.query)
    if known.excess is not None:
        stop(str(known.excess))
    if known.mistakes:
        stop("\n".join(str(mistake["message"]) for mistake in known.mistakes))
    one = known.operation(asked.operation_name)
    if one is None:
        stop(f"--operation: expected one of {', '.join(sorted(known.operations))}")
    if not one.reads:
        stop("expected a query: what changes something is not rehearsed")
    return one


def _tell(explained: Explained, upstreams: Upstreams) -> None:
    waves = max((one.wave for one in explained.askings), default=0)
    total = sum(calls(one, upstreams) for one in explained.askings)
    say(f"predicted: {waves} wave{'s'[: waves != 1]}, about {total} call{'s'[: total != 1]}")
    show(
        PREDICTED,
        (
            (
                str(one.wave),
                one.source,
                str(one.lookup),
                _keys(one, upstreams),
                str(calls(one, upstreams)),
                f"~{one.rows}",
            )
            for one in explained.askings
        ),
    )
    for error in explained.errors:
        say(error)


def _keys(one: Asking, upstreams: Upstreams) -> str:
    """How many keys, of what, and in whose words."""
    if one.keys is None:
        return ""
    lookup, space = one.lookup, upstreams.sources[one.source].lookups[one.lookup].space
    of = lookup.by if lookup.by in NOUNS else lookup.noun
    return f"{one.keys} of {of}" + (f" as {space} knows them" if space else "")


async def _ran(configuration: Configuration, upstreams: Upstreams, asked: Operation, caller: Caller) -> Explained:
    try:
        return await run(configuration, upstreams, asked, caller)
    finally:
        await upstreams.aclose()


def _tell_run(seen: Explained, foretold: Explained, upstreams: Upstreams) -> None:
    say()
    waves = max((one.wave for one in seen.askings), default=0)
    say(f"seen: {waves} wave{'s'[: waves != 1]}, {sum(one['calls'] for one in seen.sources)} calls")
    show(SEEN, _seen(seen.askings, foretold.askings, upstreams))
    show(BY_SOURCE, _by_source(seen, foretold, upstreams))
    for error in seen.errors:
        say(error)
    if any(one["outcome"] == "failed" for one in seen.sources):
        raise typer.Exit(FAILED)


def _seen(askings: Sequence[Asking], foretold: Sequence[Asking], upstreams: Upstreams) -> Iterator[tuple[str, ...]]:
    """What was asked, beside the prediction of the same lookup; then what was predicted and not asked."""
    waves: dict[tuple[str, Lookup], list[int]] = {}
    for one in foretold:
        waves.setdefault((one.source, one.lookup), []).append(one.wave)
    for one in askings:
        expected = waves.get((one.source, one.lookup), [])
        said = f"wave {expected.pop(0)}" if expected else "no"
        failed = ", ".join(sorted(one.codes))
        keys = _keys(one, upstreams)
        yield str(one.wave), one.source, str(one.lookup), keys, str(one.rows), f"{one.ms:.0f}", failed, said
    for (source, lookup), left in waves.items():
        yield from (("-", source, str(lookup), "", "", "", "", f"wave {wave}") for wave in left)


def _by_source(seen: Explained, foretold: Explained, upstreams: Upstreams) -> Iterator[tuple[str, ...]]:
    expected: dict[str, int] = {}
    for one in foretold.askings:
        expected[one.source] = expected.get(one.source, 0) + calls(one, upstreams)
    told: Mapping[str, Mapping[str, Any]] = {one["source"]: one for one in seen.sources}
    for source in sorted({*expected, *told}):
        entry = told.get(source, {})
        yield (
            source,
            str(expected.get(source, 0)),
            str(entry.get("calls", 0)),
            f"{entry.get('ms', 0):.0f}",
            str(entry.get("outcome", "not asked")),
            str(entry.get("code") or ""),
        )
