"""What an operation would ask, and what it did ask: through the same schema, engine and resolvers as every request."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import anyio
import msgspec
from msgspec import Struct

from gateway.configuration import Configuration
from gateway.engine_execution import EngineExecutor
from gateway.explaining.made_up import Author
from gateway.explaining.observed import Asking, Observed, in_waves
from gateway.explaining.rehearsal import Rehearsal, Stage
from gateway.guard.tariff import KEYS_A_CALL, ROWS_A_PAGE
from gateway.operation import Operation
from gateway.reach import records_of, spaces_of
from model.caller import Caller
from resolvers.request import Request
from resolvers.upstreams import Upstreams
from schema.root import schema
from sources.contract import Source

SOMEBODY = "C1"
"""The customer to whom all belongs that is made up for staff."""


class Explained(Struct, frozen=True):
    """What was asked, in waves; sources: what `extensions.sources` says of it; errors: how many there were."""

    askings: Sequence[Asking]
    sources: Sequence[Mapping[str, Any]]
    errors: Sequence[str]


async def predicted(
    configuration: Configuration, upstreams: Upstreams, operation: Operation, caller: Caller
) -> Explained:
    """Rehearse an operation: nobody is asked."""
    stage, customer = Stage(), next(iter(sorted(caller.customers)), SOMEBODY)
    authors = _authors(configuration, customer)
    rehearsed = [Rehearsal(one, authors[one.name], stage) for one in upstreams.sources.values()]
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(stage.conduct)
        explained = await _run(configuration, rehearsed, operation, caller, seconds=60.0)
        tasks.cancel_scope.cancel()
    return explained


async def run(configuration: Configuration, upstreams: Upstreams, operation: Operation, caller: Caller) -> Explained:
    """Run an operation for real."""
    seconds = configuration.gateway.deadline
    return await _run(configuration, upstreams.sources.values(), operation, caller, seconds=seconds)


async def _run(
    configuration: Configuration, sources: Iterable[Source], operation: Operation, caller: Caller, *, seconds: float
) -> Explained:
    notes: list[Asking] = []
    observed = {source.name: Observed(source, notes) for source in sources}
    upstreams = Upstreams(observed, configuration.nouns, configuration.labels)
    request = Request(upstreams, caller, anyio.current_time() + seconds)
    executed = await EngineExecutor(schema, planned_at=1)(operation, request)
    answer: dict[str, Any] = msgspec.json.decode(executed.body)
    errors = [str(error["message"]) for error in answer.get("errors", ())]
    return Explained(in_waves(notes), answer.get("extensions", {}).get("sources", ()), errors)


def _authors(configuration: Configuration, customer: str) -> dict[str, Author]:
    """For each source somebody who writes as it does: with its references, and with the keys that its records carry."""
    spaces: dict[str, dict[str, dict[str, str]]] = {name: {} for name in configuration.sources}
    keys: dict[str, dict[str, list[str]]] = {name: {} for name in configuration.sources}
    for name, noun, record in records_of(configuration.sources):
        for field, space in spaces_of(record):
            spaces[name].setdefault(noun, {})[field] = name if space == "self" else space
        told = record.get("keys")
        keys[name].setdefault(noun, []).extend((told.record if told else None) or ())
    return {name: Author(name, customer, spaces[name], keys[name]) for name in configuration.sources}


def calls(asking: Asking, upstreams: Upstreams) -> int:
    """About how many upstream calls a question takes, on the source's terms."""
    terms = upstreams.sources[asking.source].lookups[asking.lookup]
    if asking.keys is None:
        return max(1, -(-asking.rows // ROWS_A_PAGE))
    return -(-asking.keys // min(terms.keys_at_most or KEYS_A_CALL, KEYS_A_CALL))
