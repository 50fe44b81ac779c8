"""``auditor checks``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from auditor.catalog import load_catalog
from auditor.maturity import practice
from auditor.model.check import Inherited, NoCounterpart, Supported
from auditor.model.scope import Provider
from auditor.prices import price

app = typer.Typer(help="What is checked, why, and what to do about it.", no_args_is_help=True, rich_markup_mode=None)

_MARKS = {Supported: "yes", Inherited: "inherited", NoCounterpart: "-"}


@app.command("list", help="All checks, by layer and level.")
def list_checks(
    checks: Annotated[list[Path] | None, typer.Option(help="A folder of further checks; repeat for more.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    catalog = load_catalog(checks or ())
    rows = [
        {
            "id": c.id,
            "practice": c.practice,
            "layer": practice(c.practice).layer.value,
            "level": int(practice(c.practice).level),
            "severity": c.severity.label,
            "title": c.title,
            **{p.value: _MARKS.get(type(c.providers[p]), "not built") for p in Provider},
        }
        for c in sorted(catalog.checks, key=lambda c: (practice(c.practice).layer, practice(c.practice).level, c.id))
    ]
    if as_json:
        typer.echo(json.dumps(rows, indent=1))
        return
    for row in rows:
        typer.echo(f"{row['practice']:<9} {row['severity']:<8} {row['id']:<40} {row['title']}")


@app.command("show", help="One check: meaning, reason, remediation on each cloud.")
def show(
    check_id: Annotated[str, typer.Argument(metavar="ID")],
    checks: Annotated[list[Path] | None, typer.Option(help="A folder of further checks; repeat for more.")] = None,
) -> None:
    check = load_catalog(checks or ()).check(check_id)
    its = practice(check.practice)
    typer.echo(f"{check.title}\n\n{check.why}\n")
    typer.echo(f"Severity {check.severity.label}. Practice {its.id} ({its.layer}, level {its.level:d}): {its.title}.")
    typer.echo(f"Reads {', '.join(check.needs)} of each {check.resource.__name__}.")
    for provider, coverage in check.providers.items():
        typer.echo(f"\n{provider.label}")
        if isinstance(coverage, Supported):
            typer.echo(f"  {coverage.remediation.text}\n  {coverage.remediation.url}")
            if coverage.remediation.command:
                typer.echo(f"  $ {coverage.remediation.command}")
            for charge in map(price, coverage.remediation.charges):
                typer.echo(f"  Charged for: {charge.text}. {charge.url}")
        elif isinstance(coverage, Inherited):
            typer.echo(f"  Inherited: {coverage.statement}\n  {coverage.url}")
            if coverage.limits:
                typer.echo(f"  Limits: {coverage.limits}")
        elif isinstance(coverage, NoCounterpart):
            typer.echo(f"  No counterpart: {coverage.reason}")
        else:
            typer.echo(f"  Not built yet. {coverage.reason}")
    typer.echo("\nControls")
    for mapping in its.controls:
        typer.echo(f"  {mapping.framework} {mapping.control} ({mapping.strength}): {mapping.reason}")
