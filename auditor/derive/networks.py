"""Derived facts of networks: which AI workloads run in them, and what those need."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.derive.base import Derived, World, exists, typed
from auditor.model.facts import Fact, FactUnknown, Known, Reason, Unknown, all_true, calls_of, combine
from auditor.model.resources import (
    AgentRuntime,
    Cluster,
    Function,
    Job,
    Kind,
    Model,
    Network,
    Notebook,
    PrivateEndpoint,
    Resource,
    Workspace,
)
from auditor.model.scope import Provider

_AWS = frozenset({Provider.AWS})

_INFERENCE, _NOTEBOOKS, _TRAINING = "inference", "notebooks", "training"
_CLASSES: tuple[tuple[Kind, str], ...] = (
    (AgentRuntime, _INFERENCE),
    (Cluster, _TRAINING),
    (Function, _INFERENCE),
    (Job, _TRAINING),
    (Model, _INFERENCE),
    (Notebook, _NOTEBOOKS),
    (Workspace, _NOTEBOOKS),
)
"""Workloads that run in networks, and their classes."""
_SERVING_JOBS = frozenset({"batch inference", "shadow test"})

NEEDED_APIS: dict[Kind, tuple[str, ...]] = {
    AgentRuntime: ("bedrock-runtime", "ecr.api", "ecr.dkr", "logs", "s3"),
    Cluster: ("s3",),
    Job: ("s3",),
    Model: ("s3",),
    Notebook: ("s3", "sagemaker.api"),
    Workspace: ("s3", "sagemaker.api", "sagemaker.runtime"),
}
"""The least that AWS documents a workload in a VPC to call from there; what its code calls beyond that is not known.

SageMaker AI developer guide: "Give training jobs access to resources in your Amazon VPC" and the same for hosted
endpoints (S3), "Connect a notebook instance in a VPC to external resources", "Connect Studio notebooks in a VPC to
external resources", "Set up SageMaker HyperPod with a custom VPC" (S3). Bedrock AgentCore developer guide: "Configure
AgentCore Runtime and tools for VPC" (images from ECR and their layers from S3, logs), and the models that agents call.
"""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A workload with a leg in a network."""

    kind: Kind
    work: str
    subnets: frozenset[str]
    workload: Resource

    @property
    def groups(self) -> Fact[tuple[str, ...]]:
        return self.workload.security_groups  # type: ignore[attr-defined, no-any-return]


def _placed(world: World, network: Network) -> tuple[tuple[_Placed, ...], tuple[str, ...]]:
    """The AI workloads in a network, the calls that show them, and those that listed all others. FactUnknown while one
    could be hidden."""
    own = frozenset(network.subnets.value)
    found: list[_Placed] = []
    calls: set[str] = set(calls_of((network.subnets,)))
    for kind, work in _CLASSES:
        population = world.population(kind, network.account, network.location)
        if (hidden := population.none_because()) is not None:
            raise FactUnknown(hidden)
        calls.update(population.calls)
        for workload in population.resources:
            subnets: Fact[tuple[str, ...]] = workload.subnets  # type: ignore[attr-defined]
            if _gone(subnets):
                continue
            inside = own.intersection(subnets.value)
            if inside and _is_ai(workload):
                calls.update(subnets.calls)
                found.append(_Placed(kind, _work(workload, work), inside, workload))
    return tuple(found), tuple(sorted(calls))


def _gone(fact: Fact[tuple[str, ...]]) -> bool:
    """What was deleted while the run went on runs nowhere."""
    return isinstance(fact, Unknown) and fact.reason is Reason.VANISHED


def _is_ai(workload: Resource) -> bool:
    return not isinstance(workload, Function) or workload.fronts_ai.value


def _work(workload: Resource, work: str) -> str:
    return _INFERENCE if isinstance(workload, Job) and workload.work.value in _SERVING_JOBS else work


def _ai_subnets(world: World, network: Network) -> Fact[tuple[str, ...]]:
    placed, calls = _placed(world, network)
    subnets = tuple(sorted({subnet for one in placed for subnet in one.subnets}))
    return Known(subnets, {"AI workloads in it": len(placed)}, calls)


def _ai_groups(world: World, network: Network) -> Fact[tuple[str, ...]]:
    placed, calls = _placed(world, network)
    groups = tuple(sorted({group for one in placed for group in one.groups.value}))
    return Known(groups, {"AI workloads in it": len(placed)}, tuple(sorted({*calls, *_group_calls(placed)})))


def _group_calls(placed: tuple[_Placed, ...]) -> tuple[str, ...]:
    return calls_of(one.groups for one in placed)


def _mixed_subnets(world: World, network: Network) -> Fact[tuple[str, ...]]:
    placed, calls = _placed(world, network)
    works: dict[str, set[str]] = {}
    for one in placed:
        for subnet in one.subnets:
            works.setdefault(subnet, set()).add(one.work)
    mixed = {subnet: sorted(some) for subnet, some in sorted(works.items()) if len(some) > 1}
    return Known(tuple(mixed), dict(mixed), calls)


def _missing_private_paths(world: World, network: Network) -> Fact[tuple[str, ...]]:
    """APIs without an available endpoint in the network itself.

    A network that is connected to others may use theirs, by routes and names that no call of one account shows: what
    it lacks itself is then unknown.
    """
    placed, calls = _placed(world, network)
    needed = sorted({api for one in placed for api in NEEDED_APIS.get(one.kind, ())})
    endpoints = world.population(PrivateEndpoint, network.account, network.location)

    def leads_to(endpoint: PrivateEndpoint, api: str) -> Fact[bool]:
        here = endpoint.network.map(lambda name: name == network.name)
        return all_true((here, endpoint.available, endpoint.services.map(lambda names: api in names)))

    paths = [exists(endpoints, (leads_to(e, api) for e in typed(endpoints, PrivateEndpoint))) for api in needed]
    missing: Fact[tuple[str, ...]] = combine(
        lambda *there: tuple(api for api, found in zip(needed, there, strict=True) if not found), *paths
    )
    if missing.value and network.connected.value:
        return Unknown(Reason.NOT_BUILT, "private endpoints of connected networks", calls_of((network.connected,)))
    return Known(missing.value, {"needed": needed}, tuple(sorted({*calls, *missing.calls})))


_PLACES: tuple[tuple[Kind, str], ...] = (
    (Network, "subnets"),
    (Function, "fronts_ai"),
    (Job, "work"),
    *((kind, "subnets") for kind, _ in _CLASSES),
)

RULES: tuple[Derived, ...] = (
    Derived(kind=Network, fact="ai_subnets", providers=_AWS, inputs=_PLACES, compute=_ai_subnets),
    Derived(
        kind=Network,
        fact="ai_groups",
        providers=_AWS,
        inputs=(*_PLACES, *((kind, "security_groups") for kind, _ in _CLASSES)),
        compute=_ai_groups,
    ),
    Derived(kind=Network, fact="mixed_subnets", providers=_AWS, inputs=_PLACES, compute=_mixed_subnets),
    Derived(
        kind=Network,
        fact="missing_private_paths",
        providers=_AWS,
        inputs=(
            *_PLACES,
            (Network, "connected"),
            (PrivateEndpoint, "network"),
            (PrivateEndpoint, "available"),
            (PrivateEndpoint, "services"),
        ),
        compute=_missing_private_paths,
    ),
)
