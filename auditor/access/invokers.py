"""Which identities of an account may call a model, and how surely.

What was not read of ceilings (organization policies, permissions boundaries) can only take access away: whoever is not
listed cannot call it, and whoever is listed *as far as read* may in truth be stopped. A pass may rest on the list, a
failure only on those who are listed more surely.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from auditor.access.action_sets import Use, acts
from auditor.access.engine.answer import Answer, Decision, Layer
from auditor.access.engine.context import context_of
from auditor.access.engine.evaluate import Levels, Read, Request, evaluate
from auditor.access.engine.plain import derived_keys
from auditor.access.engine.policies import compile_policy
from auditor.access.engine.principals import principal_of
from auditor.access.reach import reach
from auditor.access.world import Actor, World


class Surely(StrEnum):
    """How sure it is that an identity may do something."""

    ALWAYS = "always"
    CONDITIONS = "under conditions"
    """Which are about the caller, the network and the like."""
    AT_TIMES = "at times"
    """Its conditions are about time: a grant that ends, or one for sessions that are young."""
    AS_READ = "as far as read"
    """Unless a ceiling stops it that was not read."""


_TIMES = frozenset({"aws:currenttime", "aws:epochtime", "aws:multifactorauthage", "aws:tokenissuetime"})
_SURER = (Surely.ALWAYS, Surely.CONDITIONS, Surely.AT_TIMES, Surely.AS_READ)


@dataclass(frozen=True, slots=True)
class Invokers:
    """Of one resource."""

    may: dict[str, Surely] = field(default_factory=dict)
    """By ARN."""
    unread: set[str] = field(default_factory=set)
    """Those of whom nothing can be said, because their own policies were not all read."""


def invokers(world: World, targets: Iterable[str]) -> Mapping[str, Invokers]:
    """Of resources without a policy of their own: all that grants is the policies of identities."""
    found: dict[str, Invokers] = {arn: Invokers() for arn in targets}
    by_region: dict[str, list[tuple[str, str]]] = {}
    for arn in found:
        by_region.setdefault(_region(arn), []).extend(acts(arn, Use.INVOKE))
    for questions in by_region.values():
        for (_, arn), rows in reach(world, questions, usual(questions[0][1]) if questions else None).items():
            of = found[arn]
            for actor, _, answer in rows:
                if str(Layer.IDENTITY) in answer.missing:
                    of.unread.add(actor.arn)
                elif (how := surely(answer)) is not None:
                    before = of.may.get(actor.arn, how)
                    of.may[actor.arn] = min(before, how, key=_SURER.index)
    return found


def surely(answer: Answer) -> Surely | None:
    """None for a denial."""
    if answer.decision is Decision.DENY:
        return None
    if answer.decision is Decision.UNKNOWN:
        return Surely.AS_READ
    if answer.decision is Decision.ALLOW:
        return Surely.ALWAYS
    return Surely.AT_TIMES if _TIMES.intersection(answer.conditions) else Surely.CONDITIONS


def usual(resource: str) -> Mapping[str, str]:
    """What a caller who is let in can always see to: the region of the resource, and TLS (IAM user guide, "AWS global
    condition context keys")."""
    region = _region(resource)
    return {"aws:SecureTransport": "true", **({"aws:RequestedRegion": region} if region else {})}


def _region(arn: str) -> str:
    return "".join(arn.split(":")[3:4])


# who acts as a role from outside

_EVERYTHING = Read(
    (
        compile_policy(
            {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}},
            Layer.IDENTITY,
            "of another account",
        ),
    )
)
"""Another account may grant its principals what it likes."""
_STRANGER = "000000000000"
_OTHER_ORGANIZATION = "o-auditorprobe"


def outsiders(world: World, role: Actor, own: frozenset[str]) -> Mapping[str, Surely]:
    """The principals of other accounts that the trust policy of a role lets act as it, and how surely. Those whom a
    condition holds to an organization are no outsiders, nor are the accounts of ``own``."""
    found: dict[str, Surely] = {}
    for rule in role.trust.rules if role.trust is not None else ():
        if not rule.allow:
            continue
        named = ("*",) if rule.source.not_principals is not None else (rule.source.principals or {}).get("AWS", ())
        for name in named:
            caller = _probe(world.partition, name)
            if caller is None or caller.split(":")[4] in own:
                continue
            how = surely(_assumes(world, caller, role))
            if how is not None:
                found[name] = how
    return found


def _probe(partition: str, name: str) -> str | None:
    """Somebody whom a name in a policy stands for; none for the id of a principal that no longer exists."""
    account = _STRANGER if name == "*" else name if name.isdigit() else "".join(name.split(":")[4:5])
    if not account:
        return None
    if name == "*" or name.isdigit() or name.endswith(":root"):
        return f"arn:{partition}:iam::{account}:role/auditor-probe"
    return name


def _assumes(world: World, caller: str, role: Actor) -> Answer:
    principal = principal_of(caller)
    request = Request(
        caller=principal,
        action="sts:AssumeRole",
        resource=role.arn,
        resource_account=world.account,
        context=context_of(
            {"aws:PrincipalOrgID": _OTHER_ORGANIZATION, "aws:PrincipalOrgPaths": [f"{_OTHER_ORGANIZATION}/r-0/ou-0/"]},
            derived=derived_keys(principal, world.account),
        ),
        identity=_EVERYTHING,
        resource_policy=role.trust,
        rcps=Levels() if world.management_account else world.rcps,
    )
    return evaluate(request)
