"""Derived facts: functions and front doors."""

from __future__ import annotations

from auditor.derive.base import Derived, World, customer_key, exists, own_identity, typed
from auditor.model.facts import Fact, Known, Reason, Unknown, all_true, any_true, calls_of, combine
from auditor.model.resources import AgentGateway, FrontDoor, Function, Identity, Ref, WebFirewall
from auditor.model.scope import Provider

_AWS = frozenset({Provider.AWS})
_ENDPOINT = ":endpoint/"


def _endpoints(world: World, function: Function) -> Fact[tuple[Ref, ...]]:
    """The endpoints that are named in full in what the function's identities may call. Patterns name none."""
    roles = function.identity
    if not isinstance(roles, Known):
        return roles
    invoked = [world.follow(ref, "invokes") for ref in roles.value]

    def named(*patterns: tuple[str, ...]) -> tuple[Ref, ...]:
        arns = {p for some in patterns for p in some if _ENDPOINT in p and not set(p) & set("*?$")}
        return tuple(Ref("Endpoint", Provider.AWS, arn.split(":")[4], arn) for arn in sorted(arns))

    answer = combine(named, *invoked)
    return Known(answer.value, answer.native, calls_of((roles, answer))) if isinstance(answer, Known) else answer


def _guards_ai(world: World, firewall: WebFirewall) -> Fact[bool]:
    """An API of its region that leads to AI has it before a stage. Which firewall an agent gateway has is not read, so
    it may be the one before each."""
    doors = world.population(FrontDoor, firewall.account, firewall.location)
    gateways = world.population(AgentGateway, firewall.account, firewall.location)

    def before(door: FrontDoor) -> Fact[bool]:
        return all_true((door.fronts_ai, door.firewalls.map(lambda refs: any(ref.id == firewall.id for ref in refs))))

    unread = Unknown(Reason.NOT_BUILT, "the firewalls of agent gateways")
    return any_true(
        (
            exists(doors, (before(door) for door in typed(doors, FrontDoor))),
            exists(gateways, (unread for _ in gateways.resources)),
        )
    )


RULES: tuple[Derived, ...] = (
    customer_key(Function),
    own_identity(Function),
    Derived(
        kind=Function,
        fact="endpoints",
        providers=_AWS,
        inputs=((Function, "identity"), (Identity, "invokes")),
        compute=_endpoints,
    ),
    Derived(
        kind=WebFirewall,
        fact="guards_ai",
        providers=_AWS,
        inputs=((FrontDoor, "fronts_ai"), (FrontDoor, "firewalls")),
        kinds=(AgentGateway,),
        compute=_guards_ai,
    ),
)
