"""Derived facts: guardrails, agents, knowledge bases, prompts."""

from __future__ import annotations

from typing import Any

from auditor.derive.base import Derived, World, customer_key, exists, follow_key, typed
from auditor.model.facts import Fact, Known, Unknown, all_true, any_true, cite
from auditor.model.resources import AiService, GenerativeDeployment, Guardrail, Key, KnowledgeBase, Prompt
from auditor.model.scope import Provider

_AWS = frozenset({Provider.AWS})


def _guardrail_available(world: World, service: AiService) -> Fact[bool]:
    found = world.population(Guardrail, service.account, service.location)
    return exists(found, (guardrail.versioned for guardrail in typed(found, Guardrail)))


def _retrieval(world: World, guardrail: Guardrail) -> Fact[bool]:
    found = world.population(KnowledgeBase, guardrail.account, guardrail.location)
    bases = sorted(base.name for base in found.resources)
    return exists(found, (Known(True, {"knowledge bases": bases}) for _ in bases[:1]))


def _own_identity(world: World, deployment: GenerativeDeployment) -> Fact[bool]:
    """No other agent or flow of the account, in any of its locations, acts as one of its identities."""
    mine = deployment.identity
    if isinstance(mine, Unknown):
        return mine
    names = {ref.id for ref in mine.value}
    found = world.population(GenerativeDeployment, deployment.account)
    sharing: list[Fact[bool]] = []
    for other in typed(found, GenerativeDeployment):
        if other.id != deployment.id:
            shared: Fact[bool] = other.identity.map(lambda refs: any(ref.id in names for ref in refs))
            sharing.append(Known(True, {"also used by": other.name}, shared.calls) if _is_true(shared) else shared)
    answer: Fact[bool] = any_true((*sharing, *found.open)).map(lambda shared: not shared)
    merged = cite(answer, (*mine.calls, *found.calls)) if isinstance(answer, Known) else answer
    return Known(merged.value, {**mine.native, **merged.native}, merged.calls) if isinstance(merged, Known) else merged


def _is_true(fact: Fact[bool]) -> bool:
    return isinstance(fact, Known) and fact.value


def _source_keys_managed(world: World, base: KnowledgeBase) -> Fact[bool]:
    keys = base.source_keys
    if isinstance(keys, Unknown):
        return keys
    one_by_one: list[Fact[Any]] = [Known(ref, keys.native, keys.calls) for ref in keys.value]
    return cite(all_true(follow_key(world, ref) for ref in one_by_one), keys.calls)


RULES: tuple[Derived, ...] = (
    *(customer_key(kind) for kind in (GenerativeDeployment, Guardrail, Prompt)),
    customer_key(KnowledgeBase, "store_key", "store_customer_key"),
    Derived(
        kind=KnowledgeBase,
        fact="customer_key",
        providers=_AWS,
        inputs=((KnowledgeBase, "source_keys"), (Key, "customer_managed")),
        compute=_source_keys_managed,
    ),
    Derived(
        kind=GenerativeDeployment,
        fact="own_identity",
        providers=_AWS,
        inputs=((GenerativeDeployment, "identity"),),
        compute=_own_identity,
    ),
    Derived(kind=Guardrail, fact="retrieval", providers=_AWS, kinds=(KnowledgeBase,), compute=_retrieval),
    Derived(
        kind=AiService,
        fact="guardrail_available",
        providers=_AWS,
        inputs=((Guardrail, "versioned"),),
        compute=_guardrail_available,
    ),
)
