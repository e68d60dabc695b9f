"""Mappings for known products and standards; where a system cannot be declared, the Python file beside its own."""
