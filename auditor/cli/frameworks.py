"""``auditor frameworks``: what the tool can show of each control, and what a person must add."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from auditor.catalog import Catalog, load_catalog
from auditor.cli.frameworks_text import listed, shown
from auditor.errors import UsageError
from auditor.frameworks import framework, frameworks
from auditor.maturity import PRACTICES
from auditor.model.framework import Control, EvidenceClass, Framework
from auditor.model.maturity import Practice, Strength

app = typer.Typer(
    help="What is shown of each framework's controls, and what a person must add.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Json = dict[str, object]


@app.command("list", help="All frameworks, with the kinds of evidence that their controls allow.")
def list_frameworks(as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    rows = [_summary(item) for item in frameworks()]
    typer.echo(json.dumps(rows, indent=1) if as_json else "\n".join(listed(rows)))


@app.command("show", help="One framework, by control: practices and checks behind it, and what they leave to a person.")
def show(
    framework_id: Annotated[str, typer.Argument(metavar="ID")],
    control: Annotated[list[str] | None, typer.Option(help="Only this control; repeat for more.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="With the controls of which nothing is shown.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, as JSON.")] = False,
) -> None:
    item = _framework(framework_id)
    controls = [_control(item, control_id) for control_id in control or ()]
    rows = _controls(item, controls or item.controls, load_catalog())
    if as_json:
        typer.echo(json.dumps({**_summary(item), "controls": rows}, indent=1))
        return
    typer.echo("\n".join(shown(_summary(item), rows, everything=everything or bool(controls), whole=not controls)))


def _framework(framework_id: str) -> Framework:
    try:
        return framework(framework_id)
    except KeyError:
        known = ", ".join(item.id for item in frameworks())
        raise UsageError(f"unknown framework {framework_id!r}", f"Choose from {known}.") from None


def _control(item: Framework, control_id: str) -> Control:
    try:
        return item.control(control_id)
    except KeyError:
        raise UsageError(
            f"{item.title} has no control {control_id!r}",
            f"Write it as the framework does, for example {item.controls[0].id}; "
            f"'auditor frameworks show {item.id} --all' shows the ids.",
        ) from None


def _summary(item: Framework) -> Json:
    by_strength: dict[Strength, set[str]] = {strength: set() for strength in Strength}
    for mapping in (m for rows in item.mappings.values() for m in rows):
        by_strength[mapping.strength].add(mapping.control)
    direct, supporting, contextual = (by_strength[strength] for strength in Strength)
    return {
        "id": item.id,
        "title": item.title,
        "edition": item.edition,
        "url": item.url,
        "licence": item.licence,
        "note": item.note,
        "groups": [{"id": group.id, "title": group.title} for group in item.groups],
        "number": len(item.controls),
        "allow": {kind.value: sum(c.evidence is kind for c in item.controls) for kind in EvidenceClass},
        "shown": {
            "direct": len(direct),
            "in_part": len(supporting - direct),
            "background": len(contextual - supporting - direct),
            "nothing": len(item.controls) - len(direct | supporting | contextual),
        },
    }


def _controls(item: Framework, controls: tuple[Control, ...] | list[Control], catalog: Catalog) -> list[Json]:
    checks: dict[str, list[str]] = {}
    for check in catalog.checks:
        checks.setdefault(check.practice, []).append(check.id)
    evidence: dict[str, list[Json]] = {}
    for practice in PRACTICES:
        for mapping in item.mappings.get(practice.id, ()):
            evidence.setdefault(mapping.control, []).append(
                {
                    **_practice(practice),
                    "strength": mapping.strength.value,
                    "reason": mapping.reason,
                    "checks": checks.get(practice.id, []),
                }
            )
    return [
        {
            "id": control.id,
            "label": control.label,
            "group": control.group,
            "evidence_class": control.evidence.value,
            "designation": control.designation,
            "evidence": sorted(evidence.get(control.id, ()), key=_most_telling),
            "attach": control.attach,
        }
        for control in controls
    ]


def _practice(practice: Practice) -> Json:
    return {"practice": practice.id, "title": practice.title, "measurement": practice.measurement.value}


def _most_telling(row: Json) -> int:
    return list(Strength).index(Strength(str(row["strength"])))
