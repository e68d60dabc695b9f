"""What a client can ask: Strawberry types, one file a noun; root fields; inputs; errors."""
