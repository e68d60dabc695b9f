"""What a head tells about its body is the same however the head was read, and however often it is asked."""

from time import process_time

import pytest

from sources.clients.plain_heads import plain_head
from sources.remarks import Remarks, remarks

NEXT = '<https://a/b?page=1>; rel="prev", <https://a/b?page=3>; rel="last next"'


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, Remarks("", in_utf8=True, following=None, total=None)),
        ({"content-type": "application/json"}, Remarks("", in_utf8=True, following=None, total=None)),
        ({"content-type": 'text/json; Charset="GBK"'}, Remarks("gbk", in_utf8=False, following=None, total=None)),
        ({"content-type": "text/json;charset=UTF-8"}, Remarks("utf-8", in_utf8=True, following=None, total=None)),
        ({"link": NEXT}, Remarks("", in_utf8=True, following="https://a/b?page=3", total=None)),
        ({"link": "<https://a/b>; rel=self"}, Remarks("", in_utf8=True, following=None, total=None)),
        ({"x-total-count": "12"}, Remarks("", in_utf8=True, following=None, total=12)),
        ({"x-total-count": "many"}, Remarks("", in_utf8=True, following=None, total=None)),
    ],
)
def test_a_head_tells_the_same_however_it_was_read(fields: dict[str, str], expected: Remarks) -> None:
    """Plain, and then known; or of whatever else keeps fields."""
    lines = "".join(f"{name.title()}: {value}\r\n" for name, value in fields.items())
    head = plain_head(f"HTTP/1.1 200 OK\r\n{lines}Content-Length: 2\r\n\r\n{{}}".encode())
    assert head is not None
    assert (expected, expected, expected) == (remarks(fields), remarks(head.fields), remarks(head.fields))
    assert remarks(head.fields) is remarks(head.fields)


@pytest.mark.parametrize("link", ["<" * 60_000, "<a>; " + "rel=" * 15_000, "<a>; rel" + " " * 60_000])
def test_a_hostile_head_is_read_in_no_time(link: str) -> None:
    """What takes time with the square of its length holds everybody up."""
    began = process_time()
    assert remarks({"link": link}).following is None
    assert process_time() - began < 1
