"""The policy: what each role is shown."""

import pytest
from pydantic import ValidationError

from auth.policy import POLICY, shipped_policy, sight_of
from model.caller import Role, Sight


def test_the_shipped_policy_knows_every_role():
    """Nobody who signs in is without a word on what they see."""
    assert set(shipped_policy()) == set(Role)


def test_without_a_role_nothing_is_shown():
    """Fail closed."""
    assert sight_of(shipped_policy(), []) == Sight(nouns=frozenset(), internals=False)


def test_who_has_several_roles_sees_what_any_of_them_shows():
    """A viewer who is also a manager sees telephone numbers; a partner who is a viewer sees routes."""
    policy = shipped_policy()
    both = sight_of(policy, [Role.CUSTOMER_VIEWER, Role.CUSTOMER_MANAGER])
    assert both == Sight(internals=False)
    mixed = sight_of(policy, [Role.PARTNER, Role.CUSTOMER_VIEWER])
    assert mixed.nouns is None
    assert mixed.hidden == {"customer": {"account_manager"}}
    assert set(mixed.masks["customer"]) == {"contacts.phone", "contacts.email", "contacts.name"}
    assert "site" not in mixed.masks
    assert sight_of(policy, [Role.OPERATOR, Role.PARTNER]).internals


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"king": {}}, "customer-viewer"),
        ({"partner": {"nouns": ["circus"]}}, "circuit"),
        ({"partner": {"hide": {"circuit": ["colour"]}}}, "bandwidth_bps"),
        ({"partner": {"hide": {"circuit": ["code"]}}}, "cannot be hidden"),
        ({"partner": {"masks": {"customer": {"contacts.phone": "half"}}}}, "'phone', 'email'"),
        ({"partner": {"shows": []}}, "Extra inputs"),
    ],
)
def test_mistakes_are_told_with_what_was_expected(said, expected):
    """Unknown roles, nouns, fields, masks."""
    with pytest.raises(ValidationError, match=expected):
        POLICY.validate_python(said)
