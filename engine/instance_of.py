"""Types told by the Python class of their objects, and by what one of their attributes is."""

from typing import Any


class InstanceOf:
    """A type's predicate (`is_type_of`) that says yes to a class's instances: loops ask it once a class."""

    __slots__ = ("kind",)

    def __init__(self, kind: type) -> None:
        self.kind = kind

    def __call__(self, value: Any, info: Any) -> bool:
        """Whether a value is one."""
        return isinstance(value, self.kind)


class InstanceWhere:
    """Says yes to a class's instances of which an attribute is, or is not, one object: loops ask it without a call."""

    __slots__ = ("attribute", "kind", "same", "what")

    def __init__(self, kind: type, attribute: str, what: Any, *, same: bool = True) -> None:
        self.kind, self.attribute, self.what, self.same = kind, attribute, what, same

    def __call__(self, value: Any, info: Any) -> bool:
        """Whether a value is one."""
        return isinstance(value, self.kind) and (getattr(value, self.attribute) is self.what) is self.same
