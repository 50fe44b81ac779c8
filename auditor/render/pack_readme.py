"""The first file of a pack: for a reader who has neither this tool nor access to any cloud."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from auditor.bundled import bundled
from auditor.model.maturity import Level
from auditor.model.scope import Provider
from auditor.render import markdown_text

Json = Mapping[str, Any]
_LONG = 2_000
_STATES = {
    "active": "in force",
    "expired": "expired",
    "not_yet": "not yet in force",
    "unused": "in force, matching nothing",
}


class _Safe(str):
    """Text that can be nothing but text in Markdown, or a literal of ours."""

    __slots__ = ()


def readme(document: Json, context: Json, given: Sequence[str], other_accounts: str) -> str:
    """The text. ``given`` are the members that are not made from the audit: the recording and attachments.
    ``other_accounts`` says how the accounts differ from those of the previous pack."""
    run = document["run"]
    return (
        _environment()
        .get_template("pack_readme.md.j2")
        .render(
            keyid=context["signature"]["keyid"],
            previous=context["previous"],
            other_accounts=other_accounts,
            tool=document["tool"],
            audit=document,
            run=run,
            clocks=[{**c, "provider": _label(c["provider"]), "seconds": abs(c["seconds"])} for c in run["clocks"]],
            calls=len(document["calls"]),
            recording=context["recording"]["included"],
            accounts=_accounts(document),
            failures=[{**f, "provider": _label(f["provider"])} for f in document["failures"]],
            providers={s["provider"] for s in document["scopes"]},
            frameworks=[
                {**f, "slots": sum(bool(c["attach"]) for c in f["controls"]), "controls": len(f["controls"])}
                for f in document["frameworks"]
            ],
            exemptions=_states(document["exemptions"]),
            attestations=_states(document["attestations"]),
            wanted=len({x["sha256"] for a in document["attestations"] for x in a["attachments"]}),
            attached=sum(name.startswith("attachments/") for name in given),
            out_of_scope=context["scope"]["out_of_scope"],
        )
    )


def _accounts(document: Json) -> list[Json]:
    identities = {(p["provider"], p["account"]): p["identity"] for p in document["principals"]}
    places = {(s["provider"], s["account"]): s["locations"] for s in document["scopes"]}
    return [
        {
            "provider": _label(a["provider"]),
            "account": a["account"],
            "identity": identities.get((a["provider"], a["account"]), ""),
            "places": ", ".join(places.get((a["provider"], a["account"]), ())),
            "verified": _level(a["verified_level"]),
            "possible": _level(a["possible_level"]),
            "coverage": a["coverage"]["percent"],
        }
        for a in document["score"]["accounts"]
    ]


def _label(provider: str) -> _Safe:
    return _Safe(Provider(provider).label)


def _level(level: int | None) -> _Safe:
    if level is None:
        return _Safe("none")
    return _Safe(f"{level} {Level(level).label}" if level else "0")


def _states(rows: Sequence[Json]) -> _Safe:
    counts = Counter(_STATES[row["state"]] for row in rows)
    return _Safe(", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "none")


@cache
def _environment() -> Environment:
    environment = Environment(  # noqa: S701  # Markdown; _printed lets nothing through that no filter has made safe
        loader=FileSystemLoader(bundled("reports/templates")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_printed,
    )
    environment.filters["code"] = lambda text: _Safe(markdown_text.code(str(text), _LONG))
    environment.filters["words"] = lambda text: _Safe(markdown_text.words(str(text)))
    return environment


def _printed(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, _Safe | int | float):
        raise TypeError(f"a template prints a {type(value).__name__}")
    return f"{value:,}" if isinstance(value, int) else value
