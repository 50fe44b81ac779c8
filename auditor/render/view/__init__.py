"""The document arranged for people. Everything is decided here; the templates only print it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auditor.render.view.access import AccessView, access_view
from auditor.render.view.accounts import AccountView, LayerOfPractices, account_views, practice_layers
from auditor.render.view.common import Counts, Index, count_text, provider_label, read_counts, utc
from auditor.render.view.evidence import EvidenceView, Notice, evidence_view, notices
from auditor.render.view.findings import (
    CheckView,
    FindingRow,
    FixAccount,
    InheritedRow,
    OpenGroup,
    Permission,
    accepted,
    check_views,
    fix_first,
    inherited_rows,
    open_groups,
    permissions,
)
from auditor.render.view.frameworks import STRENGTHS, FrameworkView, framework_views
from auditor.render.view.inventory import KindView, kind_views


@dataclass(frozen=True, slots=True)
class ScopeRow:
    provider: str
    account: str
    name: str
    identity: str
    locations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Provenance:
    id: str
    as_of: str
    started: str
    finished: str
    tool: str
    model: str
    checks_digest: str
    schema: str
    scopes: tuple[ScopeRow, ...]
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class Sizes:
    findings: int
    resources: int
    calls: int

    @property
    def text(self) -> str:
        return (
            f"{count_text(self.findings, 'finding')} on {count_text(self.resources, 'resource')}, "
            f"from {count_text(self.calls, 'recorded call')}"
        )


@dataclass(frozen=True, slots=True)
class View:
    provenance: Provenance
    coverage: dict[str, Any]
    counts: Counts
    sizes: Sizes
    layers: tuple[LayerOfPractices, ...]
    checks: tuple[CheckView, ...]
    frameworks: tuple[FrameworkView, ...]
    strengths: dict[str, str]
    inventory: tuple[KindView, ...]
    open: tuple[OpenGroup, ...]
    permissions: tuple[Permission, ...]
    inherited: tuple[InheritedRow, ...]
    evidence: EvidenceView
    accounts: tuple[AccountView, ...] = ()
    fix_first: tuple[FixAccount, ...] = ()
    accepted: tuple[FindingRow, ...] = ()
    access: AccessView | None = None


def report_view(document: Mapping[str, Any]) -> View:
    """The whole audit."""
    index = Index(document)
    access = access_view(index)
    index.drawings = access.anchors
    return View(
        **_shared(index),
        access=access,
        accounts=account_views(index),
        fix_first=fix_first(index),
        accepted=accepted(index),
    )


def framework_view(document: Mapping[str, Any]) -> View:
    """A document that was cut down to one framework: no score, no order of repair."""
    index = Index(document)
    return View(**_shared(index), accepted=accepted(index))


def _shared(index: Index) -> dict[str, Any]:
    document = index.document
    groups = open_groups(index)
    return {
        "provenance": _provenance(document),
        "coverage": document["coverage"],
        "counts": read_counts(document["coverage"]),
        "sizes": Sizes(len(document["findings"]), len(document["resources"]), len(document["calls"])),
        "layers": practice_layers(index),
        "checks": check_views(index),
        "frameworks": framework_views(index),
        "strengths": STRENGTHS,
        "inventory": kind_views(index),
        "open": groups,
        "permissions": permissions(groups),
        "inherited": inherited_rows(index),
        "evidence": evidence_view(index),
    }


def _provenance(document: Mapping[str, Any]) -> Provenance:
    identities = {(p["provider"], p["account"]): p["identity"] for p in document["principals"]}
    tool = document["tool"]
    return Provenance(
        id=document["id"],
        as_of=utc(document["as_of"]),
        started=utc(document["started_at"]),
        finished=utc(document["finished_at"]),
        tool=f"{tool['name']} {tool['version']}",
        model=f"ML Security Maturity Model {tool['maturity_model']}",
        checks_digest=tool["checks_digest"],
        schema=document["schema"],
        scopes=tuple(
            ScopeRow(
                provider_label(s["provider"]),
                s["account"],
                s["name"],
                identities.get((s["provider"], s["account"]), "not recorded"),
                tuple(s["locations"]),
            )
            for s in document["scopes"]
        ),
        notices=notices(document),
    )
