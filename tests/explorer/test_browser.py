"""The explorer in a real Chromium: what somebody does with it, and that it stays on this machine while they do.

Each test leaves a picture in `out/screenshots/`.
"""

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright, expect

PICTURES = Path(__file__).parents[2] / "out" / "screenshots"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TABS = ["LinkedView", "CustomerAlarms", "FailingSource", "Conflicts", "Kpis", "Vpdn"]
PATIENCE = 20_000
"""Milliseconds after which something awaited on the page counts as missing."""

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here: apt-get install chromium fonts-noto-cjk"),
]
expect.set_options(timeout=PATIENCE)


@dataclass
class Overheard:
    """What a page asked for, and what it complained about."""

    requests: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        """Hear all of it, from now on."""
        page.on("request", lambda request: self.requests.append(request))
        page.on("requestfailed", self._failed)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("console", self._console)

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the page was left meanwhile
            self.complaints.append(f"{request.failure}: {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"console: {message.text}")

    def elsewhere(self, origin: str) -> list[str]:
        """Tell the addresses that are not the gateway's."""
        here = (f"{origin}/", "data:", "blob:")
        return [request.url for request in self.requests if not request.url.startswith(here)]

    def asked(self, operation: str) -> list[Request]:
        """Tell the requests of one operation."""
        posted = (request for request in self.requests if request.method == "POST")
        return [request for request in posted if request.post_data_json.get("operationName") == operation]


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """Debian's, or whatever is installed; none is ever downloaded."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
def explorer(built, demo, chromium):
    """Give the way to visit the explorer for the first time; on leaving, nothing may have gone elsewhere or wrong."""

    @asynccontextmanager
    async def visit(**how) -> AsyncIterator[tuple[Page, Overheard]]:
        overheard = Overheard()
        options = {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"} | how
        context = await chromium.new_context(permissions=["clipboard-read", "clipboard-write"], **options)
        page = await context.new_page()
        page.set_default_timeout(PATIENCE)
        overheard.listen(page)
        await page.goto(demo.url)
        await loaded(page)
        yield page, overheard
        await context.close()
        assert [] == overheard.elsewhere(demo.url.removesuffix("/graphql"))
        assert [] == overheard.complaints

    return visit


async def loaded(page: Page) -> None:
    """Wait until the query can be read."""
    await expect(page.locator(".graphiql-query-editor .view-line").first).to_be_visible()


async def picture(page: Page, name: str) -> None:
    """Keep how the page looks once its letters and movements have settled."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    await page.evaluate("document.fonts.ready")
    await page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")


async def open_tab(page: Page, name: str) -> None:
    """Go to an example."""
    await page.get_by_role("tab", name=name).click()
    await expect(page.locator(".graphiql-query-editor")).to_contain_text(name)


async def run(page: Page) -> None:
    """Press the button."""
    await page.get_by_role("button", name=re.compile("^Execute")).click()


def answer(page: Page):
    """Where the answer is shown."""
    return page.locator(".graphiql-response")


async def scroll_to(page: Page, text: str) -> None:
    """Turn the wheel over the answer, of which only the lines in view exist, until a text is there."""
    await expect(answer(page)).to_contain_text('"data"')
    await answer(page).hover()
    for _ in range(100):
        if text in (await answer(page).inner_text()).replace("\xa0", " "):
            return
        await page.mouse.wheel(0, 300)
        await page.evaluate("new Promise(requestAnimationFrame)")
    pytest.fail(f"{text} is not in the answer")


async def write(page: Page, editor: str, text: str) -> None:
    """Paste a text over what is in an editor; typed, its brackets would close themselves."""
    await page.locator(f"{editor} .view-lines").first.click()
    await page.keyboard.press("ControlOrMeta+a")
    await page.evaluate("text => navigator.clipboard.writeText(text)", text)
    await page.keyboard.press("ControlOrMeta+v")


async def test_the_first_tab_runs_and_shows_data(explorer):
    """One press of the button, and the linked view is there, Chinese names and all."""
    async with explorer() as (page, overheard):
        await expect(page).to_have_title("Trunkline · GraphQL explorer")
        await expect(page.locator(".graphiql-tab-button")).to_have_text(TABS)
        await run(page)
        await expect(answer(page)).to_contain_text('"completeness": "COMPLETE"')
        await expect(answer(page)).to_contain_text(re.compile(r'"name":\s"[\u4e00-\u9fff]+'))
        await picture(page, "explorer-linked-view")
    (request,) = overheard.asked("LinkedView")
    assert "x-trunkline-customer" not in request.headers


async def test_the_docs_open_and_show_circuit(explorer):
    """Filled by introspection: types, fields and what they mean."""
    async with explorer() as (page, _):
        await page.get_by_role("button", name="Show Documentation Explorer").click()
        docs = page.locator(".graphiql-doc-explorer")
        await docs.get_by_role("link", name="Circuit", exact=True).click()
        await expect(docs).to_contain_text("A leased circuit as the customer knows it")
        await expect(docs.get_by_role("link", name="bandwidthBps")).to_be_visible()
        await picture(page, "explorer-docs")


async def test_the_headers_editor_sends_what_it_says(explorer):
    """With X-Trunkline-Customer, the answer is what that customer sees; the browser does not write it down."""
    async with explorer() as (page, overheard):
        await open_tab(page, "CustomerAlarms")
        headers = '{\n// as one customer\n"X-Trunkline-Customer": "C100001"}'
        await write(page, ".graphiql-editor-tool .graphiql-editor:not(.hidden)", headers)
        await run(page)
        await expect(answer(page)).to_contain_text('"subject": "customer C100001"')
        await expect(answer(page)).to_contain_text('"staff": false')
        await picture(page, "explorer-customer-alarms")
        # the history keeps the query, the tabs what is open: both are written a moment later
        await page.wait_for_function("localStorage['graphiql:queries'] && localStorage['graphiql:tabState']")
        stored = await page.evaluate("JSON.stringify(localStorage)")
    (request,) = overheard.asked("CustomerAlarms")
    assert "C100001" == request.headers["x-trunkline-customer"]
    assert "CustomerAlarms" in stored
    assert "as one customer" not in stored


async def test_a_mistake_is_marked_as_it_is_written(explorer):
    """The workers run, under the policy: one knows the schema, and says so in the editor."""
    async with explorer() as (page, _):
        await write(page, ".graphiql-query-editor", "query Wrong {\n  viewer { subjekt }\n}")
        await expect(page.locator(".graphiql-query-editor .squiggly-error").first).to_be_attached()
        await page.get_by_text("subjekt").hover()
        await expect(page.get_by_text('Cannot query field "subjekt" on type "Viewer"').first).to_be_visible()
        await picture(page, "explorer-mistake")
        assert {"editor", "graphql"} <= {re.search(r"/([a-z]+)-worker-", w.url)[1] for w in page.workers}


async def test_a_query_is_prettified(explorer):
    """Its formatter is loaded only now, and from here."""
    async with explorer() as (page, _):
        await write(page, ".graphiql-query-editor", "query Tidy{viewer{subject staff}}")
        await page.get_by_role("button", name=re.compile("^Prettify")).click()
        await expect(page.locator(".graphiql-query-editor .view-line")).to_have_count(7)


async def test_a_failing_source_is_told(explorer, demo):
    """While the tickets are away, as the example's comment has it, the rest is answered."""
    async with explorer() as (page, _), demo.without("tickets"):
        await open_tab(page, "FailingSource")
        await run(page)
        await expect(answer(page)).to_contain_text('"completeness": "COMPLETE"')
        await expect(answer(page)).to_contain_text('"completeness": "PARTIAL"')
        await expect(answer(page)).to_contain_text('"code": "SOURCE_')
        await picture(page, "explorer-failing-source")


async def test_conflicts_are_shown(explorer):
    """With the value that was chosen and those that were not."""
    async with explorer() as (page, _):
        await open_tab(page, "Conflicts")
        await run(page)
        await scroll_to(page, '"chosen": false')
        await picture(page, "explorer-conflicts")


async def test_kpis_are_shown(explorer):
    """Hour by hour, with their unit."""
    async with explorer() as (page, _):
        await open_tab(page, "Kpis")
        await run(page)
        await scroll_to(page, '"at": "2026-')
        await picture(page, "explorer-kpis")


async def test_it_is_dark_where_the_system_is(explorer):
    """Page, editors and answers."""
    async with explorer(color_scheme="dark") as (page, _):
        await run(page)
        await expect(answer(page)).to_contain_text('"data"')
        await expect(page.locator(".graphiql-query-editor .monaco-editor").first).to_have_class(re.compile("vs-dark"))
        background = await page.locator("body").evaluate("element => getComputedStyle(element).backgroundColor")
        assert 80 > max(map(int, re.findall(r"\d+", background)[:3]))
        await picture(page, "explorer-dark")


ASSETS = """Object.fromEntries(
    performance.getEntriesByType("resource").filter(({ name }) => name.includes("/assets/"))
        .map(({ name, transferSize }) => [name, transferSize]))"""


async def test_a_second_visit_loads_the_page_alone(explorer):
    """All else is in the browser's cache."""
    async with explorer() as (page, _):
        first = await page.evaluate(ASSETS)
        await page.reload()
        await loaded(page)
        second = await page.evaluate(ASSETS)
    assert 5 <= len(first.keys() & second.keys())
    assert 1_000_000 < sum(first.values())
    assert {0} == {second[name] for name in first.keys() & second.keys()}
