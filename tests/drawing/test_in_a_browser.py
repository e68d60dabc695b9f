"""The pictures in a real Chromium, with real letters: they look as they were measured.

Each test leaves a picture in `out/screenshots/`.
"""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from gateway.drawing import circuit as circuit_picture
from gateway.drawing import customer as customer_picture

PICTURES = Path(__file__).parents[2] / "out" / "screenshots"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
COLLISIONS = """() => {
  const boxes = [...document.querySelectorAll("svg text")]
    .filter((text) => !(text.classList.contains("letter") && text.textContent.length === 1))
    .map((text) => [text.textContent, text.getBBox()]);
  const size = document.querySelector("svg").viewBox.baseVal;
  const found = [];
  boxes.forEach(([text, a], at) => {
    const within = a.x >= 0 && a.y >= 0 && a.x + a.width <= size.width && a.y + a.height <= size.height;
    if (!within) found.push(`outside: ${text}`);
    boxes.slice(at + 1).forEach(([other, b]) => {
      const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
      const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
      // lines of a paragraph may touch: a box has room above and below its letters
      if (across > 0.5 && down > 5) found.push(`${text} | ${other}`);
    });
  });
  return found;
}"""

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
def shown(chromium):
    """Give the way to look at a picture: what collides in it, by the browser's own measure."""

    async def look(drawn: bytes, name: str, scheme: str = "light") -> list[str]:
        context = await chromium.new_context(viewport={"width": 1380, "height": 400}, color_scheme=scheme)
        page = await context.new_page()
        await page.set_content(f'<body style="margin:0">{drawn.decode().split("?>", 1)[1]}')
        PICTURES.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
        found: list[str] = await page.evaluate(COLLISIONS)
        await context.close()
        return found

    return look


@pytest.mark.parametrize(
    ("hops", "protecting", "language", "scheme"),
    [(3, 2, "en", "light"), (12, 7, "zh", "light"), (12, 7, "en", "dark"), (60, 24, "zh", "light")],
)
async def test_a_circuit_is_legible(shown, circuit, hops, protecting, language, scheme):
    """No text covers another, in either language, light or dark."""
    drawn = circuit_picture.drawn(circuit(hops, protecting), [], language)
    assert [] == await shown(drawn, f"circuit-{hops}-hops-{language}-{scheme}", scheme)


@pytest.mark.parametrize(
    ("circuits", "language", "scheme"), [(6, "zh", "light"), (60, "en", "light"), (200, "zh", "dark")]
)
async def test_a_customer_is_legible(shown, customer, circuits, language, scheme):
    """Nor on a map."""
    drawn = customer_picture.drawn(customer(circuits), [], language)
    assert [] == await shown(drawn, f"customer-{circuits}-circuits-{language}-{scheme}", scheme)
