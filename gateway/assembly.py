"""From a configuration to a gateway: sources built, policies compiled, the application put together."""

import atexit
from functools import partial

from starlette.applications import Starlette

from auth.caller import caller_of
from gateway.app import application
from gateway.audit import Audited, AuditFile
from gateway.configuration import Configuration
from gateway.engine_execution import EngineExecutor
from gateway.entrance import Entrance
from gateway.execution import Executor
from gateway.guard.guarded import Guarded
from gateway.settings import Settings
from resolvers.upstreams import Upstreams
from schema.root import schema
from sources.controls import Controls
from sources.guards.shared import Shared
from sources.registry import build
from sources.secrets import revealed


def assemble(configuration: Configuration, settings: Settings | None = None) -> Upstreams:
    """Build the sources; nothing is asked of them yet. settings: where they are not those of the configuration."""
    redis = (settings or configuration.gateway).redis
    controls = Controls(Shared(revealed(redis)) if redis is not None else None)
    labels = {name: declared.label for name, declared in configuration.sources.items() if declared.label}
    return Upstreams(build(configuration.sources, controls), configuration.nouns, labels, controls)


def gateway_app(
    upstreams: Upstreams, settings: Settings, *, staff_by_default: bool = False, entrance: Entrance | None = None
) -> Starlette:
    """Put a gateway in front of sources.

    entrance: how callers come in. Without one nobody signs in; `staff_by_default`: who does not say for which customers
    they ask is then the operator's staff.
    """
    who = entrance.caller_of if entrance else partial(caller_of, staff_by_default=staff_by_default)
    execute: Executor = Guarded(EngineExecutor(schema), schema, upstreams, settings.rules)
    if settings.audit is not None:
        lines = AuditFile(settings.audit)
        atexit.register(lines.flush)
        execute = Audited(execute, lines)
    return application(upstreams, settings, execute, who, entrance)
