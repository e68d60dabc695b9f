"""`@batched`: a field that is resolved for all its parents at once.

    @batched(description="The alarms on each of these circuits.")
    async def alarms(parents: Sequence[Circuit], info: Info, first: int = 50) -> Sequence[AlarmConnection]: ...

The GraphQL type is the item's. Arguments are the same for the whole column. The values come back in the order of
the parents; a wrong number of them is an error in every slot, an exception in a slot is that parent's error.

Strawberry's ordinary execution resolves one parent at a time: there, parents that are resolved in the same turn of
the event loop are put together by a dataloader. The request's context keeps the open ones: it has an attribute
`columns`, a dict that is empty at first and that nobody else touches.
"""

import inspect
from collections.abc import Callable, Sequence
from typing import Any, get_args, get_origin

import strawberry
from aiodataloader import DataLoader
from strawberry import Info

from engine import core

BATCH = "engine.batch"
"""Under this key a field's metadata holds the function that resolves a whole column."""


class WrongLength(Exception):  # noqa: N818 - it says what is wrong
    """A batched resolver gave back another number of values than it was given parents."""


class _Column(DataLoader[Any, Any]):
    """The parents of one field node that are resolved in the same turn of the event loop."""

    cache = False

    def __init__(self, resolve: Callable[..., Any], info: Info, arguments: dict[str, Any]) -> None:
        super().__init__()
        self._resolve, self._info, self._arguments = resolve, info, arguments

    async def batch_load_fn(self, parents: list[Any]) -> list[Any]:
        self._info.context.columns.pop(_place(self._resolve, self._info), None)
        return await column(self._resolve, parents, self._info, self._arguments)


async def column(
    resolve: Callable[..., Any], parents: Sequence[Any], info: Info, arguments: dict[str, Any]
) -> list[Any]:
    """Resolve a whole column; there is one value or exception for each parent."""
    values = resolve(parents, info, **arguments)
    return one_each(resolve, await values if core.awaitable(values) else values, parents)


def one_each(resolve: Callable[..., Any], values: Sequence[Any], parents: Sequence[Any]) -> list[Any]:
    """The values of a column, of which there must be as many as parents."""
    if len(values) != len(parents):
        raise WrongLength(f"{resolve.__qualname__} gave {len(values)} values for {len(parents)} parents")
    return values if isinstance(values, list) else list(values)


def batched(*, description: str, name: str | None = None, deprecation_reason: str | None = None) -> Any:
    """Declare a Strawberry field by a function over all its parents; see the module."""

    def declare(resolve: Callable[..., Any]) -> Any:
        signature = inspect.signature(resolve)
        arguments = list(signature.parameters.values())[2:]

        async def one(root: Any, info: Info, **arguments: Any) -> Any:
            return await _column_of(resolve, info, arguments).load(root)

        parameter = inspect.Parameter
        one.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [
                parameter("root", parameter.POSITIONAL_OR_KEYWORD),
                parameter("info", parameter.POSITIONAL_OR_KEYWORD, annotation=Info),
                *(argument.replace(kind=parameter.KEYWORD_ONLY) for argument in arguments),
            ],
            return_annotation=_item(resolve, signature.return_annotation),
        )
        one.__annotations__ = {
            "info": Info,
            "return": _item(resolve, signature.return_annotation),
            **{argument.name: argument.annotation for argument in arguments},
        }
        one.__name__, one.__qualname__, one.__module__ = resolve.__name__, resolve.__qualname__, resolve.__module__
        return strawberry.field(
            resolver=one,
            name=name,
            description=description,
            deprecation_reason=deprecation_reason,
            metadata={BATCH: resolve},
        )

    return declare


def _column_of(resolve: Callable[..., Any], info: Info, arguments: dict[str, Any]) -> _Column:
    """The open column of this field node in this request: the same nodes have the same arguments."""
    columns: dict[Any, _Column] = info.context.columns
    place = _place(resolve, info)
    found = columns.get(place)
    if found is None:
        found = columns[place] = _Column(resolve, info, arguments)
    return found


def _place(resolve: Callable[..., Any], info: Info) -> Any:
    """What tells one column from another: the resolver and the place in the document."""
    return resolve, tuple(id(node) for node in core.raw_info(info).field_nodes)


def _item(resolve: Callable[..., Any], annotation: Any) -> Any:
    """The type of one value of a column."""
    if get_origin(annotation) in (list, Sequence):
        return get_args(annotation)[0]
    raise TypeError(f"{resolve.__qualname__} is batched: it must return Sequence[...], not {annotation!r}")
