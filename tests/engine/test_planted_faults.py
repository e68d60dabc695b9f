"""Faults that are planted on purpose, so that we know the generated operations would find them."""

import random
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from engine import complete, core, propagate, text
from engine import generate as generating

ENOUGH = 60
"""Cases within which each of these faults must show."""


def _shown(generate_case: Any, differs: Any) -> bool:
    for number in range(ENOUGH):
        case = generate_case(random.Random(number), 0.1, 5)  # noqa: S311 - test data
        for query, variables in case.operations:
            try:
                if differs(case, query, variables):
                    return True
            except Exception:  # noqa: BLE001 - a fault that breaks everything shows, too
                return True
    return False


def _skip_a_type_check(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(generating._TESTS, "Boolean", "False")


def _count_paths_from_one(patch: pytest.MonkeyPatch) -> None:
    into = generating._Place.into
    patch.setattr(generating._Place, "into", lambda self, one, index=None: into(self, one, index and f"{index} + 1"))


def _lose_one_alias(patch: pytest.MonkeyPatch) -> None:
    below = core.Collector.below

    def forgetful(self: core.Collector, type_: Any, details: Any) -> dict[str, Any]:
        grouped = below(self, type_, details)
        aliased = [key for key in grouped if key.startswith("y")]
        return {key: one for key, one in grouped.items() if key not in aliased[-1:]}

    patch.setattr(core.Collector, "below", forgetful)


def _stop_nulls_one_step_early(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(propagate, "_landing", len)


def _forget_the_order_of_errors(patch: pytest.MonkeyPatch) -> None:
    in_order = propagate._in_order
    patch.setattr(propagate, "_in_order", lambda noted: in_order(noted)[::-1])


def _take_exceptions_for_objects(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(generating._Loop.__init__.__globals__, "ordinary", lambda value: value is not None)


def _believe_every_type(patch: pytest.MonkeyPatch) -> None:
    told, believed = generating._Loop._told, SimpleNamespace(is_type_of=lambda *_: True)

    def believe(self: Any, field: Any, types: Any, *rest: Any) -> str:
        return told(self, field, [believed for _ in types], *rest)

    patch.setattr(generating._Loop, "_told", believe)
    patch.setattr(core, "belongs", lambda *_: True)


def _pass_over_what_is_odd(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(text, "_odd", lambda: None)


def _let_null_stand_anywhere(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(complete, "is_non_null_type", lambda _: False)


@pytest.mark.parametrize(
    "plant",
    [
        _skip_a_type_check,
        _count_paths_from_one,
        _lose_one_alias,
        _stop_nulls_one_step_early,
        _forget_the_order_of_errors,
        _take_exceptions_for_objects,
        _believe_every_type,
        _pass_over_what_is_odd,
        _let_null_stand_anywhere,
    ],
)
def test_a_planted_fault_is_found(
    plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch, generate: Any, differs: Any
) -> None:
    """By operations that are generated within a second or two."""
    plant(monkeypatch)
    assert _shown(generate, differs)


def test_without_a_fault_nothing_is_found(generate: Any, differs: Any) -> None:
    """The same operations are answered alike by the engine as it is."""
    assert not _shown(generate, differs)
