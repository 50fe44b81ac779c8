"""Derived facts of the kinds that all clouds have, in the order of computation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from auditor.derive.base import Derived, World, customer_key, exists, typed
from auditor.model.facts import Fact, Known, all_true, any_true, calls_of, combine
from auditor.model.resources import (
    AI_KINDS,
    AccountSettings,
    AiService,
    AuditLog,
    Budget,
    Endpoint,
    GenerativeDeployment,
    Identity,
    Kind,
    LogStore,
    Model,
    Network,
    Notebook,
    PrivateEndpoint,
    Resource,
    Storage,
    ThreatDetection,
)
from auditor.model.scope import GLOBAL, Provider

_AWS = frozenset({Provider.AWS})
_GCP = frozenset({Provider.GCP})
_ALL = frozenset(Provider)

_WORKLOADS: tuple[tuple[Kind, str], ...] = (
    (Endpoint, "inference"),
    (Notebook, "notebook"),
    (GenerativeDeployment, "agent"),
    (AiService, "platform"),
)

_AWS_RUNTIME_ENDPOINT = {"bedrock": "bedrock-runtime", "sagemaker": "sagemaker.runtime"}
_AWS_DATA_EVENT = {"bedrock": "AWS::Bedrock::Model", "sagemaker": "AWS::SageMaker::Endpoint"}


def _squeezed(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())


def _environment(world: World, endpoint: Endpoint) -> Fact[str]:
    """The declared environment if every tag that names one says it is not production, otherwise production."""
    settings = world.settings
    names = {_squeezed(n) for n in settings.environment_tags}
    non_production = {value.strip().lower() for value in settings.non_production}

    def declared(tags: Mapping[str, str]) -> str:
        values = [tags[name].strip().lower() for name in sorted(tags) if _squeezed(name) in names]
        values = [value for value in values if value]
        return values[0] if values and non_production.issuperset(values) else "production"

    return endpoint.tags.map(declared)


def _missing_tags(world: World, endpoint: Endpoint) -> Fact[tuple[str, ...]]:
    settings = world.settings
    wanted = {
        "owner": settings.owner_tags,
        "environment": settings.environment_tags,
        "data classification": settings.classification_tags,
    }

    def missing(tags: Mapping[str, str]) -> tuple[str, ...]:
        present = {_squeezed(name) for name, value in tags.items() if value}
        return tuple(label for label, names in wanted.items() if not present & {_squeezed(n) for n in names})

    return endpoint.tags.map(missing)


def _api(resource: Resource) -> str:
    return "bedrock" if "Bedrock" in resource.native_type else "sagemaker"


def _aws_private_endpoint(world: World, resource: Resource) -> Fact[bool]:
    """An available interface endpoint for the runtime API of the resource's service, in its region."""
    wanted = _AWS_RUNTIME_ENDPOINT[_api(resource)]
    found = world.population(PrivateEndpoint, resource.account, resource.location)
    return exists(
        found,
        (all_true((p.services.map(lambda names: wanted in names), p.available)) for p in typed(found, PrivateEndpoint)),
    )


def _aws_private_access(world: World, endpoint: Endpoint) -> Fact[bool]:
    """A model that the provider runs stands in the provider's own network; no customer can move it."""
    placed = any_true((endpoint.runs_customer_code.map(lambda own: not own), endpoint.in_customer_network))
    return all_true((placed, _aws_private_endpoint(world, endpoint)))


def _gcp_private_endpoint(world: World, service: AiService) -> Fact[bool]:
    """A Private Service Connect endpoint for Google APIs, or Private Google Access on every subnet of a network."""
    endpoints = world.population(PrivateEndpoint, service.account)
    networks = world.population(Network, service.account)
    return any_true(
        (
            exists(endpoints, (p.available for p in typed(endpoints, PrivateEndpoint))),
            exists(networks, (n.private_api_access for n in typed(networks, Network))),
        )
    )


def _aws_in_use(world: World, service: AiService) -> Fact[bool]:
    """Called recently, or anything of the service exists in its region."""
    return any_true((service.called, *_present(world, service, lambda r: _api(r) == _api(service))))


def _ai_present(world: World, detection: ThreatDetection) -> Fact[bool]:
    return any_true(_present(world, detection, lambda r: True))


def _present(world: World, near: Resource, keep: Callable[[Resource], bool]) -> list[Fact[bool]]:
    place = None if near.location == GLOBAL else near.location
    answers: list[Fact[bool]] = []
    for kind in AI_KINDS[near.provider]:
        found = world.population(kind, near.account, place)
        answers.extend(found.open)
        some = any(keep(r) for r in found.resources)
        answers.append(Known(some, {kind.kind(): some}, found.calls))
    return answers


def _aws_data_plane_audit(world: World, service: AiService) -> Fact[bool]:
    """An active trail that receives the data events of the service, in its region."""
    wanted = _AWS_DATA_EVENT[_api(service)]
    trails = world.population(AuditLog, service.account)

    def receives(trail: AuditLog) -> Fact[bool]:
        here: Fact[bool] = Known(True) if trail.location == service.location else trail.everywhere
        return all_true((trail.active, here, trail.data_events.map(lambda types: wanted in types)))

    return exists(trails, (receives(t) for t in typed(trails, AuditLog)))


def _runs_ai(world: World, identity: Identity) -> Fact[bool]:
    answers: list[Fact[bool]] = []
    if identity.provider is Provider.AWS:
        answers.append(identity.trusted_by_ai_service)
    for kind, _ in _WORKLOADS:
        answers.extend(_uses(world, identity, kind))
    return any_true(answers)


def _shared_across_classes(world: World, identity: Identity) -> Fact[bool]:
    """More than one class is seen, or no class could be hidden. One class seen and others unreadable: unknown."""
    by_class = {label: any_true(_uses(world, identity, kind)) for kind, label in _WORKLOADS}
    seen = sorted(label for label, used in by_class.items() if isinstance(used, Known) and used.value)
    if len(seen) > 1:
        calls = calls_of(used for label, used in by_class.items() if label in seen)
        return Known(True, {"workload classes": seen}, calls)
    return combine(lambda *_: False, *by_class.values())


def _uses(world: World, identity: Identity, kind: Kind) -> list[Fact[bool]]:
    names = {identity.id, *identity.aliases}
    found = world.population(kind, identity.account)
    answers: list[Fact[bool]] = list(found.open)
    for workload in found.resources:
        refs: Fact[Any] = workload.identity  # type: ignore[attr-defined]
        answers.append(refs.map(lambda ids: any(ref.id in names for ref in ids)))
    answers.append(Known(False, {}, found.calls))
    return answers


def _control_plane_audit(world: World, account: AccountSettings) -> Fact[bool]:
    logs = world.population(AuditLog, account.account)
    return exists(logs, (all_true((log.active, log.complete)) for log in typed(logs, AuditLog)))


def _audit_with(fact: str) -> Callable[[World, AccountSettings], Fact[bool]]:
    def compute(world: World, account: AccountSettings) -> Fact[bool]:
        logs = world.population(AuditLog, account.account)
        return exists(logs, (all_true((log.active, log.complete, getattr(log, fact))) for log in typed(logs, AuditLog)))

    return compute


def _budget_alert(world: World, account: AccountSettings) -> Fact[bool]:
    budgets = world.population(Budget, account.account)
    return exists(budgets, (b.alerts for b in typed(budgets, Budget)))


RULES: tuple[Derived, ...] = (
    *(customer_key(kind) for kind in (Endpoint, Model, AiService, Notebook, Storage, LogStore)),
    Derived(kind=Endpoint, fact="environment", providers=_ALL, inputs=((Endpoint, "tags"),), compute=_environment),
    Derived(kind=Endpoint, fact="missing_tags", providers=_ALL, inputs=((Endpoint, "tags"),), compute=_missing_tags),
    Derived(
        kind=Endpoint,
        fact="private_access",
        providers=_AWS,
        inputs=(
            (Endpoint, "runs_customer_code"),
            (Endpoint, "in_customer_network"),
            (PrivateEndpoint, "services"),
            (PrivateEndpoint, "available"),
        ),
        compute=_aws_private_access,
    ),
    Derived(
        kind=AiService,
        fact="private_endpoint",
        providers=_AWS,
        inputs=((PrivateEndpoint, "services"), (PrivateEndpoint, "available")),
        compute=_aws_private_endpoint,
    ),
    Derived(
        kind=AiService,
        fact="private_endpoint",
        providers=_GCP,
        inputs=((PrivateEndpoint, "available"), (Network, "private_api_access")),
        compute=_gcp_private_endpoint,
    ),
    Derived(
        kind=AiService,
        fact="in_use",
        providers=_AWS,
        inputs=((AiService, "called"),),
        kinds=AI_KINDS[Provider.AWS],
        compute=_aws_in_use,
    ),
    Derived(
        kind=AiService,
        fact="data_plane_audit",
        providers=_AWS,
        inputs=((AuditLog, "active"), (AuditLog, "everywhere"), (AuditLog, "data_events")),
        compute=_aws_data_plane_audit,
    ),
    Derived(
        kind=Identity,
        fact="runs_ai",
        providers=_AWS,
        inputs=((Identity, "trusted_by_ai_service"), *((kind, "identity") for kind, _ in _WORKLOADS)),
        compute=_runs_ai,
    ),
    Derived(
        kind=Identity,
        fact="runs_ai",
        providers=_ALL - _AWS,
        inputs=tuple((kind, "identity") for kind, _ in _WORKLOADS),
        compute=_runs_ai,
    ),
    Derived(
        kind=Identity,
        fact="shared_across_classes",
        providers=_ALL,
        inputs=tuple((kind, "identity") for kind, _ in _WORKLOADS),
        compute=_shared_across_classes,
    ),
    Derived(
        kind=AccountSettings,
        fact="control_plane_audit",
        providers=_ALL,
        inputs=((AuditLog, "active"), (AuditLog, "complete")),
        compute=_control_plane_audit,
    ),
    *(
        Derived(
            kind=AccountSettings,
            fact=f"audit_{fact}",
            providers=_ALL,
            inputs=((AuditLog, "active"), (AuditLog, "complete"), (AuditLog, fact)),
            compute=_audit_with(fact),
        )
        for fact in ("integrity", "immutable")
    ),
    Derived(
        kind=AccountSettings,
        fact="budget_alert",
        providers=_ALL,
        inputs=((Budget, "alerts"),),
        compute=_budget_alert,
    ),
    *(
        Derived(
            kind=ThreatDetection,
            fact="ai_present",
            providers=frozenset({provider}),
            kinds=AI_KINDS[provider],
            compute=_ai_present,
        )
        for provider in Provider
    ),
)
