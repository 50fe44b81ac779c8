"""Vertex AI endpoints (Endpoint). Listed per location by Google's own client, read from the bodies it received."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Unknown, all_true, any_true, combine
from auditor.model.resources import Endpoint, Ref
from auditor.model.scope import Provider
from auditor.providers.base import Collector, Detail, Reach
from auditor.providers.gcp.names import (
    AI,
    customer_key,
    flag,
    identity_ref,
    labels,
    last,
    local,
    model_ref,
    objects,
    text,
)
from auditor.providers.gcp.policies import EVERYONE, bindings_of, project_policy
from auditor.providers.gcp.shared_calls import PROJECT_GET, PROJECT_POLICY
from auditor.wire.calls import Call

if TYPE_CHECKING:
    from auditor.providers.gcp.session import GcpSession

ENDPOINTS_LIST = Call(
    provider=Provider.GCP,
    service="aiplatform",
    operation="projects.locations.endpoints.list",
    host="{location}-aiplatform.googleapis.com",
    path="/v1/projects/{project}/locations/{location}/endpoints",
    permissions=("aiplatform.endpoints.list",),
    items="endpoints",
    items_optional=True,  # proto3 JSON leaves an empty list out
    per_second=10.0,  # 600 resource management requests a minute, project and region
)


def _find(session: GcpSession, location: str) -> Iterator[Endpoint]:
    for item in objects(ENDPOINTS_LIST, session.sdk_items(ENDPOINTS_LIST, location), "name"):
        yield _endpoint(session, location, item)


def _endpoint(session: GcpSession, location: str, item: Mapping[str, Any]) -> Endpoint:
    # aiplatform v1 reference, Endpoint.deployedModels: output only, a repeated field; none deployed, none present.
    deployed = tuple(objects(ENDPOINTS_LIST, item.get("deployedModels", ())))
    # Endpoint.network: "If left unspecified, the Endpoint is not peered with any network."
    peered = text(item, "network", "").map(bool)
    return Endpoint(
        id=local(session, AI, item["name"]),
        name=str(item.get("displayName") or last(item["name"])),
        account=session.account,
        location=location,
        native_type="aiplatform.googleapis.com/Endpoint",
        tags=labels(item),
        runs_customer_code=Known(bool(deployed), {"deployedModels": len(deployed)}),
        identity=_identities(session, deployed),
        key_authentication=Known(False),  # prediction takes OAuth tokens only (Vertex AI authentication guide)
        in_customer_network=peered,
        private_access=_private(item, peered),
        invocation_logging=_logged(item, deployed),
        models=_models(session, deployed),
        # Endpoint.encryptionSpec: "If set, this Endpoint and all sub-resources ... will be secured by this key."
        **customer_key(session, text(item, "encryptionSpec.kmsKeyName", "")),
    )


def _identities(session: GcpSession, deployed: Sequence[Mapping[str, Any]]) -> Fact[tuple[Ref, ...]]:
    """DeployedModel.serviceAccount: unset, the container runs as one that has no access to the customer's project."""
    named = combine(
        lambda *emails: sorted({e for e in emails if e}), *(text(m, "serviceAccount", "") for m in deployed)
    )
    if isinstance(named, Unknown):
        return named
    refs = tuple(identity_ref(session, email) for email in named.value)
    return Known(refs, {"deployedModels[].serviceAccount": named.value})


def _private(item: Mapping[str, Any], peered: Fact[bool]) -> Fact[bool]:
    """Peered with a network, or behind Private Service Connect: neither has an address on the internet.

    Both flags are proto3 booleans without presence (aiplatform v1): false is left out. The flat one is deprecated.
    """
    return any_true(
        (
            peered,
            flag(item, "privateServiceConnectConfig.enablePrivateServiceConnect"),
            flag(item, "enablePrivateServiceConnect"),
        )
    )


def _logged(item: Mapping[str, Any], deployed: Sequence[Mapping[str, Any]]) -> Fact[bool]:
    """Requests and responses are logged, or every deployed model logs its requests (proto3 booleans, as above)."""
    contents = flag(item, "predictRequestResponseLoggingConfig.enabled")
    if not deployed:
        return contents
    return any_true((contents, all_true(flag(model, "enableAccessLogging") for model in deployed)))


def _models(session: GcpSession, deployed: Sequence[Mapping[str, Any]]) -> Fact[tuple[Ref, ...]]:
    refs: list[Fact[Ref]] = []
    for model in deployed:
        name = text(model, "model")
        refs.append(name if isinstance(name, Unknown) else model_ref(session, name.value))
    return combine(lambda *found: tuple(dict.fromkeys(found)), *refs)


def open_to_everyone(session: GcpSession) -> Fact[bool]:
    """The project's policy gives everyone a role, and with it access to what answers there.

    Google refuses such members in the policies of folders and organizations, so the project's own is enough.
    """
    policy = project_policy(session)
    given = sorted(
        f"{binding.role} to {member}"
        for binding in bindings_of(policy, "")
        for member in binding.members
        if member in EVERYONE
    )
    return Known(bool(given), {"bindings[].members[]": given})


def _anonymous(session: GcpSession, location: str, found: Sequence[Endpoint]) -> dict[str, dict[str, Fact[Any]]]:
    anyone = open_to_everyone(session)
    return {endpoint.id: {"anonymous": anyone} for endpoint in found}


COLLECTORS = (
    Collector(
        name="gcp.endpoints.vertex",
        provider=Provider.GCP,
        kind=Endpoint,
        reach=Reach.LOCATION,
        service="aiplatform",
        find_calls=(ENDPOINTS_LIST, PROJECT_GET),
        find=_find,
        find_facts=(
            "tags",
            "runs_customer_code",
            "identity",
            "key_authentication",
            "in_customer_network",
            "private_access",
            "encryption_key",
            "customer_key",
            "invocation_logging",
            "models",
        ),
        details=(Detail(calls=(PROJECT_POLICY,), facts=("anonymous",), read_all=_anonymous),),
    ),
)
