"""Response maps [GraphQL specification, 7.2.2]: the answer's objects, as Structs whose fields bear the response keys.

A Struct is made in less than half the time of a dict, is written by the encoder in three quarters, and the cyclic
collector need not look at it: what it holds was made before it, and never holds it.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeAlias, cast

import msgspec
from msgspec import Struct

KINDS = 1000
"""So many kinds of response maps are shared among plans."""


class ResponseMap(Struct, gc=False):
    """An object of the answer; read and written by response key where there is an error to place."""

    def __getitem__(self, key: str) -> Any:
        """What stands under a response key."""
        return getattr(self, self._field(key))

    def __setitem__(self, key: str, value: Any) -> None:
        """Put something else there."""
        setattr(self, self._field(key), value)

    def _field(self, key: str) -> str:
        return self.__struct_fields__[self.__struct_encode_fields__.index(key)]


Top: TypeAlias = ResponseMap | dict[str, Any]
"""What holds the root fields: a mutation's come one after the other, into a dict."""


@lru_cache(KINDS)
def response_map(keys: Sequence[str]) -> type[ResponseMap]:
    """The kind of response maps with these keys, in this order: called with a value for each, by place."""
    fields = [(f"f{place}", Any) for place in range(len(keys))]
    names = {f"f{place}": key for place, key in enumerate(keys)}
    kind = msgspec.defstruct("ResponseMap", fields, bases=(ResponseMap,), rename=names, gc=False)
    return cast("type[ResponseMap]", kind)


def as_dicts(value: Any) -> Any:
    """An answer, or a part of one, with dicts in place of response maps; what the encoder would write is written."""
    if isinstance(value, ResponseMap):
        return {key: as_dicts(value[key]) for key in value.__struct_encode_fields__}
    if value.__class__ is list:
        return [as_dicts(item) for item in value]
    if value.__class__ is dict:
        return {key: as_dicts(item) for key, item in value.items()}
    return msgspec.to_builtins(value)
