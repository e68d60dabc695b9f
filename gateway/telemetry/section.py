"""What is configured of telemetry: who may read figures, which requests are followed, and where that is told."""

import os
from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from sources.grammar.words import Declared
from sources.secrets import Secret


def _endpoint(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ValueError("expected an http:// or https:// URL, such as http://collector:4318/v1/traces")
    return url


def _listening(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65_535:
        raise ValueError("expected host:port, such as 127.0.0.1:9464")
    return text


class MetricsSection(Declared):
    """Figures at `/metrics`: on an address of their own, or on the gateway's for who shows a token; or both."""

    listen: Annotated[str, AfterValidator(_listening)] | None = None
    """An address of their own, `host:port`; whoever reaches it reads them."""
    token: Secret | None = None
    """What has to be shown, as `Authorization: Bearer`, at the gateway's own address."""
    operations: tuple[str, ...] = ()
    """The names of operations that are told apart; without any, the first hundred that are answered."""

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if self.listen is None and self.token is None:
            raise ValueError("expected listen or token: figures are not for everybody")
        return self

    @property
    def address(self) -> tuple[str, int] | None:
        """Where they have an address of their own."""
        if self.listen is None:
            return None
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)


class TracesSection(Declared):
    """Traces of requests, sent by OTLP over HTTP."""

    endpoint: Annotated[str, AfterValidator(_endpoint)] | None = None
    """Where they go; if not told, where `OTEL_EXPORTER_OTLP_ENDPOINT` says."""
    ratio: Annotated[float, Field(ge=0, le=1)] = 0.01
    """The share of requests that are followed, of those that bring no trace of their own."""


def _by_environment(environment: Mapping[str, str]) -> TracesSection | None:
    """As the variables of OpenTelemetry say; nothing where these name no place."""
    if not any(environment.get(f"OTEL_EXPORTER_OTLP_{name}") for name in ("ENDPOINT", "TRACES_ENDPOINT")):
        return None
    try:
        return TracesSection(ratio=float(environment["OTEL_TRACES_SAMPLER_ARG"]))
    except (LookupError, ValueError):
        return TracesSection()


class TelemetrySection(Declared):
    """What is told to others of single requests."""

    traces: TracesSection | None = Field(default_factory=lambda: _by_environment(os.environ))
    """Traces; none if not told, unless the environment has an `OTEL_EXPORTER_OTLP_ENDPOINT`."""
