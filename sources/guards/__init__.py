"""What stands around a source: each guard is a source that wraps a source."""
