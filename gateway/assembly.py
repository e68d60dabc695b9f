"""From a configuration to a gateway: sources built, policies compiled, the application put together."""

import atexit
from collections.abc import Callable
from functools import partial
from pathlib import Path
from socket import socket
from typing import TYPE_CHECKING

from starlette.applications import Starlette

from auth.caller import caller_of
from gateway.app import application
from gateway.audit import Audited, AuditFile
from gateway.configuration import Configuration
from gateway.engine_execution import EngineExecutor
from gateway.entrance import Entrance
from gateway.execution import Executor
from gateway.generations import Generations
from gateway.guard.guarded import Guarded
from gateway.reloading import Reloading
from gateway.settings import Settings
from gateway.telemetry.watch import Watch
from resolvers.upstreams import Upstreams
from schema.root import schema
from sources.controls import Controls
from sources.registry import Former, build
from sources.secrets import revealed

if TYPE_CHECKING:
    from gateway.telemetry.tracing import Tracing
    from sources.guards.shared import Shared

ExecutorOver = Callable[[Upstreams], Executor]
"""Makes an executor that knows what sources cost."""


def assemble(configuration: Configuration, settings: Settings | None = None) -> Upstreams:
    """Build the sources; nothing is asked of them yet. settings: where they are not those of the configuration."""
    redis = (settings or configuration.gateway).redis
    controls = Controls(_shared(revealed(redis)) if redis is not None else None)
    sources = build(configuration.sources, controls)
    return Upstreams(sources, configuration.nouns, configuration.labels, controls)


def _shared(url: str) -> "Shared":
    from sources.guards.shared import Shared  # it brings 20 MB, for who has a Redis

    return Shared(url)


def gateway_app(
    upstreams: Upstreams,
    settings: Settings,
    *,
    staff_by_default: bool = False,
    entrance: Entrance | None = None,
    read_from: tuple[Path, Configuration] | None = None,
    figures_at: socket | None = None,
) -> Starlette:
    """Put a gateway in front of sources.

    entrance: how callers come in. Without one nobody signs in; `staff_by_default`: who does not say for which customers
    they ask is then the operator's staff. read_from: the file, and what it said, if it shall be read again.
    figures_at: where `/metrics` listens, if that is an address of their own that has been taken already.
    """
    who = entrance.caller_of if entrance else partial(caller_of, staff_by_default=staff_by_default)
    engine = EngineExecutor(schema)
    watch = _watch(settings, engine)
    over = _executor(settings, engine, watch)
    generations = Generations(upstreams, over(upstreams))
    reloading = None
    if read_from is not None:
        path, configuration = read_from
        reloading = Reloading(path, configuration, partial(_follow, generations, over), watch=settings.watch)
    return application(generations, settings, who, entrance, reloading, watch, figures_at)


def _watch(settings: Settings, engine: EngineExecutor) -> Watch:
    names = settings.metrics.operations if settings.metrics else ()
    return Watch(names, engine.plans, _tracing(settings))


def _tracing(settings: Settings) -> "Tracing | None":
    if settings.telemetry.traces is None:
        return None
    from gateway.telemetry.exporting import tracing  # it brings half a second of imports, for who wants it

    return tracing(settings.telemetry.traces)


def _executor(settings: Settings, engine: Executor, watch: Watch) -> ExecutorOver:
    lines = None
    if settings.audit is not None:
        lines = AuditFile(settings.audit)
        atexit.register(lines.flush)

    def over(upstreams: Upstreams) -> Executor:
        guarded = Guarded(engine, schema, upstreams, settings.rules)
        return watch.over(guarded if lines is None else Audited(guarded, lines))

    return over


def _follow(generations: Generations, over: ExecutorOver, former: Configuration, latter: Configuration) -> None:
    """Go over to another configuration; the sources that it declares as before stay as they are."""
    now = generations.now.upstreams
    sources = build(latter.sources, now.controls, Former(former.sources, now.sources))
    upstreams = Upstreams(sources, latter.nouns, latter.labels, now.controls, now.worklist)
    generations.follow(upstreams, over(upstreams))
