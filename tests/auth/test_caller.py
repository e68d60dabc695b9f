"""Who a request speaks for, while there is no sign-in."""

import pytest

from auth.caller import BadCaller, caller_of
from model.caller import NOBODY


def test_without_the_header_it_is_staff_or_nobody():
    """Staff only where that has been said."""
    assert caller_of({}, staff_by_default=True).staff
    assert caller_of({}, staff_by_default=False) is NOBODY


def test_the_header_names_customers():
    """By business id, divided by commas."""
    caller = caller_of({"x-trunkline-customer": " C1, C2 ,"}, staff_by_default=True)
    assert not caller.staff
    assert caller.customers == {"C1", "C2"}
    assert caller.may_see("C1")
    assert not caller.may_see("C3")


@pytest.mark.parametrize("named", ["", " , ", ",".join(map(str, range(101)))])
def test_a_header_that_names_nobody_or_too_many_is_refused(named):
    """An empty header must not make one staff."""
    with pytest.raises(BadCaller, match="business id"):
        caller_of({"x-trunkline-customer": named}, staff_by_default=True)
