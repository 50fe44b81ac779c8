"""For each method, an identity with exactly its permissions, and repaired twins of it: in each, one thing is mended."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from auditor.access.escalation import ADMIN
from auditor.access.escalation_methods import Method, Way
from tests.access.vulnerable_places import (
    BROWSER,
    DOMAIN,
    EVERYTHING,
    FUNCTION,
    HARMLESS,
    INTERPRETER,
    NOTEBOOK,
    OTHER_SERVICE,
    RUNTIME,
    WEB_IDENTITY,
    Json,
    Place,
    document,
    trusting,
)
from tests.access.worlds import allow, deny

VULNERABLE, IN_VAIN = "", "in-vain"
"""Without any repair; and with limits all over that do not keep the method out."""
SELF = "${self}"
CARRIERS: Mapping[str, tuple[str, ...]] = {
    FUNCTION: ("lambda-update-code", "lambda-update-configuration"),
    NOTEBOOK: ("sagemaker-open-notebook", "sagemaker-change-notebook-start", "sagemaker-edit-notebook-start"),
    DOMAIN: ("sagemaker-open-studio",),
    RUNTIME: ("agentcore-run-command", "agentcore-command-shell"),
    INTERPRETER: ("agentcore-enter-interpreter",),
    BROWSER: ("agentcore-enter-browser",),
}
"""What moto (or the wire) and our collectors hold of things that run as a role, and the methods that enter it."""
_NOT_ON_THE_CARRIER = frozenset(
    {
        "sagemaker:CreateNotebookInstanceLifecycleConfig",
        "sagemaker:UpdateNotebookInstanceLifecycleConfig",
        "bedrock-agentcore:ConnectBrowserAutomationStream",
    }
)
_ON_NEW = {
    "bedrock-agentcore:StartCodeInterpreterSession": ("bedrock-agentcore", "code-interpreter-custom/new-*"),
    "bedrock-agentcore:InvokeCodeInterpreter": ("bedrock-agentcore", "code-interpreter-custom/new-*"),
    "bedrock-agentcore:StartBrowserSession": ("bedrock-agentcore", "browser-custom/new-*"),
    "bedrock-agentcore:InvokeAgentRuntimeCommand": ("bedrock-agentcore", "runtime/new-*"),
    "lambda:UpdateFunctionConfiguration": ("lambda", "function:new-*"),
}
"""Actions that pass a role, or use what was made, and that would enter what is there already if it were granted."""
_READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attacker:
    method: Method
    repair: str
    name: str
    is_user: bool
    grants: tuple[Json, ...]
    targets: frozenset[str] = frozenset()
    """What it comes by; nothing that is worth it if it was repaired."""
    via: str = ""
    conditional: bool = False
    """It takes something else that is not read."""
    left: frozenset[str] = frozenset()
    """Actions of the method that a repaired one still may do to the prize: another method may need no more."""
    boundary: tuple[Json, ...] = ()
    attached: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    @property
    def is_repaired(self) -> bool:
        return self.repair not in (VULNERABLE, IN_VAIN)

    def arn(self, account: str) -> str:
        return f"arn:aws:iam::{account}:{'user' if self.is_user else 'role'}/{self.method.id}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """How a method looks in an account."""

    on: Mapping[str, Any]
    """What each action is granted on."""
    targets: frozenset[str]
    via: str = ""
    elsewhere: Mapping[str, Any] = field(default_factory=dict)
    """The same away from any prize."""
    limits: Mapping[str, Json] = field(default_factory=dict)
    """Conditions on actions that are met."""
    limited: Mapping[str, Any] = field(default_factory=dict)
    """What is granted on under limits, if not ``on``."""
    limited_targets: frozenset[str] = frozenset()
    limited_to_a_part: bool = False
    attached: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    repairs: Mapping[str, Json] = field(default_factory=dict)
    """Others: parts of an attacker by name."""


def attackers(place: Place, methods: Iterable[Method]) -> Iterator[Attacker]:
    for number, method in enumerate(methods):
        yield from (_settled(one, place.account) for one in _of(place, number, method))


def _of(place: Place, number: int, method: Method) -> Iterator[Attacker]:
    is_user = method.for_users if method.for_users is not None else len(method.id) % 2 == 0
    kind = "user" if is_user else "role"

    def made(repair: str, grants: Iterable[Json], case: Case, **more: Any) -> Attacker:
        name = f"{number:03}-{repair or kind}"
        given: Json = {"attached": case.attached, "groups": case.groups, "conditional": bool(method.doubt), **more}
        return Attacker(method=method, repair=repair, name=name, is_user=is_user, grants=tuple(grants), **given)

    if method.way is Way.UNBOUND_SELF:
        yield from _caged(method, made)
        return
    case = _CASES[method.way](place, method)
    plain = [allow(action, case.on[action]) for action in method.actions]
    first, last, every = method.actions[0], method.actions[-1], frozenset(method.actions)
    yield made(VULNERABLE, plain, case, targets=case.targets, via=case.via)
    limited = [allow(a, (case.limited or case.on)[a], **_when(case.limits.get(a))) for a in method.actions]
    targets = case.limited_targets or case.targets
    unsure = bool(method.doubt) or case.limited_to_a_part
    yield made(IN_VAIN, limited, case, targets=targets, via=case.via, boundary=(EVERYTHING,), conditional=unsure)
    for action in method.actions:
        others = [grant for grant in plain if grant["Action"] != action]
        yield made(f"without-{action.partition(':')[2]}", others, case, left=every - {action})
    yield made("denied", [*plain, deny(last)], case, left=every - {last})
    all_but = {"Effect": "Allow", "NotAction": first, "Resource": "*"}
    yield made("bounded", plain, case, left=every - {first}, boundary=(all_but,))
    if case.elsewhere:
        yield made("elsewhere", [allow(a, case.elsewhere[a]) for a in method.actions], case)
    for repair, parts in case.repairs.items():
        grants = [allow(a, parts.get("on", case.on)[a], **_when(parts.get("when", {}).get(a))) for a in method.actions]
        more = {name: part for name, part in parts.items() if name not in ("on", "when", "besides")}
        yield made(repair, [*grants, *parts.get("besides", ())], case, **more)


def _when(condition: Json | None) -> Json:
    return {"Condition": condition} if condition else {}


def _pass(place: Place, method: Method) -> Case:
    names = [service.removesuffix(".amazonaws.com") for service in method.services]
    doing: dict[str, Any] = {a: place.in_region(*_ON_NEW[a]) if a in _ON_NEW else "*" for a in method.actions}

    def roles(kind: str) -> list[str]:
        return [place.role(f"{kind}-{name}") for name in names]

    if "iam:PassRole" not in doing:  # the service takes every role that trusts it
        return Case(on=doing, targets=frozenset((*roles("boss"), *roles("boss-own"), *roles("clerk"))))

    def passing(arns: list[str]) -> Json:
        return {**doing, "iam:PassRole": arns}

    repairs: Json = {
        "to-another-service": {"when": {"iam:PassRole": _passed_to(OTHER_SERVICE)}},
        "trusting-another-service": {"on": passing([place.role("boss-elsewhere")])},
    }
    common: Json = {"on": passing(roles("boss")), "targets": frozenset(roles("boss"))}
    if method.services == (WEB_IDENTITY,):
        return Case(**common, elsewhere=passing(roles("clerk")), repairs=repairs)
    return Case(
        **common,
        elsewhere=passing(roles("clerk")),
        limits={"iam:PassRole": _passed_to(*method.services)},
        limited=passing(roles("boss-own")),
        limited_targets=frozenset(roles("boss-own")),
        repairs={**repairs, "trusting-another-account": {"on": passing(roles("boss-foreign"))}},
    )


def _passed_to(*services: str) -> Json:
    return {"StringEquals": {"iam:PassedToService": list(services)}}


def _enter(place: Place, method: Method) -> Case:
    (kind,) = (kind for kind, entered in CARRIERS.items() if method.id in entered)

    def on(carrier: str, user: str = "*") -> Json:
        if kind == DOMAIN:
            base, _, name = carrier.rpartition("/")
            return {method.actions[0]: f"{base.replace(':domain', ':user-profile')}/{name}/{user}"}
        return {action: "*" if action in _NOT_ON_THE_CARRIER else carrier for action in method.actions}

    boss, clerk = place.carriers[kind]
    repairs: Json = {"on-another": {"on": on(f"{boss}-2")}}
    targets = frozenset({place.role("boss-carried")})
    if kind == DOMAIN:
        targets |= {place.role("clerk-carried")}  # the default of the domain
    return Case(
        on=on(boss),
        targets=targets,
        via=boss,
        elsewhere=on(clerk),
        limited=on(boss, "ana"),
        limited_to_a_part=kind == DOMAIN,
        repairs=repairs,
    )


_ADMIN = frozenset({ADMIN})


def _grant_self(place: Place, method: Method) -> Case:
    (action,) = method.actions
    effect = allow([action, "s3:*"])
    repairs: Json = {"bounded-in-effect": {"boundary": (effect,)}}
    common: Json = {"targets": _ADMIN, "repairs": repairs}
    if "policy-version" in method.id:
        own = place.policy("forgotten" if method.id.startswith("choose") else "notes")
        repairs["not-attached"] = {"attached": (place.policy("unused"),)}
        return Case(on={action: own}, attached=(own,), via=own, elsewhere={action: place.policy("unused")}, **common)
    limits: Json = {}
    if action.startswith("iam:Attach"):
        limits = {action: {"ArnLike": {"iam:PolicyARN": "arn:aws:iam::aws:policy/*"}}}
        repairs["harmless-policies-only"] = {"when": {action: {"ArnEquals": {"iam:PolicyARN": _READ_ONLY}}}}
    if "group" in method.id:
        crew, others = place.arn("group", "crew"), place.arn("group", "clerks")
        repairs["no-member"] = {"groups": ("clerks",)}
        on = {action: crew}
        return Case(on=on, groups=("crew",), via=crew, elsewhere={action: others}, limits=limits, **common)
    other = place.user("clerk-new") if method.for_users else place.role("clerk-closed")
    return Case(on={action: SELF}, via=SELF, elsewhere={action: other}, limits=limits, **common)


def _become(place: Place, method: Method) -> Case:
    (action,) = method.actions
    if action == "sts:AssumeRole":
        return Case(
            on={action: place.role("boss-open")},
            targets=frozenset({place.role("boss-open")}),
            elsewhere={action: place.role("clerk-open")},
            limited={action: place.role("boss-open-to-some")},
            limited_targets=frozenset({place.role("boss-open-to-some")}),
            repairs={
                "trusting-others": {"on": {action: place.role("boss-open-to-others")}},
                "trusting-another-account": {"on": {action: place.role("boss-abroad")}},
                "trusting-a-service": {"on": {action: place.role("boss-closed")}},
            },
        )
    state, other = ("old", "new") if action == "iam:UpdateLoginProfile" else ("new", "old")
    repairs = {} if action == "iam:CreateAccessKey" else {"wrong-state": {"on": {action: place.user(f"boss-{other}")}}}
    boss = place.user(f"boss-{state}")
    return Case(
        on={action: boss}, targets=frozenset({boss}), elsewhere={action: place.user(f"clerk-{state}")}, repairs=repairs
    )


def _edit_trust(place: Place, method: Method) -> Case:
    (action,) = method.actions
    boss = place.role("boss-closed")
    return Case(
        on={action: boss},
        targets=frozenset({boss}),
        elsewhere={action: place.role("clerk-closed")},
        repairs={"assuming-denied": {"besides": (deny("sts:AssumeRole", boss),)}},
    )


def _join(place: Place, method: Method) -> Case:
    (action,) = method.actions
    bosses = place.arn("group", "bosses")
    return Case(
        on={action: bosses},
        targets=frozenset({bosses}),
        limited_targets=_ADMIN,
        elsewhere={action: place.arn("group", "clerks")},
        repairs={"bounded-in-effect": {"boundary": (allow([action, "s3:*"]),)}},
    )


def _other(place: Place, method: Method) -> Case:
    """The first action is on the identity, or a policy of it; the second on the identity."""
    change, use = method.actions
    if "user" in method.id:
        state, other = ("old", "new") if use == "iam:UpdateLoginProfile" else ("new", "old")
        clerk, caged = place.user(f"clerk-{state}"), place.user(f"caged-clerk-{state}")
        wrong = place.user(f"clerk-{other}")
        repairs: Json = {} if use == "iam:CreateAccessKey" else {"wrong-state": {"on": {change: wrong, use: wrong}}}
    else:
        state, other = ("open", "closed") if use == "sts:AssumeRole" else ("closed", "open")
        clerk, caged = place.role(f"clerk-{state}"), place.role(f"caged-clerk-{state}")
        wrong = place.role(f"clerk-{other}")
        repairs = {"wrong-state": {"on": {change: wrong, use: wrong}}} if use == "sts:AssumeRole" else {}
    changed = {clerk: clerk, caged: caged}
    if "policy-version" in method.id:
        changed = {clerk: place.policy("duties"), caged: place.policy("unused")}
        repairs = {"wrong-state": {"on": {change: place.policy("duties"), use: wrong}}} if repairs else {}
    if method.way is Way.UNBOUND_OTHER:
        clerk, caged = place.role("caged-boss-open"), place.role("caged-clerk-open")
        changed = {clerk: clerk, caged: caged}
        wrong = place.role("caged-boss-closed")
        repairs = {"wrong-state": {"on": {change: wrong, use: wrong}}}
    away = place.user("boss-2") if "user" in method.id else place.role("boss-2")
    return Case(
        on={change: changed[clerk], use: clerk},
        targets=_ADMIN,
        via=clerk,
        elsewhere={change: changed[caged], use: caged},
        repairs={**repairs, "change-elsewhere": {"on": {change: away, use: clerk}, "left": frozenset({use})}},
    )


def _central(place: Place, method: Method) -> Case:
    return Case(on=dict.fromkeys(method.actions, "*"), targets=_ADMIN)


_CASES = {
    Way.GRANT_SELF: _grant_self,
    Way.BECOME: _become,
    Way.EDIT_TRUST: _edit_trust,
    Way.JOIN: _join,
    Way.GRANT_OTHER: _other,
    Way.UNBOUND_OTHER: _other,
    Way.PASS: _pass,
    Way.ENTER: _enter,
    Way.CENTRAL: _central,
}


def _caged(method: Method, made: Any) -> Iterator[Attacker]:
    """Administrators, if it were not for their boundaries, which let them at themselves."""
    (action,) = method.actions
    case = Case(on={}, targets=_ADMIN)
    key = (HARMLESS, allow(action, SELF))
    yield made(VULNERABLE, [EVERYTHING], case, targets=_ADMIN, via=SELF, boundary=key)
    yield made("bounded", [EVERYTHING], case, boundary=(HARMLESS,))
    yield made("denied", [EVERYTHING, deny(action)], case, boundary=key)
    yield made("elsewhere", [EVERYTHING], case, boundary=(HARMLESS, allow(action, f"{SELF}-2")))
    yield made("nothing-behind", [HARMLESS, allow(action, SELF)], case, boundary=key)
    yield made(f"without-{action.partition(':')[2]}", [HARMLESS], case, boundary=key)
    if action.startswith("iam:Put"):
        same = {"StringEquals": {"iam:PermissionsBoundary": f"{SELF}-boundary"}}
        under = allow(action, SELF, Condition=same)
        yield made("only-for-the-same-boundary", [EVERYTHING], case, boundary=(HARMLESS, under))


def _settled(one: Attacker, account: str) -> Attacker:
    """With its own ARN where it speaks of itself."""

    def said(part: Any) -> Any:
        return json.loads(json.dumps(part).replace(SELF, one.arn(account)))

    return replace(
        one,
        grants=tuple(said(one.grants)),
        boundary=tuple(said(one.boundary)),
        via=said(one.via),
    )


# into the account


def build(place: Place, found: Iterable[Attacker]) -> None:
    """Rights are inline; those of the limited ones come by a managed policy, or by a group."""
    iam = place.iam
    trust = document(trusting({"Federated": place.arn("saml-provider", "corp")}, "sts:AssumeRoleWithSAML"))
    boundaries: dict[str, str] = {}
    for one in found:
        kind, path = ("user" if one.is_user else "role"), f"/{one.method.id}/"
        named = {f"{kind.title()}Name": one.name}
        if one.is_user:
            iam.create_user(**named, Path=path)
        else:
            iam.create_role(**named, Path=path, AssumeRolePolicyDocument=trust)
        for group in one.groups:
            iam.add_user_to_group(GroupName=group, UserName=one.name)
        for arn in one.attached:
            getattr(iam, f"attach_{kind}_policy")(**named, PolicyArn=arn)
        if one.grants:
            _grant(place, one, kind)
        if one.boundary:
            text = document(*one.boundary)
            if text not in boundaries:
                boundaries[text] = place.make_policy(f"boundary-{len(boundaries)}", *one.boundary)
            put = getattr(iam, f"put_{kind}_permissions_boundary")
            put(**named, PermissionsBoundary=boundaries[text])


def _grant(place: Place, one: Attacker, kind: str) -> None:
    iam, text = place.iam, document(*one.grants)
    if one.repair != IN_VAIN:
        put = getattr(iam, f"put_{kind}_policy")
        put(**{f"{kind.title()}Name": one.name}, PolicyName="own", PolicyDocument=text)
    elif one.is_user:
        iam.create_group(GroupName=f"of-{one.name}")
        iam.put_group_policy(GroupName=f"of-{one.name}", PolicyName="own", PolicyDocument=text)
        iam.add_user_to_group(GroupName=f"of-{one.name}", UserName=one.name)
    else:
        arn = place.make_policy(f"of-{one.name}", *one.grants)
        iam.attach_role_policy(RoleName=one.name, PolicyArn=arn)
