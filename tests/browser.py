"""A real Chromium that refuses every network request: `with launched() as browser, opened(browser, path) as page`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str:
    """The browser's executable. Without one the test is skipped; with KG_REQUIRE_BROWSER=1 it fails."""
    for name in _NAMES:
        found = shutil.which(name)
        if found:
            return found
    reason = f"NO BROWSER: none of {', '.join(_NAMES)} is on PATH, pages were not looked at"
    if os.environ.get("KG_REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@dataclass
class Seen:
    """What happened behind a page."""

    requests: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)

    def said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.console.append(message.text)

    def check(self) -> None:
        assert not self.requests, f"the page asked the network for {self.requests}"
        assert not self.console, f"the page complained: {self.console}"


@contextmanager
def launched() -> Iterator[Browser]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, path: Path, **options: Any) -> Iterator[Page]:
    """The file in a window of its own, networking refused; it must not ask for anything nor complain.

    ``options`` are those of a browser context (``viewport``, ``color_scheme`` …).
    """
    seen = Seen()

    def refuse(route: Route) -> None:
        if route.request.url.startswith("file:"):
            route.continue_()
        else:
            seen.requests.append(route.request.url)
            route.abort()

    context = browser.new_context(offline=True, **{"viewport": {"width": 1280, "height": 800}, **options})
    page = context.new_page()
    page.route("**/*", refuse)
    page.on("console", seen.said)
    page.on("pageerror", lambda error: seen.console.append(str(error)))
    page.goto(path.resolve().as_uri())
    try:
        yield page
        seen.check()
    finally:
        context.close()
