"""The examples in configuration.md are configurations: read as `trunkline check` reads them, without a mistake."""

import pytest

from gateway.configuration import understand
from sources.positions import Document
from tests.docs.pages import ROOT, Block, blocks

EXAMPLES = [block for block in blocks(ROOT / "docs" / "configuration.md") if block.language == "yaml"]
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
