"""What somebody means who names a resource, an identity or an action of an audit."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from auditor.access.action_sets import Use, acts, all_actions, kind_of
from auditor.access.engine.actions import snapshot
from auditor.access.engine.principals import Kind, principal_of
from auditor.access.world import Actor, Target, World
from auditor.errors import UsageError

USES = {"invoke": Use.INVOKE, "read": Use.READ, "change": Use.CHANGE}


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
    raise UsageError(f"the audit holds no resource {name!r}", near_to(name, (t.name or t.arn for t in world.targets)))


def _names(target: Target) -> tuple[str, ...]:
    resource = "".join(target.arn.split(":", 5)[5:])
    return target.name, target.name.removeprefix("alias/"), _end(target.arn), resource


def _is_for(action: str, arn: str) -> bool:
    if (use := USES.get(action.lower())) is not None:
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
    raise UsageError(f"the audit holds no identity {name!r}", near_to(name, (_end(a.arn) for a in world.actors)))


def _role_of_session(name: str) -> str:
    principal = principal_of(name) if name.startswith("arn:") else None
    return principal.role if principal is not None and principal.kind is Kind.SESSION else name


def _same(arn: str, other: str) -> bool:
    """ARNs of sessions have no path, so that the path of the role is not compared."""
    return arn.split("/")[0] == other.split("/")[0]


def _end(arn: str) -> str:
    return arn.rpartition("/")[2] if "/" in arn else arn.rpartition(":")[2]


def near_to(name: str, known: Iterable[str]) -> str:
    names = sorted(set(known))
    near = get_close_matches(name, names, n=3, cutoff=0.5) or [n for n in names if name.lower() in n.lower()][:3]
    return f"Near it: {', '.join(near)}." if near else "Name it as the audit does, or by its ARN."


def action_of(name: str) -> str:
    """An action as AWS writes it. One that the published list lacks is taken as it is, because the list is never
    complete, unless it is no action at all, or looks like one misspelt."""
    service, colon, own = name.partition(":")
    if not colon or not service or not own or "*" in name:
        raise UsageError(
            f"{name!r} is no action", "Name one action such as sagemaker:InvokeEndpoint, or invoke, read, change."
        )
    known = snapshot().action(name)
    if known is not None:
        return known.name
    if (own_list := next((a for a in all_actions() if a.lower() == name.lower()), None)) is not None:
        return own_list
    of_service = snapshot().actions_of(service)
    if of_service is None:
        raise UsageError(f"no service has the prefix {service!r}", near_to(service, snapshot().services))
    near = get_close_matches(own.lower(), [a.partition(":")[2].lower() for a in of_service], n=1, cutoff=0.85)
    if near:
        meant = next(a for a in of_service if a.partition(":")[2].lower() == near[0])
        raise UsageError(f"{service} publishes no action {own!r}", f"Near it: {meant}.")
    return name
