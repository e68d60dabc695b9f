"""Where traces go: by OTLP over HTTP to a collector, in batches, from a thread of its own [OpenTelemetry]."""

import os
from importlib.metadata import version

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_ON

from gateway.telemetry.section import TracesSection
from gateway.telemetry.tracing import Tracing


def tracing(section: TracesSection) -> Tracing:
    """Tracing as it is configured; the exporter's own variables of the environment hold, too."""
    name = os.environ.get("OTEL_SERVICE_NAME", "trunkline")
    resource = Resource.create({SERVICE_NAME: name, SERVICE_VERSION: version("trunkline")})
    # what is followed is decided before there is a span
    provider = TracerProvider(
        ALWAYS_ON, resource, shutdown_on_exit=False, span_limits=SpanLimits(max_span_attribute_length=200)
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(section.endpoint)))
    return Tracing(provider.get_tracer("trunkline"), provider.shutdown, section.ratio)
