"""The summary: short, complete, and nothing in it but text and links of ours, whatever the account is called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from functools import cache
from typing import Any

import cmarkgfm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from auditor.controls import Outcome
from auditor.render import markdown
from auditor.render.markdown import LENGTH
from auditor.render.markdown_text import TEXT_LENGTH, code, link, words
from tests.conftest import Demo
from tests.render.test_html import Page
from tests.support import documents

RUNS = ("sample", "hostile", "empty", "no_ai", "nothing_read", "filtered", "one_cloud_failed", "flagged")
ATTACKS = (
    "[x](http://evil.example)",
    "![x](https://evil.example/x.png)",
    "<img src=https://evil.example/x.png>",
    "<https://evil.example>",
    "https://evil.example www.evil.example evil@evil.example",
    "@team #1 GH-1 evil/repo#1 :tada:",
    "a | b | c",
    "a \\| b",
    "a \\",
    "`code` ``x`` `",
    "*a* **b** __c__ ~~d~~",
    "# heading",
    "- item\n\n# heading\n\n    code",
    "</td></tr></table><script>x</script>",
    "&lt;img src=x&gt; &#64;team",
    "[^1]: note",
    "[x]: https://evil.example\n\n[x]",
    "$$x$$ \\(x\\)",
    "<!-- comment -->",
    "",
    "   ",
    "\u202e\u2066\x00\x1b[31m\ud800",
)


@cache
def document(name: str) -> dict[str, Any]:
    made: dict[str, Any] = getattr(documents, name)()
    return made


def summary(doc: dict[str, Any]) -> str:
    return "".join(markdown.pieces(doc))


def flat(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from flat(token.children or ())


def tokens(text: str) -> list[Token]:
    return list(flat(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)))


def our_links(doc: dict[str, Any]) -> set[str]:
    return {coverage["url"] for check in doc["checks"] for coverage in check["providers"].values() if coverage["url"]}


def check_inert(doc: dict[str, Any], text: str) -> None:
    """By the reference grammar, and by the renderer that GitHub has published as its own."""
    allowed = our_links(doc)
    seen = tokens(text)
    assert not [t for t in seen if t.type in ("html_block", "html_inline", "image", "fence", "code_block", "hr")]
    assert {t.attrGet("href") for t in seen if t.type == "link_open"} <= allowed
    assert not [t for t in seen if t.type == "text" and re.search(r"[@#<>]|://|www\.", t.content)]
    for oracle in (cmarkgfm.github_flavored_markdown_to_html, cmarkgfm.markdown_to_html):
        page = Page(oracle(text))
        assert set(page.hrefs) <= allowed
        assert set(page.tags) <= {
            *("h2", "h3", "p", "ul", "ol", "li", "a", "code", "strong"),
            *("table", "thead", "tbody", "tr", "th", "td"),
        }
        assert page.attributes <= {"href"}
    tables = [len(doc[name]) for name in ("scopes", "frameworks") if doc[name]]
    assert Page(cmarkgfm.github_flavored_markdown_to_html(text)).tags["tr"] == sum(tables) + len(tables)


# what it says


@pytest.mark.parametrize("run", RUNS)
def test_short_and_of_text_and_links_of_ours(run: str) -> None:
    doc = document(run)
    text = summary(doc)
    assert text.count("\n") < 60
    assert len(text) < LENGTH
    check_inert(doc, text)


def test_levels_are_always_two_numbers() -> None:
    doc = document("sample")
    text = summary(doc)
    for score in doc["score"]["accounts"]:
        row = next(line for line in text.splitlines() if f"`{score['name']}`" in line and line.startswith("|"))
        assert f"**{score['verified_level']} / {score['possible_level']}**" in row
        layers = [f"{x['verified_level']} / {x['possible_level']}" for x in score["layers"].values()]
        assert f"| {' | '.join(layers)} |" in row
        assert f"{score['coverage']['percent']} % of {score['coverage']['asked']:,}" in row


def test_no_level_is_given_where_there_is_none() -> None:
    text = summary(document("filtered"))
    row = next(line for line in text.splitlines() if line.startswith("| AWS"))
    assert re.findall(r"(\w+) / (\w+)", row) == [("none", "none")]
    assert "| none | none | none | none |" in row
    assert "the run was filtered to some checks" in text
    assert "endpoint_not_anonymous" in text


def test_what_was_not_read_is_not_answered() -> None:
    text = summary(document("empty"))
    assert "No account could be read" in text
    assert "There was no question to answer" in text
    assert "was answered" not in text
    assert "**AWS was not read**: `no credentials`" in text
    text = summary(document("one_cloud_failed"))
    assert "Nothing of Azure was read, so none of its questions are counted here." in text


def test_every_answer_that_is_missing_is_counted_with_the_reason() -> None:
    doc = document("sample")
    unknown = [f for f in doc["findings"] if f["status"] == "not_assessed"]
    text = summary(doc)
    assert f"{len(unknown)} questions of {doc['coverage']['asked']:,} without an answer" in text
    denied = sum(f["unknown"]["reason"] == "denied" for f in unknown)
    assert f"{denied}, permission denied" in text
    row = next(r for r in doc["settle_first"] if r["permissions"])
    needed = ", ".join(f"`{p}`" for p in row["permissions"])
    assert f"- {needed} in Azure `ml-research` would settle {row['questions']} questions" in text


def test_the_first_fixes_are_named_with_severity_and_link() -> None:
    doc = document("sample")
    text = summary(doc)
    checks = {c["id"]: c for c in doc["checks"]}
    found = [line for line in text.splitlines() if line.startswith("1. ")]
    assert len(found) == min(markdown.ROWS, len(doc["fix_first"]))
    assert f"### Fix first ({len(found)} of {len(doc['fix_first'])})" in text
    for line, row in zip(found, doc["fix_first"], strict=False):
        url = checks[row["check"]]["providers"][row["provider"]]["url"]
        assert line.startswith(f"1. **{row['severity']}**, level {row['level']}: [{row['title']}]({url})")


def test_what_a_fix_raises_and_costs_is_said() -> None:
    doc = deepcopy(document("sample"))
    doc["fix_first"][0] |= {"raises": "account", "charges": ["aws.x"]}
    line = next(line for line in summary(doc).splitlines() if line.startswith("1. "))
    assert "raises the level of the account" in line
    assert "the provider charges for it" in line
    assert "charges" not in summary(document("sample") | {"fix_first": [document("sample")["fix_first"][0]]})


def test_accepted_risks_and_those_that_ran_out() -> None:
    doc = deepcopy(document("flagged"))
    common = {"provider": "", "account": "", "resource": "", "reason": "x", "fingerprints": [], "source": ""}
    doc["exemptions"] = [
        common | {"check": "storage_not_public", "owner": "@team", "expires": "2026-10-01", "state": "expired"},
        common | {"check": "storage_not_public", "owner": "Bob", "expires": "2027-10-01", "state": "unused"},
    ]
    text = summary(doc)
    accepted = next(f for f in doc["findings"] if f["exemption"])
    title = next(c["title"] for c in doc["checks"] if c["id"] == accepted["check"])
    assert f"- {title}, 1 failure: accepted by `Ada` until 2027-01-31, `a sandbox without data`" in text
    assert "- **Expired** 2026-10-01: Storage is not public, owner `@team`" in text
    assert "Bob" not in text
    assert "Accepted risks" not in summary(document("sample"))


def test_controls_are_counted_by_outcome_and_none_is_called_compliant() -> None:
    doc = document("sample")
    text = summary(doc)
    for framework in doc["frameworks"]:
        found = [c["outcome"] for c in framework["controls"]]
        numbers = " | ".join(f"{found.count(o.value):,}" for o in Outcome)
        assert f"{framework['edition']} | {numbers} |" in text
    assert "compliant" not in text.lower()


def test_whatever_limits_the_numbers_comes_before_them() -> None:
    text = summary(document("flagged"))
    for notice in ("The run was interrupted", "1 defect in this tool", "Synthetic answers", "from a recording"):
        assert text.index(notice) < text.index("| Account |")
    assert "fixtures of this tool answered 40 of 40 calls" in text
    assert "recording" not in summary(document("sample"))


def test_the_demo_fits_on_a_screen(demo: Demo) -> None:
    text = summary(demo.document)
    assert text.count("\n") < 60
    check_inert(demo.document, text)


# nothing but text


def test_attacks_in_every_text_stay_text() -> None:
    for attack in ATTACKS:
        doc = deepcopy(document("flagged"))
        for row in (*doc["score"]["accounts"], *doc["scopes"]):
            row["name"] = attack
        doc["failures"] = [{"provider": "gcp", "message": attack, "hint": attack}]
        doc["defects"] = [attack]
        doc["selection"] = {attack: [attack]}
        for row in doc["settle_first"]:
            row["permissions"] = [attack]
        for row in doc["fix_first"]:
            row["title"] = attack
        for check in doc["checks"]:
            check["title"] = attack
        for finding in doc["findings"]:
            if finding["exemption"]:
                finding["exemption"] = {"owner": attack, "reason": attack, "expires": attack}
        doc["exemptions"] = [{"check": attack, "owner": attack, "expires": attack, "state": "expired"}]
        for framework in doc["frameworks"]:
            framework |= {"title": attack, "edition": attack}
        doc |= {"as_of": attack, "id": attack, "tool": doc["tool"] | {"name": attack, "version": attack}}
        check_inert(doc, summary(doc))


@settings(max_examples=150, deadline=None)
@given(
    st.text(alphabet=st.one_of(st.sampled_from("`|<>[]()!\\&*_~@#:/.w\n\r\t -\u202ea1"), st.characters()), max_size=40)
)
def test_any_text_is_one_piece_of_code_even_in_a_table(text: str) -> None:
    written = f"| a | b |\n|---|---|\n| {code(text)} | {words(text)} |\n\n- x {code(text)}\n"
    seen = tokens(written)
    assert [t.type for t in seen if t.type == "td_open"] == ["td_open"] * 2
    assert not [t for t in seen if t.type in ("html_inline", "html_block", "image", "link_open")]
    (in_list,) = [t for t in seen if t.type == "code_inline"][-1:]
    assert f"`{in_list.content}`" == re.sub(r"^` (.*[^ ].*) `$", r"`\1`", code(text))
    page = Page(cmarkgfm.github_flavored_markdown_to_html(written))
    assert (page.tags["td"], page.tags["code"] in (2, 3)) == (2, True)
    assert not page.hrefs


def test_links_lead_to_https_and_to_nothing_else() -> None:
    assert link("Docs", "https://example.com/a_b?c=d&e=f#g") == "[Docs](https://example.com/a_b?c=d&e=f#g)"
    assert link("Docs", "https://example.com/a)b(c|d`e") == "[Docs](https://example.com/a%29b%28c%7Cd%60e)"
    for url in ("http://example.com", "javascript:x", "", "https://", "https://a b", "//x", 'https://x"y'):
        assert link("Docs", url) == "Docs"


def test_words_of_ours_are_plain_and_others_code() -> None:
    assert words("Storage is not public, or encrypted (TLS 1.2)") == "Storage is not public, or encrypted (TLS 1.2)"
    for text in ("a_b", "a*b", "www.x", "a@b", " a", "a ", "#1", "a:b", "<b>", "GH-1", "x\ny", "", "y" * 101):
        assert words(text) == code(text)


def test_long_texts_are_cut() -> None:
    assert code("x" * 500) == f"`{'x' * TEXT_LENGTH}…`"
    assert len(code("\U000e0001" * 500)) == TEXT_LENGTH + 3


# its length


def test_a_summary_that_no_comment_holds_is_cut_at_a_line_and_says_so() -> None:
    doc = document("sample")
    many = doc | {"frameworks": [f | {"title": f"Framework {n}"} for n in range(300) for f in doc["frameworks"]]}
    text = summary(many)
    assert LENGTH - 500 < len(text) <= LENGTH
    assert text.endswith("\n\n**Cut here: the rest is in the report.**\n")
    assert text.splitlines()[-3].endswith(" |")


def test_the_lowest_of_many_accounts_are_shown() -> None:
    doc = deepcopy(document("sample"))
    first = doc["score"]["accounts"][0]
    doc["score"]["accounts"] = [
        first | {"account": str(n), "name": f"number {n}", "verified_level": level, "possible_level": 4}
        for n, level in enumerate([4, 3, None] * 10)
    ]
    text = summary(doc)
    shown = re.findall(r"`number (\d+)` \| \*\*(\w+) / 4\*\*", text)
    assert [level for _, level in shown] == ["3"] * 10 + ["4"] * 10
    assert "These are the lowest 20 of 30 accounts." in text
