"""How the gateway itself runs: where it listens, how long a request may take, how much a client may send.

A setting is said in the `gateway:` section of the configuration, or by an environment variable
(`TRUNKLINE_PORT=9000`), or by an option of the command line; the later of these three wins.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import ConfigDict, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from sources.grammar.words import Declared, Duration


class LogLevel(StrEnum):
    """How much the log tells."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Settings(Declared):
    """The gateway's own settings. Read once; they do not change while it runs."""

    model_config = ConfigDict(strict=False, use_attribute_docstrings=True)  # the environment speaks text

    host: str = "127.0.0.1"
    """The address to listen on."""
    port: Annotated[int, Field(ge=0, le=65_535)] = 8080
    """The port to listen on; 0 takes any free one."""
    deadline: Duration = 10.0
    """How long a request may take, body and answer included."""
    max_body_bytes: Annotated[int, Field(ge=1_024)] = 1_048_576
    """The largest request body that is read."""
    drain: Duration = 10.0
    """How long requests in flight go on when the gateway stops."""
    log_level: LogLevel = LogLevel.INFO
    """How much the log tells."""
    access_log: bool = True
    """Whether each request leaves a line in the log, without its content."""


class _Environment(Settings, BaseSettings):
    model_config = SettingsConfigDict(env_prefix="TRUNKLINE_")


def settle(section: Settings | None = None, options: Mapping[str, Any] | None = None) -> Settings:
    """Combine what the configuration, the environment and the command line say; options that are None say nothing.

    A ValidationError tells which environment variable or option is wrong.
    """
    configured = section.model_dump(exclude_unset=True) if section else {}
    environment = _Environment().model_dump(exclude_unset=True)
    said = {name: value for name, value in (options or {}).items() if value is not None}
    return Settings(**{**configured, **environment, **said})
