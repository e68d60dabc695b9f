"""Whether an answer is right though a source failed: each value as ever, another's word, or absent and marked."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Path = tuple[str, ...]
"""Names of fields from the root on, without the places in lists: one error stands for all rows."""
NEVER_SAID: Any = object()
INCOMPLETE = frozenset({"PARTIAL", "STALE"})
MARKS = ("completeness", "missing", "totalCount")


def unmarked(answer: Mapping[str, Any], healthy: Any, without: Any) -> list[str]:
    """What is wrong with an answer, by the paths.

    healthy: the data when nothing fails. without: the data of a gateway that does without the source, so that others'
    words stand in its place. A value that is neither, or one that is absent without a word, is wrong.
    """
    errors = [tuple(part for part in error["path"] if isinstance(part, str)) for error in answer.get("errors", ())]
    return [".".join(path) for path in _wrong(answer["data"], healthy, without, (), errors, marked=False)]


def says_old(data: Any) -> bool:
    """Whether some list in it says that it is old, whatever else its source was asked and did not say."""
    if isinstance(data, dict):
        return data.get("completeness") == "STALE" or any(map(says_old, data.values()))
    return isinstance(data, list) and any(map(says_old, data))


def named(data: Any) -> frozenset[str]:
    """The sources of which some list in it says that they are missing."""
    if isinstance(data, dict):
        own = {one["source"] for one in data.get("missing", ())}
        return frozenset(own).union(*map(named, data.values()))
    return frozenset().union(*map(named, data)) if isinstance(data, list) else frozenset()


def _wrong(
    told: Any, healthy: Any, without: Any, path: Path, errors: Sequence[Path], *, marked: bool
) -> Iterator[Path]:
    if told == healthy:
        return
    if isinstance(told, dict) and isinstance(healthy, dict):
        marked = marked or told.get("completeness") in INCOMPLETE
        for name, value in told.items():
            if name not in MARKS:
                other = without.get(name) if isinstance(without, dict) else NEVER_SAID
                yield from _wrong(value, healthy.get(name), other, (*path, name), errors, marked=marked)
    elif isinstance(told, list) and isinstance(healthy, list) and len(told) == len(healthy):
        for at, value in enumerate(told):
            other = without[at] if isinstance(without, list) and at < len(without) else NEVER_SAID
            yield from _wrong(value, healthy[at], other, path, errors, marked=marked)
    elif isinstance(told, list) and isinstance(healthy, list) and told != without:
        if not ((marked or path in errors) and all(one in healthy or one in _rows(without) for one in told)):
            yield path
    elif told is None:
        if not (marked or any(path[: len(error)] == error for error in errors)):
            yield path
    elif told != without:
        yield path


def _rows(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
