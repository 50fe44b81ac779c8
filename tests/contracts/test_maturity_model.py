"""The maturity model is complete, well-formed and maps only to controls that exist."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from auditor.frameworks import framework, frameworks
from auditor.maturity import LAYER_TITLES, MODEL_VERSION, PRACTICES, practice
from auditor.model.framework import EvidenceClass
from auditor.model.maturity import Layer, Level, Measurement, Practice, Strength

PER_LEVEL = {
    Layer.IDENTITY: (4, 6, 4, 4),
    Layer.NETWORK: (3, 5, 4, 3),
    Layer.DATA: (4, 5, 5, 3),
    Layer.APPLICATION: (4, 5, 5, 6),
}
PREFIX = {Layer.IDENTITY: "ID", Layer.NETWORK: "NET", Layer.DATA: "DATA", Layer.APPLICATION: "APP"}
CRITICAL = {"ID-1.3", "ID-1.4", "NET-1.1", "DATA-1.2", "DATA-1.3", "DATA-2.4", "APP-1.1", "APP-2.3", "APP-4.2"}
PARTLY_ATTESTED = {"ID-3.4", "DATA-4.3", "APP-4.3", "APP-4.4", "APP-4.5"}

MAPPINGS = [(item, mapping) for item in PRACTICES for mapping in item.controls]
EVERYWHERE = {"soc2", "iso27001_2022", "nist_csf_2_0", "nist_800_53r5"}
"""General frameworks: every practice says something about each of them."""
each_practice = pytest.mark.parametrize("item", PRACTICES, ids=lambda item: item.id)

FILLERS = frozenset(
    "a an and are as at be by can for from has have in is it its no not of on one or that the to with".split()  # noqa: SIM905
)


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]+", text.lower()))


def test_version_and_titles() -> None:
    assert MODEL_VERSION == "1.0"
    assert set(LAYER_TITLES) == set(Layer)


def test_counts_equal_the_published_table() -> None:
    counts = Counter((item.layer, int(item.level)) for item in PRACTICES)
    assert {layer: tuple(counts[layer, level] for level in (1, 2, 3, 4)) for layer in Layer} == PER_LEVEL
    assert [sum(PER_LEVEL[layer]) for layer in Layer] == [18, 15, 17, 20]
    assert len(PRACTICES) == 70


def test_ids_are_numbered_without_gaps_in_layer_and_level_order() -> None:
    expected = [
        f"{PREFIX[layer]}-{level}.{number}"
        for layer in Layer
        for level, size in enumerate(PER_LEVEL[layer], start=1)
        for number in range(1, size + 1)
    ]
    assert [item.id for item in PRACTICES] == expected


@each_practice
def test_id_matches_layer_and_level(item: Practice) -> None:
    found = re.fullmatch(r"([A-Z]+)-([1-4])\.([1-9])", item.id)
    assert found
    assert found[1] == PREFIX[item.layer]
    assert Level(int(found[2])) is item.level


def test_critical_practices() -> None:
    assert {item.id for item in PRACTICES if item.critical} == CRITICAL


def test_measurement() -> None:
    by_kind = {kind: {item.id for item in PRACTICES if item.measurement is kind} for kind in Measurement}
    assert by_kind[Measurement.AUTOMATED_AND_ATTESTED] == PARTLY_ATTESTED
    assert by_kind[Measurement.ATTESTED] == {"APP-4.6"}
    assert len(by_kind[Measurement.AUTOMATED]) == 64


def test_lookup() -> None:
    assert all(practice(item.id) is item for item in PRACTICES)
    with pytest.raises(KeyError):
        practice("ID-9.9")


@each_practice
def test_wording(item: Practice) -> None:
    assert 10 < len(item.title) <= 90
    assert not item.title.endswith(".")
    assert item.why.endswith(".")
    assert 1 <= len(re.findall(r"\.(?= |$)", item.why)) <= 3
    assert "  " not in item.why


def test_titles_and_whys_are_unique() -> None:
    assert len({item.title for item in PRACTICES}) == len({item.why for item in PRACTICES}) == len(PRACTICES)


@each_practice
def test_every_practice_maps_to_the_general_frameworks(item: Practice) -> None:
    assert EVERYWHERE - {mapping.framework for mapping in item.controls} == set()


def test_every_framework_is_mapped() -> None:
    assert {mapping.framework for _, mapping in MAPPINGS} == {item.id for item in frameworks()}


def test_every_mapped_practice_exists() -> None:
    """A practice that the model does not have would never be asked for, and its row be lost."""
    known = {item.id for item in PRACTICES}
    assert {
        (item.id, practice) for item in frameworks() for practice in item.mappings if practice not in known
    } == set()
    assert len(MAPPINGS) == sum(len(rows) for item in frameworks() for rows in item.mappings.values())


def test_mapped_controls_exist() -> None:
    ids = {item.id: {control.id for control in item.controls} for item in frameworks()}
    assert [(item.id, m) for item, m in MAPPINGS if m.control not in ids[m.framework]] == []


def test_strength_does_not_exceed_the_evidence() -> None:
    wrong = []
    for item, mapping in MAPPINGS:
        evidence = framework(mapping.framework).control(mapping.control).evidence
        if mapping.strength is Strength.DIRECT and evidence is not EvidenceClass.DIRECT:
            wrong.append((item.id, mapping))
        by_a_person = item.measurement is Measurement.ATTESTED
        if evidence in (EvidenceClass.MANUAL, EvidenceClass.INHERITED) and not by_a_person:
            wrong += [(item.id, mapping)] if mapping.strength is not Strength.CONTEXTUAL else []
    assert wrong == []


def test_each_reason_is_one_sentence() -> None:
    wrong = [
        (item.id, mapping.framework, mapping.control, mapping.reason)
        for item, mapping in MAPPINGS
        if not 40 <= len(mapping.reason) <= 140
        or not mapping.reason[0].isupper()
        or re.findall(r"[.!?](?= |$)", mapping.reason) != ["."]
        or mapping.control in mapping.reason
        or item.id in mapping.reason
    ]
    assert wrong == []


def test_no_reason_repeats_the_practice() -> None:
    """A reason says what the practice has to do with the control, not the practice over again."""
    wrong = []
    for item, mapping in MAPPINGS:
        said, title = _words(mapping.reason) - FILLERS, _words(item.title) - FILLERS
        if len(said & title) > len(said) / 2:
            wrong.append((item.title, mapping.reason))
    assert wrong == []


def test_no_two_reasons_say_the_same() -> None:
    reasons = [mapping.reason for _, mapping in MAPPINGS]
    assert len({reason.lower() for reason in reasons}) == len(reasons)
    words = [frozenset(_words(reason)) for reason in reasons]
    # more than six in ten of the words of both are shared
    alike = [
        (reasons[a], reasons[b])
        for a in range(len(reasons))
        for b in range(a)
        if 8 * len(words[a] & words[b]) > 3 * (len(words[a]) + len(words[b]))
    ]
    assert alike == []


def test_no_stock_opening() -> None:
    openings = Counter(" ".join(mapping.reason.lower().split()[:4]) for _, mapping in MAPPINGS)
    assert [opening for opening, times in openings.items() if times > 2] == []
