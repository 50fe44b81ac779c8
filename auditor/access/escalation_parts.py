"""What the edges of :mod:`auditor.access.escalation_edges` are put together from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from operator import or_

from auditor.access.engine.answer import Answer, Layer
from auditor.access.engine.policies import Policy, compile_policy
from auditor.access.escalation import Bundle
from auditor.access.reach import bits
from auditor.access.world import Actor

Held = dict[int, list[tuple[int, Answer]]]
"""By the number of an actor: on which of some resources an action is granted, and how."""


def add(found: dict[object, tuple[int, Answer]], mask: int, answer: Answer) -> None:
    """Answers that differ in nothing but their proofs count as one: each edge looks its own up again."""
    alike = (answer.decision, answer.otherwise, answer.conditions, answer.missing)
    before, first = found.get(alike, (0, answer))
    found[alike] = (before | mask, first)


def union(masks: Iterable[int]) -> Callable[[int], int]:
    """What the numbered masks come to together."""
    several = tuple(masks)
    return lambda mask: reduce(or_, (several[number] for number in bits(mask)), 0)


def if_any(bundle: Bundle) -> Iterator[Bundle]:
    if bundle.targets:
        yield bundle


def naming(actor: Actor) -> Policy:
    statement = {"Effect": "Allow", "Principal": {"AWS": actor.arn}, "Action": "sts:AssumeRole"}
    return compile_policy({"Version": "2012-10-17", "Statement": statement}, Layer.RESOURCE, "a trust policy so edited")


def services(trust: Policy) -> set[str]:
    found: set[str] = set()
    for rule in trust.rules:
        for kind in ("Service", "Federated"):
            found.update((rule.source.principals or {}).get(kind, ()))
    return found
