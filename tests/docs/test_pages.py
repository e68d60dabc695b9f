"""The pages among themselves: links lead somewhere, and the two READMEs say the same."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway import refusals
from gateway.guard import excess
from gateway.settings import Settings
from tests.docs.pages import PAGES, README, README_ZH, ROOT, blocks

LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?!https?:)([^)\s]+)\)")


def without_code(page: Path) -> str:
    """The text of a page without its blocks."""
    return re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """The names by which a page's headings can be linked to, as GitHub makes them."""
    headings = re.findall(r"^#+ +(.*)$", without_code(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(page: Path) -> Iterator[str]:
    """The links of a page that lead nowhere."""
    for link in LINK.findall(without_code(page)):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            yield link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    """To files that are there, and headings that are in them."""
    assert [] == list(broken(page))


def test_the_index_knows_every_page() -> None:
    """docs/README.md leads to each page of the docs."""
    index = ROOT / "docs" / "README.md"
    linked = {(index.parent / link.partition("#")[0]).resolve() for link in LINK.findall(index.read_text("utf-8"))}
    assert set() == {page for page in (ROOT / "docs").glob("*.md") if page != index} - linked


def bare(text: str) -> str:
    """A block without its comments, which are in the language of their page."""
    return re.sub(r" +#.*$", "", text, flags=re.MULTILINE)


def test_the_two_readmes_show_the_same() -> None:
    """The same blocks in the same order: pictures, commands, query, answer."""
    english, chinese = ([(block.language, bare(block.text)) for block in blocks(page)] for page in (README, README_ZH))
    assert english == chinese


def test_the_two_readmes_have_the_same_shape() -> None:
    """The same headings, by their depth, and as many points and links under each."""
    shapes = [
        re.findall(r"^(#+|-) |\]\((?!README)([^)]+)\)", without_code(page), re.MULTILINE)
        for page in (README, README_ZH)
    ]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize(("page", "other"), [(README, README_ZH), (README_ZH, README)])
def test_each_readme_leads_to_the_other(page: Path, other: Path) -> None:
    """On its first line."""
    assert f"({other.name})" in page.read_text("utf-8").splitlines()[0]


def test_every_setting_is_told_with_its_default() -> None:
    """In configuration.md: a table that lags behind is worse than none."""
    page = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    told = dict(re.findall(r"^\| `(\w+)` \|([^|]*)\|", page.partition("## `gateway`")[2], re.MULTILINE))
    assert set(Settings.model_fields) == set(told)
    plain = {name: value for name, cell in told.items() if (value := cell.strip(" `")).isdecimal()}
    assert plain == {name: str(Settings.model_fields[name].default) for name in plain}


def test_every_status_is_told() -> None:
    """Each refusal that the gateway's own module draws is in operating.md, with its status."""
    page = (ROOT / "docs" / "operating.md").read_text("utf-8")
    rows = dict.fromkeys(re.findall(r"^\| (\d{3}) \|", page, re.MULTILINE), "")
    for status, cell in re.findall(r"^\| (\d{3}) \|(.*)\|$", page, re.MULTILINE):
        rows[status] += cell
    drawn = re.findall(r"^ +(\d{3})  ([A-Z_]+)", f"{refusals.__doc__}\n{excess.Excess.__doc__}", re.MULTILINE)
    assert [] == [(status, code) for status, code in drawn if f"`{code}`" not in rows.get(status, "")]
