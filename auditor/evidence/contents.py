"""What is in a pack. All but the audit, the recording and the attachments is made from the audit, here and nowhere
else: whoever verifies a pack makes it again and compares."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from auditor import __version__
from auditor.bundled import bundled
from auditor.evidence.scope import accounts_of, other_accounts, out_of_scope
from auditor.evidence.strict import to_json
from auditor.render.csv_text import csv_pieces
from auditor.render.formats import FORMATS
from auditor.render.pack_readme import readme
from auditor.run_context import code_digest

Json = dict[str, Any]
Content = Callable[[], bytes]
"""Reads the content of a member, as often as it is called."""

AUDIT = "audit.json"
CONTEXT = "run/context.json"
RECORDING = "run/recording/"
ATTACHMENTS = "attachments/"
RENDERED = ("html", "csv", "controls", "population")
"""The formats that a pack holds beside the audit itself."""
CALL_COLUMNS = (
    "number",
    "started_at_utc",
    "provider",
    "account",
    "location",
    "service",
    "operation",
    "parameters",
    "status",
    "error",
    "request_id",
    "body_sha256",
    "attempts",
    "page_of",
    "synthetic",
    "id",
)
MANUAL_COLUMNS = (
    "framework",
    "edition",
    "control_id",
    "control_label",
    "evidence_class",
    "status",
    "what_a_person_must_add",
    "provided_by",
    "provided_on",
    "reference",
    "attested_by",
    "attestation",
    "attestation_state",
    "attestation_expires",
    "attached",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a pack is made of."""

    document: Json
    recording: Mapping[str, Content] = field(default_factory=dict)
    """Files of the recording by their names in it; empty if there is none."""
    attachments: Mapping[str, Content] = field(default_factory=dict)
    """By the SHA-256 of their content."""
    previous: Json | None = None
    """The pack before this one in a series; see :func:`auditor.evidence.pack.previous_pack`."""
    keyid: str = ""
    """Of the key that signs; empty if nobody does."""

    @property
    def given(self) -> dict[str, Content]:
        """The members that are not made here."""
        attached = {
            member: self.attachments[digest]
            for digest, member in attachment_names(self.document).items()
            if digest in self.attachments
        }
        return {**{RECORDING + name: read for name, read in self.recording.items()}, **attached}


def made_members(contents: Contents) -> Iterator[tuple[str, bytes]]:
    """Every member that follows from the audit."""
    document, has = contents.document, set(contents.given)
    context = _context(contents)
    yield AUDIT, "".join(FORMATS["json"].pieces(document)).encode()
    yield CONTEXT, to_json(context)
    yield "run/calls.csv", _csv(CALL_COLUMNS, _calls(document))
    for name in RENDERED:
        yield FORMATS[name].filename, "".join(FORMATS[name].pieces(document)).encode()
    for framework in document["frameworks"]:
        yield f"frameworks/{framework['id']}.json", to_json(_framework(document, framework))
    yield "exemptions.json", to_json(document["exemptions"])
    yield "attestations.json", to_json([_attestation(document, a, has) for a in document["attestations"]])
    yield "manual.csv", _csv(MANUAL_COLUMNS, _manual(document, has))
    yield "checks.json", to_json(_checks(document))
    others = other_accounts(contents.previous["accounts"], accounts_of(document)) if contents.previous else ""
    yield "README.md", readme(document, context, sorted(has), others).encode()


def predicate(contents: Contents) -> Json:
    """What the statement says of the pack beyond its digest. No clock is read: equal audits make equal packs."""
    document = contents.document
    statuses = Counter(f["status"] for f in document["findings"])
    return {
        "audit": document["id"],
        "as_of": document["as_of"],
        "started_at": document["started_at"],
        "finished_at": document["finished_at"],
        "tool": document["tool"],
        "packed_by": packer(),
        "accounts": [
            {key: a[key] for key in ("provider", "account", "verified_level", "possible_level")}
            for a in document["score"]["accounts"]
        ],
        "findings": dict(sorted(statuses.items())),
        "coverage": document["coverage"],
        "calls": len(document["calls"]),
        "recording": bool(contents.recording),
        "synthetic": document["synthetic"],
        "previous": contents.previous,
    }


def packer() -> Json:
    """The installed tool, as far as it decides what a pack looks like."""
    return {"version": __version__, "code_digest": code_digest(), "templates_digest": _templates_digest()}


@cache
def _templates_digest() -> str:
    root = bundled("reports/templates")
    lines = (
        f"{path.relative_to(root).as_posix()} {hashlib.sha256(path.read_bytes()).hexdigest()}\n"
        for path in sorted(p for p in root.rglob("*") if p.is_file())
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def attachment_names(document: Mapping[str, Any]) -> dict[str, str]:
    """Where the documents behind attestations lie in a pack, by the SHA-256 of their content."""
    names: dict[str, str] = {}
    for attestation in document["attestations"]:
        for file in attestation["attachments"]:
            names.setdefault(file["sha256"], f"{ATTACHMENTS}{file['sha256']}-{_plain(file['name'])}")
    return names


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)[-60:].rstrip(".") or "_"


def _context(contents: Contents) -> Json:
    document = contents.document
    kept = ("as_of", "started_at", "finished_at", "replayed", "interrupted", "synthetic", "tool", "run", "principals")
    return {
        "audit": document["id"],
        **{name: document[name] for name in kept},
        "packed_by": packer(),
        "scope": {
            "accounts": document["scopes"],
            "selection": document["selection"],
            "kinds_read_in_part": document["populations"],
            "out_of_scope": out_of_scope(document),
        },
        "recording": {
            "included": bool(contents.recording),
            "calls": len(document["calls"]),
            "bodies": sum(name.startswith("bodies/") for name in contents.recording),
        },
        "signature": {"signed": bool(contents.keyid), "keyid": contents.keyid},
        "previous": contents.previous,
    }


def _csv(columns: tuple[str, ...], rows: Iterator[Mapping[str, object]]) -> bytes:
    return "".join(csv_pieces(columns, rows)).encode()


def _calls(document: Mapping[str, Any]) -> Iterator[Mapping[str, object]]:
    numbers = {c["id"]: c["number"] for c in document["calls"]}
    for call in document["calls"]:
        yield {
            **{name: call[name] for name in CALL_COLUMNS if name in call},
            "started_at_utc": call["started_at"],
            "parameters": json.dumps(call["params"], ensure_ascii=False),
            "status": "no answer" if call["status"] is None else call["status"],
            "body_sha256": call["digest"],
            "page_of": numbers.get(call["page_of"], ""),
            "synthetic": "yes" if call["synthetic"] else "no",
        }


def _framework(document: Mapping[str, Any], framework: Mapping[str, Any]) -> Json:
    """Per control its status and the practices behind it; per practice the findings, once."""
    practices = {e["practice"] for c in framework["controls"] for e in c["evidence"]}
    findings: dict[str, dict[str, list[str]]] = {p: {} for p in sorted(practices)}
    accepted = []
    for finding in document["findings"]:
        if finding["practice"] in practices:
            findings[finding["practice"]].setdefault(finding["status"], []).append(finding["fingerprint"])
            if finding["exemption"] is not None:
                accepted.append(finding["fingerprint"])
    return {
        "audit": document["id"],
        "as_of": document["as_of"],
        "framework": {key: value for key, value in framework.items() if key != "controls"},
        "controls": framework["controls"],
        "findings_by_practice": findings,
        "accepted_risks": accepted,
    }


def _attestation(document: Mapping[str, Any], attestation: Json, has: set[str]) -> Json:
    members = attachment_names(document)
    attachments = [
        {**file, "member": members[file["sha256"]] if members[file["sha256"]] in has else None}
        for file in attestation["attachments"]
    ]
    return {**attestation, "attachments": attachments}


def _manual(document: Mapping[str, Any], has: set[str]) -> Iterator[Mapping[str, object]]:
    """Every control of which a person must add something, with room to do it; once per attestation there is."""
    for framework in document["frameworks"]:
        for control in framework["controls"]:
            if not control["attach"]:
                continue
            row = {
                "framework": framework["id"],
                "edition": framework["edition"],
                "control_id": control["id"],
                "control_label": control["label"],
                "evidence_class": control["evidence_class"],
                "status": control["outcome"],
                "what_a_person_must_add": control["attach"],
            }
            practices = {e["practice"] for e in control["evidence"]} | set(control["untested_practices"])
            stated = [
                a
                for a in document["attestations"]
                if (a["framework"], a["control"]) == (framework["id"], control["id"]) or a["practice"] in practices
            ]
            if not stated:
                yield row
            members = attachment_names(document)
            for a in stated:
                files = [members[x["sha256"]] for x in a["attachments"]]
                yield {
                    **row,
                    "attested_by": a["owner"],
                    "attestation": f"{a['practice']}: {a['statement']}" if a["practice"] else a["statement"],
                    "attestation_state": a["state"],
                    "attestation_expires": a["expires"],
                    "attached": " ".join(f if f in has else f"{f} (not in this pack)" for f in files),
                }


def _checks(document: Mapping[str, Any]) -> Json:
    rows = [
        {key: check[key] for key in ("id", "digest", "bundled", "practice", "severity", "title")}
        for check in document["checks"]
    ]
    return {"tool": document["tool"], "packed_by": packer(), "checks": rows}
