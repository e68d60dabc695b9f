"""The section `policy:`: what each role is shown, and an audit line for each who was shown it."""

import json

import httpx
import pytest

from gateway.configuration import understand
from model.caller import Role
from sources.positions import ConfigurationError, Document

MINIMAL = "version: 1\nsources: {crm: {preset: tmf629, url: http://127.0.0.1:1}}\n"


def _read(text):
    return understand(Document.parse(MINIMAL + text, "trunkline.yaml"))


def test_a_role_of_the_file_takes_the_place_of_the_shipped_one():
    """The others stay as they are."""
    shipped, read = _read("").policy, _read("policy:\n  partner: {nouns: [ticket]}\n").policy
    assert read[Role.PARTNER].nouns == ("ticket",)
    assert read[Role.CUSTOMER_VIEWER] == shipped[Role.CUSTOMER_VIEWER]
    assert set(shipped) == set(read) == set(Role)


def test_mistakes_in_the_policy_are_told_in_their_place():
    """All at once, with line and column and what was expected."""
    text = "policy:\n  king: {}\n  partner:\n    nouns: [circus]\n    masks: {customer: {contacts.phone: half}}\n"
    with pytest.raises(ConfigurationError) as told:
        _read(text)
    said = str(told.value)
    assert "trunkline.yaml:4:3: policy.king: expected" in said
    assert "customer-viewer" in said
    assert "there is no noun 'circus'" in said
    assert "trunkline.yaml:7" in said
    assert "'half'" in said


@pytest.mark.slow
def test_the_audit_log_tells_who_was_shown_whose_things(trunkline, tmp_path, monkeypatch):
    """With `audit:` set, each operation leaves a line; what was asked and answered is not in it."""
    log = tmp_path / "audit.log"
    monkeypatch.setenv("TRUNKLINE_AUDIT", str(log))
    with trunkline("demo", "--port", 0, "--circuits", 40) as demo:
        query = {"query": '{ customer(id: "C100002") { name circuits { nodes { code } } } }'}
        httpx.post(demo.url, json=query, headers={"X-Trunkline-Customer": "C100002"}, timeout=30).raise_for_status()
        httpx.post(demo.url, json={"query": "{ nonsense }"}, timeout=30)
    one, other = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert one["customers"] == ["C100002"]
    assert one["outcome"] == "ok"
    assert {"customer", "circuit"} <= set(one["nouns"])
    assert other["outcome"] == "refused"
    assert other["codes"] == ["GRAPHQL_VALIDATION_FAILED"]
    assert "nonsense" not in log.read_text(encoding="utf-8")
