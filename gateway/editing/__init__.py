"""What editors are told of the configuration: its JSON Schema, made of the very models that read it."""
