"""Each framework ships its whole id list, and says what only a person can attach."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from auditor.controls import Outcome, assess
from auditor.frameworks import framework, frameworks
from auditor.maturity import PRACTICES
from auditor.model.check import Severity
from auditor.model.facts import NOT_COLLECTED
from auditor.model.finding import Finding, Status
from auditor.model.framework import EvidenceClass, Framework
from auditor.model.maturity import Strength
from auditor.model.scope import GLOBAL, Account, Provider

PINNED: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "framework_ids.json").read_text("utf-8"))
PINNED.pop("note")

SIZES = {
    "soc2": 61,
    "hipaa": 69,
    "pci_dss": 250,
    "iso27001_2022": 93,
    "nist_csf_2_0": 106,
    "owasp_llm_2026": 10,
    "nist_800_53r5": 1014,
}
DIRECT_SOC2 = {"CC6.1", "CC6.3", "CC6.6", "CC6.7", "CC7.1", "CC7.2", "A1.2", "PI1.5"}
THEIR_OWN_TITLES = {"nist_800_53r5"}
"""Public domain, so that the controls have NIST's titles. Labels of all others are ours, and short."""

each_framework = pytest.mark.parametrize("item", frameworks(), ids=lambda item: item.id)


def shown_directly(item: Framework) -> set[str]:
    """The controls for which a practice is direct evidence."""
    return {m.control for rows in item.mappings.values() for m in rows if m.strength is Strength.DIRECT}


def mapped(item: Framework) -> set[str]:
    return {m.control for rows in item.mappings.values() for m in rows}


def split(lines: Iterable[str]) -> list[str]:
    return " ".join(lines).split()


def pinned_ids(framework_id: str) -> list[str]:
    pinned = PINNED[framework_id]
    return list(pinned["designations"]) if "designations" in pinned else split(pinned["ids"])


def test_frameworks_and_sizes() -> None:
    assert {item.id: len(item.controls) for item in frameworks()} == SIZES
    assert {name: pinned["count"] for name, pinned in PINNED.items()} == SIZES


@each_framework
def test_ids_equal_the_pinned_list(item: Framework) -> None:
    ids = [control.id for control in item.controls]
    assert len(pinned_ids(item.id)) == SIZES[item.id]
    assert set(ids) - set(pinned_ids(item.id)) == set(), "not in the framework"
    assert set(pinned_ids(item.id)) - set(ids) == set(), "missing"
    assert ids == pinned_ids(item.id), "in another order"
    assert len(PINNED[item.id]["source"]) > 40


@each_framework
def test_groups(item: Framework) -> None:
    if "groups" in PINNED[item.id]:
        assert [group.id for group in item.groups] == split(PINNED[item.id]["groups"])
    assert list(dict.fromkeys(c.group for c in item.controls)) == [group.id for group in item.groups]
    titles = Counter(group.title.lower() for group in item.groups)
    assert [title for title, times in titles.items() if times > 1] == []


def test_hipaa_designations_equal_the_pinned_list() -> None:
    controls = framework("hipaa").controls
    assert {control.id: control.designation for control in controls} == PINNED["hipaa"]["designations"]


def test_lookup() -> None:
    assert all(framework(item.id) is item for item in frameworks())
    with pytest.raises(KeyError):
        framework("iso27001")
    assert framework("soc2").control("CC6.1").label
    with pytest.raises(KeyError):
        framework("soc2").control("CC6.9")


@each_framework
def test_labels(item: Framework) -> None:
    """Short labels also keep us from reproducing copyrighted text."""
    wrong = [c.id for c in item.controls if not len(c.label) > 2 or c.label.endswith(".")]
    if item.id not in THEIR_OWN_TITLES:
        wrong += [c.id for c in item.controls if len(c.label) > 50 or len(c.label.split()) > 8]
        times = Counter(c.label.lower() for c in item.controls)
        wrong += [c.id for c in item.controls if times[c.label.lower()] > 1]
    assert wrong == []


@each_framework
def test_attachments(item: Framework) -> None:
    """A person is told what to attach unless a practice shows the control directly."""
    direct = shown_directly(item)
    wrong = [c.id for c in item.controls if bool(c.attach) is (c.id in direct)]
    wrong += [c.id for c in item.controls if c.attach and (len(c.attach) <= 15 or c.attach.endswith("."))]
    assert wrong == []


@each_framework
def test_attachments_are_specific_to_the_control(item: Framework) -> None:
    """Controls that our evidence bears on each say what it lacks. Of the others in a family, of which we know nothing,
    one text may serve for all."""
    shared = {group.attach for group in item.groups if group.attach}
    texts = Counter(c.attach.lower() for c in item.controls if c.attach and c.attach not in shared)
    assert [text for text, times in texts.items() if times > 1] == []
    assert [c.id for c in item.controls if c.attach in shared and c.id in mapped(item)] == []
    assert len(shared) == len([group for group in item.groups if group.attach])


@each_framework
def test_scope_note_and_source(item: Framework) -> None:
    assert len(item.note) > 100
    assert item.note.endswith(".")
    assert len(item.licence) > 40
    assert item.licence.endswith(".")
    assert item.url.startswith("https://")
    assert item.edition


def test_only_these_soc2_criteria_have_direct_evidence() -> None:
    direct = {control.id for control in framework("soc2").controls if control.evidence is EvidenceClass.DIRECT}
    assert direct == DIRECT_SOC2


@each_framework
def test_most_controls_need_a_person(item: Framework) -> None:
    assert len(shown_directly(item)) * 4 < len(item.controls)


def test_a_risk_is_never_shown_away() -> None:
    """OWASP's entries are risks: no setting removes one."""
    assert shown_directly(framework("owasp_llm_2026")) == set()


def of_practice(practice_id: str, status: str) -> Finding:
    return Finding(
        check=f"check_{practice_id}",
        practice=practice_id,
        severity=Severity.LOW,
        account=Account(Provider.AWS, "1"),
        location=GLOBAL,
        status=Status(status),
        message="m",
        unknown=NOT_COLLECTED if status == "not_assessed" else None,
    )


@each_framework
def test_supporting_evidence_alone_shows_nothing(item: Framework) -> None:
    """With every practice passing, no exceptions are found only where a practice is direct evidence."""
    everything = assess(item, [of_practice(p.id, "pass") for p in PRACTICES])
    direct = shown_directly(item)
    shown = {a.control.id for a in everything if a.outcome is Outcome.NO_EXCEPTIONS}
    assert shown == direct
    for assessment in everything:
        if assessment.control.id not in direct:
            strengths = {e.strength for e in assessment.evidence}
            assert Strength.DIRECT not in strengths
            assert assessment.outcome in (Outcome.MANUAL, Outcome.NOT_ASSESSED)


@each_framework
@pytest.mark.parametrize("status", ["fail", "not_assessed", "not_applicable"])
def test_nothing_but_a_pass_is_a_pass(item: Framework, status: str) -> None:
    found = assess(item, [of_practice(p.id, status) for p in PRACTICES])
    assert [a.control.id for a in found if a.outcome is Outcome.NO_EXCEPTIONS] == []
