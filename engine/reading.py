"""How plain fields are read where records say which of their fields nobody has spoken of."""

from typing import Any

from msgspec import UNSET


def read(thing: Any, field: str) -> Any:
    """An attribute; msgspec's UNSET is null. As `StrawberryConfig.default_resolver`, it is read without a call."""
    value = getattr(thing, field)
    return None if value is UNSET else value
