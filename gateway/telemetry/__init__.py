"""What is told of how the gateway runs: figures for Prometheus, traces for OpenTelemetry."""
