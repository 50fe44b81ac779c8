"""Writes the documents that are made from the code. ``make docs``; a test fails when they are out of date."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from auditor.catalog import load_catalog
from auditor.maturity import LAYER_TITLES, PRACTICES, practice
from auditor.model.check import AnyCheck, Inherited, NoCounterpart, Supported
from auditor.model.maturity import Level, Measurement
from auditor.model.resources import KINDS
from auditor.model.scope import Provider
from auditor.permissions import needed_permissions, policy_for
from auditor.prices import Price, price
from auditor.providers import registry
from auditor.settings import Settings
from docs.coverage.page import coverage_page
from docs.frameworks_page import frameworks_page

FOLDER = Path(__file__).resolve().parent
NOTE = "<!-- Made by `make docs` from the code. Do not edit. -->\n"


def checks_page() -> str:
    lines = [
        "# Checks",
        "",
        NOTE,
        "Where a fix turns on something that the cloud charges for, *charged for* names it, with the list price of one",
        "unit in one region where it could be verified. How many units a fix takes follows from the account.",
        "",
    ]
    catalog = load_catalog()
    for layer in LAYER_TITLES:
        lines += [f"## {LAYER_TITLES[layer]}", ""]
        of_layer = [c for c in catalog.checks if practice(c.practice).layer == layer]
        for check in sorted(of_layer, key=lambda c: (practice(c.practice).level, c.id)):
            lines += _check(check)
    return "\n".join(lines)


def _check(check: AnyCheck) -> Iterator[str]:
    its = practice(check.practice)
    yield f"### {check.id}"
    yield ""
    yield f"**{check.title}.** {check.why}"
    yield ""
    yield f"Severity {check.severity.label} · practice {its.id}, level {its.level:d} · reads " + ", ".join(
        f"`{check.resource.__name__}.{fact}`" for fact in check.needs
    )
    yield ""
    for provider, coverage in check.providers.items():
        if isinstance(coverage, Supported):
            command = f" `{coverage.remediation.command}`" if coverage.remediation.command else ""
            same = f" Same as {', '.join(coverage.same_as)}." if coverage.same_as else ""
            yield (
                f"- {provider.label}: {coverage.remediation.text} ([guide]({coverage.remediation.url})){command}{same}"
            )
            if coverage.remediation.charges:
                yield f"  - Charged for: {'. '.join(_price(price(c)) for c in coverage.remediation.charges)}."
        elif isinstance(coverage, Inherited):
            limits = f" Limits: {coverage.limits}" if coverage.limits else ""
            yield f"- {provider.label}: inherited. {coverage.statement}{limits} ([source]({coverage.url}))"
        elif isinstance(coverage, NoCounterpart):
            yield f"- {provider.label}: no counterpart. {coverage.reason}"
        else:
            yield f"- {provider.label}: not built yet. {coverage.reason}"
    yield ""


def _price(its: Price) -> str:
    return f"[{its.what}]({its.url}), {its.amount}" + (f"; {its.usage}" if its.usage else "")


def model_page() -> str:
    measured: dict[str, list[str]] = {}
    for check in load_catalog().checks:
        measured.setdefault(check.practice, []).append(check.id)
    automated = [p for p in PRACTICES if p.measurement is not Measurement.ATTESTED]
    lines = [
        "# The ML Security Maturity Model",
        "",
        NOTE,
        f"{len(PRACTICES)} practices in four layers and four levels. {len(measured)} of the {len(automated)} that APIs",
        "can show are measured by this version; one that is not measured blocks the *verified* level, never the",
        "*possible* one.",
        "",
    ]
    for layer, title in LAYER_TITLES.items():
        lines += [f"## {title}", ""]
        for level in list(Level)[1:]:
            lines += [f"### Level {level:d} {level.label}", "", "| practice | measured by |", "|---|---|"]
            for its in PRACTICES:
                if (its.layer, its.level) == (layer, level):
                    by = ", ".join(
                        f"[{c}](checks.md#{c})" for c in measured.get(its.id, ())
                    ) or its.measurement.replace("automated", "not measured yet")
                    critical = " (critical)" if its.critical else ""
                    lines.append(f"| **{its.id}** {its.title}{critical} | {by} |")
            lines.append("")
    return "\n".join(lines)


def facts_page() -> str:
    supplied: dict[tuple[str, str], set[str]] = {}
    for collector in registry.collectors():
        for fact in collector.facts():
            supplied.setdefault((collector.kind.kind(), fact), set()).add(collector.provider.label)
    lines = ["# Facts", "", NOTE, "What the checks may read, and on which clouds a collector reads it.", ""]
    for kind in KINDS:
        lines += [
            f"## {kind.kind()}",
            "",
            " ".join((kind.__doc__ or "").split()),
            "",
            "| fact | meaning | read on |",
            "|---|---|---|",
        ]
        fields = {f.name: f for f in kind.__dataclass_fields__.values()}
        for name in sorted(kind.fact_names()):
            clouds = ", ".join(sorted(supplied.get((kind.kind(), name), ()))) or "derived"
            lines.append(f"| `{name}` | {fields[name].metadata['meaning']} | {clouds} |")
        lines.append("")
    return "\n".join(lines)


def permissions_page() -> str:
    lines = [
        "# Permissions",
        "",
        NOTE,
        "What a full run needs: exactly the permissions of the calls its collectors declare, and of signing in.",
        "`auditor permissions CLOUD` prints the same; with `--check`, `--layer` or `--framework` it prints less.",
        "AWS takes no policy of more than 6,144 characters: what is longer is printed as a list of policies with their",
        "names, each to be created and attached.",
        "",
    ]
    for provider in Provider:
        settings = Settings(clouds=(provider,))
        form = "yaml" if provider is Provider.GCP else "json"
        lines += [
            f"## {provider.label}",
            "",
            f"{len(needed_permissions(settings))} permissions, none of which writes or reads secret values.",
            "",
            f"```{form}",
            policy_for(settings).rstrip(),
            "```",
            "",
        ]
    return "\n".join(lines)


PAGES: dict[str, Callable[[], str]] = {
    "aws_coverage.md": lambda: coverage_page(NOTE),
    "checks.md": checks_page,
    "facts.md": facts_page,
    "frameworks.md": lambda: frameworks_page(NOTE),
    "model.md": model_page,
    "permissions.md": permissions_page,
}


def main() -> None:
    for name, make in PAGES.items():
        (FOLDER / name).write_text(make().rstrip() + "\n", encoding="utf-8")
        sys.stdout.write(f"wrote docs/{name}\n")


if __name__ == "__main__":
    main()
