"""`trunkline check`: see that the configuration is right, and that every source answers what it is declared to."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import anyio
import typer

from gateway.assembly import assemble
from gateway.commands.configured import DEFAULT, ConfigFile, configured
from gateway.configuration import Configuration
from gateway.reach import reach
from gateway.security import openings
from gateway.terminal import FAILED, say, show, stop
from model.ask import Ask
from model.caller import Caller
from model.faults import SourceFault, TimedOut, Unauthorised, Unavailable
from model.keys import Lookup
from resolvers.upstreams import Upstreams
from sources.contract import Source, Terms
from sources.positions import Document

PATIENCE = 10.0
"""Seconds that a source gets for each question."""

UNKNOWN_KEY = "trunkline-check"
"""A key that nobody has: a source that answers it with nothing has understood the question."""

COLUMNS = ("source", "reachable", "authorised", "lookups answered", "time", "what failed")


@dataclass
class Findings:
    """What one source did when asked for its health and for each of its lookups."""

    source: str
    lookups: int
    ms: float = 0.0
    health: SourceFault | None = None
    faults: dict[Lookup, SourceFault] = field(default_factory=dict)

    @property
    def all_faults(self) -> list[SourceFault]:
        """Every fault, that of the health check first."""
        return [fault for fault in (self.health, *self.faults.values()) if fault]

    @property
    def reachable(self) -> bool:
        """Whether it answered anything, be it a refusal."""
        answered = len(self.faults) < self.lookups
        return answered or not all(isinstance(fault, Unavailable) for fault in self.all_faults)

    @property
    def authorised(self) -> bool:
        """Whether it never refused our credentials."""
        return not any(isinstance(fault, Unauthorised) for fault in self.all_faults)

    def row(self) -> tuple[str, ...]:
        """Write it as a line of the table."""
        authorised = "-" if not self.reachable else "yes" if self.authorised else "no"
        answered = f"{self.lookups - len(self.faults)} of {self.lookups}"
        failed = [f"{lookup}: {fault.code}" for lookup, fault in self.faults.items()]
        if self.health:
            failed.insert(0, f"health: {self.health.code}")
        reachable = "yes" if self.reachable else "no"
        return self.source, reachable, authorised, answered, f"{self.ms:.0f} ms", "\n".join(failed)


def check(
    file: ConfigFile = DEFAULT,
    security: Annotated[bool, typer.Option("--security", help="List what is open, and ask nobody.")] = False,
) -> None:
    """Validate a configuration, then ask every source. Exit code 1: a source fails; 2: the configuration is wrong."""
    configuration = configured(file)
    upstreams = assemble(configuration)
    _held_together(file, configuration, upstreams)
    say(f"{file}: {len(configuration.sources)} sources, no mistakes")
    if security:
        found = openings(configuration)
        show(("where", "what is open", "to close it"), ((one.where, one.what, one.close) for one in found))
        return
    findings = anyio.run(_ask_all, upstreams)
    show(COLUMNS, (found.row() for found in findings))
    for line in _details(findings):
        say(line)
    if any(found.all_faults for found in findings):
        raise typer.Exit(FAILED)


def _held_together(file: Path, configuration: Configuration, upstreams: Upstreams) -> None:
    """Tell what of the configuration cannot be reached; end where that is a mistake."""
    found = reach(Document.read(file), configuration.sources, configuration.nouns, upstreams)
    for warning in found.warnings:
        say(f"warning: {warning}")
    if found.mistakes:
        count = len(found.mistakes)
        stop("\n".join([*map(str, found.mistakes), f"{count} mistake{'s'[: count != 1]} in {file}"]))


def _details(findings: Iterable[Findings]) -> Iterator[str]:
    """What the operator may know and a client may not: each fault in its own words, once."""
    for found in findings:
        yield from dict.fromkeys(f"{fault.code}  {fault}" for fault in found.all_faults)


async def _ask_all(upstreams: Upstreams) -> list[Findings]:
    findings = [Findings(source.name, len(source.lookups)) for source in upstreams.sources.values()]
    try:
        async with anyio.create_task_group() as tasks:
            for source, found in zip(upstreams.sources.values(), findings, strict=True):
                tasks.start_soon(_ask, source, found)
    finally:
        await upstreams.aclose()
    return findings


async def _ask(source: Source, found: Findings) -> None:
    start = anyio.current_time()
    try:
        with anyio.fail_after(PATIENCE):
            found.health = (await source.health()).fault
    except TimeoutError:
        found.health = TimedOut(source.name, f"no answer within {PATIENCE:g} s")
    found.ms = (anyio.current_time() - start) * 1000
    for lookup, terms in source.lookups.items():
        if fault := await _question(source, lookup, terms):
            found.faults[lookup] = fault


async def _question(source: Source, lookup: Lookup, terms: Terms) -> SourceFault | None:
    """Ask the least that shows whether the lookup is answered: one row of a list, or a key that nobody has."""
    deadline = anyio.current_time() + PATIENCE
    ask = Ask(fields=terms.fields, caller=Caller("trunkline check", staff=True), deadline=deadline, limit=1)
    try:
        with anyio.fail_after(PATIENCE):
            if lookup.by is None:
                await source.page(lookup, None, ask)
                return None
            answers = await source.fetch(lookup, [UNKNOWN_KEY], ask)
            return next((answer for answer in answers.values() if isinstance(answer, SourceFault)), None)
    except SourceFault as fault:
        return fault
    except TimeoutError:
        return TimedOut(source.name, f"no answer within {PATIENCE:g} s")
