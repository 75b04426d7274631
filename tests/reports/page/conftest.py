"""A real browser, one for all tests of a process, and what it says about a page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, sync_playwright

Scheme = Literal["light", "dark"]
DESK = (1280, 900)
PHONE = (360, 780)


@dataclass(frozen=True)
class Opened:
    """A page that is open in the browser, with all that it complained about and asked for so far."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def rows(self) -> list[str]:
        """Return the row numbers that the table shows in its window, from its top."""
        return self.page.locator(".tabulator-row button.open").all_inner_texts()

    def barriers(self) -> list[str]:
        """Return what stands seriously in the way of somebody who uses a keyboard or a screen reader."""
        return [
            f"{one['id']}: {[node['target'] for node in one['nodes']][:3]}"
            for one in Axe().run(self.page).response["violations"]
            if one["impact"] in ("serious", "critical")
        ]

    def found(self) -> str:
        """Return how many rows the page says that it shows."""
        return self.page.locator("#found").inner_text()


@dataclass(frozen=True)
class Desk:
    """Where pages are opened."""

    browser: Browser

    @contextmanager
    def open(
        self, path: Path, *, scheme: Scheme = "light", size: tuple[int, int] = DESK, zone: str = "UTC"
    ) -> Iterator[Opened]:
        """Open a page as a double click does, and hold it to complain of nothing and to ask for nothing but itself."""
        width, height = size
        context = self.browser.new_context(
            color_scheme=scheme, viewport={"width": width, "height": height}, timezone_id=zone
        )
        try:
            opened = Opened(context.new_page())
            self._listen(opened, path)
            opened.page.goto(path.as_uri())
            yield opened
            assert not opened.complaints, "\n".join(opened.complaints)
            assert opened.requests == [path.as_uri()]
        finally:
            context.close()

    def _listen(self, opened: Opened, path: Path) -> None:
        def on_request(route: Route) -> None:
            opened.requests.append(route.request.url)
            if route.request.url == path.as_uri():
                route.continue_()
            else:
                route.abort()

        def on_console(message: ConsoleMessage) -> None:
            opened.complaints.append(f"{message.type}: {message.text}")

        opened.page.route("**/*", on_request)
        opened.page.on("console", on_console)
        opened.page.on("pageerror", lambda error: opened.complaints.append(f"error: {error}"))
        opened.page.on("dialog", lambda dialog: opened.complaints.append(f"dialog: {dialog.message}"))
        opened.page.add_init_script(
            'document.addEventListener("securitypolicyviolation",'
            ' (event) => console.error("policy", event.violatedDirective, event.blockedURI));'
        )


@pytest.fixture(scope="session")
def desk() -> Iterator[Desk]:
    """Return where pages are opened; skip the test where there is no browser.

    Where everything must be proved (CI=true), its absence is a failure. The shell is Chromium without its windows, and
    opens a page in a third of the processor's time.
    """
    program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("chromium is missing; CI must have it")
        pytest.skip("there is no chromium here")
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=options)
        try:
            yield Desk(browser)
        finally:
            browser.close()
