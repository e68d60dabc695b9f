"""The home page in a real Chromium: how it looks, that it stays true, and that it asks nobody else.

Each test leaves a picture in `out/screenshots/`.
"""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

PICTURES = Path(__file__).parents[2] / "out" / "screenshots"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
PATIENCE = 20_000
"""Milliseconds after which something awaited on the page counts as missing."""

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here: apt-get install chromium fonts-noto-cjk"),
]


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """Debian's, or whatever is installed; none is ever downloaded."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        await browser.close()


@pytest.fixture
def demo(trunkline):
    """A demo of 300 circuits."""
    with trunkline("demo", "--port", 0, "--circuits", 300) as running:
        yield running


@asynccontextmanager
async def visit(chromium: Browser, demo, **how) -> AsyncIterator[Page]:
    """Look at the page; on leaving, nothing may have gone elsewhere or wrong."""
    origin = demo.url.removesuffix("/graphql")
    wrong: list[str] = []
    context = await chromium.new_context(**how)
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    page.on("request", lambda request: request.url.startswith(f"{origin}/") or wrong.append(request.url))
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    await page.goto(f"{origin}/")
    yield page
    await context.close()
    assert [] == wrong


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
async def test_the_page_is_good_to_look_at(chromium, demo, size, locale):
    """In both languages, on a desk and in a hand, without anything that has to be scrolled sideways."""
    wide = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}[size]
    scheme = "dark" if (size, locale) == ("phone", "zh-CN") else "light"
    async with visit(chromium, demo, viewport=wide, locale=locale, color_scheme=scheme) as page:
        drawn = "() => document.querySelector('figure img').naturalWidth > 0"
        await page.wait_for_function(drawn)
        PICTURES.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=PICTURES / f"home-{size}-{locale[:2]}.png", full_page=True)
        across = await page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    assert across <= 0


async def test_the_page_follows_a_source_that_goes_down_and_comes_back(chromium, demo):
    """Without being loaded again."""
    async with visit(chromium, demo, locale="en-GB") as page, httpx.AsyncClient(base_url=demo.control) as control:
        down = page.locator("li.down")
        await expect(down).to_have_count(0, timeout=PATIENCE)
        await control.post("/systems/tickets/trouble", json={"kind": "down"})
        await expect(down).to_contain_text("Trouble tickets", timeout=PATIENCE)
        await expect(down).to_contain_text("SOURCE_REFUSED")
        PICTURES.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=PICTURES / "home-source-down.png", full_page=True)
        await control.delete("/systems/tickets/trouble")
        await expect(down).to_have_count(0, timeout=PATIENCE)


async def test_the_page_needs_no_script(chromium, demo):
    """What it says, it says without."""
    async with visit(chromium, demo, locale="zh-CN", java_script_enabled=False) as page:
        await expect(page.locator("#sources .state").first).to_contain_text("正常")
        await page.get_by_role("link", name="English").click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("One question")
