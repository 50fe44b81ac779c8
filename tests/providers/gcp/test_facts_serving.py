"""What serves and where people work: every fact as it should be, as it should not be, and absent."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.demo.gcp_names import PROJECT, account, key
from auditor.model.facts import Known, Reason
from auditor.model.resources import AiService, Endpoint, GenerativeDeployment, Kind, Model, Notebook, Ref
from auditor.model.scope import Provider
from auditor.providers.base import AnyCollector
from auditor.providers.gcp import ai_services, endpoints, generative, models, notebooks
from auditor.providers.gcp.shared_calls import PROJECT_GET, PROJECT_POLICY
from tests.support.gcp import (
    ACCOUNT,
    DENIED,
    DISABLED,
    Edit,
    Key,
    both,
    demo,
    drop,
    edited,
    error,
    from_estate,
    only,
    put,
    refusing,
    run,
    value_of,
)

US = "us-central1"
ENDPOINTS = ("GET", f"/v1/projects/{PROJECT}/locations/{US}/endpoints")
EU_MODELS = ("GET", f"/v1/projects/{PROJECT}/locations/europe-west4/models")
INSTANCES = ("GET", f"/v2/projects/{PROJECT}/locations/-/instances")
INSTANCE = f"projects/{PROJECT}/locations/{US}-b/instances/research-bench"
UPGRADABLE = ("GET", f"/v2/{INSTANCE}:checkUpgradability")
FIREWALLS = ("GET", f"/compute/v1/projects/{PROJECT}/zones/{US}-b/instances/research-bench/getEffectiveFirewalls")
POLICY = ("POST", f"/v3/projects/{PROJECT}:getIamPolicy")
ORGANIZATION = ("POST", "/v3/organizations/905517264830:getIamPolicy")
SERVICES = ("GET", f"/v1/projects/{PROJECT}/services")
API_KEYS = ("GET", f"/v2/projects/{PROJECT}/locations/global/keys")
FLOOR = ("GET", f"/v1/projects/{PROJECT}/locations/global/floorSetting")

KMS = "//cloudkms.googleapis.com/"
US_KEY = Ref("Key", Provider.GCP, PROJECT, KMS + key(US, "ml-serving", "endpoint-data"))
EU_KEY = Ref("Key", Provider.GCP, PROJECT, KMS + key("europe-west4", "ml-serving-eu", "endpoint-data-eu"))


def sa(name: str) -> Ref:
    return Ref("Identity", Provider.GCP, PROJECT, account(name))


def nothing(_: Any) -> None:
    """The estate as it is."""


def check(chosen: tuple[AnyCollector, ...], kind: Kind, name: str, at: Key, edit: Edit, fact: str, wanted: Any) -> None:
    collected = run(from_estate(edited(at, edit)), chosen)
    assert collected.defects == ()
    found = only(collected, kind, name).facts()[fact]
    assert value_of(found) == wanted
    if isinstance(found, Known):
        assert found.calls


FIRST = ("endpoints", 0)
DEPLOYED = (*FIRST, "deployedModels", 0)
OTHER_PROJECT_KEY = "projects/central-keys/locations/us-central1/keyRings/r/cryptoKeys/k/cryptoKeyVersions/4"


@pytest.mark.parametrize(
    ("edit", "fact", "wanted"),
    [
        (nothing, "tags", {"owner": "forecasting", "environment": "production", "data_classification": "internal"}),
        (drop(*FIRST, "labels"), "tags", {}),
        (put({"a": 1}, *FIRST, "labels"), "tags", Reason.MALFORMED),
        (nothing, "runs_customer_code", True),
        (drop(*FIRST, "deployedModels"), "runs_customer_code", False),
        (nothing, "identity", (sa("serving-demand"),)),
        (drop(*DEPLOYED, "serviceAccount"), "identity", ()),
        (put(7, *DEPLOYED, "serviceAccount"), "identity", Reason.MALFORMED),
        (
            put("1-compute@developer.gserviceaccount.com", *DEPLOYED, "serviceAccount"),
            "identity",
            (Ref("Identity", Provider.GCP, "", "1-compute@developer.gserviceaccount.com"),),
        ),
        (nothing, "anonymous", False),
        (nothing, "key_authentication", False),
        (nothing, "in_customer_network", False),
        (put("projects/730241865519/global/networks/ml-vpc", *FIRST, "network"), "in_customer_network", True),
        (nothing, "private_access", True),
        (drop(*FIRST, "privateServiceConnectConfig"), "private_access", False),
        (drop(*FIRST, "privateServiceConnectConfig", "enablePrivateServiceConnect"), "private_access", False),
        (
            put("yes", *FIRST, "privateServiceConnectConfig", "enablePrivateServiceConnect"),
            "private_access",
            Reason.UNRECOGNISED,
        ),
        (
            both(drop(*FIRST, "privateServiceConnectConfig"), put(True, *FIRST, "enablePrivateServiceConnect")),
            "private_access",
            True,
        ),
        (
            both(drop(*FIRST, "privateServiceConnectConfig"), put("projects/1/global/networks/n", *FIRST, "network")),
            "private_access",
            True,
        ),
        (nothing, "customer_key", True),
        (nothing, "encryption_key", US_KEY),
        (drop(*FIRST, "encryptionSpec"), "customer_key", False),
        (drop(*FIRST, "encryptionSpec"), "encryption_key", None),
        (
            put(OTHER_PROJECT_KEY, *FIRST, "encryptionSpec", "kmsKeyName"),
            "encryption_key",
            Ref("Key", Provider.GCP, "central-keys", KMS + OTHER_PROJECT_KEY.rsplit("/", 2)[0]),
        ),
        (put("k", *FIRST, "encryptionSpec", "kmsKeyName"), "encryption_key", Reason.UNRECOGNISED),
        (put({}, *FIRST, "encryptionSpec", "kmsKeyName"), "customer_key", Reason.MALFORMED),
        (nothing, "invocation_logging", True),
        (drop(*FIRST, "predictRequestResponseLoggingConfig"), "invocation_logging", True),
        (drop(*DEPLOYED, "enableAccessLogging"), "invocation_logging", True),
        (
            both(drop(*FIRST, "predictRequestResponseLoggingConfig"), drop(*DEPLOYED, "enableAccessLogging")),
            "invocation_logging",
            False,
        ),
        (
            both(drop(*FIRST, "predictRequestResponseLoggingConfig"), drop(*FIRST, "deployedModels")),
            "invocation_logging",
            False,
        ),
        (drop(*DEPLOYED, "model"), "models", Reason.ABSENT),
        (put("publishers/google/models/x", *DEPLOYED, "model"), "models", Reason.UNRECOGNISED),
        (drop(*FIRST, "deployedModels"), "models", ()),
        (
            put("projects/999/locations/us-central1/models/5@2", *DEPLOYED, "model"),
            "models",
            (
                Ref(
                    "Model",
                    Provider.GCP,
                    "999",
                    "//aiplatform.googleapis.com/projects/999/locations/us-central1/models/5",
                ),
            ),
        ),
    ],
)
def test_endpoint(edit: Edit, fact: str, wanted: Any) -> None:
    check(endpoints.COLLECTORS, Endpoint, "demand-forecast", ENDPOINTS, edit, fact, wanted)


def test_one_deployed_model_without_access_logs_is_enough_to_fail() -> None:
    def second(body: Any) -> None:
        endpoint = body["endpoints"][0]
        del endpoint["predictRequestResponseLoggingConfig"]
        silent = {k: v for k, v in endpoint["deployedModels"][0].items() if k != "enableAccessLogging"}
        endpoint["deployedModels"].append({**silent, "id": "2"})

    check(endpoints.COLLECTORS, Endpoint, "demand-forecast", ENDPOINTS, second, "invocation_logging", False)


@pytest.mark.parametrize("member", ["allUsers", "allAuthenticatedUsers"])
def test_everyone_in_the_projects_policy_makes_it_anonymous(member: str) -> None:
    opened = edited(POLICY, lambda body: body["bindings"].append({"role": "roles/viewer", "members": [member]}))
    for chosen, kind, name in (
        (endpoints.COLLECTORS, Endpoint, "demand-forecast"),
        (ai_services.COLLECTORS, AiService, "Vertex AI"),
    ):
        assert value_of(only(run(from_estate(opened), chosen), kind, name).facts()["anonymous"]) is True


def test_a_policy_that_cannot_be_read_leaves_anonymous_unknown() -> None:
    collected = run(refusing({PROJECT_POLICY.key: DENIED}, from_estate(demo())), endpoints.COLLECTORS)
    for endpoint in collected.inventory.of(Endpoint, ACCOUNT):
        fact = endpoint.facts()["anonymous"]
        assert value_of(fact) is Reason.DENIED
        assert fact.permissions == PROJECT_POLICY.permissions  # type: ignore[union-attr]


def test_a_project_number_that_cannot_be_read_leaves_only_references_unknown() -> None:
    collected = run(refusing({PROJECT_GET.key: DENIED}, from_estate(demo())), endpoints.COLLECTORS)
    endpoint = only(collected, Endpoint, "demand-forecast").facts()
    assert value_of(endpoint["models"]) is Reason.DENIED
    assert value_of(endpoint["encryption_key"]) == US_KEY  # named by the project's id
    assert collected.inventory.gaps == ()


@pytest.mark.parametrize(
    ("edit", "fact", "wanted"),
    [
        (nothing, "encryption_key", EU_KEY),
        (nothing, "customer_key", True),
        (drop("models", 0, "encryptionSpec"), "customer_key", False),
        (drop("models", 0, "encryptionSpec"), "encryption_key", None),
        (nothing, "encrypted_with_storage", False),
        (drop("models", 0, "labels"), "tags", {}),
    ],
)
def test_model(edit: Edit, fact: str, wanted: Any) -> None:
    check(models.COLLECTORS, Model, "route-eta", EU_MODELS, edit, fact, wanted)


def test_all_pages_of_models_are_read() -> None:
    collected = run(from_estate(demo()), models.COLLECTORS)
    assert {r.name for r in collected.inventory.resources} == {"demand-forecast", "returns-scoring", "route-eta"}


SETUP = ("instances", 0, "gceSetup")
NETWORK = (*SETUP, "networkInterfaces", 0)


@pytest.mark.parametrize(
    ("edit", "fact", "wanted"),
    [
        (nothing, "tags", {"owner": "research", "environment": "dev"}),
        (nothing, "identity", (sa("notebook-research"),)),
        (drop(*SETUP, "serviceAccounts"), "identity", Reason.ABSENT),
        (nothing, "direct_internet", False),
        (drop(*SETUP, "disablePublicIp"), "direct_internet", True),
        (put(False, *SETUP, "disablePublicIp"), "direct_internet", True),
        (put([{"externalIp": "203.0.113.9"}], *NETWORK, "accessConfigs"), "direct_internet", True),
        (drop("instances", 0, "gceSetup"), "direct_internet", Reason.ABSENT),
        (nothing, "root_access", True),
        (put("true", *SETUP, "metadata", "notebook-disable-root"), "root_access", False),
        (put("false", *SETUP, "metadata", "notebook-disable-root"), "root_access", True),
        (put("maybe", *SETUP, "metadata", "notebook-disable-root"), "root_access", Reason.UNRECOGNISED),
        (drop(*SETUP, "metadata"), "root_access", True),
        (drop("instances", 0, "gceSetup"), "root_access", Reason.ABSENT),
        (nothing, "customer_key", True),
        (nothing, "encryption_key", US_KEY),
        (put("GMEK", *SETUP, "bootDisk", "diskEncryption"), "customer_key", False),
        (put("GMEK", *SETUP, "bootDisk", "diskEncryption"), "encryption_key", None),
        (drop(*SETUP, "bootDisk", "diskEncryption"), "customer_key", False),
        (put("GMEK", *SETUP, "dataDisks", 0, "diskEncryption"), "customer_key", False),
        (put("NEW", *SETUP, "dataDisks", 0, "diskEncryption"), "customer_key", Reason.UNRECOGNISED),
        (drop(*SETUP, "dataDisks"), "customer_key", True),
        (drop(*SETUP, "bootDisk"), "customer_key", Reason.ABSENT),
        (drop(*SETUP, "bootDisk"), "encryption_key", Reason.ABSENT),
    ],
)
def test_notebook(edit: Edit, fact: str, wanted: Any) -> None:
    check(notebooks.COLLECTORS, Notebook, "research-bench", INSTANCES, edit, fact, wanted)


@pytest.mark.parametrize(
    ("edit", "wanted"),
    [
        (nothing, True),
        (drop("upgradeable"), True),
        (put(True, "upgradeable"), False),
        (put("no", "upgradeable"), Reason.UNRECOGNISED),
    ],
)
def test_notebook_platform(edit: Edit, wanted: Any) -> None:
    check(notebooks.COLLECTORS, Notebook, "research-bench", UPGRADABLE, edit, "platform_current", wanted)


def test_a_notebook_is_in_the_region_of_its_zone() -> None:
    found = only(run(from_estate(demo()), notebooks.COLLECTORS), Notebook, "research-bench")
    assert found.location == US
    assert found.id == f"//notebooks.googleapis.com/{INSTANCE}"


ANY = ["0.0.0.0/0"]


def rule(**fields: Any) -> dict[str, Any]:
    return {"name": "r", "direction": "INGRESS", "priority": 1000, "sourceRanges": ANY, **fields}


def policy(action: str, **fields: Any) -> dict[str, Any]:
    match = {"srcIpRanges": ANY, "layer4Configs": [{"ipProtocol": "tcp", "ports": ["22"]}]}
    entry = {"priority": 10, "direction": "INGRESS", "action": action, "match": match, **fields}
    return {"shortName": "organization", "type": "HIERARCHY", "rules": [entry]}


def tcp(*ports: str) -> list[dict[str, Any]]:
    return [{"IPProtocol": "tcp", **({"ports": list(ports)} if ports else {})}]


@pytest.mark.parametrize(
    ("rules", "policies", "wanted"),
    [
        ([], [], ()),
        ([rule(allowed=tcp("22"))], [], ("22",)),
        ([rule(allowed=tcp("20-25", "8000-8100"))], [], ("22", "8080")),
        ([rule(allowed=tcp())], [], ("22", "3389", "8080", "8888")),
        ([rule(allowed=[{"IPProtocol": "all"}])], [], ("22", "3389", "8080", "8888")),
        ([rule(allowed=[{"IPProtocol": "udp"}])], [], ()),
        ([rule(allowed=tcp("443"))], [], ()),
        ([rule(allowed=tcp("22"), sourceRanges=["::/0"])], [], ("22",)),
        ([rule(allowed=tcp("22"), sourceRanges=["10.0.0.0/8"])], [], ()),
        ([rule(allowed=tcp("22"), sourceRanges=[], sourceTags=["bastion"])], [], ()),
        ([rule(allowed=tcp("22"), sourceRanges=[])], [], ("22",)),
        ([rule(allowed=tcp("22"), disabled=True)], [], ()),
        ([rule(allowed=tcp("22"), direction="EGRESS")], [], ()),
        ([rule(allowed=tcp("22")), rule(denied=tcp("22"), priority=900)], [], ()),
        ([rule(allowed=tcp("22")), rule(denied=tcp("22"), priority=1000)], [], ()),
        ([rule(allowed=tcp("22")), rule(denied=tcp("22"), priority=1001)], [], ("22",)),
        ([rule(allowed=tcp("22")), rule(denied=tcp("22"), priority=900, sourceRanges=["10.0.0.0/8"])], [], ("22",)),
        ([], [policy("allow")], ("22",)),
        ([], [policy("allow", disabled=True)], ()),
        ([], [policy("goto_next")], ()),
        ([], [policy("deny")], ()),
        ([rule(allowed=tcp("22"))], [policy("deny")], Reason.NOT_BUILT),
        ([rule(denied=tcp("22"))], [policy("allow")], Reason.NOT_BUILT),
        ([rule(allowed=tcp("22", "8888"))], [policy("deny")], ("8888",)),
        ([], [policy("invented")], Reason.MALFORMED),
        ([rule(allowed=tcp("many"))], [], Reason.MALFORMED),
    ],
)
def test_notebook_open_inbound(rules: Any, policies: Any, wanted: Any) -> None:
    edit = both(put(rules, "firewalls"), put(policies, "firewallPolicys"))
    check(notebooks.COLLECTORS, Notebook, "research-bench", FIREWALLS, edit, "open_inbound", wanted)


def test_firewalls_that_cannot_be_read_are_unknown() -> None:
    collected = run(refusing({notebooks.EFFECTIVE_FIREWALLS.key: DENIED}, from_estate(demo())), notebooks.COLLECTORS)
    found = only(collected, Notebook, "research-bench").facts()
    assert value_of(found["open_inbound"]) is Reason.DENIED
    assert value_of(found["platform_current"]) is True


# --- Vertex AI itself, and Gemini ------------------------------------------------------------------------------------


def vertex(at: Key, edit: Edit, fact: str, wanted: Any) -> None:
    check(ai_services.COLLECTORS, AiService, "Vertex AI", at, edit, fact, wanted)


def without_vertex(pages: Any) -> None:
    for page in pages:
        page["services"] = [s for s in page["services"] if "aiplatform" not in s["name"]]


def test_vertex_in_use() -> None:
    vertex(SERVICES, nothing, "in_use", True)
    vertex(SERVICES, without_vertex, "in_use", False)
    vertex(SERVICES, nothing, "generative", True)
    vertex(SERVICES, nothing, "identity", ())
    refused = run(refusing({"serviceusage:services.list": DENIED}, from_estate(demo())), ai_services.COLLECTORS)
    assert value_of(only(refused, AiService, "Vertex AI").facts()["in_use"]) is Reason.DENIED


@pytest.mark.parametrize(
    ("edit", "wanted"),
    [
        (nothing, False),
        (drop("keys"), False),
        (drop("keys", 0, "restrictions"), True),
        (drop("keys", 0, "restrictions", "apiTargets"), True),
        (put([{"service": "aiplatform.googleapis.com"}], "keys", 0, "restrictions", "apiTargets"), True),
        (put([{"service": "generativelanguage.googleapis.com"}], "keys", 0, "restrictions", "apiTargets"), True),
        (put(7, "keys", 0, "restrictions"), Reason.MALFORMED),
    ],
)
def test_vertex_keys(edit: Edit, wanted: Any) -> None:
    vertex(API_KEYS, edit, "key_authentication", wanted)


LOGS = ("auditConfigs", 0, "auditLogConfigs")


@pytest.mark.parametrize(
    ("edit", "wanted"),
    [
        (nothing, True),
        (put("allServices", "auditConfigs", 0, "service"), True),
        (put("storage.googleapis.com", "auditConfigs", 0, "service"), False),
        (drop("auditConfigs"), False),
        (put([{"logType": "ADMIN_READ"}, {"logType": "DATA_READ"}], *LOGS), False),
        (put(["user:x@example.com"], *LOGS, 1, "exemptedMembers"), False),
        (put(["user:x@example.com"], *LOGS, 0, "exemptedMembers"), True),
    ],
)
@pytest.mark.parametrize("fact", ["invocation_logging", "data_plane_audit"])
def test_vertex_audit(fact: str, edit: Edit, wanted: Any) -> None:
    vertex(POLICY, edit, fact, wanted)


def test_audit_configurations_add_up_along_the_chain() -> None:
    estate = demo()
    configs = estate[POLICY].pop("auditConfigs")
    estate[ORGANIZATION]["auditConfigs"] = configs
    found = only(run(from_estate(estate), ai_services.COLLECTORS), AiService, "Vertex AI").facts()
    assert value_of(found["data_plane_audit"]) is True
    for call in ("cloudresourcemanager:organizations.getIamPolicy", "cloudresourcemanager:folders.get"):
        unread = run(refusing({call: DENIED}, from_estate(estate)), ai_services.COLLECTORS)
        assert value_of(only(unread, AiService, "Vertex AI").facts()["data_plane_audit"]) is Reason.DENIED


def test_an_exemption_that_is_seen_decides_before_the_chain_was_read() -> None:
    estate = edited(POLICY, put(["user:x@example.com"], *LOGS, 1, "exemptedMembers"))
    answer = {"cloudresourcemanager:organizations.getIamPolicy": DENIED}
    collected = run(refusing(answer, from_estate(estate)), ai_services.COLLECTORS)
    assert value_of(only(collected, AiService, "Vertex AI").facts()["data_plane_audit"]) is False


@pytest.mark.parametrize(
    ("edit", "wanted"),
    [
        (nothing, True),
        (put(False, "enableFloorSettingEnforcement"), False),
        (drop("enableFloorSettingEnforcement"), Reason.ABSENT),
        (drop("integratedServices"), False),
        (put(["GOOGLE_MCP_SERVER"], "integratedServices"), False),
        (drop("aiPlatformFloorSetting"), False),
        (
            both(drop("aiPlatformFloorSetting", "inspectAndBlock"), put(True, "aiPlatformFloorSetting", "inspectOnly")),
            False,
        ),
        (drop("filterConfig"), False),
        (drop("filterConfig", "raiSettings"), True),
        (drop("filterConfig", "piAndJailbreakFilterSettings"), True),
        (both(drop("filterConfig", "raiSettings"), drop("filterConfig", "piAndJailbreakFilterSettings")), False),
        (
            both(
                drop("filterConfig", "raiSettings"),
                put("DISABLED", "filterConfig", "piAndJailbreakFilterSettings", "filterEnforcement"),
            ),
            False,
        ),
        (
            both(
                drop("filterConfig", "raiSettings"),
                put("NEW", "filterConfig", "piAndJailbreakFilterSettings", "filterEnforcement"),
            ),
            Reason.UNRECOGNISED,
        ),
    ],
)
def test_gemini_guardrail(edit: Edit, wanted: Any) -> None:
    check(generative.COLLECTORS, GenerativeDeployment, "Gemini API on Vertex AI", FLOOR, edit, "guardrail", wanted)


def test_gemini_is_there_where_vertex_is() -> None:
    here = run(from_estate(demo()), generative.COLLECTORS)
    found = only(here, GenerativeDeployment, "Gemini API on Vertex AI").facts()
    assert (value_of(found["in_use"]), value_of(found["identity"])) == (True, ())
    gone = run(from_estate(edited(SERVICES, without_vertex)), generative.COLLECTORS)
    assert (gone.inventory.resources, gone.inventory.gaps) == ((), ())
    assert len(gone.inventory.listings) == 1
    refused = run(refusing({"serviceusage:services.list": DENIED}, from_estate(demo())), generative.COLLECTORS)
    assert [gap.why.reason for gap in refused.inventory.gaps] == [Reason.DENIED]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [(DISABLED, Reason.DISABLED), (DENIED, Reason.DENIED), (error(404, "NOT_FOUND"), Reason.VANISHED)],
)
def test_a_floor_setting_that_cannot_be_read_is_unknown(answer: Any, reason: Reason) -> None:
    collected = run(refusing({generative.FLOOR_SETTING.key: answer}, from_estate(demo())), generative.COLLECTORS)
    assert value_of(only(collected, GenerativeDeployment, "Gemini API on Vertex AI").facts()["guardrail"]) is reason
