"""The sections `auth:` and `store:`, and the commands that keep what is in the store."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from typer.testing import CliRunner

from gateway.cli import main
from gateway.configuration import understand
from sources.positions import ConfigurationError, Document

SOURCES = """\
version: 1
sources:
  crm: {preset: tmf629, url: "https://crm.example/tmf"}
"""
WRONG = """\
auth:
  issuers:
    one: {issuer: "http://sso.example", audience: a}
    two: {issuer: "https://sso.example", audience: []}
    three: {issuer: "https://three.example", audience: a, algorithms: [HS256]}
    four:
      issuer: https://four.example
      audience: a
      skew: 10m
      claims: {roles: {claim: "a[", values: {x: emperor}}, custmers: {claim: c}}
    five: {issuer: "https://five.example", audience: a, jwks_uri: "https://k.example", discovery: "https://d.example"}
    six: {issuer: "https://six.example", audience: a, grants: store, claims: {roles: {claim: r}}}
store: {url: "mysql://u@h/d"}
"""
GOOD = """\
auth:
  issuers:
    sso:
      issuer: https://sso.example/realms/staff
      audience: trunkline
      algorithms: [RS256, EdDSA]
      claims:
        subject: preferred_username
        roles: {claim: realm_access.roles, values: {noc: operator}}
        customers: {claim: '"https://operator.example/customers"'}
        children: true
    banks: {issuer: "https://banks.example", audience: [trunkline, other], grants: store, jwks_uri: "https://b.example/k"}
  sign_in: {issuer: sso, client_id: trunkline, url: "https://trunkline.example", life: 1h}
store: {url: "sqlite:///STORE"}
"""


@pytest.fixture
def file(tmp_path):
    """A configuration with a store."""
    file = tmp_path / "trunkline.yaml"
    file.write_text(SOURCES + GOOD.replace("STORE", str(tmp_path / "store.db")), "utf-8")
    return file


def run(file, *arguments):
    """Run a command, in a thread of its own, about a configuration."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(CliRunner().invoke, main, [*arguments, "--config", str(file)]).result()


def test_a_good_section_is_understood(file):
    """Every part of the grammar."""
    auth = understand(Document.read(file)).auth
    staff, banks = (auth.issuers[name].named(name) for name in ("sso", "banks"))
    assert {"RS256", "EdDSA"} == staff.algorithms
    assert ("noc" in staff.claims.values, staff.claims.children, staff.from_store) == (True, True, False)
    assert (banks.from_store, banks.audiences) == (True, {"trunkline", "other"})
    assert 3600 == auth.sign_in.life


def test_every_mistake_is_told_where_it_stands():
    """All of them at once."""
    with pytest.raises(ConfigurationError) as caught:
        understand(Document.parse(SOURCES + WRONG, "trunkline.yaml"))
    told = [str(mistake) for mistake in caught.value.mistakes]
    expected = {
        r"^trunkline.yaml:6:.*issuers.one.issuer: expected an https:// URL",
        r"^trunkline.yaml:7:.*issuers.two.audience: ",
        r"^trunkline.yaml:8:.*issuers.three.algorithms.* expected 'RS256'|expected one of",
        r"^trunkline.yaml:12:.*skew: ",
        r"^trunkline.yaml:13:.*roles.claim: expected a JMESPath",
        r"^trunkline.yaml:13:.*roles.values.x: expected",
        r"^trunkline.yaml:13:.*claims.custmers: expected 'customers'",
        r"^trunkline.yaml:14:.*expected either discovery or jwks_uri",
        r"^trunkline.yaml:15:.*expected roles and customers either",
        r"^trunkline.yaml:16:.*store.url: expected a URL that begins with sqlite: or postgresql:",
    }
    assert set() == {one for one in expected if not any(re.search(one, line) for line in told)}, "\n".join(told)


def test_what_the_store_shall_say_needs_a_store_and_a_sign_in_its_issuer():
    """Mistakes between sections are found, too."""
    text = SOURCES + 'auth:\n  issuers: {one: {issuer: "https://one.example", audience: a, grants: store}}\n'
    with pytest.raises(ConfigurationError, match="expected a section store:"):
        understand(Document.parse(text, "trunkline.yaml"))
    text = SOURCES + "auth: {sign_in: {issuer: nobody, client_id: t}}\n"
    with pytest.raises(ConfigurationError, match=r"auth.sign_in.issuer"):
        understand(Document.parse(text, "trunkline.yaml"))


def test_the_life_of_a_key(file):
    """Made, shown once, listed, revoked."""
    assert "run trunkline store upgrade" in run(file, "key", "list").output
    assert 0 == run(file, "store", "upgrade").exit_code
    made = run(file, "key", "create", "--name", "portal", "--customer", "C1", "--customer", "C2", "--expires", "12h")
    assert 0 == made.exit_code, made.output
    (shown,) = re.findall(r"^tl_[a-z0-9]{12}_[\w-]{43}$", made.output, re.MULTILINE)
    listed = run(file, "key", "list").output
    assert shown not in listed
    assert re.search(r"portal +partner +C1, C2 +no +20\S+ \S+ UTC +good", listed), listed
    id_ = shown.split("_")[1]
    assert 0 == run(file, "key", "revoke", id_).exit_code
    assert 1 == run(file, "key", "revoke", id_).exit_code
    assert "revoked 20" in run(file, "key", "list").output


@pytest.mark.parametrize(
    "wrong", [["--expires", "soon"], ["--expires", "0d"], ["--role", "operator"], ["--role", "emperor"]]
)
def test_a_key_that_should_not_be_is_not_made(file, wrong):
    """Neither for ever nor for staff."""
    run(file, "store", "upgrade")
    assert 2 == run(file, "key", "create", "--name", "x", "--customer", "C1", *wrong).exit_code


def test_the_life_of_a_user(file):
    """Added, given more, given less, forgotten; with an organisation's customers."""
    run(file, "store", "upgrade")
    who = ["u1", "--issuer", "banks"]
    assert 0 == run(file, "organisation", "add", "Big Bank", "--customer", "C7").exit_code
    added = ["--role", "customer-viewer", "--customer", "C1", "--organisation", "Big Bank", "--name", "Wang Wei"]
    assert 0 == run(file, "user", "add", *who, *added).exit_code
    assert 1 == run(file, "user", "add", *who).exit_code
    assert 0 == run(file, "user", "grant", *who, "--role", "customer-manager", "--children").exit_code
    assert 0 == run(file, "user", "withdraw", *who, "--role", "customer-viewer", "--customer", "C1").exit_code
    listed = run(file, "user", "list").output
    assert re.search(r"banks +u1 +Wang Wei +Big Bank +customer-manager +C7 +yes", listed), listed
    assert 0 == run(file, "user", "remove", *who).exit_code
    for command in ("remove", "grant", "withdraw"):
        assert 1 == run(file, "user", command, *who).exit_code
    assert 0 == run(file, "organisation", "remove", "Big Bank").exit_code
    assert 1 == run(file, "organisation", "remove", "Big Bank").exit_code


def test_commands_about_the_store_need_one(tmp_path):
    """And say how it is declared."""
    file = tmp_path / "trunkline.yaml"
    file.write_text(SOURCES, "utf-8")
    result = run(file, "key", "list")
    assert (2, True) == (result.exit_code, "has no section store:" in result.output)
