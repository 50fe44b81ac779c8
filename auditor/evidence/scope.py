"""What an audit did not look at, in sentences that a reader without this tool understands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from auditor.model.scope import GLOBAL, Provider


def out_of_scope(document: Mapping[str, Any]) -> list[dict[str, str]]:
    """Each with the kind of limit and what it leaves out."""
    rows = [("clouds", text) for text in _clouds(document)]
    rows += [("locations", text) for text in _locations(document)]
    for name, chosen in sorted(document["selection"].items()):
        rows.append(("checks", f"Only the {name} {', '.join(chosen)} were asked for; no level is given."))
    unread = Counter((g["provider"], g["account"]) for g in document["gaps"])
    for (provider, account), count in sorted(unread.items()):
        text = f"{_label(provider)} {account}: {count} lists could not be read to the end"
        rows.append(("unread", f"{text}; population.csv names each. What depends on them is not assessed."))
    alike: dict[str, list[str]] = {}
    for population in document["populations"]:
        alike.setdefault(population["definition"], []).append(population["kind"])
    rows += [("kinds", f"Read in part: {', '.join(kinds)}. {definition}") for definition, kinds in alike.items()]
    if document["interrupted"]:
        rows.append(("interrupted", "The run was interrupted; what it had not read is not assessed."))
    moment = f"The state at one moment ({document['as_of']})"
    rows.append(("period", f"{moment}. Of other times only what the histories say that accounts keep."))
    return [{"what": what, "text": text} for what, text in rows]


def accounts_of(document: Mapping[str, Any]) -> list[str]:
    return sorted(f"{s['provider']}:{s['account']}" for s in document["scopes"])


def other_accounts(before: Iterable[str], now: Iterable[str]) -> str:
    """How the accounts of two packs differ, in words; empty if they do not."""
    differences = (("new:", set(now) - set(before)), ("gone:", set(before) - set(now)))
    return "; ".join(f"{word} {', '.join(sorted(names))}" for word, names in differences if names)


def _clouds(document: Mapping[str, Any]) -> list[str]:
    read = {s["provider"] for s in document["scopes"]}
    failed = {f["provider"]: f["message"] for f in document["failures"]}
    rows = []
    for provider in Provider:
        if provider in failed:
            rows.append(f"{provider.label}: could not be read ({failed[provider]}).")
        elif provider not in read:
            rows.append(f"{provider.label}: not part of this run.")
    others = ", ".join(f"{_label(s['provider'])} {s['account']}" for s in document["scopes"])
    rows.append(f"Every account other than these: {others or 'none was read'}.")
    return rows


def _locations(document: Mapping[str, Any]) -> list[str]:
    parameters = document["run"]["parameters"]
    rows = []
    for scope in document["scopes"]:
        places = [place for place in scope["locations"] if place != GLOBAL]
        if places:
            chosen = parameters.get(scope["provider"], {}).get("regions", [])
            why = " (chosen for this run)" if chosen else ""
            whose = f"{_label(scope['provider'])} {scope['account']}"
            rows.append(f"{whose}: every location other than {', '.join(places)}{why}.")
    return rows


def _label(provider: str) -> str:
    return Provider(provider).label
