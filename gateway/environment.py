"""Settings that environment variables say: `TRUNKLINE_PORT=9000`, within groups `TRUNKLINE_RATES__CALLER=60/minute`."""

from typing import Any

from pydantic_settings import BaseSettings, SettingsConfigDict

from gateway.settings import PREFIX, Settings


class _Environment(Settings, BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__")


def said_by_environment() -> dict[str, Any]:
    """What they say, by setting; a ValidationError tells which is wrong."""
    return _Environment().model_dump(exclude_unset=True)
