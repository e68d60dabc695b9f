"""The three complete examples of sources.md: what the page says that `trunkline probe` prints is what it prints."""

import json
import re
from pathlib import Path

import pytest
from starlette.responses import Response

from tests.docs.pages import ROOT, blocks
from tests.gateway.commanding import lines, running, written
from tests.sources.chaos import Chaos, always, as_json
from tests.sources.conftest import listening
from tests.sources.legacy import Legacy

PAGE = list(blocks(ROOT / "docs" / "sources.md"))
PLACES = {
    "register": "https://register.example",
    "resource-pages": "http://resource.example/res",
    "provisioning": "https://prov.example",
}


def told(language: str, within: str = "") -> str:
    """The first block of a language that has this in it."""
    return next(block.text for block in PAGE if block.language == language and within in block.text)


def system(name: str) -> Chaos:
    """The system, answering as the page shows."""
    if name == "register":
        return Chaos(always(as_json({"total": 1, "rows": json.loads(told("json"))["rows"][:1]})))
    if name == "resource-pages":
        return Chaos(Legacy(told("html").replace('<a class="next"', "<a")))
    return Chaos(always(Response(told("xml"), media_type="text/xml")))


@pytest.mark.anyio
@pytest.mark.parametrize("name", PLACES)
async def test_the_probe_on_the_page_is_what_is_printed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Line by line, with the places in the YAML that stands above it."""
    for secret in ("REGISTER_KEY", "LEGACY_USER", "PROV_PASSWORD"):
        monkeypatch.setenv(secret, "hush-hush")
    (tmp_path / "legacy").write_text("暗号", encoding="utf-8")
    command, *shown = told("text", f"$ trunkline probe {name} ").splitlines()
    yaml = told("yaml", f"\n  {name}:\n").replace("/run/secrets/legacy", str(tmp_path / "legacy"))
    async with listening(system(name)) as url:
        file = written(tmp_path, yaml.replace(PLACES[name], url))
        result = await running(*re.sub(r"^\$ trunkline ", "", command).split(), "--config", file)
    assert result.exit_code == 0, result.output
    printed = lines(result)
    expected = [" ".join(line.split()) for line in shown if line.strip()]
    assert expected == [line for line in printed if line in expected]
