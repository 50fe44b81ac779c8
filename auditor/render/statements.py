"""The parts of the document that say who ran the audit, and what people decided and stated beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from auditor.decisions import covers, state
from auditor.model.audit import Audit
from auditor.model.decision import Attestation, Scope
from auditor.model.exchange import Exchange
from auditor.model.scope import Account

Json = dict[str, Any]


def run(audit: Audit) -> Json:
    """Who ran it, with what, and how its clock stood to those of the providers."""
    known: Mapping[str, Any] = audit.context
    return {
        "operator": known.get("operator", ""),
        "python": known.get("python", ""),
        "system": known.get("system", ""),
        "packages": dict(known.get("packages", {})),
        "parameters": dict(known.get("parameters", {})),
        "clocks": clocks(audit.exchanges),
    }


def clocks(exchanges: Iterable[Exchange]) -> list[Json]:
    """Per provider, how far its clock (the ``Date`` of its answers, in whole seconds) was from ours at most."""
    apart: dict[str, list[float]] = {}
    for exchange in exchanges:
        theirs, ours = _date(exchange.headers), _moment(exchange.started_at)
        if theirs is not None and ours is not None and not exchange.synthetic:
            # an answer is dated between the sending of the question and its arrival
            late = (theirs - ours).total_seconds()
            apart.setdefault(exchange.provider, []).append(late - min(max(late, 0), exchange.duration_ms / 1000))
    rows = []
    for provider, found in sorted(apart.items()):
        farthest: float = max(found, key=abs)
        rows.append({"provider": provider, "answers": len(found), "seconds": round(farthest)})
    return rows


def exemptions(audit: Audit) -> list[Json]:
    """Every rule, also those that have expired or that nothing matched."""
    rows = []
    for number, rule in enumerate(audit.exemptions):
        prints = audit.exempted.get(number, ())
        now = state(rule.expires, audit.as_of)
        rows.append(
            {
                "check": rule.check,
                **_scope(rule.scope),
                "location": rule.scope.location,
                "resource": rule.scope.resource,
                "owner": rule.owner,
                "approver": rule.approver,
                "reason": rule.reason,
                "expires": rule.expires.isoformat(),
                "state": "unused" if now == "active" and not prints else now,
                "fingerprints": list(prints),
                "source": rule.source,
            }
        )
    return rows


def attestations(audit: Audit) -> list[Json]:
    return [
        {
            "practice": a.practice,
            "framework": a.framework,
            "control": a.control,
            **_scope(a.scope),
            "owner": a.owner,
            "statement": a.statement,
            "stated": a.stated.isoformat(),
            "expires": a.expires.isoformat(),
            "state": state(a.expires, audit.as_of, a.stated),
            "attachments": [{"name": x.name, "sha256": x.sha256, "size": x.size} for x in a.attachments],
            "source": a.source,
        }
        for a in audit.attestations
    ]


def attested(audit: Audit, account: Account) -> list[str]:
    """Practices of an account that somebody answers for today. Beside the levels, never in them."""
    return sorted(
        {a.practice for a in audit.attestations if a.practice and _active(a, audit) and covers(a.scope, account)}
    )


def _active(attestation: Attestation, audit: Audit) -> bool:
    return state(attestation.expires, audit.as_of, attestation.stated) == "active"


def _scope(scope: Scope) -> Json:
    return {"provider": scope.provider, "account": scope.account}


def _date(headers: Mapping[str, str]) -> datetime | None:
    text = next((value for name, value in headers.items() if name.lower() == "date"), "")
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
