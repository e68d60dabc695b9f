"""How the gateway itself runs: where it listens, how long a request may take, how much a client may send.

A setting is said in the `gateway:` section of the configuration, or by an environment variable
(`TRUNKLINE_PORT=9000`), or by an option of the command line; the later of these three wins.
"""

import os
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, TypeAdapter

from gateway.guard.bounds import Budget, DocumentBounds, VariableBounds
from gateway.guard.rules import Audience, Rules
from gateway.rates import Rates, redis_url
from gateway.telemetry.section import MetricsSection, TelemetrySection
from model.caller import Role
from sources.grammar.words import Declared, Duration
from sources.secrets import Secret

PREFIX = "TRUNKLINE_"
"""With what the names of environment variables begin, in either case."""


class LogLevel(StrEnum):
    """How much the log tells."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """How the log's lines are written."""

    TEXT = "text"
    JSON = "json"


def _origin(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or text != f"{parts.scheme}://{parts.netloc}" or not parts.netloc:
        raise ValueError("expected an origin such as https://portal.example")
    return text


Origin = Annotated[str, AfterValidator(_origin)]


def _none_or_seconds(value: object) -> object:
    """A duration, or none at all: `0s`."""
    return 0.0 if value in ("0s", "0", 0) else _seconds.validate_python(value)


_seconds = TypeAdapter(Duration)


class Settings(Declared):
    """The gateway's own settings. Read once; they do not change while it runs."""

    model_config = ConfigDict(strict=False, use_attribute_docstrings=True)  # the environment speaks text

    host: str = "127.0.0.1"
    """The address to listen on."""
    port: Annotated[int, Field(ge=0, le=65_535)] = 8080
    """The port to listen on; 0 takes any free one."""
    deadline: Duration = 10.0
    """How long a request may take, body and answer included."""
    deadlines: Mapping[Role, Duration] = Field(default_factory=dict)
    """How long requests of a role may take, where that is otherwise; the longest of several roles counts."""
    longest: Duration = 30.0
    """The longest that a client may ask for, by `X-Trunkline-Timeout`."""
    max_body_bytes: Annotated[int, Field(ge=1_024)] = 1_048_576
    """The largest request body that is read."""
    drain: Duration = 10.0
    """How long requests in flight go on when the gateway stops."""
    linger: Annotated[float, BeforeValidator(_none_or_seconds, json_schema_input_type=str | Literal[0])] = 0.0
    """How long it goes on to answer after it was told to stop, while `/readyz` says that it is not ready."""
    watch: bool = True
    """Whether a configuration file that changes is read again."""
    log_level: LogLevel = LogLevel.INFO
    """How much the log tells."""
    log_format: LogFormat = LogFormat.TEXT
    """How its lines are written: for people, or as JSON."""
    access_log: bool = True
    """Whether each request leaves a line in the log, without its content."""
    document: DocumentBounds = DocumentBounds()
    """Bounds of a GraphQL document."""
    variables: VariableBounds = VariableBounds()
    """Bounds of the variables of an operation."""
    budget: Budget = Budget()
    """What an operation may cost its upstream systems."""
    max_answer_bytes: Annotated[int, Field(ge=1_024)] = 33_554_432
    """The largest answer that is given."""
    introspection: Audience = Audience.EVERYBODY
    """Who may ask for the schema: everybody, staff or nobody."""
    suggestions: bool = True
    """Whether mistakes suggest names of the schema, to those who may ask for it."""
    explorer: bool = True
    """Whether browsers get the explorer."""
    audit: str | None = None
    """Where each operation leaves a line: a file, or `-` for standard output; nowhere if not said."""
    rates: Rates = Rates()
    """How often somebody may ask, and how much at the same time."""
    redis: Annotated[str | Secret | None, BeforeValidator(redis_url)] = None
    """Where several gateways keep answers together, and tell each other what is out of date and who is set aside."""
    hook_secret: Secret | None = None
    """What systems have to show that tell what has changed, at `/hooks/invalidate`; without it nobody can."""
    metrics: MetricsSection | None = None
    """Where Prometheus finds figures, and what it has to show; nowhere if not said."""
    telemetry: TelemetrySection = TelemetrySection()
    """What is told of single requests, and to whom."""
    allowed_hosts: tuple[str, ...] = ()
    """The names under which the gateway answers; any if none is told, or `localhost` if it listens on the loopback."""
    cors_origins: tuple[Origin, ...] = ()
    """The origins of other sites whose pages may ask."""
    hsts: Annotated[int, Field(ge=0)] = 0
    """Seconds for which browsers shall come by HTTPS only; 0 does not say so."""
    head_timeout: Duration = 10.0
    """How long a client may take to send the head of a request."""
    max_head_bytes: Annotated[int, Field(ge=1_024)] = 32_768
    """The largest head of a request, its address included."""

    @property
    def rules(self) -> Rules:
        """What the guard goes by."""
        return Rules(
            self.document,
            self.variables,
            self.budget,
            self.introspection,
            self.suggestions,
            self.max_answer_bytes,
        )


def settle(section: Settings | None = None, options: Mapping[str, Any] | None = None) -> Settings:
    """Combine what the configuration, the environment and the command line say; options that are None say nothing.

    A ValidationError tells which environment variable or option is wrong.
    """
    configured = section.model_dump(exclude_unset=True) if section else {}
    said = {name: value for name, value in (options or {}).items() if value is not None}
    return Settings(**_over(_over(configured, _environment()), said))


def _environment() -> dict[str, Any]:
    if not any(name.upper().startswith(PREFIX) for name in os.environ):
        return {}
    from gateway.environment import said_by_environment  # what reads variables is 4 MB, for who says something by them

    return said_by_environment()


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """What either says; `above` counts more, name by name within groups, too."""
    both = {**below, **above}
    for name in below.keys() & above.keys():
        if isinstance(below[name], Mapping) and isinstance(above[name], Mapping):
            both[name] = _over(below[name], above[name])
    return both
