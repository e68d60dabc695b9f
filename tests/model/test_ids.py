"""Global ids and lookups: written and read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.ids import IDS, Ids, decode_id, encode_id
from model.keys import Lookup
from model.nouns import NOUNS


@pytest.mark.parametrize(("noun", "key"), [("circuit", "HB-ICBC-0001"), ("alarm", "alarms:1"), ("site", "汉字/ 1")])
def test_an_id_is_read_back(noun, key):
    """What was written is what is read."""
    assert decode_id(encode_id(noun, key)) == (noun, key)


@pytest.mark.parametrize("text", ["", "x", "汉字", "Y2lyY3VpdDo", "Zm9vOmJhcg", "Y2lyY3VpdDpYCg==", "////", "C100001"])
def test_what_is_no_id_of_ours_is_none(text):
    """Garbage, ids of unknown nouns, empty keys, other spellings of the same bytes."""
    assert decode_id(text) is None


ODD = st.text(alphabet="+/-_= \nYZ09é", max_size=2)


@given(
    st.sampled_from([*NOUNS]),
    st.text(min_size=1, max_size=9),
    ODD,
    st.integers(0, 20),
)
def test_an_id_is_read_in_the_spelling_in_which_it_was_written_only(noun, key, more, place):
    """What stands in it besides, or instead, makes it none of ours, or another that is written so."""
    written = encode_id(noun, key)
    text = written[:place] + more + written[place:]
    read = decode_id(text)
    assert read == (noun, key) if text == written else read is None or encode_id(*read) == text


def test_a_lookup_is_read_as_it_is_written():
    """`noun by key` and `noun list`."""
    for text in ("circuit by customer", "circuit list"):
        assert str(Lookup.parse(text)) == text
    with pytest.raises(ValueError, match="expected '<noun> by <key>'"):
        Lookup.parse("circuits")


def test_no_more_ids_are_remembered_than_are_allowed(monkeypatch):
    """What does not fit any more is written again; what somebody asks for by an id is not remembered at all."""
    monkeypatch.setattr("model.ids.REMEMBERED", 3)
    ids = Ids("circuit")
    assert len({ids[str(number)] for number in range(10)}) == 10
    assert len(ids) <= 3
    assert decode_id("c2l0ZTpuZXZlciBzZWVu") == ("site", "never seen")
    assert "never seen" not in IDS["site"]
