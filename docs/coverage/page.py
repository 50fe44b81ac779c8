"""The page of what is measured on AWS."""

from __future__ import annotations

from auditor.catalog import load_catalog
from auditor.maturity import PRACTICES
from auditor.model.check import Supported
from auditor.model.scope import Provider
from docs.coverage import Row
from docs.coverage.rows import PARTS, ROWS, TOTAL


def coverage_page(note: str) -> str:
    measured = [row for row in ROWS if row.checks]
    lines = [
        "# What is measured on AWS",
        "",
        note,
        f"**{len(measured)} of the {TOTAL} controls** that AWS APIs show of AI workloads are measured. Each row says",
        "which check does, with which calls, and which response fields decide; each one that is left out says why.",
        "",
        *_by_practice(),
    ]
    for letter, title in PARTS.items():
        rows = [row for row in ROWS if row.id.startswith(letter)]
        done = sum(bool(row.checks) for row in rows)
        lines += [
            f"## {letter}. {title}: {done} of {len(rows)}",
            "",
            "| control | measured by | calls and fields |",
            "|---|---|---|",
            *(_line(row) for row in rows),
            "",
        ]
    lines += _cross_check()
    return "\n".join(lines)


def _by_practice() -> list[str]:
    lines = ["| practice | controls measured | checks |", "|---|---|---|"]
    for practice in PRACTICES:
        rows = [row for row in ROWS if row.practice == practice.id]
        if rows:
            checks = sorted({check for row in rows for check in row.checks})
            links = ", ".join(f"[{check}](checks.md#{check})" for check in checks) or "none"
            lines.append(
                f"| **{practice.id}** {practice.title} | {sum(bool(r.checks) for r in rows)} of {len(rows)} | {links} |"
            )
    rows = [row for row in ROWS if row.practice == "-"]
    lines.append(f"| information only | {sum(bool(r.checks) for r in rows)} of {len(rows)} | |")
    return [*lines, ""]


def _line(row: Row) -> str:
    by = ", ".join(f"[{check}](checks.md#{check})" for check in row.checks) or f"left out: {row.left_out}"
    calls = ", ".join(f"`{call}`" for call in row.calls)
    paths = ", ".join(f"`{path}`" for path in row.paths)
    return f"| **{row.id}** {row.title} | {by} | {calls}: {paths} |"


def _cross_check() -> list[str]:
    """Ids of AWS's own catalogs, for who wants to compare."""
    same: dict[str, list[str]] = {}
    for check in load_catalog().checks:
        coverage = check.providers[Provider.AWS]
        for other in coverage.same_as if isinstance(coverage, Supported) else ():
            same.setdefault(other, []).append(check.id)
    lines = ["## The same in Security Hub", "", "| Security Hub CSPM | check here |", "|---|---|"]
    for other in sorted(same, key=_natural):
        links = ", ".join(f"[{check}](checks.md#{check})" for check in sorted(same[other]))
        lines.append(f"| {other.removeprefix('Security Hub ')} | {links} |")
    return [*lines, ""]


def _natural(name: str) -> tuple[str, int]:
    service, _, number = name.rpartition(".")
    return service, int(number)
