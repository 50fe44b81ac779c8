"""Azure Machine Learning online and batch endpoints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, all_true, any_true, combine, native
from auditor.model.resources import Endpoint, Ref
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.azure import ml
from auditor.providers.azure.arm import ArmId, attempt, choice, describe, documented, flag, identify, parse_id, spread
from auditor.providers.azure.diagnostics import ALL_LOGS, DIAGNOSTICS, delivered, settings_of
from auditor.providers.azure.principals import identity_refs
from auditor.providers.base import Collector, Detail, Reach
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.azure.session import AzureSession

_KEY_MODES = {"key": True, "amltoken": False, "aadtoken": False}
_CREDENTIAL_MODES = {"key": False, "amltoken": False, "aadtoken": False}
_PUBLIC = {"enabled": False, "disabled": True}
_CUSTOMER_CODE = documented(True, "a deployment names the model, environment and script of the customer's choosing")
_JOB_EVENTS = ("AmlRunStatusChangedEvent", "RunEvent")


def _find_online(session: AzureSession, _location: str) -> Iterator[Endpoint]:
    def in_workspace(row: tuple[ArmId, Mapping[str, Any]]) -> Iterator[Endpoint]:
        for body in session.ml_items(ml.ONLINE_ENDPOINTS, **ml.inside(row[0])):
            resource = identify(ml.ONLINE_ENDPOINTS.call, body)
            yield Endpoint(
                **describe(session.account, resource, body, f"{ml.SERVICE}/workspaces/onlineEndpoints"),
                runs_customer_code=_CUSTOMER_CODE,
            )

    yield from spread(ml.workspaces(session), in_workspace)


def _read_online(session: AzureSession, endpoint: Endpoint) -> Mapping[str, Fact[Any]]:
    resource = _id(endpoint)
    body = session.call(
        ml.ONLINE_ENDPOINT,
        GLOBAL,
        subscription=resource.subscription,
        endpoint=resource.names[-1],
        **ml.inside(resource),
    )
    return {
        "identity": identity_refs(session, body),
        "anonymous": choice(body, "properties.authMode", _CREDENTIAL_MODES),
        "key_authentication": choice(body, "properties.authMode", _KEY_MODES),
        # documented default: Enabled
        "private_access": choice(body, "properties.publicNetworkAccess", _PUBLIC, default="Enabled"),
    }


def _deployments(session: AzureSession, resource: ArmId) -> list[Mapping[str, Any]]:
    return list(session.ml_items(ml.ONLINE_DEPLOYMENTS, endpoint=resource.names[-1], **ml.inside(resource)))


def _models(session: AzureSession, deployments: list[Mapping[str, Any]]) -> Fact[tuple[Ref, ...]]:
    """The models named by deployments; one may bring its model inside its environment and name none."""
    names: set[str] = set()
    for deployment in deployments:
        model = native(deployment, "properties.model", default="")
        if isinstance(model, Unknown):
            return model
        name = model.value.get("assetId", "") if isinstance(model.value, Mapping) else model.value
        if name:
            names.add(str(name).lower())
    account = session.account.id
    refs = tuple(Ref("Model", Provider.AZURE, account, name) for name in sorted(names))
    return Known(refs, {"properties.model": sorted(names)})


def _read_online_logs(session: AzureSession, endpoint: Endpoint) -> Mapping[str, Fact[Any]]:
    """The traffic log is delivered, or every deployment sends requests to Application Insights or collects inputs.

    The same deployments name the models.
    """
    resource = _id(endpoint)
    traffic = attempt(lambda: delivered(settings_of(session, resource), ("AmlOnlineEndpointTrafficLog",), (ALL_LOGS,)))
    collected = attempt(lambda: _all_collected(_deployments(session, resource)))
    return {
        "invocation_logging": any_true((traffic, collected)),
        "models": attempt(lambda: _models(session, _deployments(session, resource))),
    }


def _all_collected(deployments: list[Mapping[str, Any]]) -> Fact[bool]:
    if not deployments:
        return Known(False, {"deployments": 0})
    modes = {"enabled": True, "disabled": False}
    inputs = "properties.dataCollector.collections.model_inputs.dataCollectionMode"
    return all_true(
        any_true(
            (
                flag(deployment, "properties.appInsightsEnabled", default=False),  # documented default
                choice(deployment, inputs, modes, default="Disabled"),  # documented: null disables collection
            )
        )
        for deployment in deployments
    )


def _find_batch(session: AzureSession, _location: str) -> Iterator[Endpoint]:
    def in_workspace(row: tuple[ArmId, Mapping[str, Any]]) -> Iterator[Endpoint]:
        for body in session.ml_items(ml.BATCH_ENDPOINTS, **ml.inside(row[0])):
            resource = identify(ml.BATCH_ENDPOINTS.call, body)
            yield Endpoint(
                **describe(session.account, resource, body, f"{ml.SERVICE}/workspaces/batchEndpoints"),
                runs_customer_code=_CUSTOMER_CODE,
                anonymous=choice(body, "properties.authMode", _CREDENTIAL_MODES),
                key_authentication=choice(body, "properties.authMode", _KEY_MODES),
            )

    yield from spread(ml.workspaces(session), in_workspace)


def _batch_deployments(session: AzureSession, resource: ArmId) -> list[Mapping[str, Any]]:
    listed = session.items(
        ml.BATCH_DEPLOYMENTS,
        GLOBAL,
        subscription=resource.subscription,
        endpoint=resource.names[-1],
        **ml.inside(resource),
    )
    return list(listed)


def _batch_body(session: AzureSession, resource: ArmId) -> Mapping[str, Any]:
    for body in session.ml_items(ml.BATCH_ENDPOINTS, **ml.inside(resource)):
        if parse_id(body.get("id")) == resource:
            found: Mapping[str, Any] = body
            return found
    raise CallFailed(ml.BATCH_ENDPOINTS.call, Reason.VANISHED)


def _read_batch(session: AzureSession, endpoint: Endpoint) -> Mapping[str, Fact[Any]]:
    """The code of a batch deployment runs on a compute cluster, and as what that runs as."""
    resource = _id(endpoint)
    deployments = _batch_deployments(session, resource)
    clusters = _clusters(session, resource, deployments)
    own = identity_refs(session, _batch_body(session, resource))
    identities = [own, *(c if isinstance(c, Unknown) else identity_refs(session, c) for c in clusters)]
    return {
        "identity": combine(lambda *refs: tuple(dict.fromkeys(r for some in refs for r in some)), *identities),
        "models": _models(session, deployments),
    }


def _clusters(
    session: AzureSession, resource: ArmId, deployments: list[Mapping[str, Any]]
) -> list[Mapping[str, Any] | Unknown]:
    """The compute of each deployment, or why it cannot be given."""
    if not deployments:
        return []
    by_id = {parse_id(body.get("id")): body for body in ml.computes(session, resource)}
    found: list[Mapping[str, Any] | Unknown] = []
    for deployment in deployments:
        compute = native(deployment, "properties.compute")
        if isinstance(compute, Unknown):
            found.append(compute)
            continue
        body = by_id.get(parse_id(compute.value))
        found.append(body if body is not None else Unknown(Reason.ABSENT, "the compute of a batch deployment"))
    return found


def _read_batch_workspace(session: AzureSession, endpoint: Endpoint) -> Mapping[str, Fact[Any]]:
    """A batch endpoint has no network setting of its own: it is reached as its workspace is."""
    workspace = ml.governing(session, ml.workspace_of(session, _id(endpoint)))
    return {"private_access": choice(workspace, "properties.publicNetworkAccess", _PUBLIC, default="Enabled")}


def _read_batch_logs(session: AzureSession, endpoint: Endpoint) -> Mapping[str, Fact[Any]]:
    """Every call of a batch endpoint is a job, and shows in the run logs of the workspace."""
    resource = _id(endpoint)
    workspace = ArmId(resource.subscription, resource.group, f"{ml.SERVICE}/workspaces".lower(), resource.names[:1])
    return {"invocation_logging": delivered(settings_of(session, workspace), _JOB_EVENTS, (ALL_LOGS,))}


def _id(endpoint: Endpoint) -> ArmId:
    found = parse_id(endpoint.id)
    assert found is not None
    return found


COLLECTORS: tuple[Collector[Endpoint, Any], ...] = (
    Collector(
        name="azure.endpoints.online",
        provider=Provider.AZURE,
        kind=Endpoint,
        reach=Reach.ACCOUNT,
        service=ml.SERVICE,
        find_calls=(ml.WORKSPACES.call, ml.ONLINE_ENDPOINTS.call),
        find=_find_online,
        find_facts=("tags", "runs_customer_code"),
        details=(
            Detail(
                calls=(ml.ONLINE_ENDPOINT,),
                facts=("identity", "anonymous", "key_authentication", "private_access"),
                read=_read_online,
            ),
            Detail(
                calls=(DIAGNOSTICS, ml.ONLINE_DEPLOYMENTS.call),
                facts=("invocation_logging", "models"),
                read=_read_online_logs,
            ),
        ),
    ),
    Collector(
        name="azure.endpoints.batch",
        provider=Provider.AZURE,
        kind=Endpoint,
        reach=Reach.ACCOUNT,
        service=ml.SERVICE,
        find_calls=(ml.WORKSPACES.call, ml.BATCH_ENDPOINTS.call),
        find=_find_batch,
        find_facts=("tags", "runs_customer_code", "anonymous", "key_authentication"),
        details=(
            Detail(
                calls=(ml.BATCH_DEPLOYMENTS, ml.BATCH_ENDPOINTS.call, ml.COMPUTES),
                facts=("identity", "models"),
                read=_read_batch,
            ),
            Detail(calls=(ml.WORKSPACE,), facts=("private_access",), read=_read_batch_workspace),
            Detail(calls=(DIAGNOSTICS,), facts=("invocation_logging",), read=_read_batch_logs),
        ),
    ),
)
