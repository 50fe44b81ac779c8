"""``auditor report``."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli import output
from auditor.errors import UsageError
from auditor.frameworks import frameworks
from auditor.render.document import dump, load_document
from auditor.render.formats import FORMATS, check_formats


def report(
    audit: Annotated[Path, typer.Argument(help="An audit.json, or the folder it is in.")],
    framework: Annotated[str, typer.Option(help="Only this framework's evidence, by its id.")] = "",
    format: Annotated[str, typer.Option(help=f"One of {', '.join(FORMATS)}.")] = "html",  # noqa: A002
    out: Annotated[Path | None, typer.Option(help="File to write; '-' for standard output.")] = None,
) -> None:
    document = load_document(audit)
    check_formats((format,))
    known = [f.id for f in frameworks()]
    if framework and framework not in known:
        raise UsageError(f"unknown framework {framework!r}", f"Choose from {', '.join(known)}.")
    if framework and format not in ("html", "json"):
        raise UsageError("one framework's evidence is written as html or json", "Leave --framework out for the others.")
    pieces = _render(document, framework, format)
    if out is not None and str(out) == "-":
        sys.stdout.writelines(pieces)
        return
    folder = audit if audit.is_dir() else audit.parent
    path = out or folder / (f"{framework}.{format}" if framework else FORMATS[format].filename)
    if out is None and path.name == "audit.json":
        sys.stdout.writelines(pieces)  # never over the stored audit itself
        return
    typer.echo(f"wrote {output.write_file(path, pieces)}", err=True)


def _render(document: output.Json, framework: str, format: str) -> Iterable[str]:  # noqa: A002
    from auditor.render.html import framework_document, render_framework

    if not framework:
        return FORMATS[format].pieces(document)
    if format == "json":
        return dump(framework_document(document, framework))
    return (render_framework(document, framework),)
