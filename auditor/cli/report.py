"""``auditor report``."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli import output
from auditor.errors import UsageError
from auditor.frameworks import FRAMEWORKS
from auditor.render.document import dump, load_document


def report(
    audit: Annotated[Path, typer.Argument(help="An audit.json, or the folder it is in.")],
    framework: Annotated[str, typer.Option(help="Only this framework's evidence: soc2, hipaa or pci_dss.")] = "",
    format: Annotated[str, typer.Option(help="html or json.")] = "html",  # noqa: A002
    out: Annotated[Path | None, typer.Option(help="File to write; '-' for standard output.")] = None,
) -> None:
    document = load_document(audit)
    if format not in output.FORMATS:
        raise UsageError(f"unknown format {format!r}", f"Choose from {', '.join(output.FORMATS)}.")
    known = [f.id for f in FRAMEWORKS]
    if framework and framework not in known:
        raise UsageError(f"unknown framework {framework!r}", f"Choose from {', '.join(known)}.")
    pieces = _render(document, framework, format)
    if out is not None and str(out) == "-":
        sys.stdout.writelines(pieces)
        return
    folder = audit if audit.is_dir() else audit.parent
    path = out or folder / (f"{framework}.{format}" if framework else output.FORMATS[format][0])
    if out is None and path.name == "audit.json":
        sys.stdout.writelines(pieces)  # never over the stored audit itself
        return
    typer.echo(f"wrote {output.write_file(path, pieces)}", err=True)


def _render(document: output.Json, framework: str, format: str) -> Iterable[str]:  # noqa: A002
    from auditor.render.html import framework_document, render_framework

    if not framework:
        return output.FORMATS[format][1](document)
    if format == "json":
        return dump(framework_document(document, framework))
    return (render_framework(document, framework),)
