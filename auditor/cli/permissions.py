"""``auditor permissions``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.permissions import policy_for
from auditor.settings import Settings, parse_clouds


def permissions(
    cloud: Annotated[str, typer.Argument(help="aws, azure or gcp.", metavar="CLOUD")],
    check: Annotated[list[str] | None, typer.Option(help="Only what this check needs; repeat for more.")] = None,
    layer: Annotated[list[str] | None, typer.Option(help="Only what checks of this layer need.")] = None,
    framework: Annotated[list[str] | None, typer.Option(help="Only what checks mapped to this framework need.")] = None,
    checks: Annotated[list[Path] | None, typer.Option(help="A folder of further checks; repeat for more.")] = None,
) -> None:
    settings = Settings(
        clouds=parse_clouds([cloud]),
        checks=tuple(check or ()),
        layers=tuple(layer or ()),
        frameworks=tuple(framework or ()),
        check_folders=tuple(checks or ()),
    )
    typer.echo(policy_for(settings), nl=False)
