"""The report for people: one HTML file without scripts and without a single request to anywhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Undefined
from markupsafe import Markup

from auditor.bundled import bundled
from auditor.errors import UsageError
from auditor.render.schema import FRAMEWORK_SCHEMA
from auditor.render.text import inert
from auditor.render.view import View, framework_view, report_view
from auditor.render.view.common import count_text


def report_pieces(document: Mapping[str, Any]) -> Iterator[str]:
    """``report.html`` in pieces, so that the text of a large report is never in memory at once."""
    return _pieces("report.html.j2", report_view(document))


def render_report(document: Mapping[str, Any]) -> str:
    """``report.html``: the whole audit."""
    return "".join(report_pieces(document))


def render_framework(document: Mapping[str, Any], framework_id: str) -> str:
    """The evidence for one framework by itself. UsageError if the audit has no such framework."""
    return "".join(_pieces("framework.html.j2", framework_view(framework_document(document, framework_id))))


def framework_document(document: Mapping[str, Any], framework_id: str) -> dict[str, Any]:
    """The part of an audit that bears on one framework: its controls, and the practices, checks, findings, resources
    and calls behind them. Call numbers are those of the whole audit. There is no score: a score is of the whole audit.
    """
    frameworks = [f for f in document["frameworks"] if f["id"] == framework_id]
    if not frameworks:
        known = ", ".join(f["id"] for f in document["frameworks"])
        raise UsageError(f"the audit has no framework {framework_id!r}", f"Choose from {known}.")
    controls = frameworks[0]["controls"]
    practices = {e["practice"] for c in controls for e in c["evidence"]}
    practices |= {p for c in controls for p in c["untested_practices"]}
    findings = [f for f in document["findings"] if f["practice"] in practices]
    checks = [c for c in document["checks"] if c["practice"] in practices]
    kinds = {c["kind"] for c in checks}
    parts = {
        name: [row for row in document[name] if row["kind"] in kinds]
        for name in ("resources", "listings", "gaps", "populations")
    }
    calls = {call for row in (*findings, *parts["listings"], *parts["gaps"]) for call in row["calls"]}
    kept = (
        "id",
        "tool",
        "as_of",
        "started_at",
        "finished_at",
        "replayed",
        "interrupted",
        "selection",
        "run",
        "principals",
        "scopes",
        "failures",
        "defects",
    )
    its_calls = [c for c in document["calls"] if c["id"] in calls]
    return {
        "schema": FRAMEWORK_SCHEMA,
        **{name: document[name] for name in kept},
        "synthetic": any(c["synthetic"] for c in its_calls),
        "coverage": _coverage(findings),
        "frameworks": frameworks,
        "practices": [p for p in document["practices"] if p["id"] in practices],
        "checks": checks,
        "findings": findings,
        "exemptions": [e for e in document["exemptions"] if e["check"] in {c["id"] for c in checks}],
        "attestations": [
            a for a in document["attestations"] if a["framework"] == framework_id or a["practice"] in practices
        ],
        **parts,
        "calls": its_calls,
    }


def _coverage(findings: list[dict[str, Any]]) -> dict[str, Any]:
    numbers = {"pass": 0, "fail": 0, "not_assessed": 0, "not_applicable": 0, "inherited": 0}
    for finding in findings:
        numbers["inherited" if finding["inherited"] else finding["status"]] += 1
    answered = numbers["pass"] + numbers["fail"]
    asked = answered + numbers["not_assessed"]
    percent = round(100 * answered / asked, 1) if asked else 100.0
    return {"percent": percent, "answered": answered, "asked": asked, **numbers}


def _pieces(template: str, view: View) -> Iterator[str]:
    css = _stylesheet()
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    stream = _environment().get_template(template).stream(view=view, css=Markup(css), css_hash=f"sha256-{digest}")  # noqa: S704
    stream.enable_buffering(200)
    return stream


@cache
def _stylesheet() -> str:
    css = (bundled("reports/templates") / "report.css").read_text(encoding="utf-8")
    if "</" in css:
        raise ValueError("report.css would end its own style element")
    return css


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(bundled("reports/templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_printable,
    )
    filters: dict[str, Callable[..., Any]] = {"counted": count_text, "number": "{:,}".format}
    environment.filters.update(filters)
    return environment


def _printable(value: object) -> object:
    """Applied to everything a template prints, so that no name can get around :func:`inert`."""
    if isinstance(value, Markup | Undefined):
        return value
    if isinstance(value, str):
        return inert(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise TypeError(f"a template prints a {type(value).__name__}")
