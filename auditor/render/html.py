"""The report for people: one HTML file that makes no request, with its own script and no other."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Undefined
from markupsafe import Markup

from auditor.bundled import bundled
from auditor.errors import UsageError
from auditor.render.packed import packed
from auditor.render.schema import FRAMEWORK_SCHEMA
from auditor.render.text import inert
from auditor.render.view import View, framework_view, report_view
from auditor.render.view.common import count_text
from auditor.render.view.explorer import explorer_pieces

SHELL = ("report.js",)
EXPLORER = (*SHELL, "explorer_data.js", "explorer.js", "explorer_resource.js", "explorer_facts.js")
STYLES = ("report.css", "explorer.css")


def report_pieces(document: Mapping[str, Any]) -> Iterator[str]:
    """``report.html`` in pieces, so that the text of a large report is never in memory at once."""
    view = report_view(document)
    drawings = view.access.anchors if view.access else {}
    return _pieces("report.html.j2", view, EXPLORER, packed(explorer_pieces(document, drawings)))


def render_report(document: Mapping[str, Any]) -> str:
    """``report.html``: the whole audit."""
    return "".join(report_pieces(document))


def render_framework(document: Mapping[str, Any], framework_id: str) -> str:
    """The evidence for one framework by itself. UsageError if the audit has no such framework."""
    view = framework_view(framework_document(document, framework_id))
    return "".join(_pieces("framework.html.j2", view, SHELL, None))


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
        for name in ("resources", "listings", "gaps", "reconciliation", "populations")
    }
    charges = {i for c in checks for coverage in c["providers"].values() for i in coverage.get("charges", ())}
    cited = (*findings, *parts["listings"], *parts["gaps"], *parts["reconciliation"])
    calls = {call for row in cited for call in row["calls"]}
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
        "prices": [p for p in document["prices"] if p["id"] in charges],
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


def _pieces(template: str, view: View, scripts: tuple[str, ...], island: Iterable[str] | None) -> Iterator[str]:
    """``island``: the data of the explorer, for the reports that have one."""
    css, boot, script = _joined(STYLES), _joined(("boot.js",)), _joined(scripts)
    stream = (
        _environment()
        .get_template(template)
        .stream(
            view=view,
            policy=Markup(_policy((css,), (boot, script))),  # noqa: S704
            css=Markup(css),  # noqa: S704
            boot=Markup(boot),  # noqa: S704
            script=Markup(script),  # noqa: S704
            island=None if island is None else map(Markup, island),
        )
    )
    stream.enable_buffering(200)
    return stream


def _policy(styles: Iterable[str], scripts: Iterable[str]) -> str:
    """What the browser lets the file do: apply this style, run these scripts, and nothing else."""
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src {' '.join(map(_digest, styles))}",
            f"script-src {' '.join(map(_digest, scripts))}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _joined(names: tuple[str, ...]) -> str:
    """The text of these files as one style or script; scripts in a function of their own, so that they share names
    with each other only."""
    text = "".join((bundled("reports/templates") / name).read_text(encoding="utf-8") for name in names)
    if "</" in text or "<!--" in text:
        raise ValueError(f"{', '.join(names)} would end or hide the end of its own element")
    return f"(() => {{\n{text}}})();\n" if names[0].endswith(".js") else text


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
