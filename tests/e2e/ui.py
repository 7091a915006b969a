"""Prefect's pages as a coordinator uses them: the run form, the resume form, a run and its artifacts."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]
#: Pages on two busy cores.
SECONDS_60 = 60_000


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, for the length of the block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def new_page(browser: Browser) -> Page:
    """A coordinator's screen."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="zh-CN", timezone_id="Asia/Shanghai", color_scheme="light"
    )
    context.set_default_timeout(SECONDS_60)
    expect.set_options(timeout=SECONDS_60)
    return context.new_page()


class Form:
    """The properties of a run form or of a resume form, by the names or titles that stand above them."""

    def __init__(self, inside: Page | Locator, page: Page) -> None:
        self._inside, self._page = inside, page

    def property(self, title: str) -> Locator:
        """The box of one property."""
        label = re.compile(rf"^{re.escape(title)}( \(Optional\))?$")
        return self._inside.locator(".schema-form-property").filter(
            has=self._page.locator(".schema-form-property__label", has_text=label)
        )

    def titles(self) -> list[str]:
        """What stands above the boxes, in order."""
        labels = self._inside.locator(".schema-form-property__label")
        labels.first.wait_for()
        return [text.removesuffix(" (Optional)").strip() for text in labels.all_inner_texts()]

    def write(self, title: str, text: str) -> None:
        """Into a text area or a line of text."""
        self.property(title).locator("textarea, input[type=text]").first.fill(text)

    def text_of(self, title: str) -> str:
        """What a text holds."""
        return self.property(title).locator("textarea, input[type=text]").first.input_value()

    def choices(self, title: str) -> list[str]:
        """What a dropdown offers."""
        self._open(title)
        options = self._page.get_by_role("option")
        options.first.wait_for()
        offered = [text.strip() for text in options.all_inner_texts()]
        self._page.keyboard.press("Escape")
        return offered

    def choose(self, title: str, word: str) -> None:
        """One of a dropdown."""
        self._open(title)
        self._page.get_by_role("option", name=word, exact=True).click()

    def _open(self, title: str) -> None:
        button = self.property(title).locator("button.p-select-button__control")
        button.focus()
        button.press("ArrowDown")

    def switch(self, title: str) -> None:
        """Turn a yes or no over."""
        self.property(title).locator("label[role=switch]").click()

    def stretch(self, title: str) -> None:
        """Pull a text area down until its text fits."""
        self.property(title).locator("textarea").evaluate("e => { e.style.height = `${e.scrollHeight + 4}px` }")

    def pick_date(self, title: str, day: date) -> None:
        """A day of the month that the calendar opens with."""
        box = self.property(title)
        box.get_by_role("button", name="date", exact=True).click()
        box.locator(".p-date-button").click()
        days = self._page.locator(".p-date-picker .p-calendar-date-picker__date--in-month")
        days.filter(has_text=re.compile(rf"^{day.day}$")).click()
        self._page.get_by_role("button", name="Apply").click()

    def submit(self) -> None:
        """The button below."""
        self._inside.get_by_role("button", name="Submit").click()


def run_form(page: Page, ui: str, deployment_id: str) -> Form:
    """The form that starts a run of a deployment."""
    page.goto(f"{ui}/deployments/deployment/{deployment_id}/run")
    page.locator(".schema-form-property").first.wait_for()
    return Form(page.locator("form"), page)


def submitted_run(page: Page) -> str:
    """The id of the run that the form has just started, by the button that leads to it."""
    # The page holds it twice, and in a notice that is still sliding in: an event needs no button at rest.
    page.get_by_role("button", name="View run").first.dispatch_event("click")
    page.wait_for_url("**/runs/flow-run/*")
    return page.url.rsplit("/", 1)[-1].split("?")[0]


def resume_form(page: Page, ui: str, run_id: str) -> Form:
    """The form that a suspended run waits with."""
    page.goto(f"{ui}/runs/flow-run/{run_id}")
    page.get_by_role("button", name="Resume").click()
    modal = page.locator(".p-modal")
    modal.locator(".schema-form-property").first.wait_for()
    return Form(modal, page)


def open_artifact(page: Page, ui: str, run_id: str, title: str) -> Locator:
    """From the run's page to its artifact of that title; what the artifact's page shows."""
    page.goto(f"{ui}/runs/flow-run/{run_id}")
    page.locator("li.p-tab", has_text="Artifacts").click()
    links = page.locator("a[href*='/artifacts/artifact/']")
    links.first.wait_for()
    page.wait_for_timeout(1000)  # the list is drawn anew once all of it has come
    # All at once: a link that is asked for by its number may be gone by then.
    addresses = links.evaluate_all("found => found.map(link => link.getAttribute('href'))")
    for address in dict.fromkeys(addresses):
        page.goto(f"{ui}{address}")
        shown = page.locator(".artifact-data-view")
        shown.locator("h2").wait_for()
        if shown.locator("h2").inner_text() == title:
            return shown
    raise AssertionError((title, addresses))


def opened_document(page: Page, link: Locator) -> bytes:
    """What comes when the link is clicked: it opens a new tab, and the document is saved from there."""
    with page.context.expect_page() as tab, page.context.expect_event("download") as download:
        link.click()
    saved = Path(download.value.path()).read_bytes()
    tab.value.close()
    return saved


@dataclass(frozen=True)
class Pictures:
    """Takes pictures for the README where a folder is given."""

    folder: Path | None

    def take(self, page: Page, name: str, height: int) -> None:
        """The upper part of the page, 1280 wide."""
        if self.folder is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        page.set_viewport_size({"width": 1280, "height": height})
        page.wait_for_timeout(1000)  # charts and tables settle in their new size
        page.screenshot(path=self.folder / f"{name}.png", animations="disabled", caret="hide")
