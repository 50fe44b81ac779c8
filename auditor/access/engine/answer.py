"""What can be said about a request."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Tri(IntEnum):
    """A condition, a statement or a layer: does not hold, may hold, holds. *And* is the minimum, *or* the maximum."""

    NO = 0
    MAYBE = 1
    YES = 2


class Decision(StrEnum):
    ALLOW = "allow"
    CONDITIONAL = "conditional"
    """Allowed for some values of context keys that are not known."""
    DENY = "deny"
    """Denied whatever those values are."""
    UNKNOWN = "unknown"
    """A policy that would decide was not read."""


class Layer(StrEnum):
    """Where a decision is made. The order is that in which denials are reported."""

    SCP = "service control policy"
    RCP = "resource control policy"
    RESOURCE = "resource policy"
    GRANT = "KMS grant"
    ENDPOINT = "VPC endpoint policy"
    IDENTITY = "identity policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    SERVICE = "service rule"


TRUST_POLICY = "the trust policy of the role"
"""The name of a role's own policy, which says of what layer it is."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One statement that took part in a decision."""

    layer: Layer
    policy: str
    statement: str
    """Its Sid, or its number in the policy from 1."""
    allow: bool
    holds: Tri

    def __str__(self) -> str:
        effect = "Allow" if self.allow else "Deny"
        open_ = " (if its conditions hold)" if self.holds is Tri.MAYBE else ""
        where = self.policy if self.policy == TRUST_POLICY else f"{self.layer} {self.policy}"
        return f"{effect} in {where}, statement {self.statement}{open_}"


@dataclass(frozen=True, slots=True)
class Answer:
    decision: Decision
    because: str
    """One sentence: which layer allows or denies, or what is missing."""
    layer: Layer | None = None
    """The layer that denies; none for another decision."""
    proof: tuple[Proof, ...] = ()
    """The statements that decided."""
    conditions: tuple[str, ...] = ()
    """Context keys that are left open, in lower case."""
    missing: tuple[str, ...] = ()
    """Policies that were not read and could change the answer."""
    otherwise: Decision | None = None
    """For UNKNOWN alone: the decision if what is missing does not stand in the way. It is no finding that something is
    allowed; nothing that is reported as a fact may rest on it."""


BEST_FIRST = (Decision.ALLOW, Decision.CONDITIONAL, Decision.UNKNOWN, Decision.DENY)


def rank(answer: Answer) -> tuple[int, int]:
    """The lower, the more surely it is allowed."""
    return BEST_FIRST.index(answer.decision), BEST_FIRST.index(answer.otherwise or answer.decision)


def better(one: Answer, other: Answer) -> bool:
    return rank(one) < rank(other)
