"""``controls.csv``: every control of every framework, with what this audit says about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from auditor.controls import Outcome
from auditor.model.maturity import Strength
from auditor.render.csv_text import csv_pieces

COUNTS = ("pass", "fail", "not_assessed", "not_applicable", "inherited")
COLUMNS = (
    "framework",
    "edition",
    "control_id",
    "control_label",
    "evidence_class",
    "designation",
    "status",
    *COUNTS,
    "accepted_risks",
    "contextual_findings",
    "practices_direct",
    "practices_supporting",
    "practices_contextual",
    "practices_untested",
    "checks",
    "attach",
    "attestations",
    "as_of",
    "audit_id",
)
"""The counts are of direct and supporting evidence, which the status follows from. Contextual evidence decides
nothing and is counted apart."""


def pieces(document: Mapping[str, Any]) -> Iterator[str]:
    """``controls.csv`` in pieces."""
    return csv_pieces(COLUMNS, _rows(document))


def _rows(document: Mapping[str, Any]) -> Iterator[Mapping[str, object]]:
    accepted: dict[str, int] = {}
    for finding in document["findings"]:
        if finding["exemption"] is not None:
            accepted[finding["practice"]] = accepted.get(finding["practice"], 0) + 1
    for framework in document["frameworks"]:
        for control in framework["controls"]:
            yield {
                "framework": framework["id"],
                "edition": framework["edition"],
                **_control(control, accepted),
                "attestations": _attestations(document.get("attestations", ()), framework["id"], control),
                "as_of": document["as_of"],
                "audit_id": document["id"],
            }


def _control(control: Mapping[str, Any], accepted: Mapping[str, int]) -> dict[str, object]:
    evidence = control["evidence"]
    telling = [e for e in evidence if e["strength"] != Strength.CONTEXTUAL]
    practices = {
        f"practices_{strength}": " ".join(e["practice"] for e in evidence if e["strength"] == strength)
        for strength in Strength
    }
    return {
        "control_id": control["id"],
        "control_label": control["label"],
        "evidence_class": control["evidence_class"],
        "designation": control["designation"],
        "status": Outcome(control["outcome"]).label,
        **{name: sum(e[name] for e in telling) for name in COUNTS},
        "accepted_risks": sum(accepted.get(e["practice"], 0) for e in telling),
        "contextual_findings": sum(e[name] for e in evidence if e not in telling for name in COUNTS),
        **practices,
        "practices_untested": " ".join(control["untested_practices"]),
        "checks": " ".join(sorted({check for e in evidence for check in e["checks"]})),
        "attach": control["attach"],
    }


def _attestations(attestations: Iterable[Mapping[str, Any]], framework: str, control: Mapping[str, Any]) -> str:
    """What people stated about the control itself, or about a practice that bears on it."""
    practices = {e["practice"] for e in control["evidence"]} | set(control["untested_practices"])
    lines = []
    for a in attestations:
        itself = (a.get("framework"), a.get("control")) == (framework, control["id"])
        if itself or a.get("practice") in practices:
            until = f"{a['state']}, until {a['expires']}"
            lines.append(f"{a.get('practice') or a['control']}: {a['statement']} ({a['owner']}; {until})")
    return "\n".join(lines)
