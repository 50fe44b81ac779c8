"""One folder of ``data`` -> one framework.

- ``framework.toml``: what the framework is; its groups, if it has any.
- ``controls.csv``: every control, in the framework's own order.
- ``mappings.csv``: which practice is evidence for which control, how much, and why.

Nothing that contradicts itself is loaded: the error names the file and the line.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from importlib.resources.abc import Traversable
from typing import Any

from auditor.errors import FrameworkDataError
from auditor.model.framework import Control, EvidenceClass, Framework, Group
from auditor.model.maturity import ControlMapping, Strength

ABOUT, CONTROLS, MAPPINGS = "framework.toml", "controls.csv", "mappings.csv"
TEXTS = ("id", "title", "edition", "url", "note", "licence")
CONTROL_COLUMNS = ("id", "label", "evidence", "designation", "attach")
MAPPING_COLUMNS = ("practice", "control", "strength", "reason")
ENDS = re.compile(r"(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])|(?=[^0-9A-Za-z])")
PRACTICE_ID = re.compile(r"[A-Z]+-[1-4]\.[1-9]")

ByPractice = Mapping[str, tuple[ControlMapping, ...]]


def load(folder: Traversable) -> Framework:
    """The framework of a folder. FrameworkDataError if a file is missing, malformed or inconsistent."""
    about = _about(folder)
    controls = _controls(folder, {group["id"]: group.get("attach", "") for group in about["groups"]})
    mappings = _mappings(folder, about["id"], {control.id: control for control, _ in controls})
    _attachments(folder, controls, mappings)
    return Framework(
        **{name: about[name] for name in TEXTS},
        controls=tuple(control for control, _ in controls),
        groups=_groups(folder, about["groups"], {control.group for control, _ in controls}),
        mappings=mappings,
        position=about["position"],
    )


def _about(folder: Traversable) -> dict[str, Any]:
    try:
        about = tomllib.loads(_text(folder, ABOUT))
    except tomllib.TOMLDecodeError as error:
        raise _error(folder, ABOUT, None, f"not valid TOML: {error}") from None
    about.setdefault("position", 100)
    about.setdefault("groups", [])
    for name in sorted(about.keys() - {*TEXTS, "position", "groups"}):
        raise _error(folder, ABOUT, None, f"unknown key {name!r}")
    for name in TEXTS:
        if not isinstance(about.get(name), str) or not about[name]:
            raise _error(folder, ABOUT, None, f"{name} must be a text")
    if about["id"] != folder.name:
        raise _error(folder, ABOUT, None, f"the id {about['id']!r} must be the folder's name")
    if not isinstance(about["position"], int):
        raise _error(folder, ABOUT, None, "position must be a whole number")
    if not isinstance(about["groups"], list):
        raise _error(folder, ABOUT, None, "write groups as [[groups]]")
    for group in about["groups"]:
        if not isinstance(group, dict) or not group.keys() <= {"id", "title", "attach"}:
            raise _error(folder, ABOUT, None, "a group has an id, a title and perhaps attach")
        if not all(isinstance(group.get(name), str) and group[name] for name in ("id", "title")):
            raise _error(folder, ABOUT, None, "a group needs an id and a title")
    return about


def _controls(folder: Traversable, attach: Mapping[str, str]) -> list[tuple[Control, int]]:
    """The controls with their lines. ``attach``: the text of each group, for controls that have none of their own."""
    found: list[tuple[Control, int]] = []
    seen: dict[str, int] = {}
    for line, (control_id, label, evidence, designation, own) in _rows(folder, CONTROLS, CONTROL_COLUMNS):
        if not control_id or not label:
            raise _error(folder, CONTROLS, line, "a control needs an id and a label")
        if control_id in seen:
            raise _error(folder, CONTROLS, line, f"{control_id} is already on line {seen[control_id]}")
        if evidence not in tuple(EvidenceClass):
            raise _error(folder, CONTROLS, line, f"{evidence!r} is not one of {', '.join(EvidenceClass)}")
        group = group_of(control_id, attach)
        if attach and group is None:
            raise _error(folder, CONTROLS, line, f"{control_id} is in no group of {ABOUT}")
        kind = EvidenceClass(evidence)
        shared = attach.get(group or "", "") if kind is not EvidenceClass.DIRECT else ""
        try:
            control = Control(
                id=control_id,
                label=label,
                evidence=kind,
                attach=own or shared,
                designation=designation,
                group=group or "",
            )
        except ValueError as error:
            raise _error(folder, CONTROLS, line, str(error)) from None
        seen[control_id] = line
        found.append((control, line))
    if not found:
        raise _error(folder, CONTROLS, None, "holds no control")
    return found


def _mappings(folder: Traversable, framework_id: str, controls: Mapping[str, Control]) -> ByPractice:
    found: dict[str, list[ControlMapping]] = {}
    seen: dict[tuple[str, str], int] = {}
    for line, (practice, control, strength, reason) in _rows(folder, MAPPINGS, MAPPING_COLUMNS):
        if not PRACTICE_ID.fullmatch(practice):
            raise _error(folder, MAPPINGS, line, f"{practice!r} is not the id of a practice, such as ID-1.3")
        if control not in controls:
            raise _error(folder, MAPPINGS, line, f"{control!r} is no control of {CONTROLS}")
        if strength not in tuple(Strength):
            raise _error(folder, MAPPINGS, line, f"{strength!r} is not one of {', '.join(Strength)}")
        if not reason:
            raise _error(folder, MAPPINGS, line, f"say why {practice} is evidence for {control}")
        if (practice, control) in seen:
            raise _error(
                folder, MAPPINGS, line, f"{practice} and {control} are already on line {seen[practice, control]}"
            )
        if strength == Strength.DIRECT and controls[control].evidence is not EvidenceClass.DIRECT:
            raise _error(
                folder, MAPPINGS, line, f"direct, but the evidence of {control} is {controls[control].evidence} at best"
            )
        seen[practice, control] = line
        found.setdefault(practice, []).append(ControlMapping(framework_id, control, Strength(strength), reason))
    return {practice: tuple(rows) for practice, rows in found.items()}


def _attachments(folder: Traversable, controls: Sequence[tuple[Control, int]], mappings: ByPractice) -> None:
    """Supporting evidence alone carries no control: somebody has to add to it, and is told what."""
    shown = {m.control for rows in mappings.values() for m in rows if m.strength is Strength.DIRECT}
    for control, line in controls:
        if control.id not in shown and not control.attach:
            raise _error(folder, CONTROLS, line, f"{control.id}: no practice shows it directly; say what to attach")


def _groups(folder: Traversable, groups: Sequence[Mapping[str, str]], used: Collection[str]) -> tuple[Group, ...]:
    found = tuple(Group(**group) for group in groups)
    if len({group.id for group in found}) != len(found):
        raise _error(folder, ABOUT, None, "a group occurs twice")
    for group in found:
        if group.id not in used:
            raise _error(folder, ABOUT, None, f"no control is in the group {group.id}")
    return found


def group_of(control_id: str, groups: Container[str]) -> str | None:
    """The longest group id that the control's id begins with, up to the end of a word or number: ``1.2`` of ``1.2.5``,
    ``AC`` of ``AC-2(3)``, ``LLM`` of ``LLM01``."""
    for end in reversed([m.start() for m in ENDS.finditer(control_id)]):
        if control_id[:end] in groups:
            return control_id[:end]
    return None


def _rows(folder: Traversable, name: str, columns: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    """The rows of a table with their lines, in the order of the columns."""
    reader = csv.reader(_text(folder, name).splitlines(keepends=True), strict=True)
    try:
        header = next(reader, [])
        if header != list(columns):
            raise _error(folder, name, 1, f"the columns must be {', '.join(columns)}")
        for row in reader:
            if len(row) != len(columns):
                raise _error(folder, name, reader.line_num, f"{len(row)} columns instead of {len(columns)}")
            if any(value != value.strip() for value in row):
                raise _error(folder, name, reader.line_num, "spaces around a value")
            yield reader.line_num, row
    except csv.Error as error:
        raise _error(folder, name, reader.line_num, str(error)) from None


def _text(folder: Traversable, name: str) -> str:
    try:
        return folder.joinpath(name).read_text(encoding="utf-8")
    except OSError:
        raise _error(folder, name, None, "cannot be read") from None
    except UnicodeDecodeError:
        raise _error(folder, name, None, "is not UTF-8") from None


def _error(folder: Traversable, name: str, line: int | None, what: str) -> FrameworkDataError:
    where = f"{folder.name}/{name}" + (f", line {line}" if line else "")
    return FrameworkDataError(f"{where}: {what}", "docs/frameworks.md says what the files of a framework hold.")
