"""Does everything that an audit cites exist, and is the recording that of the audit?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auditor.errors import EvidenceError
from auditor.evidence.contents import ATTACHMENTS, attachment_names
from auditor.evidence.strict import from_json
from auditor.model.exchange import Exchange
from auditor.model.scope import Provider
from auditor.render.statements import clocks
from auditor.wire.ledger import exchange_id

Json = dict[str, Any]

_SAME = (
    *("provider", "account", "location", "service", "operation", "params", "ordinal", "attempts", "status", "error"),
    *("request_id", "started_at", "duration_ms", "digest", "synthetic"),
)
"""Fields that a call of an audit has in common with the exchange that was recorded."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording without its bodies."""

    run: Json
    exchanges: tuple[Json, ...]

    @property
    def bodies(self) -> set[str]:
        return {e["body"] for e in self.exchanges if e["body"]}


def read_recorded(run: bytes, exchanges: bytes) -> Recorded:
    """EvidenceError if the files are no recording."""
    rows = [from_json(line, f"exchanges.jsonl line {n}") for n, line in enumerate(exchanges.split(b"\n"), 1) if line]
    recorded = Recorded(from_json(run, "run.json"), tuple(rows))
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict) or not {*_SAME, "id", "body"} <= set(row) or not _sha256(row["body"]):
            raise EvidenceError(f"exchanges.jsonl line {number}: not a recorded call")
    if not isinstance(recorded.run, dict):
        raise EvidenceError("run.json: not a recorded run")
    return recorded


def _sha256(name: Any) -> bool:
    return isinstance(name, str) and (not name or (len(name) == 64 and set(name) <= set("0123456789abcdef")))


def dangling(document: Json, members: Collection[str]) -> list[str]:
    """What the audit names and does not hold, one sentence each. ``members`` are the other files of the pack."""
    return [*_calls(document), *_things(document), *_decisions(document, members)]


def mismatched(document: Json, recorded: Recorded) -> list[str]:
    """Where a recording is not that of the audit, one sentence each."""
    return list(_mismatched(document, recorded))


def _calls(document: Json) -> Iterator[str]:
    ids = {c["id"] for c in document["calls"]}
    if len(ids) != len(document["calls"]):
        yield "two calls have the same id"
    for number, call in enumerate(document["calls"], 1):
        if call["number"] != number:
            yield f"call {number} has the number {call['number']}"
        if call["page_of"] and call["page_of"] not in ids:
            yield f"call {number} is a page of a call that is not in the audit"
    for what, calls in _citations(document):
        for call in calls:
            if call not in ids:
                yield f"{what} cites the call {call}, which is not in the audit"
    for finding in document["findings"]:
        if finding["status"] == "pass" and not finding["inherited"] and not finding["calls"]:
            yield f"finding {finding['fingerprint']} is a pass that cites no call"


def _citations(document: Json) -> Iterator[tuple[str, Sequence[str]]]:
    for finding in document["findings"]:
        yield f"finding {finding['fingerprint']}", finding["calls"]
    for name in ("listings", "gaps", "reconciliation"):
        for row in document.get(name, ()):
            yield f"{name}: {row['kind']} in {row['account']}/{row['location']}", row["calls"]
    for resource in document["resources"]:
        for name, fact in resource["facts"].items():
            yield f"fact {name} of {resource['id']}", fact["calls"]


def _things(document: Json) -> Iterator[str]:
    accounts = {(s["provider"], s["account"]) for s in document["scopes"]}
    checks = {c["id"]: c for c in document["checks"]}
    practices = {p["id"] for p in document["practices"]}
    resources = {_resource(r["scope"], r) for r in document["resources"]}
    for finding in document["findings"]:
        what = f"finding {finding['fingerprint']}"
        if finding["check"] not in checks:
            yield f"{what} is of the check {finding['check']}, which is not in the audit"
        elif finding["practice"] != checks[finding["check"]]["practice"]:
            yield f"{what} is of another practice than its check"
        if finding["resource"] is not None and _resource(finding["scope"], finding["resource"]) not in resources:
            yield f"{what} is about {finding['resource']['id']}, which is not in the audit"
        if (finding["scope"]["provider"], finding["scope"]["account"]) not in accounts:
            yield f"{what} is in an account that was not read"
    for name in ("listings", "gaps", "reconciliation"):
        for row in document.get(name, ()):
            if (row["provider"], row["account"]) not in accounts:
                yield f"{name}: {row['kind']} is of an account that was not read"
    for resource in document["resources"]:
        if (resource["scope"]["provider"], resource["scope"]["account"]) not in accounts:
            yield f"resource {resource['id']} is in an account that was not read"
    for what, names, known in _named(document, set(checks), practices):
        for name in names:
            if name not in known:
                yield f"{what} names {name}, which is not in the audit"


def _resource(scope: Mapping[str, Any], resource: Mapping[str, Any]) -> tuple[str, str, str, str]:
    return scope["provider"], scope["account"], resource["kind"], resource["id"]


def _named(document: Json, checks: set[str], practices: set[str]) -> Iterator[tuple[str, Iterable[str], set[str]]]:
    for check in document["checks"]:
        yield f"check {check['id']}", [check["practice"]], practices
    for framework in document["frameworks"]:
        for control in framework["controls"]:
            what = f"{framework['id']} {control['id']}"
            yield what, control["untested_practices"], practices
            for evidence in control["evidence"]:
                yield what, [evidence["practice"]], practices
                yield what, evidence["checks"], checks
    for account in document["score"]["accounts"]:
        what = f"score of {account['account']}"
        yield what, [*account["blockers"], *account.get("attested", ())], practices
        for row in account["practices"]:
            yield what, [row["id"]], practices
            yield what, row["checks"], checks
    prints, prices = {f["fingerprint"] for f in document["findings"]}, {p["id"] for p in document.get("prices", ())}
    for row in document["fix_first"]:
        yield "fix_first", [row["check"]], checks
        yield "fix_first", [row["practice"]], practices
        yield "fix_first", row["fingerprints"], prints
        yield "fix_first", row.get("charges", ()), prices
    for row in document.get("settle_first", ()):
        yield "settle_first", row["practices"], practices


def _decisions(document: Json, members: Collection[str]) -> Iterator[str]:
    findings = {f["fingerprint"]: f for f in document["findings"]}
    covered: set[str] = set()
    for rule in document["exemptions"]:
        for fingerprint in rule["fingerprints"]:
            covered.add(fingerprint)
            if fingerprint not in findings:
                yield f"an exemption of {rule['check']} marks the finding {fingerprint}, which is not in the audit"
    for fingerprint, finding in findings.items():
        if finding["exemption"] is not None and fingerprint not in covered:
            yield f"finding {fingerprint} is exempt by no exemption of the audit"
        if finding["exemption"] is not None and finding["status"] != "fail":
            yield f"finding {fingerprint} is exempt and no failure"
    practices = {p["id"] for p in document["practices"]}
    controls = {(f["id"], c["id"]) for f in document["frameworks"] for c in f["controls"]}
    for a in document["attestations"]:
        known = a["practice"] in practices if a["practice"] else (a["framework"], a["control"]) in controls
        if not known:
            yield f"an attestation of {a['owner']} is about {a['practice'] or a['control']}, which is not in the audit"
    wanted = set(attachment_names(document).values())
    for member in members:
        if member.startswith(ATTACHMENTS) and member not in wanted:
            yield f"{member} belongs to no attestation"


def _mismatched(document: Json, recorded: Recorded) -> Iterator[str]:
    exchanges = {e["id"]: e for e in recorded.exchanges}
    if len(exchanges) != len(recorded.exchanges):
        yield "two recorded calls have the same id"
    calls = {c["id"] for c in document["calls"]}
    for exchange in recorded.exchanges:
        if exchange["id"] not in calls:
            yield f"the recorded call {exchange['id']} is not in the audit"
    for call in document["calls"]:
        made = exchanges.get(call["id"])
        if made is None:
            yield f"call {call['number']} ({call['service']} {call['operation']}) is not in the recording"
            continue
        for name in (n for n in _SAME if made[n] != call[n]):
            yield f"call {call['number']} ({call['service']} {call['operation']}) was recorded with another {name}"
        if made.get("page_of", "") != call["page_of"]:
            yield f"call {call['number']} ({call['service']} {call['operation']}) was recorded with another page_of"
        if made["body"] != made["digest"]:
            yield f"call {call['number']} ({call['service']} {call['operation']}): its body is missing or not its own"
        if made["id"] != _id_of(made):
            yield f"call {call['number']} ({call['service']} {call['operation']}): its id is not that of its request"
    if clocks(_exchange(e) for e in recorded.exchanges) != document["run"]["clocks"]:
        yield "the clocks of the run are not those that the recorded calls give"
    if recorded.run.get("as_of") != document["as_of"]:
        yield f"it was recorded as of {recorded.run.get('as_of')}, the audit is of {document['as_of']}"


def _exchange(row: Json) -> Exchange:
    return Exchange(**{**{k: v for k, v in row.items() if k != "body"}, "provider": Provider(row["provider"])})


def _id_of(exchange: Json) -> str:
    place = (exchange["account"], exchange["location"], exchange["service"], exchange["operation"])
    return exchange_id(Provider(exchange["provider"]), *place, exchange["params"], exchange["ordinal"])
