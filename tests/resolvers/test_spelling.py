"""Business keys are brought to one form, by rules that are checked when they are read."""

from time import process_time

import pytest
from pydantic import ValidationError

from resolvers.backtracking import LONGEST, WAYS_AT_MOST, ways
from resolvers.spelling import UNLIKE, UNSTABLE, KeyPolicy, Spelling

LINE = r"(?P<city>[A-Z]{4})[-_/ ]?(?P<tech>SDH|OTN)[-_/ ]?0*(?P<number>\d+)"
TURNED = r"(?P<number>\d+)@(?P<tech>SDH|OTN)@(?P<city>[A-Z]{4})"


def spelling(**key):
    """The spelling that a section `key:` comes to."""
    return Spelling(KeyPolicy.model_validate(key), "circuit")


@pytest.mark.parametrize(
    ("case", "written", "normal"),
    [("upper", " hb-icbc-０００１　", "HB-ICBC-0001"), ("lower", "ＡB 1", "ab1"), ("keep", "Ne-１", "Ne-1")],
)
def test_keys_are_compared_in_one_form(case, written, normal):
    """Full-width digits, blanks, and case where the configuration says so."""
    assert spelling(case=case)(written) == normal


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("line-hb1", "HB1"),
        ("专线 HB1", "HB1"),
        ("LINE-专线HB1", "HB1"),
        ("HB1", "HB1"),
        ("LINE-", "LINE-"),
        ("HLINE-", "HLINE-"),
    ],
)
def test_prefixes_are_taken_away(written, normal):
    """In whatever case and width, and one after another; a prefix with nothing behind it is a key."""
    assert spelling(case="upper", prefixes=["line-", "专线"])(written) == normal


@pytest.mark.parametrize(
    "written", ["BJSH-SDH-17", "bjsh_sdh_0017", "BJSH/SDH17", "ｂｊｓｈ sdh ０１７", "L:bjshsdh17", "17@sdh@bjsh"]
)
def test_a_pattern_brings_several_spellings_to_one(written):
    """The named groups are joined, in the order that is declared, whichever pattern is like the key."""
    key = spelling(case="upper", prefixes=["L:"], pattern=[LINE, TURNED], parts=["city", "tech", "number"])
    assert key(written) == "BJSH-SDH-17"
    assert key(key(written)) == "BJSH-SDH-17"


def test_what_no_pattern_is_like_stays_and_is_counted_once():
    """A key of another make is a key, too; that there are such is for the operator to see."""
    key = spelling(case="upper", pattern=LINE)
    assert [key("vpn-7"), key("vpn-7"), key("BJSH-SDH-1")] == ["VPN-7", "VPN-7", "BJSH-SDH-1"]
    assert dict(key.oddities.counts) == {(UNLIKE, "key"): 1}


def test_a_group_that_takes_no_part_leaves_no_gap():
    """An optional part is not there, nor what would join it."""
    assert spelling(pattern=r"(?P<a>\d+)(?:/(?P<b>\d+))?", join=".")("7") == "7"


def test_a_rule_that_would_go_on_changing_a_key_leaves_it():
    """The form of a form is that form, or there would be two things where there is one."""
    key = spelling(pattern=r"(?P<x>\w+)-(?P<y>\w+)", parts=["y", "x"])
    assert key("a-b") == "a-b"
    assert dict(key.oddities.counts) == {(UNSTABLE, "key"): 1}
    key = spelling(pattern=r"(?P<x>\w)!(?P<y>\w)", parts=["y", "x"], join="", prefixes=["L"])
    assert key("a!L") == "a!L"


@pytest.mark.parametrize(
    "pattern",
    [r"(?P<a>(x+)+)y", r"(?P<a>(x|x)*)y", r"(?P<a>(?:x|xx)+)y", r"(?P<a>x*x*x*x*x*)y", r"(?P<a>(?:x?){40}x{40})"],
)
def test_a_pattern_that_would_take_for_ever_is_refused(pattern):
    """What goes back and tries again without end is not tried at all."""
    with pytest.raises(ValidationError, match="tried in too many ways"):
        spelling(pattern=pattern)


def test_the_slowest_pattern_that_is_taken_is_no_burden():
    """Counted in processor time, on the longest key that is held against it; a longer one is not."""
    pattern = r"(?P<a>x*)x*x*y"
    assert WAYS_AT_MOST / 2 < ways(pattern) <= WAYS_AT_MOST
    key, began = spelling(pattern=pattern), process_time()
    assert key("x" * LONGEST) == "x" * LONGEST
    assert key("x" * 100_000) == "x" * 100_000
    assert process_time() - began < 2


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ({"pattern": "("}, "expected a regular expression"),
        ({"pattern": "[A-Z]+"}, "with named groups"),
        ({"parts": ["a"]}, "expected pattern beside parts"),
        ({"pattern": "(?P<a>.)", "parts": ["b"]}, "found no 'b'"),
        ({"prefixes": [""]}, "at least 1 character"),
    ],
)
def test_rules_that_cannot_be_are_refused(key, expected):
    """In words that say what was expected."""
    with pytest.raises(ValidationError, match=expected):
        spelling(**key)
