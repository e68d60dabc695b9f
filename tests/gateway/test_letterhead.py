"""The head of an answer says the same, whether what all carry was written before or is put together for it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.headers import safe_headers
from gateway.letterhead import Letterhead, fields
from gateway.reply import Reply

SAFE = safe_headers(3600)
NAMES = st.sampled_from(
    ["cache-control", "etag", "ratelimit", "ratelimit-policy", "retry-after", "vary", "x-request-id"]
)
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_categories=["Cc"]), max_size=9)


def as_put_together(reply: Reply, name: str, coding: str | None, length: int) -> dict[str, str]:
    """What a head says, by name: what is the answer's own goes before what all carry."""
    said = {**SAFE, **reply.headers, "x-request-id": name}
    if reply.media is not None:
        said |= {"content-type": reply.media, "vary": "Accept-Encoding"}
    return {**said, **({"content-encoding": coding} if coding else {}), "content-length": str(length)}


@given(
    st.sampled_from(["application/json", None]),
    st.dictionaries(NAMES, VALUES, max_size=3),
    st.sampled_from([None, "br"]),
    st.integers(0, 10**9),
)
@example("application/json", {"ratelimit": '"staff";r=1;t=2'}, None, 7)
def test_a_head_says_what_all_carry_and_what_is_its_own(media, own, coding, length):
    """In one order, each field once."""
    reply = Reply(200, b"", media, own)
    said = fields(Letterhead(SAFE).head(reply, "abc", coding, length))
    expected = as_put_together(reply, "abc", coding, length)
    assert [(name.encode(), value.encode("latin-1")) for name, value in expected.items()] == said


@pytest.mark.parametrize("broken", ["a\nb", "a\r", "a\r\nset-cookie: b"])
def test_a_field_is_one_line(broken):
    """Whatever a value holds, it begins no other field."""
    with pytest.raises(ValueError, match="line break"):
        Letterhead(SAFE).head(Reply(200, b"", headers={"retry-after": broken}), "abc", None, 0)
