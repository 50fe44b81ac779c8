"""Azure OpenAI and AI services accounts, and Azure Machine Learning workspaces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Unknown, all_true, any_true, native
from auditor.model.resources import AiService, Ref
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.azure import ml
from auditor.providers.azure.arm import (
    SUBSCRIPTION,
    arm,
    choice,
    describe,
    documented,
    flag,
    identify,
    inverted,
    parse_id,
    rows,
)
from auditor.providers.azure.diagnostics import ALL_LOGS, AUDIT, DIAGNOSTICS, delivered, settings_of
from auditor.providers.azure.principals import identity_refs
from auditor.providers.base import Collector, Detail, Reach

if TYPE_CHECKING:
    from auditor.providers.azure.session import AzureSession

COGNITIVE = "Microsoft.CognitiveServices"
ACCOUNTS = arm(
    COGNITIVE,
    "accounts.list",
    f"{SUBSCRIPTION}/providers/{COGNITIVE}/accounts",
    "2025-09-01",
    items="value",
    permissions=(f"{COGNITIVE}/accounts/read",),
)
GENERATIVE_KINDS = frozenset({"openai", "aiservices"})
"""Kinds of account that serve foundation models."""

_KEY_SOURCES = {"microsoft.keyvault": True, "microsoft.cognitiveservices": False}
_MODEL_EVENTS = ("ModelsReadEvent", "ModelsChangeEvent", "ModelsActionEvent")
_DATA_EVENTS = ("DataStoreReadEvent", "DataSetReadEvent")


def is_ai(body: Mapping[str, Any]) -> bool:
    """Bing search accounts share the resource type but hold no model."""
    return not str(body.get("kind", "")).lower().startswith("bing.")


def _find_accounts(session: AzureSession, _location: str) -> Iterator[AiService]:
    for body in session.items(ACCOUNTS, GLOBAL, subscription=session.account.id):
        resource = identify(ACCOUNTS, body)
        if not is_ai(body):
            continue
        yield AiService(
            **describe(session.account, resource, body, f"{COGNITIVE}/accounts"),
            in_use=documented(True, "the account exists"),
            generative=native(body, "kind").map(lambda kind: str(kind).lower() in GENERATIVE_KINDS),
            identity=identity_refs(session, body),
            anonymous=documented(False, "every call needs a key of the account or a Microsoft Entra token"),
            # documented default: false, and left out of real bodies
            key_authentication=inverted(flag(body, "properties.disableLocalAuth", default=False)),
            private_endpoint=approved_connection(body),
            customer_key=_account_customer_key(body),
            encryption_key=_account_key(body),
        )


def approved_connection(body: Mapping[str, Any]) -> Fact[bool]:
    """Some private endpoint is connected and approved. The property is left out where there is none."""
    connections = rows(body, "properties.privateEndpointConnections", default=[])
    if isinstance(connections, Unknown):
        return connections
    path = "properties.privateLinkServiceConnectionState.status"
    states = {"approved": True, "pending": False, "rejected": False, "disconnected": False, "timeout": False}
    answer = any_true(choice(connection, path, states) for connection in connections.value)
    if isinstance(answer, Known) and not answer.native:
        return Known(answer.value, connections.native)
    return answer


def _account_customer_key(body: Mapping[str, Any]) -> Fact[bool]:
    # documented: without ``encryption`` the service encrypts with keys of its own
    return choice(body, "properties.encryption.keySource", _KEY_SOURCES, default="Microsoft.CognitiveServices")


def _account_key(body: Mapping[str, Any]) -> Fact[Ref | None]:
    vault = native(body, "properties.encryption.keyVaultProperties.keyVaultUri")
    name = native(body, "properties.encryption.keyVaultProperties.keyName")
    return ml.key_in_vault(_account_customer_key(body), vault, name)


def _read_account_logs(session: AzureSession, service: AiService) -> Mapping[str, Fact[Any]]:
    settings = _settings(session, service)
    return {
        "invocation_logging": delivered(settings, ("RequestResponse",), (ALL_LOGS,)),
        "data_plane_audit": delivered(settings, ("Audit",), (ALL_LOGS, AUDIT)),
    }


def _find_workspaces(session: AzureSession, _location: str) -> Iterator[AiService]:
    for resource, body in ml.workspaces(session):
        yield AiService(
            **describe(session.account, resource, body, f"{ml.SERVICE}/workspaces"),
            in_use=documented(True, "the workspace exists"),
            generative=documented(False, "models are reached through the endpoints of a workspace"),
            anonymous=documented(False, "a workspace answers Microsoft Entra tokens only"),
            key_authentication=documented(False, "a workspace has no keys of its own"),
        )


def _read_workspace(session: AzureSession, service: AiService) -> Mapping[str, Fact[Any]]:
    return {"identity": identity_refs(session, ml.workspace_of(session, _id(service)))}


def _read_governing(session: AzureSession, service: AiService) -> Mapping[str, Fact[Any]]:
    workspace = ml.governing(session, ml.workspace_of(session, _id(service)))
    return {
        "private_endpoint": approved_connection(workspace),
        "customer_key": ml.customer_key(workspace),
        "encryption_key": ml.encryption_key(workspace),
    }


def _read_workspace_logs(session: AzureSession, service: AiService) -> Mapping[str, Fact[Any]]:
    """Who read and changed models and data: the audit group, or each of the categories of these events."""
    settings = _settings(session, service)
    named = all_true(
        (*(delivered(settings, (c,)) for c in _DATA_EVENTS), *(delivered(settings, (c,)) for c in _MODEL_EVENTS))
    )
    return {
        "data_plane_audit": any_true((delivered(settings, (), (ALL_LOGS, AUDIT)), named)),
        "invocation_logging": delivered(settings, (), (ALL_LOGS,)),
    }


def _settings(session: AzureSession, service: AiService) -> tuple[Mapping[str, Any], ...]:
    return settings_of(session, _id(service))


def _id(service: AiService) -> Any:
    return parse_id(service.id)


COLLECTORS: tuple[Collector[AiService, Any], ...] = (
    Collector(
        name="azure.ai_services.accounts",
        provider=Provider.AZURE,
        kind=AiService,
        reach=Reach.ACCOUNT,
        service=COGNITIVE,
        find_calls=(ACCOUNTS,),
        find=_find_accounts,
        find_facts=(
            "tags",
            "in_use",
            "generative",
            "identity",
            "anonymous",
            "key_authentication",
            "private_endpoint",
            "customer_key",
            "encryption_key",
        ),
        details=(
            Detail(calls=(DIAGNOSTICS,), facts=("invocation_logging", "data_plane_audit"), read=_read_account_logs),
        ),
    ),
    Collector(
        name="azure.ai_services.workspaces",
        provider=Provider.AZURE,
        kind=AiService,
        reach=Reach.ACCOUNT,
        service=ml.SERVICE,
        find_calls=(ml.WORKSPACES.call,),
        find=_find_workspaces,
        find_facts=("tags", "in_use", "generative", "anonymous", "key_authentication"),
        details=(
            Detail(calls=(ml.WORKSPACE,), facts=("identity",), read=_read_workspace),
            Detail(
                calls=(ml.WORKSPACE,),
                facts=("private_endpoint", "customer_key", "encryption_key"),
                read=_read_governing,
            ),
            Detail(calls=(DIAGNOSTICS,), facts=("data_plane_audit", "invocation_logging"), read=_read_workspace_logs),
        ),
    ),
)
