"""Questions about access, asked of a stored audit or of a live account: names resolved, answers as plain documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from auditor.access.action_sets import Use, acts, evaluated_arn, kind_of
from auditor.access.engine.actions import snapshot
from auditor.access.engine.answer import Answer, Decision
from auditor.access.engine.evaluate import evaluate
from auditor.access.engine.principals import Kind, principal_of
from auditor.access.escalation import ADMIN
from auditor.access.from_audit import from_document, from_inventory
from auditor.access.invokers import surely, usual
from auditor.access.paths import Path, paths_to
from auditor.access.reach import Row, better, outsiders, reach, who_can_each, within
from auditor.access.unread import concerns
from auditor.access.ways_up import in_words
from auditor.access.world import Actor, Target, World
from auditor.errors import UsageError
from auditor.model.audit import Audit
from auditor.model.scope import Provider

Json = dict[str, Any]

LIVE_CHECKS = (
    "endpoint_has_identity",
    "endpoint_invokers_in_account",
    "endpoint_no_standing_human_access",
    "function_not_public",
    "generative_deployment_own_identity",
    "image_repository_not_public",
    "key_not_public",
    "knowledge_base_customer_key",
    "model_artifacts_versioned",
    "model_group_not_public",
    "notebook_has_identity",
    "person_has_mfa",
    "secret_customer_key",
    "storage_customer_key",
    "storage_public_access_blocked",
    "storage_requires_tls",
)
"""What a live question reads: the checks that rest on the policies of identities and resources."""
_USES = {"invoke": Use.INVOKE, "read": Use.READ, "change": Use.CHANGE}
_WITHOUT_POLICIES = frozenset({"ec2", "iam", "organizations"})
"""Services whose resources have no policies of their own, roles aside."""
_TLS = ("aws:securetransport",)


def world_of_document(document: Mapping[str, Any], account: str = "") -> World:
    """The AWS account of a stored audit."""
    known = [scope["account"] for scope in document["scopes"] if scope["provider"] == "aws"]
    return from_document(document, _one_account(known, account))


def world_of_audit(audit: Audit, account: str = "") -> World:
    """The AWS account of a run."""
    accounts = [a for a in audit.inventory.accounts if a.provider is Provider.AWS]
    chosen = _one_account([a.id for a in accounts], account)
    return from_inventory(audit.inventory, next(a for a in accounts if a.id == chosen))


def _one_account(known: Sequence[str], wanted: str) -> str:
    if wanted and wanted in known:
        return wanted
    if not known:
        raise UsageError("the audit holds no AWS account", "Access is evaluated for AWS only.")
    if wanted or len(known) > 1:
        which = f"account {wanted} is not in the audit" if wanted else "the audit holds several AWS accounts"
        raise UsageError(which, f"Choose one with --account: {', '.join(known)}.")
    return known[0]


# names


def target_of(world: World, name: str, action: str) -> Target:
    """A resource of the audit by its ARN, its name, or the end of its ARN; of several, those that the action is for."""
    found = world.target(name)
    if found is not None:
        return found
    exact = [t for t in world.targets if name in _names(t)]
    if len(exact) > 1:
        exact = [t for t in exact if _is_for(action, t.arn)] or exact
    if len(exact) == 1:
        return exact[0]
    if exact:
        listed = ", ".join(f"{t.kind} {t.arn}" for t in sorted(exact, key=lambda t: t.arn))
        raise UsageError(f"{name!r} may be one of several resources", f"Name one: {listed}.")
    raise UsageError(f"the audit holds no resource {name!r}", _near(name, (t.name or t.arn for t in world.targets)))


def _names(target: Target) -> tuple[str, ...]:
    return target.name, target.name.removeprefix("alias/"), _end(target.arn)


def _is_for(action: str, arn: str) -> bool:
    if (use := _USES.get(action.lower())) is not None:
        return bool(acts(arn, use))
    service, _, kind = kind_of(arn).partition(":")
    return service == action.partition(":")[0].lower() and kind in (snapshot().resource_types(action) or ())


def actor_of(world: World, name: str) -> Actor:
    """A user or role by its ARN or name. A session of a role stands for the role."""
    arn = _role_of_session(name)
    found = world.actor(arn)
    if found is not None:
        return found
    exact = [a for a in world.actors if arn.rpartition("/")[2] == _end(a.arn) and (":" not in arn or _same(arn, a.arn))]
    if len(exact) == 1:
        return exact[0]
    if exact:
        listed = ", ".join(sorted(a.arn for a in exact))
        raise UsageError(f"{name!r} may be one of several identities", f"Name one: {listed}.")
    raise UsageError(f"the audit holds no identity {name!r}", _near(name, (_end(a.arn) for a in world.actors)))


def _role_of_session(name: str) -> str:
    principal = principal_of(name) if name.startswith("arn:") else None
    return principal.role if principal is not None and principal.kind is Kind.SESSION else name


def _same(arn: str, other: str) -> bool:
    """ARNs of sessions have no path, so that the path of the role is not compared."""
    return arn.split("/")[0] == other.split("/")[0]


def _end(arn: str) -> str:
    return arn.rpartition("/")[2] if "/" in arn else arn.rpartition(":")[2]


def _near(name: str, known: Iterable[str]) -> str:
    names = sorted(set(known))
    near = get_close_matches(name, names, n=3, cutoff=0.5) or [n for n in names if name.lower() in n.lower()][:3]
    return f"Near it: {', '.join(near)}." if near else "Name it as the audit does, or by its ARN."


def action_of(name: str) -> str:
    """An action as AWS writes it. One that the published list lacks is taken as it is, because the list is never
    complete, unless it is no action at all."""
    service, colon, own = name.partition(":")
    if not colon or not service or not own or "*" in name:
        raise UsageError(
            f"{name!r} is no action", "Name one action such as sagemaker:InvokeEndpoint, or invoke, read, change."
        )
    known = snapshot().action(name)
    if known is not None:
        return known.name
    of_service = snapshot().actions_of(service)
    if of_service is None:
        raise UsageError(f"no service has the prefix {service!r}", _near(service, snapshot().services))
    near = get_close_matches(own.lower(), [a.partition(":")[2].lower() for a in of_service], n=1, cutoff=0.85)
    if near:
        meant = next(a for a in of_service if a.partition(":")[2].lower() == near[0])
        raise UsageError(f"{service} publishes no action {own!r}", f"Near it: {meant}.")
    return name


# who can


def who_can(world: World, action: str, name: str) -> Json:
    """Everybody who is not denied an action, or a use, of a resource."""
    action = action if action.lower() in _USES else action_of(action)
    target = target_of(world, name, action)
    questions = _questions(action, target.arn)
    by_actor: dict[str, list[Row]] = {}
    for row in _rows(world, questions):
        by_actor.setdefault(row[0].arn, []).append(row)
    found = [_may(rows) for rows in by_actor.values()]
    others = outsiders(world, [a for a, _ in questions], target.arn)
    return {
        "action": action,
        "actions": [a for a, _ in questions],
        "resource": target.arn,
        "kind": target.kind,
        "may": sorted(found, key=lambda one: (one["decision"] == "unknown", one["identity"])),
        "outsiders": [{"name": o.name, "kind": o.kind, "action": act, **_answer(answer)} for o, act, answer in others],
        "unread": list(concerns(world.unread, target.kind)),
    }


def _questions(action: str, arn: str) -> Sequence[tuple[str, str]]:
    use = _USES.get(action.lower())
    if use is None:
        return [(action, evaluated_arn(action, arn))]
    found = acts(arn, use)
    if not found:
        raise UsageError(f"to {use} means nothing for {arn}", "Name an action, such as s3:GetObject.")
    return found


def _rows(world: World, questions: Sequence[tuple[str, str]]) -> Iterable[Row]:
    """Resources that stand for any one are looked for where policies name some; all others are asked as they are."""
    plain = [q for q in questions if not q[1].endswith("/*")]
    if plain:
        for rows in reach(world, plain, usual(plain[0][1])).values():
            yield from rows
    yield from who_can_each(world, [q for q in questions if q[1].endswith("/*")])


def _may(rows: Sequence[Row]) -> Json:
    actor, _, best = min(rows, key=lambda row: (_order(row[2]), row[1]))
    return {
        "identity": actor.arn,
        "person": actor.person,
        "actions": sorted({action for _, action, _ in rows}),
        **_answer(best),
    }


def _order(answer: Answer) -> int:
    return (Decision.ALLOW, Decision.CONDITIONAL, Decision.UNKNOWN, Decision.DENY).index(answer.decision)


def _answer(answer: Answer) -> Json:
    how = surely(answer)
    return {
        "decision": str(answer.decision),
        "surely": "over TLS" if answer.conditions == _TLS and answer.decision is Decision.CONDITIONAL else how,
        "because": answer.because,
        "otherwise": answer.otherwise,
        "proof": [str(one) for one in answer.proof],
        "conditions": list(answer.conditions),
        "missing": list(answer.missing),
    }


# can


def can(world: World, principal: str, action: str, resource: str) -> Json:
    """Whether one principal may do one thing, and what decides it."""
    act = action_of(action)
    actor = None if _outside(world, principal) else actor_of(world, principal)
    arn = "*" if resource == "*" else _resource(world, resource, act)
    on = evaluated_arn(act, arn)
    if actor is None:
        # an account stands for what it lets its roles do, not for its root user alone
        caller = principal_of(f"arn:{world.partition}:iam::{principal}:role/x" if principal.isdigit() else principal)
        answers = [world.ask_outsider(caller, act, one, usual(arn)) for one in _forms(world, act, on)]
    else:
        answers = [_ask(world, actor, act, one, usual(arn)) for one in _forms(world, act, on)]
    best = answers[0]
    for answer in answers[1:]:
        best = answer if better(answer, best) else best
    target = world.holder(arn)
    return {
        "principal": principal if actor is None else actor.arn,
        "action": act,
        "resource": on,
        **_answer(best),
        "unread": list(concerns(world.unread, target.kind if target is not None else "")),
    }


def _forms(world: World, action: str, on: str) -> tuple[str, ...]:
    return (on, *within(world, action, on))


def _outside(world: World, name: str) -> bool:
    """A service, somebody of another account, or nobody in particular."""
    if name == "*":
        return True
    principal = principal_of(name)
    if ":" not in name and principal.kind is Kind.IDENTITY_PROVIDER:
        return False  # a short name
    return principal.account != world.account


def _resource(world: World, name: str, action: str) -> str:
    if name.startswith("arn:"):
        return name
    if action.partition(":")[0] in ("iam", "sts"):
        return actor_of(world, name).arn
    return target_of(world, name, action).arn


def _ask(world: World, actor: Actor, action: str, on: str, context: Mapping[str, str]) -> Answer:
    """A resource that the audit does not hold may have a policy that nobody read."""
    request = world.request(actor, action, on, context)
    service = "".join(on.split(":")[2:3])
    if on != "*" and world.holder(on) is None and world.actor(on) is None and service not in _WITHOUT_POLICIES:
        request = replace(request, resource_policy_read=False)
    return evaluate(request)


# paths


def paths(world: World, to: str) -> Json:
    """The best way of every identity to administrator, or to a use of a resource, step by step."""
    use, target, kind = None, ADMIN, ""
    if to.lower() != ADMIN:
        found = target_of(world, to, "invoke")
        target, kind = found.arn, found.kind
        use = Use.INVOKE if acts(target, Use.INVOKE) else Use.READ
        if not acts(target, use):
            raise UsageError(f"{target} can be neither invoked nor read", "Name an endpoint, an agent, or data.")
    ways = [_path(path) for path in paths_to(world, target, use)]
    return {
        "to": target,
        "use": use,
        "paths": sorted(ways, key=lambda one: (one["decision"] == "unknown", len(one["steps"]), one["identity"])),
        "unread": list(concerns(world.unread, kind)),
    }


def _path(path: Path) -> Json:
    return {
        "identity": path.actor.arn,
        "person": path.actor.person,
        "decision": str(path.decision),
        "otherwise": path.otherwise,
        "steps": [
            {
                "by": edge.method,
                "to": edge.target,
                "through": edge.via,
                "decision": str(edge.decision),
                "doubt": edge.doubt,
                "rights": [{"action": s.action, "on": s.on, **_answer(s.answer)} for s in edge.steps],
                "words": in_words(edge),
            }
            for edge in path.edges
        ],
        "last": _answer(path.last),
    }
