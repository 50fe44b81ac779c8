"""Bodies that we did not write, and bodies that are broken: none of them makes a collector stumble."""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from auditor.collect import Collected
from auditor.demo.author_gcp import FOLDER
from auditor.model.exchange import Exchange
from auditor.model.facts import Known
from auditor.providers import gcp
from auditor.providers.base import AnyCollector
from auditor.providers.gcp import collectors
from auditor.providers.gcp.errors import error_code, reason_of
from auditor.wire import store
from auditor.wire.hop import Answer, Outgoing
from tests.support.gcp import DENIED, run
from tests.support.gcp_schemas import methods, response_schema

DATA = Path(os.environ.get("AUDITOR_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data"))
THIRD_PARTY = DATA / "gcp_examples"
needs_third_party = pytest.mark.skipif(not (THIRD_PARTY / "index.json").is_file(), reason="no third-party bodies here")


def users(key: str) -> list[AnyCollector]:
    return [c for c in collectors() if any(call.key == key for call in c.calls())]


@cache
def shipped() -> dict[str, Exchange]:
    return {exchange.id: exchange for exchange in store.load(FOLDER).exchanges()}


@cache
def recorded() -> dict[str, list[Exchange]]:
    by_call: dict[str, list[Exchange]] = defaultdict(list)
    for exchange in shipped().values():
        by_call[f"{exchange.service}:{exchange.operation}"].append(exchange)
    return by_call


def with_body(key: str, body: bytes, collector: AnyCollector) -> Collected:
    """Every request of one call gets this body; others what the demo has, or a refusal."""

    def source(request: Outgoing) -> Answer:
        if request.call.key == key:
            return Answer(200, body, {"content-type": "application/json"})
        found = shipped().get(request.id)
        return Answer(200, found.body, found.headers) if found else DENIED

    return run(source, [collector], ("us-central1",))


def examples() -> Iterator[Any]:
    if not (THIRD_PARTY / "index.json").is_file():
        return
    declared = {call.key: call for collector in collectors() for call in collector.calls()}
    for row in json.loads((THIRD_PARTY / "index.json").read_text()):
        service, _, operation = str(row["method"]).partition(".")
        call = declared.get(f"{service}:{operation}")
        version = urlsplit(str(row.get("url") or "")).path.split("/")[1:2]
        if call is None or (service == "notebooks" and version != ["v2"]):
            continue
        for collector in users(call.key):
            yield pytest.param(call.key, row["file"], collector, id=f"{row['file']}-{collector.name}")


@needs_third_party
@pytest.mark.parametrize(("key", "name", "collector"), list(examples()))
def test_a_third_party_body_is_read_without_a_defect(key: str, name: str, collector: AnyCollector) -> None:
    body = (THIRD_PARTY / name).read_bytes()
    collected = with_body(key, body, collector)
    assert collected.defects == ()
    assert collected.inventory.listings or collected.inventory.gaps


@needs_third_party
def test_the_third_party_bodies_reach_the_collectors() -> None:
    """So that the test above cannot pass by reading nothing."""
    seen: dict[str, set[str]] = defaultdict(set)
    for param in examples():
        key, name, collector = param.values
        for resource in with_body(key, (THIRD_PARTY / name).read_bytes(), collector).inventory.resources:
            seen[resource.kind()].update(fact for fact, found in resource.facts().items() if isinstance(found, Known))
    assert {"private_access", "identity", "invocation_logging", "customer_key"} <= seen["Endpoint"]
    assert {"direct_internet", "root_access", "customer_key"} <= seen["Notebook"]
    assert {"long_lived_keys", "person"} <= seen["Identity"]
    assert {"active", "complete"} <= seen["AuditLog"]
    assert {"versioned", "customer_key"} <= seen["Storage"]
    assert {"Model", "Network", "AiService", "AccountSettings"} <= set(seen)


@needs_third_party
@pytest.mark.parametrize("path", sorted(THIRD_PARTY.glob("error.*.json")), ids=lambda path: path.name)
def test_a_third_party_error_has_a_code_and_a_reason(path: Path) -> None:
    body = path.read_bytes()
    status = int(path.name.split(".")[1])
    assert error_code(body)
    reason = reason_of(status, error_code(body), body)
    if b"it is disabled" in body:
        assert reason == "disabled"
    elif status in (403, 404):
        assert reason == {403: "denied", 404: "vanished"}[status]


WRONG: tuple[Any, ...] = (None, 7, "x", [7], {})


def places(node: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if here:
        yield here
    if isinstance(node, Mapping):
        for name in node:
            yield from places(node[name], (*here, name))
    elif isinstance(node, list) and node:
        yield from places(node[0], (*here, 0))


def broken(body: Any, place: tuple[Any, ...], wrong: Any) -> bytes:
    copied = json.loads(json.dumps(body))
    node = copied
    for step in place[:-1]:
        node = node[step]
    node[place[-1]] = wrong
    return json.dumps(copied).encode()


@pytest.mark.parametrize("key", sorted(recorded()))
def test_a_value_of_the_wrong_type_is_no_defect(key: str) -> None:
    """Each field of each body, with values of other types in turn; what it gives is a gap, an unknown or a fact."""
    exchange = max(recorded()[key], key=lambda e: len(e.body))
    body = json.loads(exchange.body)
    for number, place in enumerate(places(body)):
        wrong = WRONG[number % len(WRONG)]
        for collector in users(key):
            collected = with_body(key, broken(body, place, wrong), collector)
            assert collected.defects == (), f"{place} = {wrong!r}"


# --- what absence means ----------------------------------------------------------------------------------------------

FLAGS = {
    "aiplatform.projects.locations.endpoints.list": (
        "endpoints.privateServiceConnectConfig.enablePrivateServiceConnect",
        "endpoints.enablePrivateServiceConnect",
        "endpoints.predictRequestResponseLoggingConfig.enabled",
        "endpoints.deployedModels.enableAccessLogging",
    ),
    "billingbudgets.billingAccounts.budgets.list": (
        "budgets.notificationsRule.disableDefaultIamRecipients",
        "budgets.notificationsRule.enableProjectLevelRecipients",
    ),
    "cloudkms.projects.locations.keyRings.cryptoKeys.list": ("cryptoKeys.importOnly",),
    "compute.subnetworks.aggregatedList": (
        "items.subnetworks.logConfig.enable",
        "items.subnetworks.privateIpGoogleAccess",
    ),
    "directory.users.get": ("archived", "suspended"),
    "iam.projects.roles.get": ("deleted",),
    "iam.projects.serviceAccounts.keys.list": ("keys.disabled",),
    "iam.projects.serviceAccounts.list": ("accounts.disabled",),
    "logging.projects.locations.buckets.list": ("buckets.locked",),
    "logging.projects.sinks.list": ("sinks.disabled", "sinks.exclusions.disabled"),
    "notebooks.projects.locations.instances.checkUpgradability": ("upgradeable",),
    "notebooks.projects.locations.instances.list": ("instances.gceSetup.disablePublicIp",),
    "storage.buckets.get": ("retentionPolicy.isLocked",),
    "storage.buckets.list": ("items.versioning.enabled",),
}
"""Every field that is read as false where it is left out."""


@pytest.mark.parametrize(("method", "path"), [(m, p) for m, paths in FLAGS.items() for p in paths])
def test_what_counts_as_false_when_absent_is_a_boolean(method: str, path: str) -> None:
    service, _, operation = method.partition(".")
    assert method in methods(service)
    document, name = response_schema(service, operation)
    schema: Mapping[str, Any] = document["schemas"][name]
    for step in path.split("."):
        while not schema.get("properties", {}).get(step):
            schema = schema.get("additionalProperties") or schema.get("items") or document["schemas"][schema["$ref"]]
        schema = schema["properties"][step]
        if "$ref" in schema:
            schema = document["schemas"][schema["$ref"]]
    assert schema["type"] == "boolean"


def test_flags_of_the_generated_models_have_no_presence() -> None:
    from google.cloud.aiplatform_v1.types import DeployedModel, Endpoint, PrivateServiceConnectConfig
    from google.cloud.aiplatform_v1.types import PredictRequestResponseLoggingConfig as Logging

    for message, field in (
        (Endpoint, "enable_private_service_connect"),
        (PrivateServiceConnectConfig, "enable_private_service_connect"),
        (Logging, "enabled"),
        (DeployedModel, "enable_access_logging"),
        (DeployedModel, "service_account"),
        (Endpoint, "network"),
    ):
        assert not message.pb(message()).DESCRIPTOR.fields_by_name[field].has_presence


def test_every_flag_in_the_collectors_is_among_them() -> None:
    known = {path for paths in FLAGS.values() for path in paths}
    known.add("aiPlatformFloorSetting.inspectAndBlock")  # one of two alternatives: left out when it is not the one
    for source in Path(gcp.__file__).parent.glob("*.py"):
        for found in re.findall(r'flag\([^,()]+, "([^"]+)"\)', source.read_text(encoding="utf-8")):
            ending = found.removeprefix("gceSetup.") if found.startswith("gceSetup.") else found
            assert any(path.endswith(ending) for path in known), f"{source.name}: {found}"
