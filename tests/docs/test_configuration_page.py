"""The examples in configuration.md and resilience.md are configurations: understood without a mistake."""

import pytest

from gateway.configuration import understand
from sources.positions import Document
from tests.docs.pages import ROOT, Block, blocks

EXAMPLES, WHOLE = (
    [block for block in blocks(ROOT / "docs" / page) if block.language == "yaml"]
    for page in ("configuration.md", "resilience.md")
)
SYSTEMS = """\
version: 1
sources:
  crm: {preset: tmf629, url: "https://crm.example"}
  inventory: {preset: tmf638, url: "https://inventory.example"}
  resources: {preset: tmf639, url: "https://resources.example"}
"""
"""The systems that the examples speak of."""


@pytest.mark.parametrize("block", EXAMPLES, ids=str)
def test_an_example_is_understood(block: Block, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the systems that it names, and the secrets."""
    monkeypatch.setenv("SIGN_IN_SECRET", "k")
    understood = understand(Document.parse(f"{SYSTEMS}{block.text}", "trunkline.yaml"))
    assert {"crm", "inventory", "resources"} == set(understood.sources)


@pytest.mark.parametrize("block", WHOLE, ids=str)
def test_an_example_of_guards_is_understood(block: Block) -> None:
    """It brings its sources."""
    assert understand(Document.parse(f"version: 1\n{block.text}", "trunkline.yaml")).sources
