"""The demo subscription: Azure OpenAI and AI services accounts. Everything here is invented."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.demo.authoring import Pages, Refusal, Reply
from auditor.demo.azure_people import ASSISTANT_LAB, OPENAI_PROD, system_assigned
from auditor.demo.azure_rows import (
    LOGS_ASSIST,
    PROD_TAGS,
    SUBSCRIPTION,
    Body,
    connection,
    listed,
    logs_of,
    resource,
    setting,
)

COGNITIVE = "Microsoft.CognitiveServices"


def accounts() -> dict[tuple[str, str], Reply]:
    prod = _account(
        "rg-genai",
        "oai-kestrel-prod",
        "OpenAI",
        "westeurope",
        PROD_TAGS,
        system_assigned(OPENAI_PROD),
        disableLocalAuth=True,
        publicNetworkAccess="Disabled",
        networkAcls={"defaultAction": "Deny", "virtualNetworkRules": [], "ipRules": []},
        customSubDomainName="oai-kestrel-prod",
        encryption={
            "keySource": "Microsoft.KeyVault",
            "keyVaultProperties": {"keyName": "openai-data", "keyVaultUri": "https://kv-kestrel-cmk.vault.azure.net/"},
        },
        privateEndpointConnections=[connection("oai-kestrel-prod", "pe-oai-prod", "Approved")],
    )
    assist = _account(
        "rg-genai",
        "ais-kestrel-assist",
        "AIServices",
        "swedencentral",
        {"owner": "customer-care", "environment": "production"},
        None,
        customSubDomainName="ais-kestrel-assist",
        privateEndpointConnections=[connection("ais-kestrel-assist", "pe-assist", "Pending")],
    )
    lab = _account(
        "rg-ml-lab", "oai-kestrel-lab", "OpenAI", "swedencentral", {"env": "dev"}, system_assigned(ASSISTANT_LAB)
    )
    strict = _policy(assist, "assist-strict", "Blocking")
    relaxed = _policy(assist, "assist-relaxed", "Default", relaxed="Violence")
    streamed = _policy(lab, "lab-streamed", "Asynchronous_filter")
    return {
        ("GET", f"/subscriptions/{SUBSCRIPTION}/providers/{COGNITIVE}/accounts"): Pages(
            listed(prod, assist), listed(lab)
        ),
        ("GET", f"{prod['id']}/deployments"): listed(
            _model(prod, "gpt-4o", "2024-11-20"),
            _model(prod, "text-embedding-3-large", "1", "Microsoft.DefaultV2"),
        ),
        ("GET", f"{assist['id']}/deployments"): listed(
            _model(assist, "gpt-4.1", "2025-04-14", "assist-strict"),
            _model(assist, "gpt-4o-mini", "2024-07-18", "assist-relaxed"),
        ),
        ("GET", f"{lab['id']}/deployments"): listed(_model(lab, "gpt-4o", "2024-11-20", "lab-streamed")),
        ("GET", f"{prod['id']}/raiPolicies"): listed(_policy(prod, "Microsoft.DefaultV2", "Blocking", managed=True)),
        ("GET", f"{assist['id']}/raiPolicies"): listed(strict, relaxed),
        ("GET", f"{lab['id']}/raiPolicies"): listed(streamed),
        ("GET", logs_of(prod["id"])): listed(
            setting("to-log-analytics", ("category", "Audit"), ("category", "RequestResponse"))
        ),
        ("GET", logs_of(assist["id"])): listed(setting("audit", ("categoryGroup", "audit"), workspace=LOGS_ASSIST)),
        ("GET", logs_of(lab["id"])): Refusal(
            403, {"error": {"code": "AuthorizationFailed", "message": "The client may not perform this action."}}
        ),
    }


def _account(
    group: str, name: str, kind: str, location: str, tags: Mapping[str, str], identity: Body | None, **properties: Any
) -> Body:
    body = resource(
        group,
        f"{COGNITIVE}/accounts",
        name,
        location,
        kind=kind,
        sku={"name": "S0"},
        tags=dict(tags),
        properties={
            "endpoint": f"https://{name}.openai.azure.com/",
            "provisioningState": "Succeeded",
            "dateCreated": "2026-02-03T09:12:44.0000000Z",
            **properties,
        },
    )
    return body if identity is None else {**body, "identity": identity}


def _model(account: Body, name: str, version: str, policy: str = "") -> Body:
    return {
        "id": f"{account['id']}/deployments/{name}",
        "name": name,
        "type": f"{COGNITIVE}/accounts/deployments",
        "sku": {"name": "Standard", "capacity": 40},
        "properties": {
            "model": {"format": "OpenAI", "name": name, "version": version},
            "versionUpgradeOption": "OnceNewDefaultVersionAvailable",
            "currentCapacity": 40,
            "provisioningState": "Succeeded",
            **({"raiPolicyName": policy} if policy else {}),
        },
    }


def _policy(account: Body, name: str, mode: str, *, relaxed: str = "", managed: bool = False) -> Body:
    filters: list[Body] = [
        {
            "name": harm,
            "source": source,
            "enabled": True,
            "blocking": not (harm == relaxed and source == "Prompt"),
            "severityThreshold": "Medium",
        }
        for harm in ("Hate", "Sexual", "Violence", "Selfharm")
        for source in ("Prompt", "Completion")
    ]
    filters.append({"name": "Jailbreak", "source": "Prompt", "enabled": True, "blocking": True})
    return {
        "id": f"{account['id']}/raiPolicies/{name}",
        "name": name,
        "type": f"{COGNITIVE}/accounts/raiPolicies",
        "properties": {
            "type": "SystemManaged" if managed else "UserManaged",
            "basePolicyName": "Microsoft.DefaultV2",
            "mode": mode,
            "contentFilters": filters,
        },
    }
