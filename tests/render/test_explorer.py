"""The engineer's view in a real browser: what it finds, where it leads, and that it stays inert and usable."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from auditor.render.html import render_framework, render_report
from auditor.render.view.common import anchor, resource_anchor
from tests.support import access_rows, documents

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
Json = dict[str, Any]
Open = Callable[..., Any]
LONG_TEXT = "y" * 5000


def two_frameworks(document: Json) -> Json:
    """The other views are tested elsewhere, and are quicker to open without the rest."""
    document["frameworks"] = [f for f in document["frameworks"] if f["id"] in ("soc2", "hipaa")]
    return document


@cache
def sample() -> Json:
    """With an accepted risk and a long value; what is read of the estate is in ``access_rows``."""
    document = two_frameworks(documents.sample())
    first = next(f for f in document["findings"] if f["status"] == "fail")
    first["exemption"] = {"owner": "Ada", "reason": "a sandbox.", "expires": "2027-01-31", "approver": "Grace"}
    chat = next(r for r in document["resources"] if r["name"] == "chat")
    chat["facts"]["environment"] = {"value": LONG_TEXT, "native": {}, "calls": []}
    return document


@cache
def prices() -> dict[str, str]:
    return {p["id"]: p["text"] for p in sample()["prices"]}


def subject(finding: Json) -> Json:
    found: Json = finding["resource"] or {"id": "", "name": "", "kind": ""}
    return found


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(render_report(sample()), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def shared(browser: Browser, report: Path) -> Iterator[Page]:
    """One page for the tests that only look, each from a hash of its own."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(report.as_uri() + "#explore")
    page.wait_for_selector(".x-row")
    yield page
    context.close()


def at(page: Page, target: str) -> None:
    """Goes there as a link would; it is drawn when this returns."""
    page.evaluate(
        """hash => new Promise(done => {
            if (location.hash === hash) { done(); return; }
            addEventListener("hashchange", () => setTimeout(done), { once: true });
            location.hash = hash;
        })""",
        target,
    )


def until(page: Page, expression: str) -> None:
    """Waits for it; the policy of the file forbids what the browser's own way of waiting does."""
    for _ in range(200):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(25)
    pytest.fail(f"never came true: {expression}")


def numbers(page: Page) -> list[int]:
    """What the line above the list says: shown, and of how many."""
    text = page.inner_text("#explore-count").replace(",", "")
    return [int(word) for word in text.split() if word.isdigit()]


def prints(page: Page) -> list[str]:
    """Fingerprints of the rows, all of them."""
    while page.locator(".x-more").count():
        page.locator(".x-more").first.click()
    found: list[str] = page.eval_on_selector_all(".x-row a", "links => links.map(a => a.hash.slice(3))")
    return found


def practices(framework: str, control: str = "") -> set[str]:
    (found,) = (f for f in sample()["frameworks"] if f["id"] == framework)
    return {e["practice"] for c in found["controls"] if control in ("", c["id"]) for e in c["evidence"]}


def layer(finding: Json) -> str:
    (found,) = (p["layer"] for p in sample()["practices"] if p["id"] == finding["practice"])
    return str(found)


def outcome(finding: Json) -> str:
    return "inherited" if finding["inherited"] else str(finding["status"])


def kind(finding: Json) -> str:
    own = subject(finding)["kind"]
    return str(own or next(c["kind"] for c in sample()["checks"] if c["id"] == finding["check"]))


FILTERS: dict[str, Callable[[Json], bool]] = {
    "status=fail": lambda f: outcome(f) == "fail",
    "status=inherited": lambda f: outcome(f) == "inherited",
    "status=not_applicable": lambda f: outcome(f) == "not_applicable",
    "status=fail,not_assessed": lambda f: outcome(f) in ("fail", "not_assessed"),
    "severity=critical": lambda f: f["severity"] == "critical",
    "severity=critical,low": lambda f: f["severity"] in ("critical", "low"),
    "account=azure:00000000-0000-4000-8000-000000000001": lambda f: f["scope"]["provider"] == "azure",
    "layer=data": lambda f: layer(f) == "data",
    "kind=Endpoint": lambda f: kind(f) == "Endpoint",
    "framework=hipaa": lambda f: f["practice"] in practices("hipaa"),
    "control=soc2:CC6.6": lambda f: f["practice"] in practices("soc2", "CC6.6"),
    "check=storage_not_public": lambda f: f["check"] == "storage_not_public",
    "practice=ID-1.4": lambda f: f["practice"] == "ID-1.4",
    "accepted=hide": lambda f: f["exemption"] is None,
    "status=fail&layer=data&severity=high": lambda f: (outcome(f), layer(f), f["severity"]) == ("fail", "data", "high"),
    "q=storage-1": lambda f: "storage-1" in json.dumps([subject(f)["name"], subject(f)["id"], f["message"]]),
    "q=id:gcp": lambda f: "id:gcp" in subject(f)["id"],
    "q=STORAGE_NOT_public": lambda f: f["check"] == "storage_not_public",
    "q=00000000-0000-4000-8000-000000000001": lambda f: f["scope"]["provider"] == "azure",
    "q=ml-production+critical": lambda f: False,
}


@pytest.mark.parametrize("query", FILTERS)
def test_a_filter_keeps_what_it_says(shared: Page, query: str) -> None:
    at(shared, f"#explore?{query}")
    wanted = {f["fingerprint"] for f in sample()["findings"] if FILTERS[query](f)}
    assert wanted or "+" in query
    assert set(prints(shared)) == wanted
    assert numbers(shared) == [len(wanted), len(sample()["findings"])]


@pytest.mark.parametrize(
    ("words", "look"),
    [
        ("not exposed", lambda f, c: f"{c['title']} {f['message']}"),
        ("eu-west-1", lambda f, c: f["scope"]["location"]),
        ("ml-research", lambda f, c: "ml-research" if f["scope"]["provider"] == "azure" else ""),
    ],
)
def test_the_search_looks_at_titles_messages_and_places(shared: Page, words: str, look: Any) -> None:
    at(shared, f"#explore?q={words.replace(' ', '+')}")
    checks = {c["id"]: c for c in sample()["checks"]}
    sure = {
        f["fingerprint"]
        for f in sample()["findings"]
        if all(w in look(f, checks[f["check"]]).lower() for w in words.split())
    }
    assert sure <= set(prints(shared))
    assert numbers(shared)[0] < len(sample()["findings"])


def test_the_numbers_of_a_choice_hold_with_the_other_filters(shared: Page) -> None:
    at(shared, "#explore?layer=data&status=fail")
    data = [f for f in sample()["findings"] if layer(f) == "data"]
    for status in ("fail", "pass", "not_assessed"):
        label = shared.inner_text(f'[data-choice="status"] button[value="{status}"] .n')
        assert int(label.strip().replace(",", "")) == sum(outcome(f) == status for f in data)
    label = shared.inner_text('[data-choice="severity"] button[value="high"] .n')
    assert int(label) == sum((outcome(f), f["severity"]) == ("fail", "high") for f in data)


def test_worst_first_is_the_order_of_repair(shared: Page) -> None:
    at(shared, "#explore?status=fail&accepted=hide")
    order = [p for row in sample()["fix_first"] for p in row["fingerprints"]]
    known = {f["fingerprint"] for f in sample()["findings"] if f["exemption"] is None}
    assert prints(shared) == [p for p in order if p in known]


@pytest.mark.parametrize("by", ["severity", "resource", "check", "account"])
def test_a_list_is_sorted_as_asked(shared: Page, by: str) -> None:
    at(shared, f"#explore?status=fail,not_assessed&sort={by}")
    findings = {f["fingerprint"]: f for f in sample()["findings"]}
    titles = {c["id"]: c["title"] for c in sample()["checks"]}
    keys: dict[str, Callable[[Json], Any]] = {
        "severity": lambda f: ("critical", "high", "medium", "low").index(f["severity"]),
        "resource": lambda f: subject(f)["name"],
        "check": lambda f: titles[f["check"]].lower(),
        "account": lambda f: {"aws": 0, "azure": 1, "gcp": 2}[f["scope"]["provider"]],
    }
    got = [keys[by](findings[p]) for p in prints(shared)]
    assert got == sorted(got)
    assert len(set(got)) > 1


@pytest.mark.parametrize("by", ["check", "resource"])
def test_findings_are_grouped(shared: Page, by: str) -> None:
    at(shared, f"#explore?status=fail&group={by}")
    failed = [f for f in sample()["findings"] if f["status"] == "fail"]
    keys = {f["check"] if by == "check" else (subject(f)["id"], f["scope"]["provider"]) for f in failed}
    assert shared.locator(".x-group").count() == min(100, len(keys))
    assert shared.locator(".x-row").count() == 0
    group = shared.locator(".x-group").first
    group.locator("summary").click()
    group.locator(".x-row").first.wait_for()
    shown = group.locator(".x-row").count()
    assert group.locator("summary .s-fail").inner_text().startswith(str(shown))


def test_filters_live_in_the_address(open_page: Open, report: Path) -> None:
    page = open_page(report, "#explore")
    page.wait_for_selector(".x-row")
    page.click('[data-choice="status"] button[value="fail"]')
    page.select_option('[name="layer"]', "data")
    assert page.evaluate("location.hash") == "#explore?status=fail&layer=data"
    page.click('[data-choice="severity"] button[value="high"]')
    page.check('[name="accepted"]')
    page.fill("#explore-q", "storage")
    until(page, "location.hash.includes('q=storage')")
    address, before = page.evaluate("location.href"), numbers(page)
    page.go_back()
    until(page, "!location.hash.includes('accepted')")
    page.go_back()
    until(page, "location.hash === '#explore?status=fail&layer=data'")
    assert page.get_attribute('[data-choice="status"] button[value="fail"]', "aria-pressed") == "true"
    assert page.get_attribute('[data-choice="severity"] button[value="high"]', "aria-pressed") == "false"
    assert numbers(page) != before
    again = open_page(report, "#" + address.partition("#")[2])
    again.wait_for_selector(".x-row")
    assert numbers(again) == before
    assert again.input_value("#explore-q") == "storage"
    assert again.input_value('[name="layer"]') == "data"
    assert again.is_checked('[name="accepted"]')
    again.click("#explore-reset")
    assert again.evaluate("location.hash") == "#explore"
    assert numbers(again) == [len(sample()["findings"])]
    assert again.input_value("#explore-q") == ""


def test_a_filter_by_practice_can_be_taken_away(shared: Page) -> None:
    at(shared, "#explore?practice=ID-1.4&status=fail")
    shared.click("#explore-chosen button")
    assert shared.evaluate("location.hash") == "#explore?status=fail"


def test_nothing_matches(shared: Page) -> None:
    at(shared, "#explore?q=nothing-has-this-name")
    assert "Nothing matches" in shared.inner_text("#explore-rows")
    assert numbers(shared)[0] == 0


def test_more_is_shown_on_request(shared: Page) -> None:
    at(shared, "#explore?status=pass")
    at(shared, "#explore")
    assert shared.locator(".x-row").count() == 100
    shared.click(".x-more")
    assert shared.locator(".x-row").count() == 200
    assert shared.evaluate("document.activeElement === document.querySelectorAll('.x-row')[100].querySelector('a')")


def test_resources_come_worst_first(shared: Page) -> None:
    at(shared, "#explore?by=resource")
    while shared.locator(".x-more").count():
        shared.locator(".x-more").first.click()
    rows = shared.eval_on_selector_all(".x-row", "rows => rows.map(r => r.querySelector('.tag').textContent)")
    order = ["fail", "not assessed", "pass", "inherited", "not applicable", "nothing asked"]
    ranks = [next(n for n, word in enumerate(order) if row.endswith(word)) for row in rows]
    assert ranks == sorted(ranks)
    assert len(rows) == len(sample()["resources"])
    at(shared, "#explore?by=resource&status=not_assessed&kind=Endpoint")
    asked = {subject(f)["id"] for f in sample()["findings"] if outcome(f) == "not_assessed" and kind(f) == "Endpoint"}
    assert shared.locator(".x-row").count() == len(asked - {""})


def failing() -> Json:
    found: Json = next(
        f for f in sample()["findings"] if f["status"] == "fail" and f["command"] and not f["exemption"] and f["calls"]
    )
    return found


def open_finding(page: Page, finding: Json) -> Any:
    at(page, f"#f-{finding['fingerprint']}")
    return page.locator(".x-finding[open]")


def test_a_link_opens_exactly_one_finding(open_page: Open, report: Path) -> None:
    finding = failing()
    page = open_page(report, f"#f-{finding['fingerprint']}")
    page.wait_for_selector(".x-finding[open]")
    box = page.locator(".x-finding[open]")
    (check,) = (c for c in sample()["checks"] if c["id"] == finding["check"])
    remedy = check["providers"][finding["scope"]["provider"]]
    assert box.count() == 1
    assert page.inner_text("#explore-one h3") == subject(finding)["name"]
    text = box.inner_text()
    assert finding["message"] in text
    assert check["title"] in text
    assert check["why"] in text
    assert remedy["text"] in text
    assert box.locator("pre").first.inner_text() == finding["command"]
    assert box.locator(f'a[href="{remedy["url"]}"]').count() == 1
    assert page.evaluate("document.activeElement.closest('.x-finding').open")
    assert page.get_attribute('nav.views a[href="#explore"]', "aria-current") == "page"
    for name, fact in finding["facts"].items():
        row = box.locator(".x-facts tbody tr", has_text=name.replace("_", " ")).first
        assert next(iter(fact["native"])) in row.inner_text()
    numbers = {c["id"]: c["number"] for c in sample()["calls"]}
    for call in finding["calls"]:
        link = box.locator(f'a[href="#call-{numbers[call]}"]')
        assert link.count() == page.locator(f"#call-{numbers[call]}").count()
    for practice, framework, control in bears(finding):
        assert box.locator(f'a[href="#{anchor(framework, control)}"]').count() == 1, (practice, framework, control)
    assert page.complaints == []
    assert page.requested == []


def bears(finding: Json) -> list[tuple[str, str, str]]:
    return [
        (e["practice"], f["id"], c["id"])
        for f in sample()["frameworks"]
        for c in f["controls"]
        for e in c["evidence"]
        if e["practice"] == finding["practice"]
    ]


def test_an_open_question_says_what_to_grant(shared: Page) -> None:
    finding = next(f for f in sample()["findings"] if f["unknown"] and f["unknown"]["permissions"])
    text = open_finding(shared, finding).inner_text()
    assert all(p in text for p in finding["unknown"]["permissions"])
    assert "Grant the permission" in text


def test_an_accepted_risk_is_named_with_who_answers_for_it(shared: Page) -> None:
    finding = next(f for f in sample()["findings"] if f["exemption"])
    text = open_finding(shared, finding).inner_text()
    assert "Risk accepted by Ada, approved by Grace, until 2027-01-31: a sandbox. It stays a failure." in text


def test_what_a_repair_costs_is_said(shared: Page) -> None:
    checks = {c["id"]: c for c in sample()["checks"]}
    for finding in (f for f in sample()["findings"] if f["status"] == "fail"):
        charged = checks[finding["check"]]["providers"][finding["scope"]["provider"]].get("charges", ())
        if charged:
            text = open_finding(shared, finding).inner_text()
            assert all(prices()[c] in text for c in charged)
            return
    pytest.fail("no failure of the sample has a repair that costs")


def test_a_finding_of_an_account_has_no_resource(shared: Page) -> None:
    finding = next(f for f in sample()["findings"] if f["inherited"])
    box = open_finding(shared, finding)
    coverage = next(c for c in sample()["checks"] if c["id"] == finding["check"])["providers"]
    assert coverage[finding["scope"]["provider"]]["text"] in box.inner_text()
    assert coverage[finding["scope"]["provider"]]["limits"] in box.inner_text()


@pytest.mark.parametrize("hash_", ["#f-0000000000000000", "#r-0000000000000000"])
def test_a_link_from_another_run_says_so(shared: Page, hash_: str) -> None:
    at(shared, hash_)
    assert "This audit has no such" in shared.inner_text("#explore-one")


def test_links_to_a_check_or_practice_filter_the_list(shared: Page) -> None:
    for hash_, query in (
        ("#check-storage_not_public", "check=storage_not_public"),
        ("#practice-ID-1.4", "practice=ID-1.4"),
    ):
        at(shared, hash_)
        if shared.locator(f"[id='{hash_[1:]}']").count():
            assert shared.is_visible(f"[id='{hash_[1:]}']"), "the file has it, so it goes there"
        else:
            assert numbers(shared)[0] == sum(FILTERS[query](f) for f in sample()["findings"])
    at(shared, "#explore?check=storage_not_public")
    (check,) = (c for c in sample()["checks"] if c["id"] == "storage_not_public")
    assert check["why"] in shared.inner_text(".x-check")
    shared.click(".x-check summary")
    assert all(c["text"] in shared.inner_text(".x-check") for c in check["providers"].values())


def endpoint_anchor(name: str, kind_: str = "Endpoint") -> str:
    (found,) = (r for r in sample()["resources"] if r["name"] == name and r["kind"] == kind_)
    return resource_anchor("aws", access_rows.ACCOUNT, kind_, found["id"])


def test_relations_lead_to_the_right_resources(shared: Page) -> None:
    chat, model, bucket = (endpoint_anchor(*x) for x in (("chat", "Endpoint"), ("m", "Model"), ("b", "Storage")))
    function = endpoint_anchor("f", "Function")
    at(shared, f"#{chat}")
    boxes = shared.eval_on_selector_all(".x-map a", "links => links.map(a => a.hash.slice(1))")
    assert set(boxes) == {model, bucket, function}
    assert shared.locator(".x-lines path").count() == 3
    listed = shared.eval_on_selector_all(".x-relations li a", "links => links.map(a => a.hash.slice(1))")
    assert {model, bucket, function} <= set(listed)
    shared.click(f'.x-map a[href="#{function}"]')
    until(shared, "document.querySelector('#explore-one h3').textContent === 'f'")
    assert shared.evaluate("location.hash") == f"#{function}"
    boxes = shared.eval_on_selector_all(".x-map a", "links => links.map(a => a.hash.slice(1))")
    assert chat in boxes
    assert {model, bucket} <= set(boxes), "what it uses is drawn with what that uses"
    shared.go_back()
    until(shared, "document.querySelector('#explore-one h3').textContent === 'chat'")


def test_all_facts_of_a_resource_are_there_and_a_cut_is_said(shared: Page) -> None:
    at(shared, f"#{endpoint_anchor('chat')}")
    shared.locator("#explore-one details", has_text="that were asked of it").locator("summary").click()
    shared.wait_for_selector(".x-facts")
    (chat,) = (r for r in sample()["resources"] if r["name"] == "chat")
    assert shared.locator(".x-facts tbody tr").count() == len(chat["facts"])
    text = shared.inner_text(".x-facts")
    assert "The first 2,000 of 5,002 characters; all of it in audit.json." in text
    assert LONG_TEXT not in text


def test_a_command_and_a_link_can_be_copied(shared: Page, report: Path) -> None:
    finding = failing()
    box = open_finding(shared, finding)
    shared.evaluate("navigator.clipboard.writeText = async text => { window.copied = text; }")
    box.locator(".x-command .copy").click()
    assert shared.evaluate("copied") == finding["command"]
    box.locator(".x-foot .copy").click()
    assert shared.evaluate("copied") == f"{report.as_uri()}#f-{finding['fingerprint']}"
    shared.click("#explore-one >> text=Copy id")
    assert shared.evaluate("copied") == subject(finding)["id"]
    assert "Copied" in shared.inner_text("p.out[role=status]")


def test_it_can_be_used_by_keyboard_alone(open_page: Open, report: Path) -> None:
    page = open_page(report)
    page.keyboard.press("/")
    until(page, "document.activeElement.id === 'explore-q'")
    page.keyboard.type("storage")
    until(page, "location.hash.includes('q=storage')")
    page.keyboard.type("/")
    assert page.input_value("#explore-q") == "storage/"
    until(page, "location.hash.endsWith('q=storage%2F')")
    page.keyboard.press("Backspace")
    until(page, "location.hash.endsWith('q=storage')")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.x-row') !== null"):
            break
    first = page.evaluate("document.activeElement.hash")
    page.keyboard.press("Enter")
    page.wait_for_selector(".x-finding[open]")
    assert page.evaluate("location.hash") == first
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Escape")
    page.wait_for_selector("#explore-list:not([hidden])")
    assert page.evaluate("[location.hash, document.activeElement.hash]") == ["#explore?q=storage", first]
    assert page.complaints == []


def test_the_way_from_finding_to_finding_follows_the_list(open_page: Open, report: Path) -> None:
    page = open_page(report, "#explore?status=fail&layer=data")
    page.wait_for_selector(".x-row")
    order = prints(page)
    page.click(".x-row a >> nth=0")
    page.wait_for_selector(".x-finding[open]")
    page.click(".x-steps >> text=Next")
    until(page, f"location.hash === '#f-{order[1]}'")
    page.click(".x-bar >> text=Back to the list")
    page.wait_for_selector("#explore-list:not([hidden])")
    assert page.evaluate("location.hash") == "#explore?status=fail&layer=data"


def test_one_view_is_shown_at_a_time(open_page: Open, report: Path) -> None:
    page = open_page(report)
    assert page.eval_on_selector_all(".view", "v => v.filter(x => x.offsetParent).map(x => x.id)") == ["overview"]
    page.click('nav.views a[href="#controls"]')
    page.wait_for_selector("#controls.current")
    assert page.eval_on_selector_all(".view", "v => v.filter(x => x.offsetParent).map(x => x.id)") == ["controls"]
    assert page.evaluate("document.querySelector('nav.views [aria-current]').hash") == "#controls"
    control = anchor("soc2", "CC6.1")
    at(page, f"#{control}")
    assert page.is_visible(f"[id='{control}']")
    assert page.evaluate(
        "id => { for (let e = document.getElementById(id); e; e = e.parentElement)"
        " if (e.tagName === 'DETAILS' && !e.open) return false; return true; }",
        control,
    )
    page.go_back()
    until(page, "location.hash === '#controls'")
    page.go_back()
    page.wait_for_selector("#overview.current")
    assert page.complaints == []


def test_commands_of_the_other_views_can_be_copied(open_page: Open, report: Path) -> None:
    page = open_page(report)
    page.evaluate("navigator.clipboard.writeText = async text => { window.copied = text; }")
    source = page.locator(".view.current pre + .copy").first
    source.evaluate("b => { for (let e = b; e; e = e.parentElement) if (e.tagName === 'DETAILS') e.open = true; }")
    source.click()
    assert page.evaluate("copied") == source.evaluate("b => b.previousElementSibling.textContent")


def test_one_control_is_printed_alone(open_page: Open, report: Path) -> None:
    page = open_page(report, f"#{anchor('soc2', 'CC6.1')}")
    page.evaluate("window.print = () => { window.printed = document.querySelectorAll('article.only').length; }")
    page.locator("#controls [data-print]:visible").first.click()
    assert page.evaluate("[printed, document.body.className]") == [1, "print-one"]
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("[document.querySelectorAll('.only').length, document.body.className]") == [0, ""]


def test_without_a_script_everything_else_is_there(browser: Browser, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.as_uri())
    assert page.locator(".view:visible").count() == page.locator(".view").count() > 4
    assert "findings.csv" in page.inner_text("#explore")
    assert not page.is_visible("#explore-list")
    context.close()


def test_a_script_that_was_changed_on_the_way_does_not_run_and_hides_nothing(
    browser: Browser, report: Path, tmp_path: Path
) -> None:
    changed = tmp_path / "changed.html"
    changed.write_text(report.read_text(encoding="utf-8").replace("const rooms", "const  rooms"), encoding="utf-8")
    context = browser.new_context()
    page = context.new_page()
    page.goto(changed.as_uri())
    assert page.locator(".view:visible").count() == page.locator(".view").count() > 4
    context.close()


def test_a_browser_that_cannot_unpack_is_told(browser: Browser, report: Path) -> None:
    context = browser.new_context()
    context.add_init_script("delete window.DecompressionStream")
    page = context.new_page()
    page.goto(report.as_uri() + "#explore")
    page.wait_for_selector("text=This browser cannot unpack")
    assert "audit.json" in page.inner_text("#explore-state")
    page.click('nav.views a[href="#controls"]')
    page.wait_for_selector("#controls.current")
    context.close()


def test_a_damaged_file_is_told(open_page: Open, report: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.html"
    text = report.read_text(encoding="utf-8")
    start = text.index('id="data">') + 2000
    damaged.write_text(text[:start] + text[start + 400 :], encoding="utf-8")
    page = open_page(damaged, "#explore")
    page.wait_for_selector("#explore-state >> text=could not be read")
    assert page.is_visible("#explore-state")


def test_a_script_that_is_not_ours_does_not_run(open_page: Open, report: Path, tmp_path: Path) -> None:
    """The policy is in force: it is no decoration."""
    page = open_page(report)
    page.evaluate("""() => {
        const script = document.createElement('script');
        try { script.textContent = 'document.title = "pwned"'; document.body.append(script); } catch (e) {}
        window.refused = '';
        try { document.createElement('p').innerHTML = '<b>x</b>'; } catch (e) { window.refused = e.name; }
    }""")
    assert page.title().startswith("AI security posture audit")
    assert page.evaluate("refused") == "TypeError"


def test_the_hostile_audit_stays_inert(open_page: Open, tmp_path: Path) -> None:
    file = tmp_path / "hostile.html"
    document = two_frameworks(documents.hostile())
    file.write_text(render_report(document), encoding="utf-8")
    page = open_page(file, "#explore")
    opened: list[str] = []
    page.on("dialog", lambda d: opened.append(d.message))
    page.wait_for_selector(".x-row")
    title = page.title()
    failed = next(f for f in document["findings"] if f["status"] == "fail" and f["facts"] and f["resource"])
    endpoint = next(r for r in document["resources"] if r["name"].startswith("chat") and "models" in r["facts"])
    where = resource_anchor("aws", endpoint["scope"]["account"], "Endpoint", endpoint["id"])
    targets = ["?by=resource", "?group=resource", "?q=%3Cimg", f"#f-{failed['fingerprint']}", f"#{where}"]
    for hash_ in targets:
        at(page, hash_ if hash_.startswith("#") else f"#explore{hash_}")
        page.evaluate("document.querySelectorAll('#explore details').forEach(d => { d.open = true; })")
        page.wait_for_timeout(50)
        assert not page.locator("#explore :is(img, script, iframe, style, object, embed, base, link)").count()
        assert page.eval_on_selector_all(
            "#explore a", "links => links.every(a => /^(#|https:)/.test(a.getAttribute('href')))"
        )
        assert not set(page.inner_text("#explore")) & set("\u202e\u2066\u200b\u2028\x1b\x00")
    assert '<script>document.title="pwned"</script>' in page.inner_text("#explore-one h3")
    assert (page.title(), opened, page.requested, page.complaints) == (title, [], [], [])
    assert page.locator("script").count() == 3


def test_the_evidence_of_one_framework_has_no_explorer(open_page: Open, tmp_path: Path) -> None:
    file = tmp_path / "soc2.html"
    file.write_text(render_framework(sample(), "soc2"), encoding="utf-8")
    page = open_page(file, f"#{anchor('soc2', 'CC6.1')}")
    assert page.is_visible("[id='soc2-CC6.1']")
    assert page.locator("#explore").count() == 0
    page.keyboard.press("/")
    assert page.complaints == []


def test_many_findings_open_and_can_be_searched(open_page: Open, tmp_path: Path) -> None:
    file = tmp_path / "large.html"
    document = two_frameworks(documents.large(320))
    assert len(document["findings"]) > 5000
    file.write_text(render_report(document), encoding="utf-8")
    page = open_page(file, "#explore")
    page.wait_for_selector(".x-row")
    page.fill("#explore-q", "endpoint-7")
    wanted = {f["fingerprint"] for f in document["findings"] if "endpoint-7" in subject(f)["name"]}
    until(page, f"document.querySelector('#explore-count').textContent.startsWith('{len(wanted)} of')")
    assert page.locator(".x-row").count() == 100
    assert page.complaints == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 400)])
def test_axe_finds_nothing(browser: Browser, report: Path, scheme: Any, width: int) -> None:
    import axe_playwright_python  # type: ignore[import-untyped]

    source = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
    context = browser.new_context(bypass_csp=True, color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(report.as_uri() + "#explore?check=storage_not_public")
    page.wait_for_selector(".x-row")
    page.evaluate("document.querySelectorAll('.view:not(#explore)').forEach(v => v.remove())")
    page.evaluate(source)
    finding, resource = f"#f-{failing()['fingerprint']}", f"#{endpoint_anchor('chat')}"
    for hash_ in ("#explore?check=storage_not_public", finding, resource, "#explore?by=resource&q=storage"):
        at(page, hash_)
        page.evaluate("document.querySelectorAll('#explore details').forEach(d => { d.open = true; })")
        page.wait_for_timeout(50)
        found = page.evaluate("axe.run('#explore')")
        assert [(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in found["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
