"""The HTML report: complete, self-contained, and inert whatever the audited account is called."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from copy import deepcopy
from functools import cache, cached_property
from html.parser import HTMLParser
from typing import Any

import pytest

from auditor.errors import UsageError
from auditor.frameworks import frameworks
from auditor.maturity import PRACTICES
from auditor.model.facts import Reason
from auditor.render.html import framework_document, render_framework, render_report
from auditor.render.view.common import anchor, https, resource_anchor
from auditor.render.view.frameworks import NAMED_EXCEPTIONS
from tests.support import documents

VIEWS = ("overview", "explore", "access", "controls", "estate", "calls", "method")
SECTIONS = (
    *VIEWS,
    *("fixes", "next-level", "open", "second-source", "who", "decisions", "practices", "inherited"),
    *(f"framework-{f.id}" for f in frameworks()),
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
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "span", "a", "b", "i", "br", "code", "kbd", "pre"),
    *("ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tr", "th", "td"),
    *("details", "summary", "svg", "rect", "script", "noscript"),
    *("button", "input", "label", "option", "select"),
}
ATTRIBUTES = {
    *("lang", "charset", "http-equiv", "content", "name", "class", "href", "id", "rel", "title", "open", "role"),
    *("aria-label", "aria-labelledby", "aria-hidden", "scope", "colspan", "start", "hidden", "type", "value"),
    *("data-l", "data-copy", "data-print", "data-by", "data-choice", "autocomplete", "spellcheck"),
    *("viewbox", "x", "y", "width", "height"),
}
VOID = {"meta", "br", "input"}
BLOCKS = {"p", "div", "span", "li", "td", "th", "dt", "dd", "pre", "title", "summary", "caption", "i", "code"} | {
    f"h{level}" for level in range(1, 7)
}


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
        elif tag == "br":
            self.text.append(" ")
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
        if self.open[-1:] not in (["style"], ["script"]):
            self.text.append(data)

    @cached_property
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


def drawn_by_the_script(document: dict[str, Any]) -> set[str]:
    """Targets that the explorer shows: findings, checks, practices, resources."""
    resources = [(r["scope"], r) for r in document["resources"]]
    resources += [(f["scope"], f["resource"]) for f in document["findings"] if f["resource"]]
    return {
        *(f"f-{f['fingerprint']}" for f in document["findings"]),
        *(anchor("check", c["id"]) for c in document["checks"]),
        *(anchor("practice", p["id"]) for p in document["practices"]),
        *(resource_anchor(s["provider"], s["account"], r["kind"], r["id"]) for s, r in resources),
    }


@pytest.mark.parametrize("name", KINDS_OF_RUN)
def test_ids_are_unique_and_every_anchor_leads_somewhere(name: str) -> None:
    one = frameworks()[KINDS_OF_RUN.index(name) % len(frameworks())].id
    part = framework_document(document(name), one)
    for seen, elsewhere in (
        (page(name), drawn_by_the_script(document(name))),
        (Page(render_framework(document(name), one)), set()),
    ):
        assert [i for i, n in Counter(seen.ids).items() if n > 1] == []
        assert {h[1:] for h in seen.hrefs if h.startswith("#")} <= set(seen.ids) | elsewhere
    assert {f"f-{f['fingerprint']}" for f in part["findings"] if f["status"] == "fail"} <= set(seen.ids)


@pytest.mark.parametrize("framework", frameworks(), ids=lambda f: f.id)
@pytest.mark.parametrize("name", ["sample", "empty"])
def test_every_control_is_there_with_its_label_and_slot(framework: Any, name: str) -> None:
    for seen in (page(name), Page(render_framework(document(name), framework.id))):
        ids, words = set(seen.ids), seen.words
        anchors = {anchor(framework.id, c.id) for c in framework.controls}
        assert len(anchors) == len(framework.controls)
        assert anchors <= ids
        for control in framework.controls:
            assert control.id in words
            assert " ".join(control.label.split()) in words
            assert " ".join(control.attach.split()) in words
        assert " ".join(framework.note.split()) in words


def test_every_practice_is_there_with_its_state() -> None:
    assert {anchor("model", p.id) for p in PRACTICES} <= set(page("sample").ids)
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


def test_no_other_script_no_style_attribute_no_resource() -> None:
    for text in (html("hostile"), render_framework(document("hostile"), "soc2")):
        seen = Page(text)
        assert seen.tags["img"] == seen.tags["link"] == seen.tags["iframe"] == 0
        assert not {a for a in seen.attributes if a.startswith("on")} | ({"style", "src", "srcset"} & seen.attributes)
        (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
        assert "url(" not in style
        assert "@import" not in style


@pytest.mark.parametrize("name", ["sample", "hostile"])
def test_the_policy_allows_this_style_these_scripts_and_nothing_else(name: str) -> None:
    for text in (html(name), render_framework(document(name), "soc2")):
        (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
        (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
        scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
        assert len(scripts) == text.count("<script") - ('type="application/octet-stream;base64"' in text)
        assert policy.split("; ") == [
            "default-src 'none'",
            f"style-src {digest_of(style)}",
            f"script-src {' '.join(map(digest_of, scripts))}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ]


def digest_of(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@pytest.mark.parametrize("name", KINDS_OF_RUN)
def test_the_word_is_never_used(name: str) -> None:
    assert not re.search(r"\bcompliant\b", page(name).words, re.IGNORECASE)


def test_levels_stand_together() -> None:
    rows = html("sample").split('<table class="levels">')[1].split("</table>")[0]
    for account in document("sample")["score"]["accounts"]:
        mark = f'<tr id="{anchor("account", account["provider"], account["account"])}">'
        row = Page(rows.split(mark)[1].split("</tr>")[0])
        levels = [account, *account["layers"].values()]
        pairs = [f"{x['verified_level']} / {x['possible_level']}" for x in levels]
        assert re.findall(r"\d / \d", row.words)[:5] == pairs
        assert f"{account['coverage']['percent']} %" in row.words
    words = page("sample").words
    assert "verified Level 0, below Foundation, possible Level 4 Optimized" in words
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
        "Synthetic answers. 40 of 40 calls were answered by fixtures",
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


def test_what_would_settle_questions_is_named_with_their_number() -> None:
    section = html("sample").split('<h3 id="open">')[1].split("</table>")[0]
    rows = [Page(row.split("</tr>")[0]).words for row in section.split("<tbody>")[1].split("<tr>")[1:]]
    wanted: Counter[tuple[str, ...]] = Counter()
    for row in document("sample")["settle_first"]:
        wanted[row["reason"], *row["permissions"]] += row["questions"]
    assert wanted
    for (reason, *permissions), number in wanted.items():
        named = ", ".join(permissions) or Reason(reason).label
        assert any(row.startswith(named) and f" {number:,} " in row for row in rows), named


def test_every_failure_leads_to_its_calls_and_its_repair() -> None:
    report, sample = html("sample"), document("sample")
    failures = [f for f in sample["findings"] if f["status"] == "fail"]
    assert failures
    checks = {c["id"]: c for c in sample["checks"]}
    words, hrefs = page("sample").words, page("sample").hrefs
    for failure in failures:
        assert f"#f-{failure['fingerprint']}" in hrefs
        remedy = checks[failure["check"]]["providers"][failure["scope"]["provider"]]
        assert " ".join(remedy["text"].split()) in words
        if remedy["url"].startswith("https://"):
            assert remedy["url"] in hrefs
        if failure["command"]:
            assert " ".join(failure["command"].split()) in words
    assert 'href="#call-12"' in report
    assert "ab" * 32 in report


def test_fixes_keep_the_order_of_the_document_and_name_what_the_cloud_charges() -> None:
    sample = document("sample")
    order = list(dict.fromkeys(row["check"] for row in sample["fix_first"]))
    first = html("sample").split('<ol class="first">')[1].split("</ol>")[0]
    section = html("sample").split('<h3 id="fixes">')[1].split("</section>")[0]
    assert checks_in(section) == order
    assert checks_in(first) == order[: len(checks_in(first))]
    assert len(checks_in(first)) > 1
    prices = {p["id"]: p for p in sample["prices"]}
    charged = [prices[c] for row in sample["fix_first"] for c in row["charges"]]
    assert charged
    for price in charged:
        assert price["what"] in section
        assert price["url"] in section
    assert any(f"${p['usd']:.2f} per " in section for p in charged if p["usd"])


def checks_in(section: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r'href="#check-([^"]+)"', section)))


def test_every_resource_is_in_the_estate() -> None:
    links = set(page("sample").hrefs)
    for resource in document("sample")["resources"]:
        scope = resource["scope"]
        target = resource_anchor(scope["provider"], scope["account"], resource["kind"], resource["id"])
        assert f"#{target}" in links
        assert resource["name"] in page("sample").words
    assert resource_anchor("aws", "1", "A", "b") != resource_anchor("aws", "1", "Ab", "")


def test_inherited_statements_have_their_limits() -> None:
    section = " ".join(
        Page(html("sample").split('<h3 id="inherited">')[1].split("<tbody>")[1].split("</tbody>")[0]).words.split()
    )
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


def test_many_findings_stay_a_file_that_opens() -> None:
    """``bench/report.py`` measures 20,000 of them."""
    large = documents.large(680)
    assert len(large["findings"]) >= 10_000
    text = render_report(large)
    seen = Page(text)
    assert text.index('id="data"') < 6_000_000
    assert len(text) < 8_000_000
    assert sum(seen.tags.values()) < 200_000
    assert {h[1:] for h in seen.hrefs if h.startswith("#")} <= set(seen.ids) | drawn_by_the_script(large)
    rests_on = {call for row in (*large["listings"], *large["gaps"]) for call in row["calls"]}
    printed = {i for i in seen.ids if i.startswith("call-")}
    assert printed == {f"call-{c['number']}" for c in large["calls"] if c["cited"] or c["id"] in rests_on}
    assert len(printed) < len(large["calls"])
    failed = sum(f["status"] == "fail" for f in large["findings"])
    named = max(int(n.replace(",", "")) for n in re.findall(r"of ([\d,]+) exceptions are named here", seen.words))
    assert NAMED_EXCEPTIONS < named <= failed


def test_a_stored_document_is_not_changed_by_rendering() -> None:
    before = deepcopy(document("sample"))
    render_report(document("sample"))
    render_framework(document("sample"), "hipaa")
    assert before == document("sample")
