"""`trunkline check --security`: what a configuration leaves open."""

from typer.testing import CliRunner

from gateway.cli import main
from gateway.configuration import understand
from gateway.security import openings
from sources.positions import Document

OPEN = """
version: 1
sources:
  crm: {preset: tmf629, url: http://crm.example}
gateway: {host: 0.0.0.0, metrics: {listen: "0.0.0.0:9464"}}
policy:
  partner: {internals: true}
"""
CLOSED = """
version: 1
sources:
  crm: {preset: tmf629, url: https://crm.example, label: Customer records, auth: {bearer: {env: PATH}}}
gateway:
  {host: 0.0.0.0, allowed_hosts: [gateway.example], hsts: 31536000, audit: "-", introspection: nobody,
   suggestions: false, explorer: false, metrics: {listen: "127.0.0.1:9464"}}
auth:
  issuers: {corporate: {issuer: "https://sso.example", audience: trunkline, claims: {roles: {claim: roles}}}}
"""


def _where(text):
    return {opening.where for opening in openings(understand(Document.parse(text, "trunkline.yaml")))}


def test_what_is_open_is_named():
    """Sign-in, listening, what is shown, upstreams, roles."""
    assert _where(OPEN) == {
        "auth",
        "gateway.allowed_hosts",
        "gateway.hsts",
        "gateway.metrics.listen",
        "gateway.audit",
        "gateway.introspection",
        "gateway.suggestions",
        "gateway.explorer",
        "/readyz",
        "sources.crm.url",
        "sources.crm.auth",
        "sources.crm.label",
        "policy.partner.internals",
        "policy.partner",
    }


def test_what_is_closed_is_not():
    """Only what a configuration cannot close is left."""
    assert _where(CLOSED) == {"/readyz"}


def test_the_command_lists_it_and_asks_nobody(tmp_path):
    """An exit code of 0: it is for the operator to decide."""
    file = tmp_path / "trunkline.yaml"
    file.write_text(OPEN, encoding="utf-8")
    done = CliRunner().invoke(main, ["check", "--security", str(file)])
    assert done.exit_code == 0, done.output
    assert "sources.crm.url" in done.output
    assert "reachable" not in done.output
