"""The hostile report in a real browser without a network: nothing runs, nothing is fetched, everything is there."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from auditor.render.html import render_framework, render_report
from tests.render.test_html import SECTIONS, Page
from tests.support import documents

pytestmark = pytest.mark.browser
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)


def browse(chromium: str, page: Path, profile: Path, *flags: str) -> str:
    done = subprocess.run(
        [chromium, *FLAGS, f"--user-data-dir={profile}", *flags, page.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout


def requests(log: Path) -> set[str]:
    """Addresses that a page asked for, from the browser's own network log; the browser's own errands have no origin."""
    events = [e["params"] for e in json.loads(log.read_text())["events"] if isinstance(e.get("params"), dict)]
    return {p["url"] for p in events if "url" in p and p.get("initiator", "not an origin") != "not an origin"}


def test_a_page_that_asks_for_something_is_noticed(chromium: str, tmp_path: Path) -> None:
    page, log = tmp_path / "other.html", tmp_path / "net.json"
    page.write_text("<title>a</title><img src='http://canary.example/x.png'><script>document.title='pwned'</script>")
    assert "<title>pwned</title>" in browse(chromium, page, tmp_path / "p", "--dump-dom", f"--log-net-log={log}")
    assert requests(log) == {"http://canary.example/x.png"}


def test_the_hostile_report_stays_inert(chromium: str, tmp_path: Path) -> None:
    html = render_report(documents.hostile())
    page, log = tmp_path / "report.html", tmp_path / "net.json"
    page.write_text(html, encoding="utf-8")
    dom = browse(chromium, page, tmp_path / "one", "--dump-dom", f"--log-net-log={log}")
    seen = Page(dom)
    assert "<title>AI security posture audit, 2026-11-20 08:00:00 UTC</title>" in dom
    assert set(SECTIONS) <= set(seen.ids)
    assert (seen.tags["script"], seen.tags["img"]) == (3, 0), "before the page, its data, after the page"
    assert Page(html).ids == seen.ids
    assert requests(log) == set()


@pytest.mark.parametrize("width", [1280, 400])
def test_a_screenshot_can_be_taken(chromium: str, tmp_path: Path, width: int) -> None:
    page, shot = tmp_path / "report.html", tmp_path / "report.png"
    page.write_text(render_report(documents.hostile()), encoding="utf-8")
    browse(chromium, page, tmp_path / "two", f"--window-size={width},900", f"--screenshot={shot}")
    assert shot.read_bytes().startswith(b"\x89PNG")
    assert shot.stat().st_size > 10_000


def test_the_style_is_applied_under_the_policy(chromium: str, tmp_path: Path) -> None:
    """Without its style the page would look otherwise; a wrong hash in the policy must be seen."""
    html = render_framework(documents.sample(), "soc2")
    good, bad = tmp_path / "good.html", tmp_path / "bad.html"
    good.write_text(html, encoding="utf-8")
    bad.write_text(html.replace("style-src 'sha256-", "style-src 'sha256-AAAA"), encoding="utf-8")
    shots = []
    for number, page in enumerate((good, bad)):
        shot = tmp_path / f"{number}.png"
        browse(chromium, page, tmp_path / f"profile-{number}", "--window-size=1280,900", f"--screenshot={shot}")
        shots.append(shot.read_bytes())
    assert shots[0] != shots[1]
