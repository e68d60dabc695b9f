"""Response maps: what an answer's objects are made of, as a client and an error see them."""

import msgspec

from engine.response_map import as_dicts, response_map


def test_a_response_map_is_written_under_its_keys_and_in_their_order() -> None:
    """Whatever the keys are: they are names of GraphQL, not of Python."""
    keys = ("z", "__typename", "class", "_", "f0", "__init__")
    made = response_map(keys)(*range(6))
    assert dict(zip(keys, range(6), strict=True)) == msgspec.json.decode(msgspec.json.encode(made)) == as_dicts(made)
    assert list(keys) == list(as_dicts(made))


def test_what_stands_under_a_key_can_be_replaced() -> None:
    """As nulls are put where errors land, however deep."""
    below = response_map(("b", "c"))(1, 2)
    made = response_map(("a",))([below])
    made["a"][0]["b"] = None
    assert {"a": [{"b": None, "c": 2}]} == as_dicts(made)


def test_without_fields_a_response_map_is_empty() -> None:
    """All of them may have been skipped."""
    assert b"{}" == msgspec.json.encode(response_map(())())


def test_the_same_keys_are_one_kind() -> None:
    """Plans share kinds, so that they take no memory each."""
    assert response_map(("a", "b")) is response_map(("a", "b"))
    assert response_map(("a", "b")) is not response_map(("b", "a"))


def test_the_cyclic_collector_does_not_look_at_response_maps() -> None:
    """They are as many as the rows of an answer, and hold nothing that holds them."""
    assert response_map(("a",)).__struct_config__.gc is False
