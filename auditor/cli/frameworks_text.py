"""The frameworks and their controls for people, on a hundred columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

Json = Mapping[str, Any]
WIDTH = 100
CLASSES = ("direct", "partial", "manual", "inherited")
MEANINGS = {
    "direct": "cloud APIs show the technical part",
    "partial": "cloud APIs show a part",
    "manual": "only a person can show it",
    "inherited": "the provider's assurance report covers it",
}
BY_A_PERSON = "attested"


def listed(rows: Sequence[Json]) -> Iterator[str]:
    yield f"{'FRAMEWORK':<15} {'TITLE':<44} {'CONTROLS':>8} {'DIRECT':>6} {'IN PART':>7} {'BACKGROUND':>10} {'NONE':>4}"
    for row in rows:
        its, title = row["shown"], _cut(f"{row['title']}, {row['edition']}", 44)
        yield (
            f"{row['id']:<15} {title:<44} {row['number']:>8} {its['direct']:>6} {its['in_part']:>7} "
            f"{its['background']:>10} {its['nothing']:>4}"
        )
    yield ""
    yield from _wrapped(
        "Controls by what is shown of them. Direct: a practice is what the control asks for, on the AI resources that "
        "are read. In part: practices bear on it, and a person adds the rest. Background: worth knowing to whoever "
        "judges it. None: a person shows it alone. 'auditor frameworks show FRAMEWORK' has the controls."
    )


def shown(about: Json, controls: Sequence[Json], *, everything: bool, whole: bool) -> Iterator[str]:
    """``everything``: also the controls of which nothing is shown, which are otherwise summed up by group."""
    yield f"{about['title']}, {about['edition']} ({about['id']})"
    yield about["url"]
    if whole:
        yield from _about(about)
    titles = {group["id"]: group["title"] for group in about["groups"]}
    for group, its in groupby(controls, key=lambda control: control["group"]):
        told = [control for control in its if everything or control["evidence"]]
        if told:
            yield ""
            yield _cut(f"{group} {titles.get(group, '')}".strip().upper(), WIDTH)
            for control in told:
                yield from _control(control)
    if not everything:
        yield from _without(about, [control for control in controls if not control["evidence"]])


def _about(about: Json) -> Iterator[str]:
    allow, its = about["allow"], about["shown"]
    yield ""
    yield from _wrapped(about["note"])
    yield from _wrapped(about["licence"])
    yield ""
    kinds = ", ".join(f"{allow[kind]} {kind} ({MEANINGS[kind]})" for kind in CLASSES if allow[kind])
    yield from _wrapped(f"{about['number']} controls, by the evidence they allow at best: {kinds}.")
    yield from _wrapped(
        f"Practices are direct evidence for {its['direct']} of them, bear on {its['in_part']} more and give background "
        f"to {its['background']}." + (f" Nothing is shown of {its['nothing']}." if its["nothing"] else "")
    )


def _control(control: Json) -> Iterator[str]:
    designation = f", {control['designation']}" if control["designation"] else ""
    yield ""
    yield from _wrapped(f"{control['id']}  {control['label']} [{control['evidence_class']}{designation}]", "", "    ")
    for row in control["evidence"]:
        yield from _wrapped(f"{row['practice']:<8} {row['strength']}: {row['reason']}", "  ", " " * 11)
        yield from _wrapped(_measured(row), " " * 11, " " * 11)
    if not control["evidence"]:
        yield "  Nothing is shown here."
    if control["attach"]:
        yield from _wrapped(f"Add: {control['attach']}.", "  ", " " * 7)


def _measured(row: Json) -> str:
    if row["checks"]:
        return "by " + ", ".join(row["checks"])
    if row["measurement"] == BY_A_PERSON:
        return "attested by a person"
    return "not measured by this version"


def _without(about: Json, controls: Sequence[Json]) -> Iterator[str]:
    if not controls:
        return
    titles = {group["id"]: group["title"] for group in about["groups"]}
    yield ""
    yield from _wrapped(
        f"NOTHING IS SHOWN of {len(controls)} controls. 'auditor frameworks show {about['id']} --all' says what a "
        "person must add for each."
    )
    for group, its in groupby(controls, key=lambda control: control["group"]):
        ids = [control["id"] for control in its]
        kinds = f"{len(ids):>5}  {group} {titles.get(group, '')}".rstrip()
        yield _cut(f"{kinds}: {', '.join(ids)}", WIDTH)


def _wrapped(text: str, first: str = "", rest: str = "") -> Iterable[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 3].rstrip(", ") + "..."
