"""Questions about access, asked of a stored audit or of a live account: names resolved, answers as plain documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from auditor.access.action_sets import Use, acts, also_needed, evaluated_arn, kind_of
from auditor.access.alike import caller_of
from auditor.access.engine.answer import Answer, Decision, Layer, better, rank
from auditor.access.engine.context import context_of
from auditor.access.engine.evaluate import Read, Request, evaluate
from auditor.access.engine.plain import derived_keys
from auditor.access.engine.policies import compile_policy
from auditor.access.engine.principals import Kind, Principal, principal_of
from auditor.access.escalation import ADMIN, escalation, granted
from auditor.access.from_audit import from_document, from_inventory
from auditor.access.invokers import outsiders as role_outsiders
from auditor.access.invokers import surely
from auditor.access.paths import Path, paths_from, paths_to
from auditor.access.reach import Outsider, Row, both, outsiders, reach, readers, who_may, with_the_rest, within
from auditor.access.unread import concerns
from auditor.access.ways_up import in_words
from auditor.access.world import Actor, World
from auditor.access_names import USES, action_of, actor_of, target_of
from auditor.access_request import NO_FACTS, Door, Facts, doors_of_document, doors_of_inventory
from auditor.errors import UsageError
from auditor.model.audit import Audit
from auditor.model.scope import Provider

Json = dict[str, Any]

LIVE_CHECKS = (
    "agent_gateway_policy_not_public",
    "agent_runtime_policy_not_public",
    "endpoint_has_identity",
    "endpoint_invokers_in_account",
    "endpoint_no_standing_human_access",
    "endpoint_policy_not_public",
    "function_not_public",
    "generative_deployment_own_identity",
    "identity_cannot_escalate",
    "image_repository_not_public",
    "key_not_public",
    "knowledge_base_customer_key",
    "knowledge_base_policy_not_public",
    "model_artifacts_versioned",
    "model_group_not_public",
    "model_policy_not_public",
    "notebook_has_identity",
    "person_has_mfa",
    "secret_customer_key",
    "secret_not_public",
    "storage_customer_key",
    "storage_public_access_blocked",
    "storage_requires_tls",
)
"""What a live question reads: the checks that rest on the policies of identities and resources."""
_WITHOUT_POLICIES = frozenset({"ec2", "iam", "organizations"})
"""Services whose resources have no policies of their own, roles aside."""
_KINDS_WITHOUT = frozenset({"bedrock:foundation-model", "bedrock:inference-profile"})


@dataclass(frozen=True)
class Asked:
    """The account that is asked, and what else the audit knows that bears on an answer."""

    world: World
    own: frozenset[str] = frozenset()
    """The AWS accounts of the audit, which are no outsiders."""
    doors: Mapping[str, Door] = field(default_factory=dict)
    """Its VPC endpoints, by id."""


def asked_of_document(document: Mapping[str, Any], account: str = "") -> Asked:
    """The AWS account of a stored audit."""
    known = [scope["account"] for scope in document["scopes"] if scope["provider"] == "aws"]
    chosen = _one_account(known, account)
    return Asked(from_document(document, chosen), frozenset(known), doors_of_document(document, chosen))


def asked_of_audit(audit: Audit, account: str = "") -> Asked:
    """The AWS account of a run."""
    accounts = [a for a in audit.inventory.accounts if a.provider is Provider.AWS]
    known = [a.id for a in accounts]
    chosen = _one_account(known, account)
    world = from_inventory(audit.inventory, next(a for a in accounts if a.id == chosen))
    return Asked(world, frozenset(known), doors_of_inventory(audit.inventory, chosen))


def _one_account(known: Sequence[str], wanted: str) -> str:
    if wanted and wanted in known:
        return wanted
    if not known:
        raise UsageError("the audit holds no AWS account", "Access is evaluated for AWS only.")
    if wanted or len(known) > 1:
        which = f"account {wanted} is not in the audit" if wanted else "the audit holds several AWS accounts"
        raise UsageError(which, f"Choose one with --account: {', '.join(known)}.")
    return known[0]


# who can


def who_can(world: World, action: str, name: str, facts: Facts = NO_FACTS, own: frozenset[str] = frozenset()) -> Json:
    """Everybody who is not denied an action, or a use, of a resource."""
    action = action if action.lower() in USES else action_of(action)
    target = target_of(world, name, action)
    questions = _questions(action, target.arn)
    rows = tuple(_rows(world, questions, facts))
    if USES.get(action.lower()) is Use.READ:
        rows = with_the_rest(world, target.arn, rows, facts.context)
    by_actor: dict[str, list[Row]] = {}
    for row in rows:
        by_actor.setdefault(row[0].arn, []).append(row)
    found = [_may(world, rows, own) for rows in by_actor.values()]
    return {
        "action": action,
        "actions": [a for a, _ in questions],
        "resource": target.arn,
        "name": target.name,
        "kind": target.kind,
        "context": dict(facts.context),
        "may": sorted(found, key=lambda one: (one["decision"] == "unknown", one["identity"])),
        "outsiders": [
            {"name": o.name, "kind": o.kind, "action": act, **_answer(answer)}
            for o, act, answer in _outsiders(world, questions, target.arn, facts)
        ],
        "notes": list(facts.about(questions[0][0])),
        "unread": list(concerns(world.unread, target.kind)),
    }


def _questions(action: str, arn: str) -> Sequence[tuple[str, str]]:
    use = USES.get(action.lower())
    if use is None:
        return [(action, evaluated_arn(action, arn))]
    found = acts(arn, use)
    if not found:
        raise UsageError(f"to {use} means nothing for {arn}", "Name an action, such as s3:GetObject.")
    return found


def _rows(world: World, questions: Sequence[tuple[str, str]], facts: Facts) -> Iterable[Row]:
    """Resources that stand for any one are looked for where policies name some; all others are asked as they are."""
    forms = {(action, on): _forms(world, action, on) for action, on in questions}
    found = reach(world, [(action, form) for (action, _), several in forms.items() for form in several], facts.context)
    for (action, _), several in forms.items():
        best: dict[str, Row] = {}
        for form in several:
            for actor, _, answer in found[action, form]:
                if facts.door is not None:
                    answer = world.answer(facts.narrowed(world.request(actor, action, form, facts.context)))
                kept = best.get(actor.arn)
                if answer.decision is not Decision.DENY and (kept is None or better(answer, kept[2])):
                    best[actor.arn] = actor, action, answer
        yield from best.values()


def _outsiders(
    world: World, questions: Sequence[tuple[str, str]], arn: str, facts: Facts
) -> Iterable[tuple[Outsider, str, Answer]]:
    for other, action, answer in outsiders(world, [a for a, _ in questions], arn):
        if not facts.context:
            yield other, action, answer
            continue
        caller, on = caller_of(other), evaluated_arn(action, arn)
        answers = [_ask_outsider(world, caller, action, form, facts) for form in _forms(world, action, on)]
        best = min(answers, key=rank)
        if best.decision is not Decision.DENY:
            yield other, action, best


def _ask_outsider(world: World, caller: Principal, action: str, on: str, facts: Facts) -> Answer:
    """The policy of a VPC endpoint is asked by itself: the least of both answers is that to the request."""
    answer = world.ask_outsider(caller, action, on, facts.context)
    if facts.door is None:
        return answer
    through = Request(
        caller=caller,
        action=action,
        resource=on,
        resource_account=world.account,
        context=context_of(facts.context, derived=derived_keys(caller, world.account)),
        identity=Read((_EVERYTHING,)),
        resource_policy=_EVERYBODY,
    )
    return both(answer, evaluate(facts.narrowed(through)))


_ALL: Json = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_EVERYTHING, _EVERYBODY = (
    compile_policy({"Version": "2012-10-17", "Statement": statement}, layer, "of nobody")
    for statement, layer in ((_ALL, Layer.IDENTITY), ({**_ALL, "Principal": "*"}, Layer.RESOURCE))
)


def _may(world: World, rows: Sequence[Row], own: frozenset[str]) -> Json:
    actor, _, best = min(rows, key=lambda row: (_order(row[2]), row[1]))
    let_in = role_outsiders(world, actor, own | {world.account})
    return {
        "identity": actor.arn,
        "person": actor.person,
        "actions": sorted({action for _, action, _ in rows}),
        "granted": granted(best),
        "open_to": [{"name": name, "surely": how} for name, how in sorted(let_in.items())],
        **_answer(best),
    }


def _order(answer: Answer) -> int:
    return (Decision.ALLOW, Decision.CONDITIONAL, Decision.UNKNOWN, Decision.DENY).index(answer.decision)


def _answer(answer: Answer) -> Json:
    return {
        "decision": str(answer.decision),
        "surely": surely(answer),
        "because": answer.because,
        "otherwise": answer.otherwise,
        "proof": [str(one) for one in answer.proof],
        "conditions": list(answer.conditions),
        "missing": list(answer.missing),
    }


# can


def can(world: World, principal: str, action: str, resource: str, facts: Facts = NO_FACTS) -> Json:
    """Whether one principal may do one thing, and what decides it."""
    act = action_of(action)
    actor = None if _outside(world, principal) else actor_of(world, principal)
    arn = "*" if resource == "*" else _resource(world, resource, act)
    on = evaluated_arn(act, arn)
    # an account stands for what it lets its roles do, not for its root user alone
    caller = principal_of(f"arn:{world.partition}:iam::{principal}:role/x" if principal.isdigit() else principal)

    def asked(one: str) -> Answer:
        if actor is None:
            return _ask_outsider(world, caller, act, one, facts)
        return _ask(world, actor, act, one, facts)

    answer = min(map(asked, _forms(world, act, on)), key=rank)
    for also in also_needed(act, on):
        answer = both(answer, asked(also))
    target = world.holder(arn)
    return {
        "principal": principal if actor is None else actor.arn,
        "action": act,
        "resource": on,
        "context": dict(facts.context),
        **_answer(answer),
        "notes": [*facts.about(act), *_notes_on(act, on)],
        "unread": list(concerns(world.unread, target.kind if target is not None else "")),
    }


def _notes_on(action: str, on: str) -> Iterable[str]:
    for also in also_needed(action, on):
        yield f"asked of {also} as well; in the other regions that the profile routes to, it must be allowed too"


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


def _ask(world: World, actor: Actor, action: str, on: str, facts: Facts) -> Answer:
    """A resource that the audit does not hold may have a policy that nobody read."""
    request = facts.narrowed(world.request(actor, action, on, facts.context))
    kind = kind_of(on)
    known = on == "*" or world.holder(on) is not None or world.actor(on) is not None
    if not known and kind.partition(":")[0] not in _WITHOUT_POLICIES and kind not in _KINDS_WITHOUT:
        request = replace(request, resource_policy_read=False)
    return world.answer(request)


# paths


def paths(world: World, to: str) -> Json:
    """The best way of every identity to administrator, or to a use of a resource, step by step. Those of whom it is not
    known, though nothing that was read gives them one, are listed apart."""
    use, target, kind, name = None, ADMIN, "", ADMIN
    hidden = {arn for arn in escalation(world).not_read if world.actor(arn) is not None}
    if to.lower() == ADMIN:
        found = paths_to(world, ADMIN)
    else:
        aim = target_of(world, to, "invoke")
        target, kind, name = aim.arn, aim.kind, aim.name
        use = Use.INVOKE if acts(target, Use.INVOKE) else Use.READ
        if not acts(target, use):
            raise UsageError(f"{target} can be neither invoked nor read", "Name an endpoint, an agent, or data.")
        able: dict[str, Answer] = {}
        for actor, _, answer in readers(world, target) if use is Use.READ else who_may(world, use, target):
            hidden.add(actor.arn)
            if granted(answer) and (actor.arn not in able or better(answer, able[actor.arn])):
                able[actor.arn] = answer
        found = paths_from(world, target, use, able)
    ways = [_path(path) for path in found]
    return {
        "to": target,
        "name": name,
        "kind": kind,
        "use": use,
        "paths": sorted(ways, key=lambda one: (one["decision"] == "unknown", len(one["steps"]), one["identity"])),
        "not_known": sorted(hidden - {path.actor.arn for path in found}),
        "not_looked_up": [
            {"method": method.method, "actions": list(method.unknown_actions)} for method in escalation(world).degraded
        ],
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
