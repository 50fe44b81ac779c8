"""``auditor permissions``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli import console
from auditor.errors import UsageError
from auditor.permissions import missing_permissions, policy_for, policy_of
from auditor.render.document import load_document
from auditor.settings import Settings, parse_clouds


def permissions(
    cloud: Annotated[str, typer.Argument(help="aws, azure or gcp.", metavar="CLOUD")],
    check: Annotated[list[str] | None, typer.Option(help="Only what this check needs; repeat for more.")] = None,
    layer: Annotated[list[str] | None, typer.Option(help="Only what checks of this layer need.")] = None,
    framework: Annotated[list[str] | None, typer.Option(help="Only what checks mapped to this framework need.")] = None,
    checks: Annotated[list[Path] | None, typer.Option(help="A folder of further checks; repeat for more.")] = None,
    missing: Annotated[
        Path | None,
        typer.Option(help="Only what a stored audit lacked: the policy that closes its gaps.", metavar="AUDIT"),
    ] = None,
) -> None:
    if missing is not None:
        if check or layer or framework or checks:
            raise UsageError("--missing takes its questions from the audit", "Leave the filters out.")
        (provider,) = parse_clouds([cloud])
        lacking = missing_permissions(load_document(missing), provider)
        if not lacking:
            console.say(f"That audit lacked no permission on {provider.label}.")
            return
        typer.echo(policy_of(provider, lacking), nl=False)
        return
    settings = Settings(
        clouds=parse_clouds([cloud]),
        checks=tuple(check or ()),
        layers=tuple(layer or ()),
        frameworks=tuple(framework or ()),
        check_folders=tuple(checks or ()),
    )
    typer.echo(policy_for(settings), nl=False)
