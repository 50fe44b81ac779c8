"""Who can reach a model: the chains of identities that end in an invocation, drawn for each AWS account."""

from __future__ import annotations

import logging
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from auditor.access.from_audit import ACTORS, from_document
from auditor.access.picture import INVOKABLE, picture
from auditor.access.unread import concerns
from auditor.access.world import World
from auditor.model.scope import Provider
from auditor.render.view.access_words import KINDS, LISTED, FigureView, Words
from auditor.render.view.common import Index, Json, anchor, count_text, provider_label

log = logging.getLogger(__name__)
FIGURES = 24
"""Drawings in a report."""
IDENTITIES = 6000
"""Identities, of all accounts together, that drawings are made for: each thousand takes up to two seconds."""


@dataclass(frozen=True, slots=True)
class AccountAccess:
    anchor: str
    title: str
    summary: str
    notice: str
    unread: tuple[str, ...]
    figures: tuple[FigureView, ...]
    rest: tuple[str, ...]
    rest_more: int
    rest_total: int
    command: str


@dataclass(frozen=True, slots=True)
class AccessView:
    accounts: tuple[AccountAccess, ...]
    notice: str
    """Why nothing is drawn at all."""
    others: str
    """The clouds of the audit that are not evaluated."""
    anchors: Mapping[tuple[str, str], str]
    """Where a resource is drawn, by account and id."""


def access_view(index: Index) -> AccessView:
    document = index.document
    accounts = [s["account"] for s in document["scopes"] if s["provider"] == Provider.AWS]
    others = sorted({provider_label(s["provider"]) for s in document["scopes"] if s["provider"] != Provider.AWS})
    parts = _by_account(document, accounts)
    share = max(1, FIGURES // max(1, sum(bool(_invokable(part)) for part in parts.values())))
    anchors: dict[tuple[str, str], str] = {}
    views: dict[str, AccountAccess] = {}
    identities, left = 0, FIGURES
    for account in sorted(parts, key=lambda a: (-_invokable(parts[a]), a)):
        identities += sum(r["kind"] == ACTORS for r in parts[account]["resources"])
        most = min(share, left) if identities <= IDENTITIES else 0
        view, where = _account(index, account, parts[account], frozenset(accounts), most)
        views[account] = view
        anchors.update(where)
        left -= len(view.figures)
    return AccessView(
        accounts=tuple(views[a] for a in accounts),
        notice="" if accounts else "No AWS account is in this audit, so nothing is drawn.",
        others=", ".join(others),
        anchors=anchors,
    )


def _by_account(document: Mapping[str, Any], accounts: Iterable[str]) -> Mapping[str, dict[str, list[Json]]]:
    """What access looks at of each AWS account, found in one pass."""
    parts: dict[str, dict[str, list[Json]]] = {a: {"resources": [], "gaps": [], "listings": []} for a in accounts}
    for name, scope in (("resources", "scope"), ("gaps", ""), ("listings", "")):
        for row in document[name]:
            of = row[scope] if scope else row
            if of["provider"] == Provider.AWS and of["account"] in parts:
                parts[of["account"]][name].append(row)
    return parts


def _invokable(part: Mapping[str, list[Json]]) -> int:
    return sum(r["kind"] in INVOKABLE for r in part["resources"])


Anchors = Mapping[tuple[str, str], str]


def _account(
    index: Index, account: str, part: Mapping[str, list[Json]], own: frozenset[str], most: int
) -> tuple[AccountAccess, Anchors]:
    several = f" --account {shlex.quote(account)}" if len(own) > 1 else ""
    empty = AccountAccess(
        anchor=anchor("access", account),
        title=index.account(Provider.AWS, account),
        summary=_counted(part),
        notice="",
        unread=(),
        figures=(),
        rest=(),
        rest_more=0,
        rest_total=0,
        command=f"auditor access paths --to NAME --audit FOLDER{several}",
    )
    if not _invokable(part):
        return replace(empty, notice=_nothing(part)), {}
    if not most:
        why = "Not drawn, because the audit holds more than one report can show. The command answers for each of them."
        return replace(empty, notice=why), {}
    try:
        return _drawn(empty, from_document(part, account), account, own, most, several)
    except Exception as error:  # the other sections do not depend on it
        log.debug("defect in what is drawn of %s", account, exc_info=error)
        why = f"Not drawn because of a defect in this tool ({type(error).__name__}): please report it."
        return replace(empty, notice=why), {}


def _drawn(
    empty: AccountAccess, world: World, account: str, own: frozenset[str], most: int, options: str
) -> tuple[AccountAccess, Anchors]:
    unread = tuple(dict.fromkeys(line for kind in INVOKABLE for line in concerns(world.unread, kind)))
    if not world.actors:
        return replace(empty, notice="No identity was read, so nobody can be named.", unread=unread), {}
    if all(actor.identity.policies is None for actor in world.actors):
        why = "No policy of an identity was read, so nobody can be named."
        return replace(empty, notice=why, unread=unread), {}
    found = picture(world, own, most)
    words = Words(world, options)
    figures = [words.figure(f, f"{empty.anchor}-{n}") for n, f in enumerate(found.figures, 1)]
    rest = [words.left_out(x) for x in found.rest]
    where = {
        (account, target.arn): view.anchor
        for seen, view in zip(found.figures, figures, strict=True)
        for target in seen.targets
    } | {(account, t.arn): empty.anchor for x in found.rest for t in x.targets}
    return (
        replace(
            empty,
            unread=unread,
            figures=tuple(figures),
            rest=tuple(rest[:LISTED]),
            rest_more=max(0, len(rest) - LISTED),
            rest_total=sum(len(x.targets) for x in found.rest),
        ),
        where,
    )


def _nothing(part: Mapping[str, list[Json]]) -> str:
    """None was found, which is no statement about what was not listed."""
    listed = {x["kind"] for x in part["listings"]} - {g["kind"] for g in part["gaps"]}
    missing = [KINDS[kind][1] for kind in INVOKABLE if kind not in listed]
    partly = f" Not listed, or not to the end: {', '.join(missing)}." if missing else ""
    return f"No endpoint and no agent was found.{partly}"


def _counted(part: Mapping[str, list[Json]]) -> str:
    numbers = Counter(r["kind"] for r in part["resources"])
    found = [count_text(numbers[k], one, many) for k, (one, many) in KINDS.items() if numbers[k] and k in INVOKABLE]
    return ", ".join((*found, count_text(numbers[ACTORS], "identity", "identities")))
