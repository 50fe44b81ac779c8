"""The document arranged for people. Everything is decided here; the templates only print it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auditor.render.view.access import AccessView, access_view
from auditor.render.view.accounts import LayerOfPractices, practice_layers
from auditor.render.view.common import Counts, Index, count_text, read_counts, utc
from auditor.render.view.decisions import DecisionsView, decisions_view
from auditor.render.view.estate import EstateView, estate_view
from auditor.render.view.evidence import EvidenceView, Notice, evidence_view, notices
from auditor.render.view.findings import CheckView, InheritedRow, OpenGroup, check_views, inherited_rows, open_groups
from auditor.render.view.frameworks import STRENGTHS, FrameworkView, framework_views
from auditor.render.view.method import MethodView, method_view
from auditor.render.view.overview import Overview, SettleRow, overview, settle_rows


@dataclass(frozen=True, slots=True)
class Provenance:
    id: str
    as_of: str
    started: str
    finished: str
    tool: str
    moment: str
    """The day of the state, in words for a running title."""
    synthetic: bool


@dataclass(frozen=True, slots=True)
class Sizes:
    accounts: int
    findings: int
    resources: int
    calls: int

    @property
    def text(self) -> str:
        return (
            f"{count_text(self.accounts, 'account')}, {count_text(self.findings, 'finding')} on "
            f"{count_text(self.resources, 'resource')}, from {count_text(self.calls, 'recorded call')}"
        )


@dataclass(frozen=True, slots=True)
class View:
    provenance: Provenance
    notices: tuple[Notice, ...]
    coverage: dict[str, Any]
    counts: Counts
    sizes: Sizes
    settle: tuple[SettleRow, ...]
    open: tuple[OpenGroup, ...]
    frameworks: tuple[FrameworkView, ...]
    strengths: dict[str, str]
    estate: EstateView
    evidence: EvidenceView
    method: MethodView
    layers: tuple[LayerOfPractices, ...]
    inherited: tuple[InheritedRow, ...]
    decisions: DecisionsView
    overview: Overview | None = None
    """Only of a whole audit: one framework has no levels and no order of repair."""
    access: AccessView | None = None
    checks: tuple[CheckView, ...] = ()
    """Findings by check, where no explorer shows them."""


def report_view(document: Mapping[str, Any]) -> View:
    """The whole audit."""
    index = Index(document)
    access = access_view(index)
    index.drawings = access.anchors
    first = overview(index)
    return View(**_shared(index), settle=first.settle, access=access, overview=first)


def framework_view(document: Mapping[str, Any]) -> View:
    """A document that was cut down to one framework."""
    index = Index(document)
    return View(**_shared(index), settle=settle_rows(index), checks=check_views(index))


def _shared(index: Index) -> dict[str, Any]:
    document = index.document
    return {
        "provenance": _provenance(document),
        "notices": notices(document),
        "coverage": document["coverage"],
        "counts": read_counts(document["coverage"]),
        "sizes": Sizes(*(len(document[name]) for name in ("scopes", "findings", "resources", "calls"))),
        "open": open_groups(index),
        "frameworks": framework_views(index),
        "strengths": STRENGTHS,
        "estate": estate_view(index),
        "evidence": evidence_view(index),
        "method": method_view(index),
        "layers": practice_layers(index),
        "inherited": inherited_rows(index),
        "decisions": decisions_view(index),
    }


def _provenance(document: Mapping[str, Any]) -> Provenance:
    tool = document["tool"]
    return Provenance(
        id=document["id"],
        as_of=utc(document["as_of"]),
        started=utc(document["started_at"]),
        finished=utc(document["finished_at"]),
        tool=f"{tool['name']} {tool['version']}",
        moment=utc(document["as_of"]).partition(" ")[0],
        synthetic=document["synthetic"],
    )
