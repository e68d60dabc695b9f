"""Answers in JSON that are broken."""

import codecs
import json
from collections.abc import Mapping
from typing import Any

from msgspec import UNSET

from model.faults import Malformed
from tests.sources.broken.case import BOTH, LEAK, ONE, PASSWORD, TWO, Broken, Medium
from tests.sources.broken.wire import http

DECLARED = """
speaks: rest
records: {circuit: {code: code, name: name, bandwidth_bps: speed, customer: owner}}
lookups:
  circuit by code: {get: /x, keys: {query: code}}
  circuit by customer: {get: /x, keys: {query: owner}}
"""
FIRST: Mapping[str, Any] = {"id": 1, "code": "BJ-1", "name": "电路一", "speed": 2_000_000, "owner": "C1"}
SECOND: Mapping[str, Any] = {"id": 2, "code": "BJ-2", "name": "电路二", "speed": 10_000_000, "owner": "C1"}
OTHERS: Mapping[str, Any] = {"id": 9, "code": "BJ-9", "name": LEAK, "speed": 1, "owner": "C9"}


def written(data: Any) -> bytes:
    """As JSON, in UTF-8."""
    return json.dumps(data, ensure_ascii=False).encode()


def rows(*of: Mapping[str, Any]) -> bytes:
    """An answer with these rows."""
    return http(written(of))


def first(**fields: Any) -> bytes:
    """An answer whose first row says this instead."""
    return rows({**FIRST, **fields}, SECOND)


def literally(name: str, value: str) -> bytes:
    """An answer in whose first row this very text stands for a field."""
    return http(written([{**FIRST, name: "HERE"}, SECOND]).replace(b'"HERE"', value.encode()))


GOOD = written([FIRST, SECOND])
_PAGE = f"<!doctype html><html><body><form>{LEAK}</form></body></html>"
_ERROR = {"error": {"message": f"{LEAK} at http://127.0.0.1/x", "key": PASSWORD}}
_DEEP = b"[" * 30 + b"]" * 30

BROKEN = {
    "cut off": Broken(http(GOOD[:-5]), Malformed),
    "cut off within a character": Broken(http(GOOD[: GOOD.index("一".encode()) + 1]), Malformed),
    "two documents": Broken(http(GOOD + GOOD), Malformed),
    "a comma too many": Broken(http(GOOD[:-1] + b",]"), Malformed),
    "a comment": Broken(http(b"/* LEAK */" + GOOD), Malformed),
    "single quotes": Broken(http(GOOD.replace(b'"', b"'")), Malformed),
    "JSON with a guard before it": Broken(http(b")]}',\n" + GOOD), Malformed),
    "garbage": Broken(http(b"\0\xff LEAK"), Malformed),
    "nothing": Broken(http(b""), Malformed),
    "blanks": Broken(http(b" \r\n "), Malformed),
    "null": Broken(http(b"null"), Malformed),
    "true": Broken(http(b"true"), Malformed),
    "a number": Broken(http(b"7"), Malformed),
    "a text": Broken(http(f'"{LEAK}"'), Malformed),
    "a page": Broken(http(_PAGE, kind="text/html"), Malformed),
    "a page called JSON": Broken(http(b"\n " + _PAGE.encode()), Malformed),
    "XML": Broken(http(f"<?xml version='1.0'?><error>{LEAK}</error>"), Malformed),
    "an error under 200": Broken(http(written(_ERROR)), Malformed),
    "an error among the rows": Broken(rows(FIRST, _ERROR, SECOND), BOTH, complete=False),
    "an empty object": Broken(http(b"{}"), Malformed),
    "rows that are numbers": Broken(http(b"[1, 2]"), Malformed),
    "a row that is null": Broken(http(written([FIRST, None, SECOND])), Malformed),
    "rows in rows": Broken(http(b"[" + GOOD + b"]"), Malformed),
    "rows under a name": Broken(http(b'{"data": ' + GOOD + b"}"), Malformed),
    "rows without identity": Broken(rows({"name": LEAK, "owner": "C1"}), Malformed),
    "nested too deep": Broken(literally("more", _DEEP.decode()), BOTH),
    "nested 100,000 deep": Broken(http(b"[" * 100_000 + b"]" * 100_000), Malformed),
    "brackets in texts that hide depth": Broken(http(b'["]]]]\\"]]",' * 1500 + b"1" + b"]" * 1500), Malformed),
    "100,000 deep where nobody looks": Broken(literally("more", "[" * 45_000 + "]" * 45_000), Malformed),
    "invalid UTF-8": Broken(http(GOOD.replace("一".encode(), b"\xff\xff")), Malformed),
    "GBK that says UTF-8": Broken(http(GOOD.decode().encode("gbk")), Malformed),
    "GBK that says so": Broken(http(GOOD.decode().encode("gbk"), kind="application/json; charset=gb2312"), BOTH),
    "UTF-8 that says GBK": Broken(http(GOOD, kind="application/json; charset=gbk"), Malformed),
    "UTF-8 with a mark": Broken(http(codecs.BOM_UTF8 + GOOD), BOTH),
    "UTF-8 with two marks": Broken(http(codecs.BOM_UTF8 * 2 + GOOD), Malformed),
    "UTF-16, unsaid": Broken(http(GOOD.decode().encode("utf-16")), BOTH),
    "UTF-16 of odd length": Broken(http(GOOD.decode().encode("utf-16")[:-1]), Malformed),
    "UTF-32, unsaid": Broken(http(GOOD.decode().encode("utf-32")), BOTH),
    "a charset that there is not": Broken(http(GOOD, kind="application/json; charset=klingon"), Malformed),
    "a charset that is no charset": Broken(http(GOOD, kind="application/json; charset=base64"), Malformed),
    "half of a surrogate pair": Broken(literally("name", r'"\ud800"'), Malformed),
    "NaN": Broken(literally("speed", "NaN"), Malformed),
    "Infinity": Broken(literally("speed", "Infinity"), Malformed),
    "1e999": Broken(literally("speed", "1e999"), Malformed),
    "a number of 30 digits": Broken(literally("speed", "9" * 30), {"BJ-1": ("电路一", 10**30 - 1), "BJ-2": TWO}),
    "a number of 5,000 digits": Broken(literally("speed", "9" * 5000), Malformed),
    "a number of 5,000 digits in text": Broken(first(speed="9" * 5000), {"BJ-1": ("电路一", UNSET), "BJ-2": TWO}),
    "wrong types everywhere": Broken(
        rows({"id": {}, "code": "BJ-1", "name": [1], "speed": {"a": []}, "owner": ["C1"]}, SECOND),
        {"BJ-1": (UNSET, UNSET), "BJ-2": TWO},
    ),
    "an object for a code": Broken(first(code={"no": 1}), {"BJ-2": TWO}, lost={"BJ-1": Malformed}, complete=False),
    "an object for an owner": Broken(first(owner={"no": "C1"}), BOTH, by_customer={"BJ-2": TWO}, complete=False),
    "a truth value for a number": Broken(first(speed=True), {"BJ-1": ("电路一", UNSET), "BJ-2": TWO}),
    "a number for a text": Broken(first(name=7.0), {"BJ-1": ("7", 2_000_000), "BJ-2": TWO}),
    "a number below nothing": Broken(first(speed=-1), {"BJ-1": ("电路一", -1), "BJ-2": TWO}),
    "nulls everywhere": Broken(
        rows(dict.fromkeys(FIRST), SECOND),
        {"BJ-2": TWO},
        by_customer={"BJ-2": TWO},
        lost={"BJ-1": Malformed},
        complete=False,
    ),
    "a name twice in an object": Broken(
        http(GOOD.replace(b'"code": "BJ-1"', b'"code": "BJ-1", "code": "BJ-9"')),
        {"BJ-2": TWO},
        by_customer={"BJ-9": ONE, "BJ-2": TWO},
        lost={"BJ-1": Malformed},
    ),
    "rows that nobody asked for": Broken(rows(FIRST, OTHERS, SECOND), BOTH, complete=False),
    "an answer to another question, with some of what was asked": Broken(
        rows(OTHERS, SECOND),
        {"BJ-2": TWO},
        lost={"BJ-1": Malformed},
        complete=False,
        declared=DECLARED.replace("{query: code}", "{query: code, join: comma}"),
    ),
    "only rows that nobody asked for": Broken(rows(OTHERS, OTHERS), Malformed),
    "a row that is missing": Broken(rows(SECOND), {"BJ-2": TWO}, lost={"BJ-1": Malformed}),
    "rows in another order": Broken(rows(SECOND, FIRST), BOTH),
    "the same row twice": Broken(rows(FIRST, SECOND, FIRST), BOTH),
    "the same row twice, saying otherwise": Broken(rows(FIRST, SECOND, {**FIRST, "name": LEAK}), BOTH),
    "keys in lower case": Broken(
        first(code="bj-1"), {"BJ-2": TWO}, by_customer={"bj-1": ONE, "BJ-2": TWO}, lost={"BJ-1": Malformed}
    ),
    "keys in full width": Broken(first(code="ＢＪ－１"), BOTH),
    "keys with blanks": Broken(first(code=" BJ-1 "), BOTH),
    "markup in a name": Broken(
        first(name="<script>x</script>"), {"BJ-1": ("<script>x</script>", 2_000_000), "BJ-2": TWO}
    ),
    "more than is listened to": Broken(http(GOOD + b" " * 100_000), Malformed),
    "rows by the ten thousand": Broken(http(GOOD[:-1] + b",{}" * 30_000 + b"]"), BOTH, complete=False),
}
JSON = Medium("JSON", DECLARED, http(GOOD), BROKEN)
