"""The AI estate and what protects it, with what was listed completely and what could not be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from auditor.model.facts import Reason
from auditor.model.resources import AI_KINDS, KIND_BY_NAME, AiService
from auditor.model.scope import Provider
from auditor.render.view.common import CallRange, Index, Json, anchor
from auditor.render.view.findings import FactRow, fact_row

WITH_FACTS = 300
"""Resources of one kind that are printed with their facts; the others by name."""
NAMED = 3000

AI_FIRST = (*(kind.kind() for kind in AI_KINDS[Provider.AWS]), AiService.kind())
TITLES = {
    "AccountSettings": "Account settings",
    "AgentGateway": "Agent gateways",
    "AgentRuntime": "Agent runtimes",
    "AgentStore": "What agents keep",
    "AgentTool": "Agent sandboxes",
    "AiAsset": "Custom models, indexes and collections of other AI services",
    "Cluster": "Training clusters",
    "FeatureGroup": "Feature groups",
    "FrontDoor": "APIs in front of functions and models",
    "Function": "Functions",
    "Guardrail": "Guardrails",
    "ImageRepository": "Image repositories",
    "Job": "Jobs",
    "KnowledgeBase": "Knowledge bases",
    "ModelGroup": "Model registry groups",
    "Monitor": "Model monitors",
    "Oversight": "How regions are watched",
    "Prompt": "Stored prompts",
    "Secret": "Stored secrets",
    "WebFirewall": "Web application firewalls",
    "Workforce": "Labeling workforces",
    "Workspace": "Workspaces",
    "AiService": "AI services (model APIs, workspaces)",
    "AuditLog": "Audit logs",
    "Budget": "Budgets",
    "Endpoint": "AI endpoints",
    "GenerativeDeployment": "Generative deployments and agents",
    "Identity": "Identities",
    "Key": "Encryption keys",
    "LogStore": "Log stores",
    "Model": "Models",
    "Network": "Networks",
    "Notebook": "Notebooks and attached compute",
    "PrivateEndpoint": "Private endpoints",
    "Storage": "Storage",
    "ThreatDetection": "Threat detection",
}


@dataclass(frozen=True, slots=True)
class ResourceRow:
    name: str
    id: str
    native_type: str
    place: str
    facts: tuple[FactRow, ...]
    access: str
    """Where it is drawn who can reach it."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Where a kind was listed to the end, in one account."""

    account: str
    locations: tuple[str, ...]
    ranges: tuple[CallRange, ...]


@dataclass(frozen=True, slots=True)
class GapRow:
    place: str
    reason: str
    permissions: tuple[str, ...]
    ranges: tuple[CallRange, ...]


@dataclass(frozen=True, slots=True)
class KindView:
    anchor: str
    kind: str
    title: str
    ai: bool
    total: int
    resources: tuple[ResourceRow, ...]
    more: tuple[str, ...]
    unnamed: int
    meanings: tuple[tuple[str, str], ...]
    definition: str
    """What belongs to it in this run, where that is not everything."""
    listed: tuple[Listed, ...]
    gaps: tuple[GapRow, ...]


def kind_views(index: Index) -> tuple[KindView, ...]:
    """Kinds that exist, were listed, or could not be; AI first."""
    document = index.document
    resources, listings, gaps = (_by_kind(document[name]) for name in ("resources", "listings", "gaps"))
    kinds = sorted({*resources, *listings, *gaps}, key=lambda k: (k not in AI_FIRST, k))
    defined = {row["kind"]: row["definition"] for row in document["populations"]}
    return tuple(
        _kind(index, k, resources.get(k, []), listings.get(k, []), gaps.get(k, []), defined.get(k, "")) for k in kinds
    )


def _by_kind(rows: Iterable[Json]) -> dict[str, list[Json]]:
    groups: dict[str, list[Json]] = {}
    for row in rows:
        groups.setdefault(row["kind"], []).append(row)
    return groups


def _kind(
    index: Index, kind: str, resources: list[Json], listings: list[Json], gaps: list[Json], definition: str
) -> KindView:
    rest = resources[WITH_FACTS:]
    return KindView(
        anchor=anchor("kind", kind),
        kind=kind,
        title=TITLES.get(kind, kind),
        ai=kind in AI_FIRST,
        total=len(resources),
        resources=tuple(
            ResourceRow(
                r["name"],
                r["id"],
                r["native_type"],
                index.place(r["scope"]),
                tuple(fact_row(name, fact) for name, fact in r["facts"].items()),
                index.drawn(r["scope"], r["id"]),
            )
            for r in resources[:WITH_FACTS]
        ),
        more=tuple(f"{r['name']} ({index.place(r['scope'])})" for r in rest[:NAMED]),
        unnamed=max(0, len(rest) - NAMED),
        meanings=tuple(
            sorted((f.name, f.metadata["meaning"]) for f in fields(KIND_BY_NAME[kind]) if "meaning" in f.metadata)
        )
        if kind in KIND_BY_NAME
        else (),
        definition=definition,
        listed=_listed(index, listings),
        gaps=tuple(
            GapRow(
                f"{index.account(g['provider'], g['account'])}, {g['location']}",
                f"{Reason(g['reason']).label} ({g['detail']})" if g["detail"] else Reason(g["reason"]).label,
                tuple(g["permissions"]),
                index.ranges(g["calls"]),
            )
            for g in gaps
        ),
    )


def _listed(index: Index, listings: list[Json]) -> tuple[Listed, ...]:
    groups: dict[str, list[Json]] = {}
    for listing in listings:
        groups.setdefault(index.account(listing["provider"], listing["account"]), []).append(listing)
    return tuple(
        Listed(
            account,
            tuple(sorted({x["location"] for x in found})),
            index.ranges(call for x in found for call in x["calls"]),
        )
        for account, found in groups.items()
    )
