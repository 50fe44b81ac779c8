"""A framework is a folder of data; what contradicts itself is refused, with the file and the line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from auditor.errors import FrameworkDataError
from auditor.frameworks.load import group_of, load
from auditor.model.framework import EvidenceClass
from auditor.model.maturity import ControlMapping, Strength

ABOUT = """\
id = "example"
title = "An example"
edition = "1"
url = "https://example.com"
position = 5
licence = "Ours."
note = "Nothing is known of its scope."

[[groups]]
id = "A"
title = "First"
attach = "Papers about the first family"

[[groups]]
id = "B"
title = "Second"
"""
CONTROLS = """\
id,label,evidence,designation,attach
A-1,Doors,direct,,
A-2,Windows,manual,,
B-1,Roofs,partial,required,"Photographs, with dates"
"""
MAPPINGS = """\
practice,control,strength,reason
ID-1.3,A-1,direct,A door that is closed keeps strangers out.
ID-1.3,B-1,supporting,"A roof, too, keeps strangers out."
NET-1.1,B-1,contextual,Rain is kept out as well.
"""


def folder(place: Path, about: str = ABOUT, controls: str = CONTROLS, mappings: str = MAPPINGS) -> Path:
    example = place / "example"
    example.mkdir()
    for name, text in (("framework.toml", about), ("controls.csv", controls), ("mappings.csv", mappings)):
        (example / name).write_text(text, encoding="utf-8")
    return example


def test_a_folder_is_all_that_a_framework_needs(tmp_path: Path) -> None:
    found = load(folder(tmp_path))
    assert (found.id, found.title, found.edition, found.position) == ("example", "An example", "1", 5)
    assert (found.url, found.licence, found.note) == ("https://example.com", "Ours.", "Nothing is known of its scope.")
    assert [(c.id, c.label, c.evidence, c.designation) for c in found.controls] == [
        ("A-1", "Doors", EvidenceClass.DIRECT, ""),
        ("A-2", "Windows", EvidenceClass.MANUAL, ""),
        ("B-1", "Roofs", EvidenceClass.PARTIAL, "required"),
    ]
    assert [c.attach for c in found.controls] == ["", "Papers about the first family", "Photographs, with dates"]
    assert [(g.id, g.title) for g in found.groups] == [("A", "First"), ("B", "Second")]
    assert [c.group for c in found.controls] == ["A", "A", "B"]
    assert found.mappings == {
        "ID-1.3": (
            ControlMapping("example", "A-1", Strength.DIRECT, "A door that is closed keeps strangers out."),
            ControlMapping("example", "B-1", Strength.SUPPORTING, "A roof, too, keeps strangers out."),
        ),
        "NET-1.1": (ControlMapping("example", "B-1", Strength.CONTEXTUAL, "Rain is kept out as well."),),
    }


@pytest.mark.parametrize(
    ("control", "group"),
    [
        ("1.2.5", "1.2"),
        ("1.20.1", None),
        ("AC-2(3)", "AC"),
        ("ACX-2", None),
        ("PR.AA-01", "PR.AA"),
        ("PR.AB-01", "PR"),
        ("164.312(a)(1)", "164.312"),
        ("AC", None),
        ("LLM01:2026", "LLM"),
        ("LLMs:2026", None),
    ],
)
def test_the_longest_group_that_an_id_begins_with(control: str, group: str | None) -> None:
    assert group_of(control, dict.fromkeys(("1.2", "AC", "PR", "PR.AA", "164.312", "LLM"))) == group


BROKEN = {
    "no TOML": ({"about": "id ="}, "example/framework.toml: not valid TOML"),
    "a key that is none": ({"about": 'author = "x"\n' + ABOUT}, "example/framework.toml: unknown key 'author'"),
    "no title": ({"about": ABOUT.replace('"An example"', '""')}, "example/framework.toml: title must be a text"),
    "another id": ({"about": ABOUT.replace('"example"', '"other"')}, "the id 'other' must be the folder's name"),
    "a place that is no number": ({"about": ABOUT.replace("= 5", '= "5"')}, "position must be a whole number"),
    "groups that are none": (
        {"about": "groups = 1\n" + ABOUT.partition("\n[[")[0]},
        "example/framework.toml: write groups as [[groups]]",
    ),
    "a group with more": ({"about": ABOUT + "note = 'x'\n"}, "a group has an id, a title and perhaps attach"),
    "a group without title": ({"about": ABOUT.replace('title = "Second"', "")}, "a group needs an id and a title"),
    "a group of no control": ({"about": ABOUT + '[[groups]]\nid = "C"\ntitle = "Third"\n'}, "in the group C"),
    "a group twice": ({"about": ABOUT + '[[groups]]\nid = "B"\ntitle = "Third"\n'}, "a group occurs twice"),
    "other columns": ({"controls": CONTROLS.replace("label", "name")}, "controls.csv, line 1: the columns must be id"),
    "a column too few": (
        {"controls": CONTROLS + "B-2,Walls\n"},
        "example/controls.csv, line 5: 2 columns instead of 5",
    ),
    "a control twice": ({"controls": CONTROLS + "A-1,Gates,manual,,Keys\n"}, "line 5: A-1 is already on line 2"),
    "a class that is none": (
        {"controls": CONTROLS.replace("partial", "maybe")},
        "line 4: 'maybe' is not one of direct",
    ),
    "no label": ({"controls": CONTROLS.replace("Doors", "")}, "line 2: a control needs an id and a label"),
    "no control": ({"controls": CONTROLS.partition("\n")[0]}, "controls.csv: holds no control"),
    "outside every group": ({"controls": CONTROLS + "C-1,Walls,manual,,Plans\n"}, "line 5: C-1 is in no group"),
    "nothing to attach": (
        {"controls": CONTROLS + "B-2,Walls,manual,,\n"},
        "line 5: B-2: say what a person must attach",
    ),
    "an open quote": ({"controls": CONTROLS + 'B-2,"Walls,manual,,\n'}, "example/controls.csv, line 5: "),
    "spaces": ({"controls": CONTROLS + "B-2, Walls,manual,,Plans\n"}, "line 5: spaces around a value"),
    "direct, but by nothing": (
        {"controls": CONTROLS + "B-2,Walls,direct,,\n"},
        "line 5: B-2: no practice shows it directly",
    ),
    "no practice": (
        {"mappings": MAPPINGS + "X,A-2,contextual,Because of it.\n"},
        "line 5: 'X' is not the id of a practice",
    ),
    "no such control": ({"mappings": MAPPINGS + "ID-1.1,A-9,direct,Because of it.\n"}, "line 5: 'A-9' is no control"),
    "a strength that is none": (
        {"mappings": MAPPINGS.replace("contextual", "weak")},
        "line 4: 'weak' is not one of direct",
    ),
    "no reason": ({"mappings": MAPPINGS + "ID-1.1,A-2,contextual,\n"}, "line 5: say why ID-1.1 is evidence for A-2"),
    "a pair twice": (
        {"mappings": MAPPINGS + "ID-1.3,A-1,direct,Once more.\n"},
        "line 5: ID-1.3 and A-1 are already on line 2",
    ),
    "more than the evidence": (
        {"mappings": MAPPINGS + "ID-1.1,B-1,direct,Because of it.\n"},
        "example/mappings.csv, line 5: direct, but the evidence of B-1 is partial at best",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_contradicts_itself_is_not_loaded(what: str, tmp_path: Path) -> None:
    texts, message = BROKEN[what]
    with pytest.raises(FrameworkDataError) as raised:
        load(folder(tmp_path, **texts))
    assert message in raised.value.message
    assert str(tmp_path) not in raised.value.message


@pytest.mark.parametrize("name", ["framework.toml", "controls.csv", "mappings.csv"])
def test_every_file_is_needed(name: str, tmp_path: Path) -> None:
    example = folder(tmp_path)
    (example / name).unlink()
    with pytest.raises(FrameworkDataError, match=f"^example/{name}: cannot be read$"):
        load(example)
    (example / name).write_bytes(b"\xff")
    with pytest.raises(FrameworkDataError, match=f"^example/{name}: is not UTF-8$"):
        load(example)


def test_the_data_is_read_when_somebody_asks_for_it() -> None:
    """Not by ``auditor --help``, and not by naming a practice."""
    code = (
        "import auditor.cli.app\n"
        "from auditor.frameworks import frameworks\n"
        "from auditor.maturity import practice\n"
        "its = practice('ID-1.3')\n"
        "print(frameworks.cache_info().currsize, len(its.controls) > 0, frameworks.cache_info().currsize)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert (ended.stdout, ended.stderr) == ("0 True 1\n", "")
