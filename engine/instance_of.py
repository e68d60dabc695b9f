"""Types told by the Python class of their objects."""

from typing import Any


class InstanceOf:
    """A type's predicate (`is_type_of`) that says yes to a class's instances: loops ask it once a class."""

    __slots__ = ("kind",)

    def __init__(self, kind: type) -> None:
        self.kind = kind

    def __call__(self, value: Any, info: Any) -> bool:
        """Whether a value is one."""
        return isinstance(value, self.kind)
