"""Faults: one tree, each with a code of its own."""

from model import faults
from model.faults import Malformed, Rejected, SourceFault, Unavailable


def _all(cls):
    return {cls, *(one for child in cls.__subclasses__() for one in _all(child))}


def test_every_fault_has_a_code_of_its_own_and_stands_in_the_drawing():
    """The drawing in the module's docstring is the tree."""
    every = _all(SourceFault)
    assert len({fault.code for fault in every}) == len(every)
    for fault in every:
        assert fault.__name__ in faults.__doc__
        assert fault.code in faults.__doc__


def test_only_what_is_unavailable_is_worth_asking_again():
    """Retrying helps against absence, not against refusal or nonsense."""
    assert {fault.transient for fault in _all(Unavailable)} == {True}
    assert {fault.transient for fault in _all(Rejected) | _all(Malformed)} == {False}


def test_a_fault_tells_the_log_more_than_the_client():
    """The detail is in its text; the code is what clients see."""
    fault = Unavailable("crm", "500 at /customer", retry_after=3)
    assert str(fault) == "crm: 500 at /customer"
    assert (fault.source, fault.retry_after) == ("crm", 3)
