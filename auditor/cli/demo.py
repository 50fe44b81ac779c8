"""``auditor demo``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli import console, output, pack
from auditor.cli.scan import conclude
from auditor.errors import ProviderNotInstalled
from auditor.settings import Settings


def demo(
    out: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("demo-report"),
    record: Annotated[Path | None, typer.Option(help="Keep every exchange in this folder, to replay later.")] = None,
    pack_file: pack.PackOption = None,
    sign_key: pack.SignKeyOption = None,
    previous_pack: pack.PreviousOption = None,
) -> None:
    try:
        from auditor.demo import run_demo
    except ModuleNotFoundError as error:
        raise ProviderNotInstalled(
            f"the demo needs packages that are not installed (no module {error.name})",
            "pip install 'ml-posture-auditor[demo]'",
        ) from None
    output.prepare(out)
    with pack.ordered(Settings(out=out, record=record), pack_file, sign_key, previous_pack) as (settings, wanted):
        progress = console.Progress()
        console.say("Auditing the embedded estate: an AWS account in moto, recorded Azure and Google Cloud accounts.")
        conclude(run_demo(settings, console.listener(progress)), settings, wanted, progress)
