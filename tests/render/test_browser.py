"""The hostile report in a real browser without a network: nothing of it runs or is fetched, everything is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from auditor.render.html import render_framework, render_report
from tests.render.test_html import SECTIONS, Page
from tests.support import documents

if TYPE_CHECKING:
    from playwright.sync_api import Page as BrowserPage

pytestmark = pytest.mark.browser
Open = Callable[..., "BrowserPage"]
PADDING = "getComputedStyle(document.querySelector('header.top')).paddingTop"


def test_a_page_that_asks_for_something_is_noticed(open_page: Open, tmp_path: Path) -> None:
    file = tmp_path / "other.html"
    file.write_text("<title>a</title><img src='http://canary.example/x.png'><script>document.title='pwned'</script>")
    page = open_page(file)
    assert page.title() == "pwned"
    assert page.requested == ["http://canary.example/x.png"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_the_hostile_report_stays_inert(open_page: Open, tmp_path: Path, script: bool) -> None:
    html = render_report(documents.hostile())
    file = tmp_path / "report.html"
    file.write_text(html, encoding="utf-8")
    page = open_page(file, java_script_enabled=script)
    assert page.title() == "AI security posture audit, 2026-11-20 08:00:00 UTC"
    seen = Page(page.content())
    assert set(SECTIONS) <= set(seen.ids)
    assert seen.tags["script"] == 3, "ours; test_html.py holds them to the digests of the policy"
    assert seen.tags["img"] == 0
    assert set(Page(html).ids) <= set(seen.ids)
    assert page.requested == []  # type: ignore[attr-defined]


def test_the_style_is_applied_under_the_policy(open_page: Open, tmp_path: Path) -> None:
    """Without its style the page would look otherwise; a wrong digest in the policy must be seen."""
    html = render_framework(documents.small(), "soc2")
    good, bad = tmp_path / "good.html", tmp_path / "bad.html"
    good.write_text(html, encoding="utf-8")
    bad.write_text(html.replace("style-src 'sha256-", "style-src 'sha256-AAAA"), encoding="utf-8")
    assert open_page(good).evaluate(PADDING) != "0px"
    assert open_page(bad, java_script_enabled=True).evaluate(PADDING) == "0px"
