"""``auditor frameworks``: what is shown of a control, by what, and what a person must add."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from auditor import cli
from auditor.catalog import Catalog, load_catalog
from auditor.frameworks import framework, frameworks
from auditor.maturity import practice
from auditor.model.maturity import Strength

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture
def run(catalog: Catalog, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    monkeypatch.setattr("auditor.cli.frameworks.load_catalog", lambda: catalog)  # the real one, read once

    def started(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["auditor", "frameworks", *arguments])
        capsys.readouterr()
        code: Any = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code or 0
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return code, captured.out, captured.err

    yield started
    logging.disable(logging.NOTSET)


def document(run: Run, *arguments: str) -> Any:
    code, out, err = run(*arguments, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


def lines(out: str) -> list[str]:
    return [" ".join(line.split()) for line in out.splitlines()]


def test_list_names_every_framework_and_its_numbers_add_up(run: Run) -> None:
    rows = document(run, "list")
    assert [row["id"] for row in rows] == [item.id for item in frameworks()]
    for row, item in zip(rows, frameworks(), strict=True):
        assert (row["title"], row["edition"], row["url"]) == (item.title, item.edition, item.url)
        assert (row["note"], row["licence"]) == (item.note, item.licence)
        assert sum(row["allow"].values()) == sum(row["shown"].values()) == row["number"] == len(item.controls)
    soc2 = rows[0]
    assert (soc2["allow"], soc2["shown"]) == (
        {"direct": 8, "partial": 25, "manual": 27, "inherited": 1},
        {"direct": 7, "in_part": 17, "background": 3, "nothing": 34},
    )
    code, out, _ = run("list")
    assert code == 0
    assert lines(out)[0] == "FRAMEWORK TITLE CONTROLS DIRECT IN PART BACKGROUND NONE"
    assert lines(out)[1].startswith("soc2 SOC 2 Trust Services Criteria")
    assert lines(out)[1].endswith("61 7 17 3 34")
    assert max(map(len, out.splitlines())) <= 100
    assert [line.split()[0] for line in out.splitlines()[1 : len(rows) + 1]] == [item.id for item in frameworks()]


def test_a_control_with_its_practices_and_the_checks_behind_them(run: Run) -> None:
    found = document(run, "show", "hipaa", "--control", "164.312(a)(2)(iii)")
    (control,) = found["controls"]
    mapping = next(m for m in practice("ID-4.4").controls if m.control == "164.312(a)(2)(iii)")
    assert control == {
        "id": "164.312(a)(2)(iii)",
        "label": "Automatic logoff",
        "group": "164.312",
        "evidence_class": "partial",
        "designation": "addressable",
        "evidence": [
            {
                "practice": "ID-4.4",
                "title": practice("ID-4.4").title,
                "measurement": "automated",
                "strength": "supporting",
                "reason": mapping.reason,
                "checks": [c.id for c in load_catalog().checks if c.practice == "ID-4.4"],
            }
        ],
        "attach": framework("hipaa").control("164.312(a)(2)(iii)").attach,
    }
    code, out, err = run("show", "hipaa", "--control", "164.312(a)(2)(iii)")
    assert (code, err) == (0, "")
    text = " ".join(out.split())
    assert "164.312 TECHNICAL SAFEGUARDS" in text
    assert "164.312(a)(2)(iii) Automatic logoff [partial, addressable]" in text
    assert f"ID-4.4 supporting: {mapping.reason} by " in text
    assert all(check in text for check in control["evidence"][0]["checks"])
    assert f"Add: {control['attach']}." in text
    assert found["note"] not in text, "the introduction is for the whole framework"


def test_direct_evidence_comes_first_and_leaves_nothing_to_add(run: Run) -> None:
    (control,) = document(run, "show", "soc2", "--control", "CC6.1")["controls"]
    strengths = [row["strength"] for row in control["evidence"]]
    assert strengths == sorted(strengths, key=[s.value for s in Strength].index)
    assert set(strengths) == {"direct", "supporting"}
    assert control["attach"] == ""
    assert "Add:" not in run("show", "soc2", "--control", "CC6.1")[1]


def test_a_practice_without_check_says_who_shows_it(run: Run) -> None:
    out = " ".join(run("show", "soc2", "--control", "CC7.4", "--control", "A1.3")[1].split())
    assert "APP-4.6 supporting: An exercise record" in out
    assert "attested by a person" in out
    assert "DATA-4.3 supporting: " in out
    assert "not measured by this version" in out


def test_a_control_of_which_nothing_is_shown(run: Run) -> None:
    code, out, _ = run("show", "soc2", "--control", "CC1.1")
    assert code == 0
    assert "CC1.1 Integrity and ethics [manual]" in lines(out)
    assert "Nothing is shown here." in lines(out)
    assert f"Add: {framework('soc2').control('CC1.1').attach}." in lines(out)
    assert "NOTHING IS SHOWN" not in out


def test_controls_without_evidence_are_summed_up_by_group(run: Run) -> None:
    code, out, _ = run("show", "nist_csf_2_0")
    assert code == 0
    shown = {m.control for rows in framework("nist_csf_2_0").mappings.values() for m in rows}
    for control in framework("nist_csf_2_0").controls:
        assert (f"\n{control.id}  {control.label} [" in out) is (control.id in shown)
    without = len(framework("nist_csf_2_0").controls) - len(shown)
    assert f"NOTHING IS SHOWN of {without} controls." in out
    assert "2 GV.PO Policy: GV.PO-01, GV.PO-02" in lines(out)
    assert " ".join(framework("nist_csf_2_0").note.split()) in " ".join(out.split())
    assert " ".join(framework("nist_csf_2_0").licence.split()) in " ".join(out.split())


def test_all_names_each_of_them(run: Run) -> None:
    out = run("show", "nist_800_53r5", "--all")[1]
    assert "NOTHING IS SHOWN" not in out
    heads = {line.partition("  ")[0] for line in out.splitlines()}
    assert {control.id for control in framework("nist_800_53r5").controls} - heads == set()
    assert out.count("  Add: ") == sum(bool(c.attach) for c in framework("nist_800_53r5").controls)


@pytest.mark.parametrize("item", frameworks(), ids=lambda item: item.id)
def test_everything_fits_a_hundred_columns(item: Any, run: Run) -> None:
    for arguments in (["show", item.id], ["show", item.id, "--all"]):
        code, out, _ = run(*arguments)
        assert code == 0
        assert [line for line in out.splitlines() if len(line) > 100 and line != item.url] == []


def test_json_holds_every_control(run: Run) -> None:
    found = document(run, "show", "iso27001_2022")
    assert [control["id"] for control in found["controls"]] == [c.id for c in framework("iso27001_2022").controls]
    assert found["groups"][0] == {"id": "5", "title": "Organizational controls"}


def test_what_does_not_exist(run: Run) -> None:
    code, out, err = run("show", "iso9001")
    assert (code, out) == (2, "")
    assert "unknown framework 'iso9001'" in err
    assert "soc2, hipaa, pci_dss, iso27001_2022" in err
    code, out, err = run("show", "soc2", "--control", "CC6.9")
    assert (code, out) == (2, "")
    assert "SOC 2 Trust Services Criteria has no control 'CC6.9'" in err
    assert "CC1.1" in err
