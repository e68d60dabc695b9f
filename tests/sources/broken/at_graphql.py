"""Answers of GraphQL that are broken."""

from typing import Any

from model.faults import BadRequest, Malformed, Rejected, Unauthorised, Unavailable
from tests.sources.broken.at_json import FIRST, OTHERS, SECOND, written
from tests.sources.broken.case import BOTH, LEAK, NONE, ONE, PASSWORD, TWO, Broken, Medium
from tests.sources.broken.wire import Heard, http

_DECLARED = """
speaks: graphql
records: {circuit: {native_id: id, code: code, name: name, bandwidth_bps: speed, customer: owner}}
lookups:
  circuit by code: {ask: circuits, each: nodes, keys: {argument: codes, type: "[String!]"}}
  circuit by customer: {ask: circuits, each: nodes, keys: {argument: owners, type: "[String!]"}}
"""


def _error(code: str | None = None, *path: str | int) -> dict[str, Any]:
    told: dict[str, Any] = {"message": f"{LEAK} {PASSWORD} at http://127.0.0.1/graphql"}
    return told | ({"extensions": {"code": code}} if code else {}) | ({"path": list(path)} if path else {})


def _said(data: Any, *errors: Any, status: int = 200) -> bytes:
    return http(written({"data": data} | ({"errors": list(errors)} if errors else {})), status=status)


def _rows(*rows: Any) -> dict[str, Any]:
    return {"k0": {"nodes": list(rows)}}


def _failing(heard: Heard) -> bytes:
    """The second circuit, for whoever asks for it."""
    if b"BJ-2" in heard.body or b"C1" in heard.body:
        return _said(_rows(FIRST, None), _error("TIMEOUT", "k0", "nodes", 1))
    return _said(_rows(FIRST))


_WELL = _rows(FIRST, SECOND)
BROKEN = {
    "errors and no data": Broken(_said(None, _error("INTERNAL_SERVER_ERROR")), Unavailable),
    "errors and no data, under 500": Broken(_said(None, _error("BAD_USER_INPUT"), status=500), BadRequest),
    "an error that we are not let in": Broken(_said(None, _error("UNAUTHENTICATED")), Unauthorised),
    "an error of no known code": Broken(_said(None, _error("KLINGON")), Rejected),
    "an error without a code": Broken(_said(None, _error()), BadRequest),
    "errors that are text": Broken(_said(None, LEAK), BadRequest),
    "errors that are no list": Broken(http(written({"data": None, "errors": LEAK})), Malformed),
    "neither data nor errors": Broken(http(b"{}"), Malformed),
    "data that is a list": Broken(_said([]), Malformed),
    "data without what was asked": Broken(_said({}), Malformed),
    "data under another name": Broken(_said({"circuits": _WELL["k0"]}), Malformed),
    "a list of results": Broken(
        http(b"[" + written({"data": _WELL}) + b"," + written({"data": _WELL}) + b"]"), Malformed
    ),
    "the root field is null, and an error says why": Broken(_said({"k0": None}, _error("TIMEOUT", "k0")), Unavailable),
    "a row that failed": Broken(_failing, {"BJ-1": ONE}, complete=False, lost={"BJ-2": Unavailable}),
    "a row that is null": Broken(_said(_rows(FIRST, None, SECOND)), BOTH),
    "a row that is text": Broken(_said(_rows(FIRST, LEAK)), Malformed),
    "no rows": Broken(_said(_rows()), NONE),
    "rows that nobody asked for": Broken(_said(_rows(FIRST, OTHERS, SECOND)), BOTH, complete=False),
    "a field that nobody asked for": Broken(_said(_rows({**FIRST, "secret": LEAK}, SECOND)), BOTH),
    "a page": Broken(http(f"<html>{LEAK}</html>", kind="text/html"), Malformed),
    "cut off": Broken(http(written({"data": _WELL})[:-4]), Malformed),
    "nothing": Broken(http(b""), Malformed),
    "nested too deep": Broken(
        _said(_rows({**FIRST, "more": [[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]})), Malformed
    ),
    "errors that cycle about nothing": Broken(_said(_WELL, _error("TIMEOUT", "k7", "nodes", 9)), BOTH),
    "a missing row": Broken(_said(_rows(SECOND)), {"BJ-2": TWO}, others=True),
}
GRAPHQL = Medium("GraphQL", _DECLARED, _said(_WELL), BROKEN)
