"""Each framework ships its whole id list, and says what only a person can attach."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from auditor.frameworks import FRAMEWORKS, framework
from auditor.frameworks.pci_dss import SECTIONS
from auditor.model.framework import Control, EvidenceClass, Framework

PINNED: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "framework_ids.json").read_text("utf-8"))

DIRECT_SOC2 = {"CC6.1", "CC6.3", "CC6.6", "CC6.7", "CC7.1", "CC7.2", "A1.2", "PI1.5"}

each_framework = pytest.mark.parametrize("item", FRAMEWORKS, ids=lambda item: item.id)
each_control = pytest.mark.parametrize(
    "control",
    [control for item in FRAMEWORKS for control in item.controls],
    ids=[f"{item.id}-{control.id}" for item in FRAMEWORKS for control in item.controls],
)


def _ids(framework_id: str) -> list[str]:
    return [control.id for control in framework(framework_id).controls]


def test_frameworks_and_sizes() -> None:
    assert {item.id: len(item.controls) for item in FRAMEWORKS} == {"soc2": 61, "hipaa": 69, "pci_dss": 250}


def test_soc2_ids_equal_the_pinned_list() -> None:
    assert _ids("soc2") == PINNED["soc2"]


def test_hipaa_ids_and_designations_equal_the_pinned_list() -> None:
    assert _ids("hipaa") == list(PINNED["hipaa"])
    assert {control.id: control.designation for control in framework("hipaa").controls} == PINNED["hipaa"]


def test_pci_ids_and_sections_equal_the_pinned_list() -> None:
    assert _ids("pci_dss") == PINNED["pci_dss"]["requirements"]
    assert list(SECTIONS) == PINNED["pci_dss"]["sections"]


def test_every_pci_requirement_lies_in_a_section_and_none_is_empty() -> None:
    assert {".".join(control_id.split(".")[:2]) for control_id in _ids("pci_dss")} == set(SECTIONS)


def test_section_labels() -> None:
    assert all(SECTIONS.values())
    assert len(set(SECTIONS.values())) == len(SECTIONS)


def test_lookup() -> None:
    assert all(framework(item.id) is item for item in FRAMEWORKS)
    with pytest.raises(KeyError):
        framework("iso27001")


@each_framework
def test_labels_are_unique(item: Framework) -> None:
    repeated = [
        label for label, times in Counter(control.label.lower() for control in item.controls).items() if times > 1
    ]
    assert repeated == []


@each_framework
def test_attachments_are_specific_to_the_control(item: Framework) -> None:
    texts = Counter(control.attach.lower() for control in item.controls if control.attach)
    assert [text for text, times in texts.items() if times > 1] == []


@each_framework
def test_scope_note_and_source(item: Framework) -> None:
    assert len(item.note) > 100
    assert item.note.endswith(".")
    assert item.url.startswith("https://")
    assert item.edition


@each_control
def test_label_is_short(control: Control) -> None:
    """Short labels also keep us from reproducing copyrighted text."""
    assert 3 < len(control.label) <= 50
    assert len(control.label.split()) <= 8
    assert not control.label.endswith(".")


@each_control
def test_attachment(control: Control) -> None:
    if control.evidence is EvidenceClass.DIRECT:
        assert control.attach == ""
    else:
        assert len(control.attach) > 15
        assert not control.attach.endswith(".")


def test_only_these_soc2_criteria_have_direct_evidence() -> None:
    direct = {control.id for control in framework("soc2").controls if control.evidence is EvidenceClass.DIRECT}
    assert direct == DIRECT_SOC2


@each_framework
def test_most_controls_need_a_person(item: Framework) -> None:
    direct = [control for control in item.controls if control.evidence is EvidenceClass.DIRECT]
    assert len(direct) * 4 < len(item.controls)
