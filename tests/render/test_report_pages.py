"""The static views in a real browser: usable by all, on a small screen, without a script, and on paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import pytest

from auditor.render.html import render_framework, render_report
from auditor.render.view.common import anchor
from tests.render.test_control_pages import sample
from tests.support import documents

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
Json = dict[str, Any]
Open = Callable[..., "Page"]
STATIC = ("overview", "access", "controls", "estate", "calls", "method")
DESK = {"width": 1280, "height": 900}
FRAMEWORK = "owasp_llm_2026"
OPEN_SOME = "view => [...document.querySelectorAll(`#${view} details`)].slice(0, 4).forEach(d => { d.open = true; })"
WIDE = """() => [...document.querySelectorAll("body *")]
  .filter(e => e.getClientRects().length && e.getBoundingClientRect().right > innerWidth + 1)
  .map(e => e.outerHTML.slice(0, 120))"""


def one_framework(document: Json) -> Json:
    """Enough to see how controls are shown."""
    return document | {"frameworks": [f for f in document["frameworks"] if f["id"] == FRAMEWORK]}


@cache
def short() -> Json:
    return one_framework(sample())


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory, render_report(short()))


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory, render_framework(short(), FRAMEWORK))


def written(tmp_path_factory: pytest.TempPathFactory, html: str) -> Path:
    file = tmp_path_factory.mktemp("pages") / "report.html"
    file.write_text(html, encoding="utf-8")
    return file


@cache
def axe() -> str:
    import axe_playwright_python  # type: ignore[import-untyped]

    return Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")


def violations(page: Page, view: str, rules: Json) -> list[str]:
    page.evaluate(f"location.hash = '{view}'")
    page.wait_for_function("view => document.getElementById(view).classList.contains('current')", arg=view)
    page.evaluate(OPEN_SOME, view)
    parts = [["header.top"], ["nav.views"], [f"#{view}"], ["footer"]]
    found = page.evaluate("([parts, rules]) => axe.run({ include: parts }, rules)", [parts, rules])
    return [f"{view}: {v['id']} {v['nodes'][0]['html'][:200]}" for v in found["violations"]]


ALL_RULES: Json = {"resultTypes": ["violations"]}
CONTRAST = ALL_RULES | {"runOnly": ["color-contrast"]}


@pytest.mark.parametrize(("scheme", "rules"), [("light", ALL_RULES), ("dark", CONTRAST)], ids=["light", "dark"])
def test_every_view_is_usable_by_all(tmp_path: Path, open_page: Open, scheme: str, rules: Json) -> None:
    report, evidence = tmp_path / "report.html", tmp_path / "evidence.html"
    report.write_text(render_report(one_framework(documents.small())), encoding="utf-8")
    evidence.write_text(render_framework(documents.small(), FRAMEWORK), encoding="utf-8")
    page = open_page(report, color_scheme=scheme, viewport=DESK, bypass_csp=True)
    page.evaluate(axe())
    views = STATIC if rules is ALL_RULES else ("overview", "controls", "method")
    assert [v for view in views for v in violations(page, view, rules)] == []
    page = open_page(evidence, color_scheme=scheme, viewport=DESK, bypass_csp=True)
    page.evaluate(axe())
    assert violations(page, "findings", rules) == []


def test_nothing_is_asked_for_and_nothing_goes_wrong(tmp_path: Path, open_page: Open) -> None:
    file = tmp_path / "report.html"
    for html in (render_report(documents.flagged()), render_framework(documents.hostile(), FRAMEWORK)):
        file.write_text(html, encoding="utf-8")
        page = open_page(file)
        for view in ("controls", "estate", "method"):
            page.evaluate(f"location.hash = '{view}'")
        assert page.requested == []  # type: ignore[attr-defined]
        assert page.complaints == []  # type: ignore[attr-defined]


def test_the_first_page_answers_without_scrolling(report: Path, open_page: Open) -> None:
    page = open_page(report, viewport=DESK)
    for heading in ("How are we", "How sure are we", "What first"):
        assert page.get_by_role("heading", name=heading).is_visible()
    assert page.locator(".pair").bounding_box()["y"] < 620  # type: ignore[index]
    bottom = page.evaluate("document.querySelector('ol.first').getBoundingClientRect().bottom")
    assert bottom <= DESK["height"]
    assert page.locator("table.levels tbody tr").count() == len(short()["score"]["accounts"])


def test_many_accounts_are_a_table_with_every_number(tmp_path: Path, open_page: Open) -> None:
    document = documents.many_accounts(8)
    file = tmp_path / "report.html"
    file.write_text(render_report(document | {"frameworks": []}), encoding="utf-8")
    page = open_page(file, viewport=DESK)
    rows = page.locator("table.levels tbody tr").all_inner_texts()
    assert len(rows) == 8
    assert page.locator("table.levels svg").count() == 0
    for account, row in zip(document["score"]["accounts"], rows, strict=True):
        levels = [account, *account["layers"].values()]
        assert re.findall(r"\d / \d", row) == [f"{x['verified_level']} / {x['possible_level']}" for x in levels]
    assert "8 accounts: verified" in page.locator(".how").inner_text()


@pytest.mark.parametrize("view", STATIC)
def test_a_small_screen_needs_no_sideways_scrolling(report: Path, open_page: Open, view: str) -> None:
    page = open_page(report, f"#{view}", viewport={"width": 400, "height": 800})
    page.evaluate(OPEN_SOME, view)
    for width in (400, 760):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(WIDE) == []


def test_without_a_script_everything_static_is_there(report: Path, open_page: Open) -> None:
    target = anchor(FRAMEWORK, "LLM01:2026")
    page = open_page(report, f"#{target}", viewport=DESK, java_script_enabled=False)
    for view in STATIC:
        assert page.locator(f"#{view}").is_visible()
    assert "runs none" in page.locator("#explore").inner_text()
    # the browser itself opens what the address leads to
    assert page.locator(f"#{target}").is_visible()
    assert 0 <= page.locator(f"#{target}").bounding_box()["y"] < DESK["height"]  # type: ignore[index]
    assert page.locator("[data-print]").first.is_hidden()


def test_the_keyboard_gets_in_and_out(report: Path, open_page: Open) -> None:
    page = open_page(report, viewport=DESK)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    seen = []
    for _ in range(30):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.outerHTML.slice(0, 160)"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert len(set(seen)) == 30
    page.goto(page.url + f"#{FRAMEWORK}")
    page.evaluate("location.hash = 'controls'")
    summary = page.locator("#controls article.control summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("#controls article.control details").first.get_attribute("open") is not None


@pytest.fixture(scope="module")
def paper() -> Callable[[bytes], list[str]]:
    """The text of each page, without the spaces that breaks add and with letters by themselves."""

    def read(pdf: bytes) -> list[str]:
        from io import BytesIO

        from pypdf import PdfReader

        return [solid(normalize("NFKC", page.extract_text())) for page in PdfReader(BytesIO(pdf)).pages]

    return read


def solid(text: str) -> str:
    return "".join(text.split())


def test_each_control_is_pages_of_its_own(report: Path, open_page: Open, paper: Callable[[bytes], list[str]]) -> None:
    page = open_page(report, "#controls", viewport=DESK)
    texts = paper(page.pdf(prefer_css_page_size=True))
    assert all(f"Page{number}of{len(texts)}" in text for number, text in enumerate(texts, 1))
    assert all("AIsecuritypostureaudit" in text for text in texts)
    (framework,) = short()["frameworks"]
    pages: dict[str, list[int]] = {}
    for number, text in enumerate(texts):
        for its in framework["controls"]:
            if f"{solid(framework['title'])}:{solid(its['id'])}·Audit" in text:
                pages.setdefault(its["id"], []).append(number)
    assert list(pages) == [c["id"] for c in framework["controls"]]
    for its in framework["controls"]:
        own = pages[its["id"]]
        assert own == list(range(own[0], own[-1] + 1))
        assert solid(f"{its['id']}{its['label']}") in texts[own[0]]
        everything = "".join(texts[number] for number in own)
        practices = {e["practice"] for e in its["evidence"] if e["strength"] != "contextual"}
        found = [f for f in short()["findings"] if f["practice"] in practices and f["status"] == "fail"]
        for finding in found:
            assert solid(finding["message"]) in everything
        assert "Provided" in everything
    assert len({number for own in pages.values() for number in own}) == sum(map(len, pages.values()))


def test_one_control_prints_by_itself(report: Path, open_page: Open, paper: Callable[[bytes], list[str]]) -> None:
    target = anchor(FRAMEWORK, "LLM02:2026")
    page = open_page(report, f"#{target}", viewport=DESK)
    page.evaluate("window.print = () => {}")
    page.locator(f"#{target}").get_by_role("button", name="Print this control").click()
    texts = paper(page.pdf(prefer_css_page_size=True))
    assert all("LLM02:2026·Audit" in text for text in texts)
    assert "LLM01:2026·Audit" not in "".join(texts)
    assert f"Page1of{len(texts)}" in texts[0]
    assert "Provided" in texts[-1] + texts[-2]


def test_what_is_folded_is_printed(tmp_path: Path, open_page: Open, paper: Callable[[bytes], list[str]]) -> None:
    document = short() | {"fix_first": short()["fix_first"][:25], "frameworks": []}
    file = tmp_path / "report.html"
    file.write_text(render_report(document), encoding="utf-8")
    page = open_page(file, "#overview", viewport=DESK)
    text = "".join(paper(page.pdf(prefer_css_page_size=True)))
    prints = {p for row in document["fix_first"] for p in row["fingerprints"]}
    commands = [f["command"] for f in document["findings"] if f["command"] and f["fingerprint"] in prints]
    assert commands
    assert [c for c in commands if solid(c) not in text] == []
    assert "Thecalllog" not in text
