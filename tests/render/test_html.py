"""The HTML report: complete, self-contained, and inert whatever the audited account is called."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from copy import deepcopy
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest

from auditor.errors import UsageError
from auditor.frameworks import FRAMEWORKS
from auditor.maturity import PRACTICES
from auditor.render.html import framework_document, render_framework, render_report
from auditor.render.view.common import anchor, https
from auditor.render.view.findings import FULL_FAILURES
from tests.support import documents

SECTIONS = (
    "summary",
    "fix-first",
    "next-level",
    "access",
    "accounts",
    "practices",
    "findings",
    "frameworks",
    "framework-soc2",
    "framework-hipaa",
    "framework-pci_dss",
    "inventory",
    "not-assessed",
    "inherited",
    "evidence",
)
KINDS_OF_RUN = (
    "sample",
    "hostile",
    "empty",
    "no_ai",
    "nothing_read",
    "filtered",
    "one_cloud_failed",
    "flagged",
)
ELEMENTS = {
    *("html", "head", "meta", "title", "style", "body", "header", "nav", "main", "section", "article", "footer"),
    *("h1", "h2", "h3", "h4", "p", "div", "span", "a", "b", "i", "br", "code", "pre", "details", "summary"),
    *("ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td"),
    *("svg", "desc", "line", "rect", "text"),
}
ATTRIBUTES = {
    *("lang", "charset", "http-equiv", "content", "name", "class", "href", "id", "rel", "title", "open", "role"),
    *("aria-label", "aria-labelledby", "data-l", "colspan", "viewbox", "x", "y", "x1", "x2", "y1", "y2"),
    *("width", "height", "text-anchor"),
}
VOID = {"meta", "br"}
BLOCKS = {"p", "div", "span", "li", "td", "th", "dt", "dd", "h1", "h2", "h3", "h4", "summary", "pre", "title", "text"}


class Page(HTMLParser):
    """What a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.hrefs: list[str] = []
        self.ids: list[str] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name == "href":
                assert tag == "a"
                self.hrefs.append(value or "")
            if name == "id":
                self.ids.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag in BLOCKS:
            self.text.append(" ")

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text.append(data)

    @property
    def words(self) -> str:
        return " ".join("".join(self.text).split())


@cache
def document(name: str) -> dict[str, Any]:
    made: dict[str, Any] = getattr(documents, name)()
    return made


@cache
def html(name: str) -> str:
    return render_report(document(name))


@cache
def page(name: str) -> Page:
    return Page(html(name))


@pytest.mark.parametrize("name", KINDS_OF_RUN)
def test_every_section_is_there(name: str) -> None:
    assert set(SECTIONS) <= set(page(name).ids)


@pytest.mark.parametrize("name", KINDS_OF_RUN)
def test_ids_are_unique_and_every_anchor_leads_somewhere(name: str) -> None:
    for seen in (page(name), *(Page(render_framework(document(name), f.id)) for f in FRAMEWORKS)):
        assert [i for i, n in Counter(seen.ids).items() if n > 1] == []
        assert {h[1:] for h in seen.hrefs if h.startswith("#")} <= set(seen.ids)


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda f: f.id)
@pytest.mark.parametrize("name", ["sample", "empty"])
def test_every_control_is_there_with_its_label_and_slot(framework: Any, name: str) -> None:
    for seen in (page(name), Page(render_framework(document(name), framework.id))):
        ids, words = set(seen.ids), seen.words
        anchors = {anchor(framework.id, c.id) for c in framework.controls}
        assert len(anchors) == len(framework.controls)
        assert anchors <= ids
        for control in framework.controls:
            assert control.id in words
            assert control.label in words
            assert control.attach in words
        assert " ".join(framework.note.split()) in words


def test_every_practice_is_there_with_its_state() -> None:
    assert {anchor("practice", p.id) for p in PRACTICES} <= set(page("sample").ids)
    assert "not measured" in page("sample").words


@pytest.mark.parametrize("name", KINDS_OF_RUN)
def test_nothing_in_the_file_comes_from_data(name: str) -> None:
    for seen in (page(name), Page(render_framework(document(name), "pci_dss"))):
        assert set(seen.tags) <= ELEMENTS
        assert seen.attributes <= ATTRIBUTES
        assert seen.open == []
        assert all(h.startswith(("#", "https://")) for h in seen.hrefs)


def test_names_change_no_structure() -> None:
    """A hostile audit has the elements of the same audit without the attack; only its notices add some."""
    calm = documents.sample()
    plain = documents.build_flags(deepcopy(calm))
    for render in (render_report, lambda d: render_framework(d, "hipaa")):
        assert Page(render(document("hostile"))).tags == Page(render(plain)).tags


def test_hostile_text_is_shown_as_text_with_visible_escapes() -> None:
    words = page("hostile").words
    assert '<script>document.title="pwned"</script>' in words
    assert "\\u202e\\u2066\\u200b\\u2028" in words
    assert "{{ 7*7 }}" in words
    assert not set(html("hostile")) & set("\u202e\u2066\u200b\u2028\x1b\x00\r")


def test_no_script_no_style_attribute_no_resource() -> None:
    text = html("hostile")
    seen = page("hostile")
    assert seen.tags["script"] == seen.tags["img"] == seen.tags["link"] == seen.tags["iframe"] == 0
    assert not {a for a in seen.attributes if a.startswith("on")} | ({"style", "src", "srcset"} & seen.attributes)
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert "url(" not in style
    assert "@import" not in style


@pytest.mark.parametrize("name", ["sample", "hostile"])
def test_the_policy_allows_this_style_and_nothing_else(name: str) -> None:
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html(name))
    (style,) = re.findall(r"<style>(.*?)</style>", html(name), re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.split("; ") == [
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]


@pytest.mark.parametrize("name", KINDS_OF_RUN)
def test_the_word_is_never_used(name: str) -> None:
    assert not re.search(r"\bcompliant\b", page(name).words, re.IGNORECASE)


def test_levels_stand_together() -> None:
    words = page("sample").words
    assert "Verified Level 0, below Foundation Possible Level 4 Optimized" in words
    assert "practices could not be read in full" in words
    assert "AWS ml-production" in words


def test_reasons_for_no_level() -> None:
    assert "No level: no AI resource was found." in page("no_ai").words
    assert "No level: the run was filtered to some checks." in page("filtered").words
    assert "Only part of the checks ran (checks: endpoint_not_anonymous, storage_not_public)" in page("filtered").words


def test_notices() -> None:
    words = page("flagged").words
    for notice in (
        "The run was interrupted.",
        "Synthetic answers. 40 calls were answered by fixtures",
        "Replayed from a recording.",
        "Endpoint listed twice by different collectors",
        "Risk accepted by Ada until 2027-01-31: a sandbox without data",
    ):
        assert notice in words
    assert "Azure was not read. Azure refused the credentials Run 'az login'." in page("one_cloud_failed").words
    assert "No account was read" in page("empty").words


def test_an_audit_that_read_nothing_shows_no_pass() -> None:
    assert "s-pass" in html("sample").split("</style>")[1]
    assert "s-pass" not in html("nothing_read").split("</style>")[1]
    assert "None exists." not in page("nothing_read").words
    assert "Not listed to the end" in page("nothing_read").words
    assert "None exists." in page("no_ai").words


def test_what_to_grant_is_named_with_the_number_of_questions() -> None:
    open_questions = [f for f in document("sample")["findings"] if f["unknown"] and f["unknown"]["permissions"]]
    assert (
        f"sagemaker:DescribeEndpoint {len(open_questions)} AWS ml-production, Azure ml-research" in page("sample").words
    )


def test_every_failure_leads_to_its_calls_and_its_repair() -> None:
    report, ids = html("sample"), set(page("sample").ids)
    failures = [f for f in document("sample")["findings"] if f["status"] == "fail"]
    assert failures
    checks = {c["id"]: c for c in document("sample")["checks"]}
    for failure in failures:
        assert f"f-{failure['fingerprint']}" in ids
        remedy = checks[failure["check"]]["providers"][failure["scope"]["provider"]]
        assert " ".join(remedy["text"].split()) in page("sample").words
        if remedy["url"].startswith("https://"):
            assert remedy["url"] in page("sample").hrefs
        if failure["command"]:
            assert " ".join(failure["command"].split()) in page("sample").words
    assert 'href="#call-12"' in report
    assert "ab" * 32 in report


def test_fix_first_keeps_the_order_of_the_document() -> None:
    section = html("sample").split('<section id="fix-first">')[1].split("</section>")[0]
    shown = [section.index(f'href="#check-{row["check"]}"') for row in document("sample")["fix_first"]]
    assert shown == sorted(shown)


def test_inherited_statements_have_their_limits() -> None:
    section = " ".join(Page(html("sample").split('<section id="inherited">')[1].split("</section>")[0]).words.split())
    inherited = [f for f in document("sample")["findings"] if f["inherited"]]
    assert inherited
    checks = {c["id"]: c for c in document("sample")["checks"]}
    for finding in inherited:
        coverage = checks[finding["check"]]["providers"][finding["scope"]["provider"]]
        assert coverage["text"] in section
        assert coverage["limits"] in section


def test_one_framework_holds_only_what_bears_on_it() -> None:
    whole, part = document("sample"), framework_document(document("sample"), "soc2")
    bearing = {m.control for p in PRACTICES for m in p.controls if m.framework == "soc2"}
    assert bearing
    mapped = {p.id for p in PRACTICES if any(m.framework == "soc2" for m in p.controls)}
    assert {f["practice"] for f in part["findings"]} <= mapped
    assert [f for f in whole["findings"] if f["practice"] in mapped] == part["findings"]
    assert [f["id"] for f in part["frameworks"]] == ["soc2"]
    cited = {call for f in part["findings"] for call in f["calls"]}
    assert cited <= {c["id"] for c in part["calls"]}
    assert all(c in whole["calls"] for c in part["calls"])
    assert part["coverage"]["asked"] == sum(f["status"] in ("pass", "fail", "not_assessed") for f in part["findings"])
    with pytest.raises(UsageError, match="iso"):
        framework_document(whole, "iso")


def test_addresses_that_are_not_https_are_not_linked() -> None:
    changed = deepcopy(document("sample"))
    for check in changed["checks"]:
        for coverage in check["providers"].values():
            coverage["url"] = "javascript:alert(1)//https://"
    assert not [h for h in Page(render_report(changed)).hrefs if "javascript" in h]
    assert https("https://example.com/a?b=c#d") == "https://example.com/a?b=c#d"
    assert https('https://example.com/"onmouseover=') == https("http://example.com") == https(" https://a") == ""


def test_twenty_thousand_findings_stay_a_file_that_opens() -> None:
    large = documents.large(1250)
    assert len(large["findings"]) >= 20_000
    text = render_report(large)
    seen = Page(text)
    assert len(text) < 12_000_000
    assert sum(seen.tags.values()) < 200_000
    failed = [f for f in large["findings"] if f["status"] == "fail"]
    assert len(failed) > FULL_FAILURES
    assert {f"f-{f['fingerprint']}" for f in failed} <= set(seen.ids)
    assert "are in audit.json" in seen.words
    assert {h[1:] for h in seen.hrefs if h.startswith("#")} <= set(seen.ids)
    cited = {f"call-{c['number']}" for c in large["calls"] if c["cited"]}
    assert cited <= set(seen.ids)
    assert len([i for i in seen.ids if i.startswith("call-")]) < len(large["calls"])


def test_a_stored_document_is_not_changed_by_rendering() -> None:
    before = deepcopy(document("sample"))
    render_report(document("sample"))
    render_framework(document("sample"), "hipaa")
    assert before == document("sample")
