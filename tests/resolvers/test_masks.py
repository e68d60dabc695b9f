"""Masks hide what they are to hide, however many of it a system writes into one text."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.caller import MaskName
from resolvers.masks import MASKS

PHONES = {
    "13812341234": "138****1234",
    "+86 138-1234-1234": "+86 138-****-1234",
    "１３８１２３４１２３４": "１３８****１２３４",
    "110": "****",
    "": "****",
    "13800138000/13900139000": "138****8000/139****9000",
    "13800138000、010-62345678转8001": "138****8000、010-****5678转****",
    "13800138000 13900139000": "*********** *******9000",
    "值班 62345678": "值班 ****5678",
}
ADDRESSES = {
    "lei.wang2@xiyue46.vpdn.km": "l***@xiyue46.vpdn.km",
    "a@x.cn;b@y.cn": "a***@x.cn, b***@y.cn",
    "王磊 <wang@x.cn>": "w***@x.cn",
    "wang＠x.cn": "w***@x.cn",
    "a@x.cn/bob@y.cn": "a***@x.cn, /***@y.cn",
    "@x.cn": "***",
    "13812341234": "***",
}


@pytest.mark.parametrize("written", PHONES)
def test_a_phone_keeps_four_digits_for_itself(written: str) -> None:
    """At least, and each of several; what cannot be told apart is masked but for its end."""
    assert PHONES[written] == MASKS[MaskName.PHONE](written)


@pytest.mark.parametrize("written", ADDRESSES)
def test_an_address_keeps_its_name_for_itself(written: str) -> None:
    """Each of several, and the people around them."""
    assert ADDRESSES[written] == MASKS[MaskName.EMAIL](written)


@given(
    st.lists(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), min_size=1, max_size=4), st.sampled_from("/,; 、\n-转")
)
def test_no_number_is_ever_shown_whole(numbers: list[str], between: str) -> None:
    """Whatever stands between several."""
    shown = MASKS[MaskName.PHONE](between.join(numbers))
    assert not [number for number in numbers if number in shown]


@pytest.mark.parametrize(
    ("mask", "text"), [(MaskName.PHONE, "13800138000x" + "(" * 60_000), (MaskName.EMAIL, "a" * 60_000)]
)
def test_a_hostile_text_is_masked_in_no_time(mask: MaskName, text: str) -> None:
    """What takes time with the square of its length holds everybody up."""
    began = process_time()
    assert "13800138000" not in MASKS[mask](text)
    assert process_time() - began < 1
