"""Derived facts: guardrails, agents, knowledge bases, prompts."""

from __future__ import annotations

from typing import Any

from auditor.derive.base import Derived, World, customer_key, exists, follow_key, own_identity, typed
from auditor.model.facts import Fact, Known, Unknown, all_true, cite
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
    own_identity(GenerativeDeployment),
    Derived(kind=Guardrail, fact="retrieval", providers=_AWS, kinds=(KnowledgeBase,), compute=_retrieval),
    Derived(
        kind=AiService,
        fact="guardrail_available",
        providers=_AWS,
        inputs=((Guardrail, "versioned"),),
        compute=_guardrail_available,
    ),
)
