"""The audit as a plain document: what ``audit.json`` holds, and what every other format is made from."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from auditor.catalog import Catalog
from auditor.controls import ControlAssessment, assess_all
from auditor.errors import StoredAuditError
from auditor.frameworks import frameworks
from auditor.maturity import PRACTICES
from auditor.model.audit import SCHEMA_VERSION, Audit
from auditor.model.check import AnyCheck, Inherited, NoCounterpart, Supported
from auditor.model.exchange import Exchange
from auditor.model.facts import Fact, Known
from auditor.model.finding import Finding, Status
from auditor.model.framework import Framework
from auditor.model.maturity import Practice
from auditor.model.resources import Ref, Resource
from auditor.model.scope import Account, Provider
from auditor.populations import definitions
from auditor.render import reconciliation, repairs, statements
from auditor.score import AccountScore, PracticeScore, Tally

Json = dict[str, Any]


def to_document(audit: Audit, scores: Sequence[AccountScore], catalog: Catalog) -> Json:
    """The whole audit. Lists are in canonical order; calls are cited by id and numbered by position."""
    checks = {c.id: c for c in catalog.checks}
    used = sorted({f.check for f in audit.findings})
    cited = {call for f in audit.findings for call in f.calls}
    return {
        "schema": SCHEMA_VERSION,
        "id": audit.id,
        "tool": {
            "name": "ml-posture-auditor",
            "version": audit.tool_version,
            "maturity_model": audit.model_version,
            "checks_digest": audit.checks_digest,
            "code_digest": audit.code_digest,
        },
        "as_of": audit.as_of,
        "started_at": audit.started_at,
        "finished_at": audit.finished_at,
        "replayed": audit.replayed,
        "interrupted": audit.interrupted,
        "synthetic": any(e.synthetic for e in audit.exchanges),
        "selection": dict(audit.selection),
        "run": statements.run(audit),
        "principals": [
            {"provider": p.provider, "account": p.account, "identity": p.identity} for p in audit.principals
        ],
        "populations": [
            {"kind": kind, "definition": text} for kind, text in sorted(definitions(audit.history_days).items())
        ],
        "scopes": [
            {"provider": a.provider, "account": a.id, "name": a.name, "locations": list(places)}
            for a, places in sorted(audit.places.items())
        ],
        "failures": [{"provider": f.provider, "message": f.message, "hint": f.hint} for f in audit.failures],
        "defects": list(audit.defects),
        "coverage": _coverage(sum((s.tally for s in scores), Tally())),
        "score": {"accounts": [_score(s) | {"attested": statements.attested(audit, s.account)} for s in scores]},
        "exemptions": statements.exemptions(audit),
        "attestations": statements.attestations(audit),
        "fix_first": repairs.fix_first(audit.findings, scores, checks, catalog.bundled),
        "settle_first": repairs.settle_first(audit.findings, scores, catalog.bundled),
        "prices": repairs.prices(checks[check_id] for check_id in used),
        "findings": [_finding(f, checks[f.check]) for f in audit.findings],
        "checks": [_check(checks[check_id], catalog) for check_id in used],
        "practices": [_practice(p) for p in PRACTICES],
        "frameworks": [
            _framework(f, a)
            for f, a in assess_all(frameworks(), audit.findings, whole=not (audit.failures or audit.interrupted))
        ],
        "resources": [_resource(r) for r in audit.inventory.resources],
        "listings": [
            {
                "kind": x.kind.kind(),
                "provider": x.account.provider,
                "account": x.account.id,
                "location": x.location,
                "collector": x.collector,
                "calls": list(x.calls),
            }
            for x in audit.inventory.listings
        ],
        "gaps": [
            {
                "kind": g.kind.kind(),
                "provider": g.account.provider,
                "account": g.account.id,
                "location": g.location,
                "collector": g.collector,
                "reason": g.why.reason,
                "detail": g.why.detail,
                "permissions": list(g.why.permissions),
                "calls": list(g.why.calls),
            }
            for g in audit.inventory.gaps
        ],
        "reconciliation": reconciliation.rows(audit.inventory),
        "calls": [_call(number, e, e.id in cited or e.page_of in cited) for number, e in enumerate(audit.exchanges, 1)],
    }


def load_document(path: Path) -> Json:
    """Read a stored audit: the file, or the folder that holds ``audit.json``."""
    file = path / "audit.json" if path.is_dir() else path
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise StoredAuditError(f"{file}: {error.strerror}", "Name an audit.json or the folder it is in.") from None
    except ValueError:
        raise StoredAuditError(f"{file} is not JSON", "Name an audit.json written by 'auditor scan'.") from None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA_VERSION:
        found = document.get("schema") if isinstance(document, dict) else None
        raise StoredAuditError(f"{file}: audit schema {found!r}, this version reads {SCHEMA_VERSION}")
    return document


def dump(document: Mapping[str, Any]) -> Iterator[str]:
    """The document as JSON, in pieces: an element of a list a line, so that files compare line by line and the text of
    a large audit is never in memory at once."""
    yield "{"
    separator = "\n"
    for key, value in document.items():
        yield f"{separator}{json.dumps(key)}: "
        separator = ",\n"
        if isinstance(value, list) and value:
            yield "[\n" + json.dumps(value[0])
            for item in value[1:]:
                yield ",\n" + json.dumps(item)
            yield "\n]"
        else:
            yield json.dumps(value)
    yield "\n}\n"


def _tally(tally: Tally) -> Json:
    return {
        "pass": tally.passed,
        "fail": tally.failed,
        "not_assessed": tally.not_assessed,
        "not_applicable": tally.not_applicable,
        "inherited": tally.inherited,
    }


def _coverage(tally: Tally) -> Json:
    """Share of applicable questions that were answered, in percent."""
    answered = tally.passed + tally.failed
    percent = round(100 * answered / tally.judged, 1) if tally.judged else 100.0
    return {"percent": percent, "answered": answered, "asked": tally.judged, **_tally(tally)}


def _score(score: AccountScore) -> Json:
    return {
        "provider": score.account.provider,
        "account": score.account.id,
        "name": score.account.name,
        "verified_level": None if score.verified is None else int(score.verified),
        "possible_level": None if score.possible is None else int(score.possible),
        "no_level_because": score.no_level_because,
        "coverage": _coverage(score.tally),
        "layers": {
            x.layer.value: {"verified_level": int(x.verified), "possible_level": int(x.possible)} for x in score.layers
        },
        "practices": [_practice_score(p) for p in score.practices],
        "blockers": [p.practice.id for p in score.blockers()],
    }


def _practice_score(score: PracticeScore) -> Json:
    return {
        "id": score.practice.id,
        "state": score.state,
        "low": round(float(score.low), 4),
        "high": round(float(score.high), 4),
        "checks": list(score.checks),
        **_tally(score.tally),
    }


def _finding(finding: Finding, check: AnyCheck) -> Json:
    resource = finding.resource
    document: Json = {
        "fingerprint": finding.fingerprint,
        "check": finding.check,
        "practice": finding.practice,
        "status": finding.status,
        "severity": finding.severity.label,
        "scope": {"provider": finding.account.provider, "account": finding.account.id, "location": finding.location},
        "resource": None
        if resource is None
        else {
            "id": resource.id,
            "name": resource.name,
            "kind": resource.kind(),
            "native_type": resource.native_type,
        },
        "message": finding.message,
        "facts": {name: _fact(fact, cited=False) for name, fact in finding.facts.items()},
        "calls": list(finding.calls),
        "inherited": finding.inherited,
        "unknown": None
        if finding.unknown is None
        else {
            "reason": finding.unknown.reason,
            "detail": finding.unknown.detail,
            "permissions": list(finding.unknown.permissions),
        },
        "exemption": None
        if finding.exemption is None
        else {
            "owner": finding.exemption.owner,
            "reason": finding.exemption.reason,
            "expires": finding.exemption.expires,
            "approver": finding.exemption.approver,
        },
        "command": "",
    }
    coverage = check.providers[finding.account.provider]
    if finding.status is Status.FAIL and resource is not None and isinstance(coverage, Supported):
        document["command"] = fill_command(coverage.remediation.command, resource)
    return document


def fill_command(template: str, resource: Resource) -> str:
    """The command with the resource's own values, shell-quoted: names come from the audited account."""
    values = {
        "name": resource.name,
        "id": resource.id,
        "location": resource.location,
        "account": resource.account.id,
    }
    # in one pass, so that a name cannot smuggle in a placeholder of its own
    return re.sub(r"\{(name|id|location|account)\}", lambda match: shlex.quote(values[match.group(1)]), template)


def _check(check: AnyCheck, catalog: Catalog) -> Json:
    return {
        "id": check.id,
        "title": check.title,
        "why": check.why,
        "severity": check.severity.label,
        "kind": check.resource.kind(),
        "practice": check.practice,
        "needs": list(check.needs),
        "bundled": check.id in catalog.bundled,
        "digest": catalog.digests[check.id],
        "providers": {p.value: _provider_coverage(check, p) for p in Provider},
    }


def _provider_coverage(check: AnyCheck, provider: Provider) -> Json:
    coverage = check.providers[provider]
    if isinstance(coverage, Supported):
        remediation = coverage.remediation
        return {
            "coverage": "supported",
            "text": remediation.text,
            "url": remediation.url,
            "command": remediation.command,
            "charges": repairs.charges(check, provider),
            "same_as": list(coverage.same_as),
        }
    if isinstance(coverage, Inherited):
        return {
            "coverage": "inherited",
            "text": coverage.statement,
            "url": coverage.url,
            "limits": coverage.limits,
        }
    if isinstance(coverage, NoCounterpart):
        return {"coverage": "no_counterpart", "text": coverage.reason, "url": coverage.url}
    return {"coverage": "not_built", "text": coverage.reason, "url": ""}


def _practice(its: Practice) -> Json:
    return {
        "id": its.id,
        "layer": its.layer,
        "level": int(its.level),
        "title": its.title,
        "why": its.why,
        "critical": its.critical,
        "measurement": its.measurement,
    }


def _framework(framework: Framework, assessments: Iterable[ControlAssessment]) -> Json:
    return {
        "id": framework.id,
        "title": framework.title,
        "edition": framework.edition,
        "url": framework.url,
        "note": framework.note,
        "licence": framework.licence,
        "groups": [{"id": group.id, "title": group.title} for group in framework.groups],
        "controls": [
            {
                "id": a.control.id,
                "group": a.control.group,
                "label": a.control.label,
                "evidence_class": a.control.evidence,
                "designation": a.control.designation,
                "attach": a.control.attach,
                "outcome": a.outcome,
                "untested_practices": list(a.untested),
                "evidence": [
                    {
                        "practice": e.practice.id,
                        "strength": e.strength,
                        "reason": e.reason,
                        "checks": list(e.checks),
                        **_tally(e.tally),
                    }
                    for e in a.evidence
                ],
            }
            for a in assessments
        ],
    }


def _resource(resource: Resource) -> Json:
    return {
        "id": resource.id,
        "name": resource.name,
        "kind": resource.kind(),
        "native_type": resource.native_type,
        "scope": {
            "provider": resource.account.provider,
            "account": resource.account.id,
            "location": resource.location,
        },
        "facts": {name: _fact(fact) for name, fact in resource.facts().items()},
    }


def _fact(fact: Fact[Any], *, cited: bool = True) -> Json:
    """A fact, with its own calls where it stands at its resource; a finding cites for all its facts together."""
    calls: Json = {"calls": list(fact.calls)} if cited else {}
    if isinstance(fact, Known):
        return {"value": _plain(fact.value), "native": _plain(fact.native), **calls}
    return {"unknown": fact.reason, "detail": fact.detail, "permissions": list(fact.permissions), **calls}


def _call(number: int, exchange: Exchange, cited: bool) -> Json:
    return {
        "number": number,
        "id": exchange.id,
        "provider": exchange.provider,
        "account": exchange.account,
        "location": exchange.location,
        "service": exchange.service,
        "operation": exchange.operation,
        "params": _plain(exchange.params),
        "ordinal": exchange.ordinal,
        "attempts": exchange.attempts,
        "status": exchange.status,
        "error": exchange.error,
        "request_id": exchange.request_id,
        "started_at": exchange.started_at,
        "duration_ms": exchange.duration_ms,
        "digest": exchange.digest,
        "page_of": exchange.page_of,
        "synthetic": exchange.synthetic,
        "cited": cited,
    }


def _plain(value: Any) -> Any:
    """A value as JSON types, in an order that does not depend on hashing."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Ref):
        return {"kind": value.kind, "provider": value.provider, "account": value.account, "id": value.id}
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in sorted(value.items(), key=lambda item: str(item[0]))}
    if isinstance(value, set | frozenset):
        return sorted((_plain(v) for v in value), key=str)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_plain(v) for v in value]
    if isinstance(value, Account):
        return str(value)
    return str(value)
