"""How far the policies of one IAM identity go: grants wider than a workload needs.

Three rules hold throughout. A condition on an Allow is not trusted to narrow it. A Deny counts only if it was read and
has no condition, because a condition can be avoided. A permissions boundary lowers a grant only if its document was
read and does not allow the grant itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from auditor.access.aws_documents import ANY_RESOURCE, Statement, action_matches

FULL_ACCESS: Mapping[str, str] = {
    "AdministratorAccess": "*",
    "AmazonBedrockFullAccess": "bedrock:*",
    "AmazonS3FullAccess": "s3:*",
    "AmazonSageMakerFullAccess": "sagemaker:*",
    "BedrockAgentCoreFullAccess": "bedrock-agentcore:*",
    "IAMFullAccess": "iam:*",
}
"""AWS managed policies that give a service away by their published purpose, and what they amount to."""
DENY_ALL_POLICY = "AWSDenyAll"


@dataclass(frozen=True, slots=True)
class Policy:
    name: str
    arn: str = ""
    """Empty for an inline policy."""
    statements: tuple[Statement, ...] | None = None
    """None where the document was not read."""

    @property
    def aws_managed(self) -> bool:
        return self.arn.split(":")[4:5] == ["aws"]

    @property
    def full_access(self) -> str | None:
        return FULL_ACCESS.get(self.arn.rsplit("/", 1)[-1]) if self.aws_managed else None

    @property
    def speaks_for_itself(self) -> bool:
        """What it grants is known from its name."""
        return self.full_access is not None or (self.aws_managed and self.arn.endswith(f"/{DENY_ALL_POLICY}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """An identity with everything that grants to it."""

    policies: tuple[Policy, ...]
    boundary: tuple[Statement, ...] | None = None
    """None where it has no boundary, or one that was not read."""

    def unread(self) -> tuple[str, ...]:
        """Policies whose documents were not read and whose name does not say what they grant."""
        return tuple(sorted(p.name for p in self.policies if p.statements is None and not p.speaks_for_itself))


@dataclass(frozen=True, slots=True)
class _Rights:
    """The statements that count, sorted by what they do."""

    allows: tuple[tuple[str, Statement], ...]
    denies: tuple[Statement, ...]
    boundary: tuple[Statement, ...] | None

    def stopped(self, action: str, resource: str) -> bool:
        if any(s.covers(action, resource) for s in self.denies):
            return True
        return self.boundary is not None and not _permits(self.boundary, action, resource)


def _permits(statements: Iterable[Statement], action: str, resource: str) -> bool:
    seen = tuple(statements)
    denied = any(not s.allow and not s.conditions and s.covers(action, resource) for s in seen)
    return not denied and any(s.allow and s.covers(action, resource) for s in seen)


def _rights(subject: Subject) -> _Rights:
    allows: list[tuple[str, Statement]] = []
    denies: list[Statement] = []
    for policy in subject.policies:
        for statement in policy.statements or ():
            if statement.allow:
                allows.append((policy.name, statement))
            elif not statement.conditions:
                denies.append(statement)
    if any(p.aws_managed and p.arn.endswith(f"/{DENY_ALL_POLICY}") for p in subject.policies):
        denies.append(Statement(allow=False, actions=("*",), resources=("*",)))
    return _Rights(tuple(allows), tuple(denies), subject.boundary)


_EVERY_ACTION = "auditor-probe:Probe"
"""An action that nobody names."""


def broad_grants(subject: Subject) -> Mapping[str, str]:
    """Grants wider than a workload needs, each with the policy it comes from.

    A service wildcard (``s3:*``), everything (``*``), or everything but a list, on all resources; a full-access managed
    policy, by its name; passing any role to any service (``iam:PassRole``); subscribing to any model of the marketplace
    (``aws-marketplace:Subscribe``).
    """
    rights = _rights(subject)
    found: dict[str, str] = {}
    for policy in subject.policies:
        full = policy.full_access
        if full is not None:
            if _left(rights, full):
                found.setdefault(policy.arn.rsplit("/", 1)[-1], policy.name)
            continue
        for statement in policy.statements or ():
            if statement.allow:
                for grant in _wide(statement):
                    if _left(rights, grant):
                        found.setdefault(grant, policy.name)
                named = _names(statement, PASS_ROLE) and _passes_any_role(statement)
                if named and not rights.stopped(PASS_ROLE, ANY_ROLE):
                    found.setdefault(PASS_ROLE, policy.name)
                if _subscribes_to_anything(statement) and not rights.stopped(SUBSCRIBE, ANY_RESOURCE):
                    found.setdefault(SUBSCRIBE, policy.name)
    return dict(sorted(found.items()))


def _wide(statement: Statement) -> Iterator[str]:
    """The wildcards of one Allow that hold on all resources of their service."""
    if statement.not_actions is not None:
        if statement.covers(_EVERY_ACTION, ANY_RESOURCE):
            yield "* except " + ", ".join(sorted(statement.not_actions))
        return
    for pattern in statement.actions:
        if pattern in ("*", "*:*"):
            if statement.covers(_EVERY_ACTION, ANY_RESOURCE):
                yield "*"
            continue
        service, colon, name = pattern.partition(":")
        if colon and name and not name.strip("*?") and _on_all_of(statement, service.lower()):
            yield f"{service.lower()}:*"


_ALL_OF_SERVICE: Mapping[str, tuple[str, ...]] = {"kms": ("key/*",), "s3": ("*/*",), "iam": ("role/*",)}
"""Resource parts that reach all of what matters in a service, besides ``*``."""


def _on_all_of(statement: Statement, service: str) -> bool:
    if statement.not_resources is not None:
        return True
    for pattern in statement.resources:
        fields = pattern.split(":", 5)
        if pattern == "*" or (
            len(fields) == 6 and fields[2] in ("*", service) and fields[5] in ("*", *_ALL_OF_SERVICE.get(service, ()))
        ):
            return True
    return False


ANY_ROLE = "arn:aws:iam::000000000000:role/auditor-probe"


PASS_ROLE = "iam:PassRole"
SUBSCRIBE = "aws-marketplace:Subscribe"


def passes_any_role(subject: Subject) -> Mapping[str, str]:
    """The wildcards by which it may pass every role to any service, each with the policy it comes from: the action
    itself, and patterns that include it (``iam:*``, ``*``)."""
    rights = _rights(subject)
    if rights.stopped(PASS_ROLE, ANY_ROLE):
        return {}
    found: dict[str, str] = {}
    for policy, statement in rights.allows:
        if _passes_any_role(statement):
            found.setdefault(_granting(statement, PASS_ROLE), policy)
    return dict(sorted(found.items()))


def _passes_any_role(statement: Statement) -> bool:
    """It lets any role be passed to any service."""
    return (
        bool(_granting(statement, PASS_ROLE))
        and _on_all_of(statement, "iam")
        and not any(c.key in ("iam:passedtoservice", "iam:associatedresourcearn") for c in statement.conditions)
    )


def _subscribes_to_anything(statement: Statement) -> bool:
    """Its action has no resources; the product, or that a service asks on the caller's behalf, is a condition."""
    return _names(statement, SUBSCRIBE) and not any(
        c.key in ("aws-marketplace:productid", "aws:calledvialast", "aws:calledvia") for c in statement.conditions
    )


def _granting(statement: Statement, action: str) -> str:
    """The pattern by which it speaks of an action; empty if it does not."""
    if statement.not_actions is not None:
        left_out = any(action_matches(p, action) for p in statement.not_actions)
        return "" if left_out else "* except " + ", ".join(sorted(statement.not_actions))
    return next((p for p in statement.actions if action_matches(p, action)), "")


def _names(statement: Statement, action: str) -> bool:
    """It grants an action by more than a wildcard that includes it (``*``, ``iam:*``); those are reported as such."""
    return any(action_matches(p, action) and p.partition(":")[2].strip("*?") for p in statement.actions if ":" in p)


def _left(rights: _Rights, grant: str) -> bool:
    """Whether the denies and the boundary leave a wide grant wide."""
    service = grant.partition(":")[0]
    probe = _EVERY_ACTION if grant.startswith("*") else f"{service}:AuditorProbe"
    if any(s.covers(probe, ANY_RESOURCE) for s in rights.denies):
        return False
    if rights.boundary is None:
        return True
    return any(s.allow and any(_reaches(b, grant) for b in _wide(s)) for s in rights.boundary)


def _reaches(boundary: str, grant: str) -> bool:
    """Whether a wide grant of a boundary leaves some of a wide grant of a policy as wide as a service."""
    if boundary.startswith("*") and grant.startswith("*"):
        return True
    wide, narrow = (boundary, grant) if boundary.startswith("*") else (grant, boundary)
    if wide == narrow or wide == "*":
        return True
    if wide.startswith("* except "):
        service = narrow.partition(":")[0]
        return not any(action_matches(p, f"{service}:AuditorProbe") for p in wide.removeprefix("* except ").split(", "))
    return False
