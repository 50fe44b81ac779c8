"""Who read what, when, with which tool: what an auditor asks of evidence that a system made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auditor.render.view.common import Index, count_text, provider_label, shorten

SCOPES = 400
"""Accounts that are named with the identity that read them."""


@dataclass(frozen=True, slots=True)
class ScopeRow:
    account: str
    id: str
    identity: str
    locations: str


@dataclass(frozen=True, slots=True)
class MethodView:
    scopes: tuple[ScopeRow, ...]
    scopes_more: int
    operator: str
    system: str
    packages: tuple[tuple[str, str], ...]
    parameters: tuple[tuple[str, str], ...]
    clocks: tuple[str, ...]
    schema: str
    model: str
    checks_digest: str
    code_digest: str
    checks: int
    own_checks: int
    """Those that are not bundled with the tool."""


def method_view(index: Index) -> MethodView:
    document = index.document
    run: Mapping[str, Any] = document.get("run", {})
    tool = document["tool"]
    scopes = document["scopes"]
    python = f"Python {run['python']}" if run.get("python") else ""
    return MethodView(
        scopes=tuple(
            ScopeRow(
                index.account(s["provider"], s["account"]),
                s["account"],
                index.identities.get((s["provider"], s["account"]), "not recorded"),
                ", ".join(s["locations"]),
            )
            for s in scopes[:SCOPES]
        ),
        scopes_more=max(0, len(scopes) - SCOPES),
        operator=run.get("operator", "") or "not recorded",
        system=", ".join(part for part in (run.get("system", ""), python) if part) or "not recorded",
        packages=tuple(sorted(run.get("packages", {}).items())),
        parameters=_parameters(run.get("parameters", {})),
        clocks=tuple(
            f"{provider_label(c['provider'])}: at most {abs(c['seconds']):,} seconds "
            f"{'ahead of' if c['seconds'] > 0 else 'behind'} ours, in {count_text(c['answers'], 'answer')}"
            if c["seconds"]
            else f"{provider_label(c['provider'])}: the same second as ours, in {count_text(c['answers'], 'answer')}"
            for c in run.get("clocks", ())
        ),
        schema=document["schema"],
        model=f"ML Security Maturity Model {tool['maturity_model']}",
        checks_digest=tool["checks_digest"],
        code_digest=tool.get("code_digest", "") or "not recorded",
        checks=len(document["checks"]),
        own_checks=sum(not c["bundled"] for c in document["checks"]),
    )


def _parameters(parameters: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Those that were given."""
    rows: list[tuple[str, str]] = []
    for name, value in parameters.items():
        if isinstance(value, Mapping):
            rows += [(f"{name}.{part}", _text(given)) for part, given in value.items() if given]
        elif value:
            rows.append((name, _text(value)))
    return tuple(rows)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return shorten(", ".join(map(str, value)))
    return shorten(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
