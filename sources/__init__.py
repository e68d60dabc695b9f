"""Everything that speaks to an upstream: the contract, connectors, presets, guards."""
