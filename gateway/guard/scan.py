"""The first look at a document: its size, how many tokens, how deeply nested. One pass, which ends at the first bound.

It parses nothing and judges no syntax. What it lets pass is small enough for graphql-core to read in a few
milliseconds, and flat enough not to exhaust its recursion.
"""

import re

from gateway.guard.bounds import DocumentBounds
from gateway.guard.excess import Excess

# Every repetition is possessive: no text makes the expression go back, thus none takes more than linear time.
_TOKEN = re.compile(
    r"""
      \#[^\n\r]*+                                               # a comment
    | (?P<token>
        \"\"\"(?:[^"\\]++|\\\"\"\"|\\|"(?!""))*+(?:\"\"\")?+    # a block string
      | "(?:[^"\\\n\r]++|\\.)*+"?+                              # a string
      | [_A-Za-z][_0-9A-Za-z]*+                                 # a name
      | -?+[0-9][0-9.eE+-]*+                                    # a number
      | \.\.\.
      | [!$&:=@|{}()\[\]]
    )
    """,
    re.VERBOSE,
)
_OPENING, _CLOSING = frozenset("{(["), frozenset("})]")


def scan(text: str, bounds: DocumentBounds) -> None:
    """Refuse a document that is too large, has too many tokens or nests too deeply."""
    size = len(text) if text.isascii() else _bytes(text, bounds.bytes)
    if size > bounds.bytes:
        raise Excess("DOCUMENT_TOO_LARGE", "bytes", size, bounds.bytes)
    tokens = nesting = 0
    for found in _TOKEN.finditer(text):
        token = found.group("token")
        if token is None:
            continue
        tokens += 1
        if tokens > bounds.tokens:
            raise Excess("TOO_MANY_TOKENS", "tokens", tokens, bounds.tokens, at_least=True)
        if token in _OPENING:
            nesting += 1
            if nesting > bounds.nesting:
                raise Excess("TOO_DEEP", "nested brackets", nesting, bounds.nesting, at_least=True)
        elif token in _CLOSING:
            nesting -= 1


def _bytes(text: str, bound: int) -> int:
    """Size in UTF-8; a text that is too long by its characters is not even encoded."""
    return len(text) if len(text) > bound else len(text.encode("utf-8", "surrogatepass"))
