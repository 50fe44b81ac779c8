"""What the findings say about each control of a framework, as an assessor reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from auditor.controls import Outcome
from auditor.render.view.common import Index, Json, Link, anchor, https
from auditor.render.view.control import CLASSES, Article, Articles, share

NAMED_EXCEPTIONS = 200
"""Exceptions that one control names."""
EXCEPTIONS = 3000
"""Exceptions that all controls of a report name together; where there are more, each control names fewer."""

OUTCOMES = (Outcome.EXCEPTIONS_FOUND, Outcome.NOT_ASSESSED, Outcome.NO_EXCEPTIONS, Outcome.MANUAL)

STRENGTHS = {
    "direct": "what the control asks for, on the resources that were read",
    "supporting": "evidence towards the control; can reveal an exception, never shows alone that there is none",
    "contextual": "background; does not bear on the outcome",
}


@dataclass(frozen=True, slots=True)
class ControlView:
    anchor: str
    id: str
    label: str
    evidence_class: str
    class_meaning: str
    designation: str
    attach: str
    outcome: str
    outcome_label: str
    exceptions: int
    article: Callable[[], Article] | None
    """Makes its pages, where there is anything of ours to say. Not kept: all of them together are large."""


@dataclass(frozen=True, slots=True)
class ControlGroup:
    title: str
    controls: tuple[ControlView, ...]
    manual: tuple[ControlView, ...]
    """Those of which nothing is known here."""


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    outcome: str
    label: str
    number: int
    controls: tuple[Link, ...]
    """Those that have pages of their own."""


@dataclass(frozen=True, slots=True)
class FrameworkView:
    anchor: str
    id: str
    title: str
    edition: str
    url: str
    note: str
    licence: str
    controls: int
    with_pages: int
    outcomes: tuple[OutcomeCount, ...]
    groups: tuple[ControlGroup, ...]


def framework_views(index: Index) -> tuple[FrameworkView, ...]:
    articles = Articles(index)
    frameworks = index.document["frameworks"]
    failing = [articles.failing(c) for f in frameworks for c in f["controls"]]
    most = share(failing, NAMED_EXCEPTIONS, EXCEPTIONS)
    return tuple(_framework(articles, f, most) for f in frameworks)


def _framework(articles: Articles, framework: Json, most: int) -> FrameworkView:
    controls = [_control(articles, framework["id"], c, most) for c in framework["controls"]]
    titles: dict[str, str] = {g["id"]: f"{g['id']} {g['title']}" for g in framework["groups"]}
    groups: dict[str, list[ControlView]] = {}
    for its, control in zip(framework["controls"], controls, strict=True):
        groups.setdefault(its["group"], []).append(control)
    return FrameworkView(
        anchor=anchor("framework", framework["id"]),
        id=framework["id"],
        title=framework["title"],
        edition=framework["edition"],
        url=https(framework["url"]),
        note=framework["note"],
        licence=framework["licence"],
        controls=len(controls),
        with_pages=sum(c.article is not None for c in controls),
        outcomes=tuple(_outcome(o, controls) for o in OUTCOMES),
        groups=tuple(
            ControlGroup(
                titles[name] if name in titles else framework["title"],
                tuple(c for c in found if c.article),
                tuple(c for c in found if not c.article),
            )
            for name, found in groups.items()
        ),
    )


def _outcome(outcome: Outcome, controls: list[ControlView]) -> OutcomeCount:
    its = [c for c in controls if c.outcome == outcome]
    links = tuple(Link(c.id, c.anchor, c.label) for c in its if c.article)
    return OutcomeCount(outcome.value, outcome.label, len(its), links)


def _control(articles: Articles, framework_id: str, control: Json, most: int) -> ControlView:
    outcome = Outcome(control["outcome"])
    has = articles.has(framework_id, control)
    return ControlView(
        anchor=anchor(framework_id, control["id"]),
        id=control["id"],
        label=control["label"],
        evidence_class=control["evidence_class"],
        class_meaning=CLASSES[control["evidence_class"]],
        designation=control["designation"],
        attach=control["attach"],
        outcome=outcome.value,
        outcome_label=outcome.label,
        exceptions=articles.failing(control),
        article=(lambda: articles.article(framework_id, control, most)) if has else None,
    )
