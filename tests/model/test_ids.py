"""Global ids and lookups: written and read back."""

import pytest

from model.ids import decode_id, encode_id
from model.keys import Lookup


@pytest.mark.parametrize(("noun", "key"), [("circuit", "HB-ICBC-0001"), ("alarm", "alarms:1"), ("site", "汉字/ 1")])
def test_an_id_is_read_back(noun, key):
    """What was written is what is read."""
    assert decode_id(encode_id(noun, key)) == (noun, key)


@pytest.mark.parametrize("text", ["", "x", "汉字", "Y2lyY3VpdDo", "Zm9vOmJhcg", "Y2lyY3VpdDpYCg==", "////", "C100001"])
def test_what_is_no_id_of_ours_is_none(text):
    """Garbage, ids of unknown nouns, empty keys, other spellings of the same bytes."""
    assert decode_id(text) is None


def test_a_lookup_is_read_as_it_is_written():
    """`noun by key` and `noun list`."""
    for text in ("circuit by customer", "circuit list"):
        assert str(Lookup.parse(text)) == text
    with pytest.raises(ValueError, match="expected '<noun> by <key>'"):
        Lookup.parse("circuits")
