"""Writes a run's files, and chooses its exit code."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from auditor.cli import exit_codes
from auditor.errors import OutputError
from auditor.model.check import Severity
from auditor.render.formats import FORMATS

Json = dict[str, Any]


def prepare(folder: Path) -> None:
    """Fail before a long run, not after it, when its results could not be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".auditor-probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise OutputError(f"--out {folder}: {error.strerror}", "Choose a folder you can write to.") from None


def write(folder: Path, formats: Sequence[str], document: Json) -> tuple[list[str], list[OutputError]]:
    """Write each format, ``audit.json`` first, because everything else can be made from it.

    What cannot be written where it was asked for goes to a folder for temporary files, so that a long run is not lost
    to a full disk. Returns the files written and the errors met.
    """
    written: list[str] = []
    errors: list[OutputError] = []
    for name in sorted(formats, key=lambda f: f != "json"):
        form = FORMATS[name]
        try:
            written.append(str(write_file(folder / form.filename, form.pieces(document))))
        except OutputError as error:
            errors.append(error)
            refuge = Path(tempfile.gettempdir()) / f"auditor-{document['id']}"
            try:
                refuge.mkdir(mode=0o700, exist_ok=True)
                written.append(str(write_file(refuge / form.filename, form.pieces(document))))
            except (OSError, OutputError):
                continue
    return written, errors


def write_file(path: Path, pieces: Iterable[str]) -> Path:
    """Write a file whole or not at all."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise OutputError(
            f"cannot write {path}: {error.strerror}", "Free some space or choose another folder."
        ) from None
    return path


def machine_summary(document: Json, files: Sequence[str]) -> str:
    """One JSON line for whoever reads stdout."""
    accounts = [
        {key: account[key] for key in ("provider", "account", "verified_level", "possible_level")}
        | {"coverage": account["coverage"]["percent"]}
        for account in document["score"]["accounts"]
    ]
    return json.dumps({"id": document["id"], "accounts": accounts, "files": list(files)})


def exit_code(document: Json, fail_on: Severity | None, min_coverage: float | None) -> int:
    if document["defects"]:
        return exit_codes.DEFECT
    if document["failures"]:
        return exit_codes.USAGE
    if document["interrupted"]:
        return exit_codes.INTERRUPTED
    accounts = document["score"]["accounts"]
    if any(a["coverage"]["answered"] == 0 and a["coverage"]["asked"] > 0 for a in accounts):
        return exit_codes.COVERAGE
    if min_coverage is not None and any(a["coverage"]["percent"] < min_coverage for a in accounts):
        return exit_codes.COVERAGE
    if fail_on is not None and any(_counts(f, fail_on) for f in document["findings"]):
        return exit_codes.FINDINGS
    return exit_codes.DONE


def _counts(finding: Json, fail_on: Severity) -> bool:
    return (
        finding["status"] == "fail"
        and finding["exemption"] is None
        and Severity[finding["severity"].upper()] >= fail_on
    )
