"""How a field gets its value: loaders, joins, merge, provenance, the gate."""
