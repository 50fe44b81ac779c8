"""The formats that an audit can be written in. Each is made from the document, by a module that is loaded when used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from auditor.errors import NotInstalled, UsageError

Pieces = Iterable[str]


@dataclass(frozen=True, slots=True)
class Format:
    id: str
    filename: str
    renderer: str
    """``module:function``, from a document to pieces of text."""
    what: str
    needs: str = ""
    """The module of a package that only this format needs; the extra ``evidence`` installs it."""

    def pieces(self, document: Mapping[str, Any]) -> Pieces:
        module, _, name = self.renderer.partition(":")
        render: Callable[[Mapping[str, Any]], Pieces] = getattr(import_module(f"auditor.render.{module}"), name)
        return render(document)


FORMATS: dict[str, Format] = {
    f.id: f
    for f in (
        Format("json", "audit.json", "document:dump", "everything; the other formats are made from it"),
        Format("html", "report.html", "html:report_pieces", "the report for people"),
        Format("markdown", "summary.md", "markdown:pieces", "a summary for a pull request or a chat"),
        Format("csv", "findings.csv", "findings_csv:pieces", "one row per finding and control"),
        Format("controls", "controls.csv", "controls_csv:pieces", "one row per control of a framework"),
        Format("population", "population.csv", "population_csv:pieces", "what was listed where, and how completely"),
        Format("oscal", "oscal.json", "oscal:pieces", "OSCAL assessment results"),
        Format("ocsf", "ocsf.jsonl", "ocsf:pieces", "OCSF compliance findings"),
        Format("sarif", "auditor.sarif", "sarif:pieces", "SARIF, for continuous integration"),
        Format("mlbom", "mlbom.cdx.json", "mlbom:pieces", "CycloneDX ML-BOM of the estate", "cyclonedx"),
    )
}


def check_formats(names: Sequence[str]) -> tuple[str, ...]:
    """The names without repetition. UsageError for one that there is not; NotInstalled where its package is missing, so
    that this is said before a long run and not after it."""
    for name in names:
        if name not in FORMATS:
            raise UsageError(f"unknown format {name!r}", f"Choose from {', '.join(FORMATS)}.")
        if (needed := FORMATS[name].needs) and find_spec(needed) is None:
            raise NotInstalled(
                f"the format {name} needs a package that is not installed", "pip install 'ml-posture-auditor[evidence]'"
            )
    return tuple(dict.fromkeys(names))
