"""What may be written of a source in YAML, one part of it a file."""
