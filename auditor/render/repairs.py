"""What to fix and what to have answered first, and the prices beside it, as parts of the document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from auditor.model.check import AnyCheck, Supported
from auditor.model.finding import Finding
from auditor.model.maturity import Layer, Level
from auditor.model.scope import Provider
from auditor.prices import PRICES, Price
from auditor.repair import After, Fix
from auditor.repair import fix_first as first_fixes
from auditor.score import AccountScore
from auditor.settle import Levels, Settlement
from auditor.settle import settle_first as first_settlements

Json = dict[str, Any]


def fix_first(
    findings: Sequence[Finding],
    scores: Sequence[AccountScore],
    checks: Mapping[str, AnyCheck],
    bundled: frozenset[str],
) -> list[Json]:
    """Rows of ``fix_first``, in the order of :func:`auditor.repair.fix_first`."""
    return [_fix(fix, checks[fix.check]) for fix in first_fixes(findings, scores, bundled)]


def settle_first(findings: Sequence[Finding], scores: Sequence[AccountScore], bundled: frozenset[str]) -> list[Json]:
    """Rows of ``settle_first``, in the order of :func:`auditor.settle.settle_first`."""
    return [_settlement(row) for row in first_settlements(findings, scores, bundled)]


def prices(checks: Iterable[AnyCheck]) -> list[Json]:
    """Of everything that the remediation of one of these checks is charged for on some cloud."""
    named = {charge for check in checks for provider in Provider for charge in charges(check, provider)}
    return [_price(price) for price in PRICES if price.id in named]


def charges(check: AnyCheck, provider: Provider) -> list[str]:
    """Ids of the prices of what the check's remediation turns on there."""
    coverage = check.providers[provider]
    return list(coverage.remediation.charges) if isinstance(coverage, Supported) else []


def _fix(fix: Fix, check: AnyCheck) -> Json:
    return {
        "check": fix.check,
        "title": check.title,
        "practice": fix.practice.id,
        "layer": fix.practice.layer,
        "level": int(fix.practice.level),
        "step": fix.step,
        "critical": fix.practice.critical,
        "severity": fix.severity.label,
        "provider": fix.account.provider,
        "account": fix.account.id,
        "resources": len(fix.failing),
        "fingerprints": [f.fingerprint for f in fix.failing],
        "exempted": [f.fingerprint for f in fix.exempted],
        "after": _after(fix.after),
        "raises": fix.raises,
        "raises_possible": fix.raises_possible,
        "charges": charges(check, fix.account.provider),
    }


def _after(after: After) -> Json:
    return {
        "layer_verified": int(after.layer.verified),
        "layer_possible": int(after.layer.possible),
        "account_verified": _level(after.account_verified),
        "account_possible": _level(after.account_possible),
    }


def _settlement(row: Settlement) -> Json:
    return {
        "provider": row.account.provider,
        "account": row.account.id,
        "permissions": list(row.permissions),
        "reason": row.reason,
        "about": list(row.about),
        "questions": row.questions,
        "populations": row.populations,
        "checks": len(row.checks),
        "practices": list(row.practices),
        "verified_at_most": _levels(row.verified_at_most),
        "possible_at_least": _levels(row.possible_at_least),
        "together_at_most": _levels(row.together_at_most),
    }


def _levels(levels: Levels) -> Json:
    return {
        "account": _level(levels.account),
        "layers": {layer.value: int(levels.layers[layer]) for layer in Layer if layer in levels.layers},
    }


def _level(level: Level | None) -> int | None:
    return None if level is None else int(level)


def _price(price: Price) -> Json:
    return {
        "id": price.id,
        "provider": price.provider,
        "what": price.what,
        "unit": price.unit,
        "usd": price.usd,
        "usage": price.usage,
        "region": price.region,
        "source": price.source,
        "as_of": price.as_of,
        "url": price.url,
        "text": price.text,
    }
