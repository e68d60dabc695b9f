"""Things within rows that are decoded as what they become: objects of the model's class, but for their names.

The decoder takes names from the class that it makes objects of. So it makes them of a subclass that has the names of a
system and can be changed; what is not to stand as it was decoded is set in place, and `thing.__class__ = kind` makes of
each a thing of the model like any other, equal to what others say and not to be changed any more.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import UNSET, Struct, UnsetType, defstruct

_NEVER = "\ue000"
"""Begins the names of what a system is not asked for; whoever writes such a name nevertheless is refused."""


def unfinished(kind: type[Struct], fields: Sequence[tuple[Any, ...]], spelt: Mapping[str, str]) -> type[Struct]:
    """The subclass of a kind of thing. fields: those that are decoded, as for `defstruct`; spelt: field -> its name."""
    others = [name for name in kind.__struct_fields__ if name not in spelt]
    fields = [*fields, *((name, UnsetType, UNSET) for name in others)]
    names = {**spelt, **{name: f"{_NEVER}{name}" for name in others}}
    return defstruct(kind.__name__, fields, bases=(kind,), rename=names, frozen=False, gc=False, kw_only=True)
