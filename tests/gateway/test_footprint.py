"""What a gateway imports: what reads markup, speaks to databases or checks signatures, only where it has such."""

import os
import subprocess
import sys
from pathlib import Path

PLAIN = """
version: 1
sources:
  crm:
    url: http://127.0.0.1:9/crm
    records: {customer: {customer_id: id, name: name}}
    lookups: {customer by customer_id: {get: /customers, keys: {query: id}}}
"""
XML = """
  billing:
    speaks: xml
    url: http://127.0.0.1:9/billing
    records: {customer: {customer_id: id, tier: tier}}
    lookups: {customer by customer_id: {get: /customers, keys: {query: id}, each: customer}}
"""
STORE = """
store: {url: "sqlite://"}
"""
HEAVY = frozenset(
    {
        *("alembic", "authlib", "cryptography", "httpx", "joserfc", "lxml", "opentelemetry", "prometheus_client"),
        *("pydantic_settings", "redis", "rich", "selectolax", "sqlalchemy", "structlog", "zeep"),
    }
)
"""Packages that are megabytes each."""
PUT_TOGETHER = """
import sys
from pathlib import Path
import typer
from gateway.cli import main
typer.main.get_command(main).get_command(None, "serve")
from gateway.commands.serve import AuthSection, assemble, configured, entrance, gateway_app, settled
said = configured(Path(sys.argv[1]))
settled(said.gateway)
who = entrance(AuthSection(), said.store, said.policy, open_to_all=True)
gateway_app(assemble(said), said.gateway, entrance=who, read_from=(Path(sys.argv[1]), said))
print(*{name.partition(".")[0] for name in sys.modules})
"""


def imported(configuration: str, folder: Path) -> set[str]:
    """The heavy packages that `serve` imports for a configuration."""
    file = folder / "trunkline.yaml"
    file.write_text(configuration, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", PUT_TOGETHER, str(file)],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
        env={name: value for name, value in os.environ.items() if not name.startswith("TRUNKLINE_")},
    )
    return HEAVY.intersection(ran.stdout.split())


def test_json_over_http_needs_nothing_else(tmp_path: Path) -> None:
    """A gateway over plain sources carries none of it."""
    assert imported(PLAIN, tmp_path) == set()


def test_what_a_configuration_needs_is_there(tmp_path: Path) -> None:
    """A source that speaks XML, and a store, bring what they need."""
    assert imported(PLAIN + XML + STORE, tmp_path) == {"lxml", "sqlalchemy", "alembic"}
