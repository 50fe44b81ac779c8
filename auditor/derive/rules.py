"""Derived facts of the kinds that all clouds have, in the order of computation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from auditor.derive.base import Derived, World, customer_key, exists, typed
from auditor.model.facts import Fact, Known, all_true, any_true, calls_of, combine
from auditor.model.resources import (
    AI_KINDS,
    AccountSettings,
    AgentGateway,
    AgentRuntime,
    AiService,
    AuditLog,
    Budget,
    Endpoint,
    FeatureGroup,
    Function,
    GenerativeDeployment,
    Guardrail,
    Identity,
    Job,
    Kind,
    KnowledgeBase,
    LogStore,
    Model,
    Network,
    Notebook,
    PrivateEndpoint,
    Resource,
    Storage,
    ThreatDetection,
    Workspace,
)
from auditor.model.scope import GLOBAL, Provider

_AWS = frozenset({Provider.AWS})
_GCP = frozenset({Provider.GCP})
_ALL = frozenset(Provider)

Workloads = Mapping[str, tuple[Kind, ...]]
"""Kinds that run as an identity, by the class of work they do."""
_EVERYWHERE: Workloads = {
    "inference": (Endpoint,),
    "notebook": (Notebook,),
    "agent": (GenerativeDeployment,),
    "platform": (AiService,),
}
_WORKLOADS: Mapping[Provider, Workloads] = {
    Provider.AWS: {
        **_EVERYWHERE,
        "inference": (Endpoint, Job),
        "training": (Job,),
        "notebook": (Notebook, Workspace),
        "agent": (GenerativeDeployment, AgentRuntime),
        "function": (Function,),
    },
    Provider.AZURE: _EVERYWHERE,
    Provider.GCP: _EVERYWHERE,
}
"""Only kinds that are listed on a provider: one that nobody lists could hide a workload."""

_AWS_RUNTIME_ENDPOINT = {"bedrock": "bedrock-runtime", "sagemaker": "sagemaker.runtime"}
_AWS_DATA_EVENT = {"bedrock": "AWS::Bedrock::Model", "sagemaker": "AWS::SageMaker::Endpoint"}
_AWS_DATA_EVENTS_OF: tuple[tuple[str, Kind, str, str], ...] = (
    ("bedrock", AgentGateway, "AWS::BedrockAgentCore::Gateway", "AWS::BedrockAgentCore::Gateway"),
    ("bedrock", AgentRuntime, "AWS::BedrockAgentCore::Runtime", "AWS::BedrockAgentCore::Runtime"),
    ("bedrock", GenerativeDeployment, "AWS::Bedrock::Agent", "AWS::Bedrock::AgentAlias"),
    ("bedrock", GenerativeDeployment, "AWS::Bedrock::Flow", "AWS::Bedrock::FlowAlias"),
    ("bedrock", Guardrail, "AWS::Bedrock::Guardrail", "AWS::Bedrock::Guardrail"),
    ("bedrock", KnowledgeBase, "AWS::Bedrock::KnowledgeBase", "AWS::Bedrock::KnowledgeBase"),
    ("sagemaker", FeatureGroup, "AWS::SageMaker::FeatureGroup", "AWS::SageMaker::FeatureGroup"),
)
"""What has data events of its own: the service, the kind and its type, and the type of its events (CloudTrail user
guide, "Logging data events")."""


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
    names = {"Bedrock": "bedrock", "SageMaker": "sagemaker"}
    return next((api for name, api in names.items() if name in resource.native_type), "")


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
    """Active trails receive the data events of the service in its region, and of each thing of it that exists there
    and has events of its own."""
    trails = world.population(AuditLog, service.account)

    def received(event: str) -> Fact[bool]:
        return exists(trails, (receives(trail, event) for trail in typed(trails, AuditLog)))

    def receives(trail: AuditLog, event: str) -> Fact[bool]:
        here: Fact[bool] = Known(True) if trail.location == service.location else trail.everywhere
        return all_true((trail.active, here, trail.data_events.map(lambda types: event in types)))

    def absent(kind: Kind, native_type: str) -> Fact[bool]:
        found = world.population(kind, service.account, service.location)
        some = exists(found, (Known(True) for r in found.resources if r.native_type == native_type))
        return some.map(lambda present: not present)

    api = _api(service)
    parts = [(kind, native_type, event) for of, kind, native_type, event in _AWS_DATA_EVENTS_OF if of == api]
    return all_true(
        (
            received(_AWS_DATA_EVENT[api]),
            *(any_true((received(event), absent(kind, native_type))) for kind, native_type, event in parts),
        )
    )


def _runs_ai(world: World, identity: Identity) -> Fact[bool]:
    answers: list[Fact[bool]] = []
    if identity.provider is Provider.AWS:
        answers.append(identity.trusted_by_ai_service)
    for kinds in _WORKLOADS[identity.provider].values():
        answers.extend(_uses(world, identity, kinds, _works_on_ai))
    return any_true(answers)


def _works_on_ai(workload: Resource) -> Fact[bool]:
    """Most functions have nothing to do with models; whatever else runs as an identity here does."""
    return workload.fronts_ai if isinstance(workload, Function) else Known(True)


_SERVING_JOBS = ("batch inference", "shadow test")
"""Jobs that answer with a model instead of making one."""


def _of_class(label: str) -> Callable[[Resource], Fact[bool]]:
    def counts(workload: Resource) -> Fact[bool]:
        if isinstance(workload, Job):
            return workload.work.map(lambda work: (work in _SERVING_JOBS) == (label == "inference"))
        return Known(True)

    return counts


def _shared_across_classes(world: World, identity: Identity) -> Fact[bool]:
    """More than one class is seen, or no class could be hidden. One class seen and others unreadable: unknown."""
    workloads = _WORKLOADS[identity.provider]
    by_class = {label: any_true(_uses(world, identity, kinds, _of_class(label))) for label, kinds in workloads.items()}
    seen = sorted(label for label, used in by_class.items() if isinstance(used, Known) and used.value)
    if len(seen) > 1:
        calls = calls_of(used for label, used in by_class.items() if label in seen)
        return Known(True, {"workload classes": seen}, calls)
    return combine(lambda *_: False, *by_class.values())


def _uses(
    world: World,
    identity: Identity,
    kinds: Iterable[Kind],
    counts: Callable[[Resource], Fact[bool]],
) -> list[Fact[bool]]:
    names = {identity.id, *identity.aliases}
    answers: list[Fact[bool]] = []
    for kind in kinds:
        found = world.population(kind, identity.account)
        answers.extend(found.open)
        for workload in found.resources:
            refs: Fact[Any] = workload.identity  # type: ignore[attr-defined]
            uses = refs.map(lambda ids: any(ref.id in names for ref in ids))
            answers.append(all_true((uses, counts(workload))))
        answers.append(Known(False, {}, found.calls))
    return answers


def _identities_of_workloads(provider: Provider) -> tuple[tuple[Kind, str], ...]:
    kinds = dict.fromkeys(kind for kinds in _WORKLOADS[provider].values() for kind in kinds)
    return tuple((kind, "identity") for kind in kinds)


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
        kinds=tuple(dict.fromkeys(kind for _, kind, _, _ in _AWS_DATA_EVENTS_OF)),
        compute=_aws_data_plane_audit,
    ),
    *(
        Derived(
            kind=Identity,
            fact="runs_ai",
            providers=frozenset({provider}),
            inputs=(
                *(((Identity, "trusted_by_ai_service"), (Function, "fronts_ai")) if provider is Provider.AWS else ()),
                *_identities_of_workloads(provider),
            ),
            compute=_runs_ai,
        )
        for provider in Provider
    ),
    *(
        Derived(
            kind=Identity,
            fact="shared_across_classes",
            providers=frozenset({provider}),
            inputs=(
                *(((Job, "work"),) if provider is Provider.AWS else ()),
                *_identities_of_workloads(provider),
            ),
            compute=_shared_across_classes,
        )
        for provider in Provider
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
