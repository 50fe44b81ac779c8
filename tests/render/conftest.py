"""A real browser without a network, for the tests that need one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)

Open = Callable[..., "Page"]


@pytest.fixture(scope="session")
def chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.skip("no Chromium on the path: install chromium, chromium-browser or google-chrome to run this test")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser for all tests of a worker; each page is a context of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Opens a file as a page: ``open_page(path, "#hash", color_scheme="dark", viewport=...)``.

    ``page.requested`` lists what it asked for, itself apart; ``page.complaints`` what the browser's console and
    uncaught errors said.
    """
    contexts = []

    def open_it(path: Path, target: str = "", **context: Any) -> Page:
        contexts.append(browser.new_context(**context))
        page = contexts[-1].new_page()
        page.requested, page.complaints = [], []  # type: ignore[attr-defined]
        own = path.resolve().as_uri()
        page.on("request", lambda r: None if r.url.partition("#")[0] == own else page.requested.append(r.url))  # type: ignore[attr-defined]
        page.on("console", lambda m: page.complaints.append(m.text) if m.type in ("error", "warning") else None)  # type: ignore[attr-defined]
        page.on("pageerror", lambda e: page.complaints.append(str(e)))  # type: ignore[attr-defined]
        page.goto(own + target)
        return page

    yield open_it
    for context in contexts:
        context.close()
