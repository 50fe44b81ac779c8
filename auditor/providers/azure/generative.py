"""Deployments of foundation models in Azure OpenAI and AI services accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, all_true, native
from auditor.model.resources import GenerativeDeployment
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.azure.ai_services import ACCOUNTS, COGNITIVE, GENERATIVE_KINDS
from auditor.providers.azure.arm import (
    GROUP,
    ArmId,
    arm,
    choice,
    describe,
    documented,
    flag,
    identify,
    location_of,
    parse_id,
    rows,
    spread,
)
from auditor.providers.base import Collector, Detail, Reach
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.azure.session import AzureSession

DEPLOYMENTS = arm(
    COGNITIVE,
    "deployments.list",
    f"{GROUP}/providers/{COGNITIVE}/accounts/{{resource}}/deployments",
    "2025-09-01",
    items="value",
    permissions=(f"{COGNITIVE}/accounts/deployments/read",),
)
RAI_POLICIES = arm(
    COGNITIVE,
    "raiPolicies.list",
    f"{GROUP}/providers/{COGNITIVE}/accounts/{{resource}}/raiPolicies",
    "2025-09-01",
    items="value",
    permissions=(f"{COGNITIVE}/accounts/raiPolicies/read",),
)
HARMS = ("hate", "sexual", "violence", "selfharm")
SIDES = ("prompt", "completion")
_OTHER_FILTERS = ("jailbreak", "indirectattack", "protectedmaterialtext", "protectedmaterialcode", "profanity")
_OTHER_SIDES = ("prerun", "postrun", "pretoolcall", "posttoolcall")
_FILTERS, _SOURCES = frozenset((*HARMS, *_OTHER_FILTERS)), frozenset((*SIDES, *_OTHER_SIDES))

_BLOCKING_MODES = {"default": True, "blocking": True, "asynchronous_filter": False, "deferred": False}
_UNFILTERED = "whisper"


def _find(session: AzureSession, _location: str) -> Iterator[GenerativeDeployment]:
    accounts = (
        body
        for body in session.items(ACCOUNTS, GLOBAL, subscription=session.account.id)
        if str(body.get("kind", "")).lower() in GENERATIVE_KINDS
    )
    yield from spread(accounts, lambda account: _deployments(session, account))


def _deployments(session: AzureSession, account: Mapping[str, Any]) -> Iterator[GenerativeDeployment]:
    owner = identify(ACCOUNTS, account)
    for body in _listed(session, owner):
        resource = identify(DEPLOYMENTS, body)
        described = describe(session.account, resource, body, f"{COGNITIVE}/accounts/deployments")
        yield GenerativeDeployment(
            **{**described, "location": location_of(account)},  # a deployment is where its account is
            in_use=documented(True, "the deployment exists"),
            identity=documented((), "a deployment has no identity; its account acts, and is judged for that"),
        )


def _listed(session: AzureSession, account: ArmId) -> Iterator[Mapping[str, Any]]:
    yield from session.items(
        DEPLOYMENTS, GLOBAL, subscription=account.subscription, group=account.group, resource=account.names[0]
    )


def _read_guardrail(session: AzureSession, deployment: GenerativeDeployment) -> Mapping[str, Fact[Any]]:
    resource = parse_id(deployment.id)
    body = (
        next((b for b in _listed(session, resource) if parse_id(b.get("id")) == resource), None) if resource else None
    )
    if resource is None or body is None:
        raise CallFailed(DEPLOYMENTS, Reason.VANISHED)
    return {"guardrail": _guardrail(session, resource, body)}


def _guardrail(session: AzureSession, resource: ArmId, body: Mapping[str, Any]) -> Fact[bool]:
    """The content filter of a deployment blocks the four harm categories, both ways.

    Microsoft documents that a deployment without a policy of its own has the default one, which does, and that
    content filters do not apply to the Whisper models.
    """
    model = str(native(body, "properties.model.name", default="").value)
    if model.lower().startswith(_UNFILTERED):
        return Known(False, {"properties.model.name": model, "documented": "content filters do not apply to Whisper"})
    name = native(body, "properties.raiPolicyName", default="")
    if isinstance(name, Unknown):
        return name
    if not name.value:
        return Known(True, {"properties.raiPolicyName": None, "documented": "the default content filter applies"})
    policies = session.items(
        RAI_POLICIES, GLOBAL, subscription=resource.subscription, group=resource.group, resource=resource.names[0]
    )
    wanted = str(name.value).lower()
    policy = next((p for p in policies if str(p.get("name", "")).lower() == wanted), None)
    if policy is not None:
        judged = blocks(policy)
        if isinstance(judged, Unknown):
            return judged
        return Known(judged.value, {**name.native, **judged.native})
    if wanted in ("microsoft.default", "microsoft.defaultv2"):
        return Known(True, {**name.native, "documented": "the default content filter blocks"})
    return Unknown(Reason.ABSENT, f"raiPolicies/{name.value}")


def blocks(policy: Mapping[str, Any]) -> Fact[bool]:
    """A content filter policy blocks each of the four harms in prompts and in completions, before they are seen."""
    filters = rows(policy, "properties.contentFilters", default=[])
    if isinstance(filters, Unknown):
        return filters
    by_side: dict[tuple[str, str], Mapping[str, Any]] = {}
    for entry in filters.value:
        by_side[_squeezed(entry.get("name")), _squeezed(entry.get("source"))] = entry
    # documented default of ``mode``: Default, which blocks
    facts: list[Fact[bool]] = [choice(policy, "properties.mode", _BLOCKING_MODES, default="Default")]
    facts.extend(_filter_blocks(by_side, h, s) for h in HARMS for s in SIDES)
    return all_true(facts)


def _squeezed(text: object) -> str:
    return "".join(c for c in str(text or "").lower() if c.isalnum())


def _filter_blocks(by_side: Mapping[tuple[str, str], Mapping[str, Any]], harm: str, side: str) -> Fact[bool]:
    """A filter of a name or a source that this version does not know may be the one that seems to be missing."""
    label = f"{harm}/{side}"
    entry = by_side.get((harm, side))
    if entry is None:
        for name, source in by_side:
            if (name == harm or name not in _FILTERS) and (source == side or source not in _SOURCES):
                return Unknown(Reason.UNRECOGNISED, "properties.contentFilters")
        return Known(False, {label: "no filter"})
    facts: list[Fact[bool]] = []
    for key in ("enabled", "blocking"):
        fact = flag(entry, key)
        facts.append(Known(fact.value, {f"{label}.{key}": fact.value}) if isinstance(fact, Known) else fact)
    return all_true(facts)


COLLECTORS: tuple[Collector[GenerativeDeployment, Any], ...] = (
    Collector(
        name="azure.generative.deployments",
        provider=Provider.AZURE,
        kind=GenerativeDeployment,
        reach=Reach.ACCOUNT,
        service=COGNITIVE,
        find_calls=(ACCOUNTS, DEPLOYMENTS),
        find=_find,
        find_facts=("tags", "in_use", "identity"),
        details=(Detail(calls=(DEPLOYMENTS, RAI_POLICIES), facts=("guardrail",), read=_read_guardrail),),
    ),
)
