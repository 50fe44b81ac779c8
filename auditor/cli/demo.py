"""``auditor demo``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli import console, output
from auditor.cli.scan import conclude
from auditor.errors import ProviderNotInstalled
from auditor.settings import Settings


def demo(
    out: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("demo-report"),
    record: Annotated[Path | None, typer.Option(help="Keep every exchange in this folder, to replay later.")] = None,
) -> None:
    try:
        from auditor.demo import run_demo
    except ModuleNotFoundError as error:
        raise ProviderNotInstalled(
            f"the demo needs packages that are not installed (no module {error.name})",
            "pip install 'ml-posture-auditor[demo]'",
        ) from None
    settings = Settings(out=out, record=record)
    output.prepare(out)
    progress = console.Progress()
    console.say("Auditing the embedded estate: an AWS account in moto, recorded Azure and Google Cloud accounts.")
    result = run_demo(settings, console.listener(progress))
    progress.clear()
    conclude(result, settings)
