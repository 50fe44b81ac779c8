"""The page about the frameworks: what is shown of each, what a tool cannot know, and where the ids come from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from auditor.frameworks import frameworks
from auditor.model.framework import Control, EvidenceClass, Framework
from auditor.model.maturity import ControlMapping, Strength

PINNED = Path(__file__).resolve().parent.parent / "tests" / "data" / "framework_ids.json"

INTRODUCTION = """\
Every framework ships with all of its controls, also with those of which no tool can say anything. A control allows
evidence of one class at best:

| class | meaning |
|---|---|
| direct | a cloud API shows the technical part |
| partial | a cloud API shows a part; a person adds the rest |
| manual | only a person can provide evidence |
| inherited | the provider's own assurance report covers it |

A practice of the [maturity model](model.md) is evidence for controls, each with a strength and a reason of its own:
*direct* if it is what the control asks for, on the resources that are read; *supporting* if it is evidence towards it;
*contextual* if it is background. What comes out for a control in an audit is one of four:

- *exceptions found*: something fails in a practice that is direct or supporting evidence;
- *not assessed*: an answer is missing in one of those, or the evidence would be direct and there was nothing to test;
- *no exceptions in the tested population*: only by direct evidence, with nothing failed and nothing missing;
- *manual*: a person shows it.

Supporting evidence alone never shows that there are no exceptions. Whether a control is met is an assessor's word.
`auditor frameworks show ID` prints practices, reasons and checks for each control, and what a person must add.

## A framework is a folder

`auditor/frameworks/data/<id>/` holds three files, and nothing else in the program names the framework:

| file | what |
|---|---|
| `framework.toml` | `id` (the folder's name), `title`, `edition`, `url`, `licence` (whose the ids and labels are), `note` (what a tool cannot know), `position` among the others; `[[groups]]` with `id`, `title` and perhaps `attach` |
| `controls.csv` | `id`, `label`, `evidence` (the class), `designation` (the framework's own status of the control), `attach` (what a person must attach): all controls, in the framework's order |
| `mappings.csv` | `practice`, `control`, `strength`, `reason` |

A control is in the group whose id its own begins with: `AC-2(3)` in `AC`, `1.2.5` in `1.2`. `attach` is needed unless a
practice is direct evidence for the control; a control that says nothing takes the text of its group. Loading refuses
whatever contradicts itself and names the line. `tests/data/framework_ids.json` holds every id a second time, from the
source named there: add the list of a new framework, so that a slip in its data is noticed.
"""  # noqa: E501


def frameworks_page(note: str) -> str:
    lines = ["# Frameworks", "", note, INTRODUCTION, *_overview()]
    sources = json.loads(PINNED.read_text(encoding="utf-8"))
    for framework in frameworks():
        lines += _framework(framework, sources[framework.id]["source"])
    return "\n".join(lines)


def _overview() -> Iterator[str]:
    yield "## What is shown"
    yield ""
    yield "| framework | controls | allow | direct | supporting | background | nothing |"
    yield "|---|---|---|---|---|---|---|"
    for framework in frameworks():
        allowed = " / ".join(str(sum(c.evidence is kind for c in framework.controls)) for kind in EvidenceClass)
        shown = [_strongest(framework, control) for control in framework.controls]
        numbers = " | ".join(str(shown.count(strength)) for strength in (*Strength, None))
        name = f"[{framework.title}](#{_anchor(framework)}), {framework.edition}"
        yield f"| {name} | {len(framework.controls)} | {allowed} | {numbers} |"
    yield ""
    yield "*Allow* counts the controls by class: direct, partial, manual and inherited. The last four columns count"
    yield "each control once, by the strongest practice that is evidence for it."
    yield ""


def _framework(framework: Framework, source: str) -> Iterator[str]:
    yield f"## {framework.title}"
    yield ""
    yield f"`{framework.id}`, edition {framework.edition}. <{framework.url}>"
    yield ""
    yield f"**What a tool cannot know.** {framework.note}"
    yield ""
    yield f"**Ids and labels.** {framework.licence} The ids are held against: {source}."
    yield ""
    yield "| control | label | class | shown by | a person adds |"
    yield "|---|---|---|---|---|"
    for control in framework.controls:
        if rows := _evidence(framework, control):
            by = ", ".join(f"{practice} {m.strength}" for practice, m in rows)
            yield f"| {control.id} | {control.label} | {control.evidence} | {by} | {control.attach} |"
    yield ""
    if nothing := [control for control in framework.controls if not _evidence(framework, control)]:
        yield f"Nothing is shown of {len(nothing)} controls:"
        yield ""
        for group in framework.groups:
            if ids := [control.id for control in nothing if control.group == group.id]:
                yield f"- {group.id} {group.title}: {', '.join(ids)}"
        yield ""


def _evidence(framework: Framework, control: Control) -> list[tuple[str, ControlMapping]]:
    rows = [(practice, m) for practice, its in framework.mappings.items() for m in its if m.control == control.id]
    return sorted(rows, key=lambda row: list(Strength).index(row[1].strength))


def _strongest(framework: Framework, control: Control) -> Strength | None:
    rows = _evidence(framework, control)
    return rows[0][1].strength if rows else None


def _anchor(framework: Framework) -> str:
    kept = "".join(c for c in framework.title.lower() if c.isalnum() or c in " -")
    return kept.replace(" ", "-")
