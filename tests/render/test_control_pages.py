"""The pages of one control: by themselves enough for whoever gets only them, and no more than the audit shows."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import Any

import pytest

from auditor.controls import Outcome
from auditor.frameworks import frameworks
from auditor.model.resources import Endpoint
from auditor.render.html import framework_document, render_framework, render_report
from auditor.render.view.common import anchor
from auditor.render.view.control import share
from auditor.render.view.frameworks import NAMED_EXCEPTIONS
from auditor.render.view.kinds import title_of
from tests.render.test_html import BLOCKS, Page
from tests.support import documents

Json = dict[str, Any]
WHOLE, DIFFERS, ABSENT = "agrees", "differs", "not_available"


def attestation(**more: Any) -> Json:
    row = {"practice": "", "framework": "", "control": "", "provider": "", "account": ""}
    row |= {"owner": "Ada", "statement": "Reviewed by hand.", "stated": "2026-10-01", "expires": "2027-03-31"}
    return row | {"state": "active", "attachments": [], "source": "decisions.toml, entry 1"} | more


def compared(state: str, **more: Any) -> Json:
    row: Json = {"kind": "Endpoint", "native_type": "X::Endpoint", "provider": "aws", "account": documents.AWS.id}
    row |= {"location": "us-east-1", "source": "AWS Config", "counted": 3, "listed": 3, "note": "", "state": state}
    return row | {"only_there": [], "only_here": [], "permissions": [], "calls": ["aws0003"]} | more


@cache
def sample() -> Json:
    """With decisions of people, and lists that were held against a second source."""
    document = documents.sample()
    document["attestations"] = [
        attestation(
            framework="soc2",
            control="CC6.1",
            statement="Access is reviewed each quarter.",
            attachments=[{"name": "review.pdf", "sha256": "cd" * 32, "size": 2048}],
        ),
        attestation(practice="ID-1.3", state="expired", expires="2026-10-31", statement="Callers were listed."),
        attestation(framework="soc2", control="CC1.1", statement="The code of conduct is signed."),
    ]
    document["reconciliation"] = [
        compared(WHOLE),
        compared(DIFFERS, counted=4, only_there=["arn:other"], note="It follows with a delay.", location="eu-west-1"),
        compared(ABSENT, kind="Storage", native_type="X::Storage", source="", counted=None, calls=[]),
    ]
    accepted = next(f for f in document["findings"] if f["status"] == "fail" and f["practice"] == "ID-1.3")
    accepted["exemption"] = {"owner": "Ada", "reason": "a sandbox", "expires": "2027-01-31", "approver": "Grace"}
    return document


@cache
def html(name: str = "sample") -> str:
    return render_report(sample() if name == "sample" else getattr(documents, name)())


@cache
def articles(name: str = "sample") -> dict[str, str]:
    found = re.findall(r'<article class="control".*?</article>', html(name), re.DOTALL)
    return {re.findall(r'<div class="in" id="([^"]+)"', text)[0]: text for text in found}


class Fragment(Page):
    """Words of a part of a page, which may end elements that begin before it."""

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass
        self.text.append(" " if tag in BLOCKS else "")


def words(text: str) -> str:
    return Fragment(text).words.replace("\u00ad", "")


def part(article: str, title: str) -> str:
    """What stands under a heading of an article."""
    return article.split(f"<h6>{title}</h6>")[1].split("<h6>")[0].replace("</div></details>\n</article>", "")


def control(framework_id: str, control_id: str) -> Json:
    framework = next(f for f in sample()["frameworks"] if f["id"] == framework_id)
    found: Json = next(c for c in framework["controls"] if c["id"] == control_id)
    return found


def telling(its: Json) -> list[Json]:
    practices = {e["practice"] for e in its["evidence"] if e["strength"] != "contextual"}
    return [f for f in sample()["findings"] if f["practice"] in practices]


def with_evidence() -> list[tuple[str, Json]]:
    wanted = ("soc2", "hipaa", "pci_dss", "owasp_llm_2026")
    return [(f["id"], c) for f in sample()["frameworks"] if f["id"] in wanted for c in f["controls"] if c["evidence"]]


def test_each_control_with_anything_of_ours_has_pages_and_no_other() -> None:
    attested = {("soc2", "CC6.1"), ("soc2", "CC1.1")}
    expected = {
        anchor(f["id"], c["id"])
        for f in sample()["frameworks"]
        for c in f["controls"]
        if c["evidence"] or c["untested_practices"] or c["outcome"] != "manual" or (f["id"], c["id"]) in attested
    }
    assert set(articles()) == expected
    assert len(expected) < sum(len(f.controls) for f in frameworks()) / 3


@pytest.mark.parametrize(("framework", "its"), with_evidence(), ids=lambda x: x if isinstance(x, str) else x["id"])
def test_pages_stand_alone(framework: str, its: Json) -> None:
    document = sample()
    article = articles()[anchor(framework, its["id"])]
    text, found = words(article), telling(its)
    edition = next(f for f in document["frameworks"] if f["id"] == framework)
    assert f"Framework {edition['title']}, {edition['edition']}" in text
    assert f"{its['id']} {its['label']} {Outcome(its['outcome']).label}" in text
    assert f"Evidence class {its['evidence_class']}:" in text
    assert its["designation"] in text
    assert "State at 2026-11-20 08:00:00 UTC." in text
    assert "not operation over a period" in text
    for finding in found:
        scope = finding["scope"]
        assert scope["account"] in text
    for principal in document["principals"] if found else ():
        assert principal["identity"] in text
    assert document["tool"]["checks_digest"] in text
    assert its["attach"] in text
    assert "Provided by Date Reference" in text
    for evidence in its["evidence"]:
        assert f"{evidence['strength']}: {evidence['reason']}" in text
        assert all(f" <code>{check}</code>".strip() in article for check in evidence["checks"])
    if (failing := [f for f in found if f["status"] == "fail"]) and len(failing) <= 200:
        shown = part(article, "Exceptions")
        assert sorted(re.findall(r'href="#f-([0-9a-f]+)"', shown)) == sorted(f["fingerprint"] for f in failing)
        for finding in failing:
            assert finding["message"] in words(shown)
    open_questions = Counter(f["unknown"]["reason"] for f in found if f["unknown"])
    for why in (f["unknown"] for f in found if f["unknown"]):
        assert all(p in part(article, "Not assessed") for p in why["permissions"])
    assert ("<h6>Not assessed</h6>" in article) == bool(open_questions)


def test_results_are_those_of_the_findings() -> None:
    its = control("soc2", "CC6.1")
    tests = part(articles()["soc2-CC6.1"], "Tests and results")
    for evidence in (e for e in its["evidence"] if e["strength"] != "contextual"):
        for check in evidence["checks"]:
            row = tests.split(f"<code>{check}</code>")[1].split("</tr>")[0]
            numbers = [int(n) for n in re.findall(r"<td(?: class=\"some\")?>(\d+)</td>", row)]
            seen = Counter("inherited" if f["inherited"] else f["status"] for f in telling(its) if f["check"] == check)
            assert numbers == [seen[x] for x in ("fail", "not_assessed", "pass", "inherited", "not_applicable")]
    total = Counter("inherited" if f["inherited"] else f["status"] for f in telling(its))
    assert f"{total['fail']} exceptions, {total['not_assessed']} open questions, {total['pass']} passed" in words(
        articles()["soc2-CC6.1"]
    )


def test_a_population_says_how_many_and_how_that_is_known() -> None:
    population = part(articles()["soc2-CC6.1"], "Population")
    own = population.split('colspan="5">AWS ml-production</th>')[1].split("</tbody>")[0]
    row = next(r for r in own.split("<tr>") if f'scope="row">{title_of("Endpoint")}<' in r)
    endpoints = [r for r in sample()["resources"] if r["kind"] == "Endpoint" and r["scope"]["provider"] == "aws"]
    asked = {
        f["resource"]["id"]
        for f in telling(control("soc2", "CC6.1"))
        if f["resource"] and f["resource"]["kind"] == "Endpoint" and f["scope"]["provider"] == "aws"
    }
    assert f"<td>{len(endpoints)}</td><td>{len(asked)}</td><td>us-east-1" in row
    assert "not to the end: AWS ml-production, eu-west-1: permission denied (sagemaker:DescribeEndpoint)" in words(row)
    assert "wanted: sagemaker:DescribeEndpoint, kms:DescribeKey" in words(row)
    assert "AWS Config agrees on 3" in words(row)
    assert "AWS Config counts 4 in AWS ml-production, eu-west-1, our list has 3; only there: arn:other" in words(row)
    assert "no second source for 3" in words(own)
    assert "could not be listed to the end" in words(population)
    missing = len(endpoints) - len(asked)
    assert ("Every resource that was listed was tested" in words(population)) == (not missing)


def test_what_was_listed_and_is_not_there_counts_as_none() -> None:
    population = words(part(articles("no_ai")["soc2-CC6.1"], "Population"))
    assert f"{title_of('Endpoint')}, " in population
    assert "listed to the last page, and there is none" in population
    assert "? nowhere" not in population
    unread = words(part(articles("nothing_read")["soc2-CC6.1"], "Population"))
    assert "there is none" not in unread
    assert "? nowhere" in unread


def test_what_this_version_cannot_read_is_in_no_number_and_said() -> None:
    document = sample()
    built = {(c["id"], p): x["coverage"] for c in document["checks"] for p, x in c["providers"].items()}
    unread = [f for f in telling(control("soc2", "CC6.1")) if built[f["check"], f["scope"]["provider"]] == "not_built"]
    if not unread:
        pytest.skip("this version reads everything")
    text = words(part(articles()["soc2-CC6.1"], "Population"))
    assert "so in no number above" in text


def test_an_accepted_risk_stays_an_exception() -> None:
    shown = part(articles()["soc2-CC6.1"], "Exceptions")
    assert "Risk accepted by Ada, approved by Grace, until 2027-01-31: a sandbox. It stays an exception." in words(
        shown
    )
    assert "1 of them is an accepted risk, and stays an exception." in words(shown)


def test_attestations_stand_beside_the_status() -> None:
    with_one = articles()["soc2-CC6.1"]
    text = words(part(with_one, "Attestations"))
    assert "in force 2026-10-01 to 2027-03-31 Access is reviewed each quarter." in text
    assert f"review.pdf, 2,048 bytes SHA-256 {'cd' * 32}" in text
    assert "expired, counts as absent 2026-10-01 to 2026-10-31 Callers were listed." in text
    assert "Ada" in text
    manual = words(articles()["soc2-CC1.1"])
    assert "CC1.1 Integrity and ethics manual" in manual
    assert "Nothing was tested for it here." in manual
    assert "The code of conduct is signed." in manual
    plain = words(articles("flagged")["soc2-CC6.1"])
    assert "Attestations" not in plain


def test_supporting_evidence_alone_is_said_to_be_that() -> None:
    document = sample()
    found = [
        (f["id"], c)
        for f in document["frameworks"]
        for c in f["controls"]
        if c["outcome"] == "not_assessed"
        and c["evidence"]
        and {e["strength"] for e in c["evidence"]} <= {"supporting", "contextual"}
        and not any(e["not_assessed"] for e in c["evidence"])
    ]
    for framework, its in found:
        assert "all of the evidence is supporting" in words(articles()[anchor(framework, its["id"])])
    text = words(articles()["pci_dss-10.3.3"]) if "pci_dss-10.3.3" in articles() else ""
    assert "exceptions found" not in text


def test_contextual_evidence_bears_on_nothing() -> None:
    some = [
        (f["id"], c)
        for f in sample()["frameworks"]
        for c in f["controls"]
        if any(e["strength"] == "contextual" and e["fail"] for e in c["evidence"])
    ]
    assert some
    for framework, its in some:
        article = articles()[anchor(framework, its["id"])]
        assert "<h6>Background, without bearing on the status</h6>" in article
        bearing = {f["fingerprint"] for f in telling(its)}
        assert set(re.findall(r'href="#f-([0-9a-f]+)"', article)) <= bearing


def test_the_source_is_every_call_and_no_other() -> None:
    document = sample()
    numbers = {c["id"]: c["number"] for c in document["calls"]}
    its = control("pci_dss", "10.2.1")
    source = words(part(articles()["pci_dss-10.2.1"], "Source"))
    shown: set[int] = set()
    for inside in re.findall(r"\(([\d–, ]+)\)", source):
        for piece in inside.split(", "):
            first, _, last = piece.partition("–")
            shown.update(range(int(first), int(last or first) + 1))
    found = telling(its)
    cited = {numbers[c] for f in found for c in f["calls"] if c in numbers}
    kinds = {c["kind"] for c in document["checks"] if c["id"] in {f["check"] for f in found}}
    of_lists = {numbers[c] for r in document["listings"] if r["kind"] in kinds for c in r["calls"] if c in numbers}
    assert cited <= shown <= cited | of_lists | {numbers["aws0003"], numbers["aws0007"]}
    assert f"{len(shown)} API calls" in source


def test_synthetic_answers_are_said_where_they_are_relied_on() -> None:
    source = words(part(articles("flagged")["soc2-CC6.1"], "Source"))
    assert re.search(r"(\d+) API calls, \1 of them synthetic", source)
    assert "with synthetic answers" in words(articles("flagged")["soc2-CC6.1"])
    assert "synthetic" not in words(articles()["soc2-CC6.1"])


def test_controls_of_which_nothing_is_known_keep_their_slot() -> None:
    soc2 = html().split('id="framework-soc2"')[1].split("</section>")[0]
    row = soc2.split(f'<tr id="{anchor("soc2", "CC1.2")}">')[1].split("</tr>")[0]
    its = control("soc2", "CC1.2")
    assert its["label"] in words(row)
    assert its["attach"] in words(row)
    assert '<td class="write"></td>' in row


def test_a_framework_by_itself_names_the_same() -> None:
    alone = render_framework(sample(), "soc2")
    found = re.findall(r'<article class="control".*?</article>', alone, re.DOTALL)
    own = {re.findall(r'<div class="in" id="([^"]+)"', text)[0]: text for text in found}
    assert set(own) == {a for a in articles() if a.startswith("soc2-")}
    assert part(own["soc2-CC6.1"], "Exceptions") == part(articles()["soc2-CC6.1"], "Exceptions")
    ids = set(Page(alone).ids)
    assert {f"f-{f['fingerprint']}" for f in framework_document(sample(), "soc2")["findings"] if f["unknown"]} <= ids


def test_many_accounts_are_counted_by_cloud_and_many_exceptions_up_to_a_number() -> None:
    document = documents.many_accounts(14)
    alone = re.findall(r'<article class="control".*?</article>', render_framework(document, "soc2"), re.DOTALL)
    own = {re.findall(r'<div class="in" id="([^"]+)"', text)[0]: text for text in alone}
    text = own["soc2-CC6.1"]
    endpoints = sum(r["kind"] == Endpoint.kind() for r in document["resources"])
    assert f"{title_of('Endpoint')} {endpoints} {endpoints} in 14 of 14 accounts" in words(part(text, "Population"))
    assert "and 6 more accounts, named with their identities" in words(text.split("<h6>")[0])
    complete, failed = 0, [f for f in document["findings"] if f["status"] == "fail"]
    soc2 = next(f for f in document["frameworks"] if f["id"] == "soc2")
    for its in (c for c in soc2["controls"] if c["outcome"] == "exceptions_found"):
        practices = {e["practice"] for e in its["evidence"] if e["strength"] != "contextual"}
        failing = {f["fingerprint"] for f in failed if f["practice"] in practices}
        shown = part(own[anchor("soc2", its["id"])], "Exceptions")
        named = set(re.findall(r'href="#f-([0-9a-f]+)"', shown))
        assert named <= failing
        assert len(named) == min(len(failing), NAMED_EXCEPTIONS)
        complete += named == failing
        told = f"{NAMED_EXCEPTIONS} of {len(failing):,} exceptions are named here" in words(shown)
        assert told == (len(failing) > NAMED_EXCEPTIONS)
    assert 0 < complete < len(soc2["controls"])


def test_what_is_named_is_shared_out() -> None:
    assert share([], 200, 10) == share([5, 5], 200, 10) == 200
    assert share([500, 500], 200, 10_000) == 200
    assert share([500, 3, 500], 200, 103) == 50
    assert share([500] * 50, 200, 10) == 1
