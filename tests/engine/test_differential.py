"""The engine answers as graphql-core does: data, errors, messages, paths, locations and the order of mutations."""

import os
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, seed, settings
from hypothesis import strategies as st

RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(random.SystemRandom().random())
SEED = int(os.environ.get("ENGINE_SEED", random.Random(RUN).randrange(10**6)))  # noqa: S311 - a seed is no secret
"""Another one in each run, the same in all of its processes; a failing test's name tells which. ENGINE_SEED sets it."""
EXAMPLES = int(os.environ.get("ENGINE_EXAMPLES", "500"))
EACH = 10
"""Operations of an example, which share a schema and its data."""


@pytest.mark.parametrize("number", [SEED], ids=[f"ENGINE_SEED={SEED}"])
def test_generated_operations_are_answered_as_graphql_core_answers_them(
    number: int, generate: Any, differs: Any
) -> None:
    """Whatever the schema, the operation and the dirt in the data are."""

    @seed(number)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.randoms(use_true_random=False), st.sampled_from([0.0, 0.02, 0.1]))
    def compare(chance: random.Random, dirt: float) -> None:
        case = generate(chance, dirt, EACH)
        for text, variables in case.operations:
            difference = differs(case, text, variables)
            if difference:
                note(difference)
            assert difference is None, difference

    compare()
