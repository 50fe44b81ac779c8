"""What protects: identities, keys, storage, networks, logs, detection, budgets."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.demo.authoring import Refusal
from auditor.demo.gcp_names import NUMBER, PROJECT, account, key
from auditor.model.facts import Known, Reason
from auditor.model.resources import (
    AccountSettings,
    AuditLog,
    Budget,
    Identity,
    Kind,
    LogStore,
    Network,
    PrivateEndpoint,
    Ref,
    Storage,
    ThreatDetection,
)
from auditor.model.resources import (
    Key as KmsKey,
)
from auditor.model.scope import Provider
from auditor.providers.base import AnyCollector
from auditor.providers.gcp import (
    account as account_settings,
)
from auditor.providers.gcp import (
    audit_logs,
    budgets,
    detection,
    identities,
    keys,
    log_stores,
    networks,
    private_endpoints,
    storage,
)
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
    from_estate,
    only,
    put,
    refusing,
    run,
    value_of,
)

POLICY = ("POST", f"/v3/projects/{PROJECT}:getIamPolicy")
FOLDER = ("POST", "/v3/folders/418830275146:getIamPolicy")
ORGANIZATION = ("POST", "/v3/organizations/905517264830:getIamPolicy")
ROLE = ("GET", f"/v1/projects/{PROJECT}/roles/featureReader")
SERVING = account("serving-demand")


def nothing(_: Any) -> None:
    """The estate as it is."""


def check(chosen: tuple[AnyCollector, ...], kind: Kind, name: str, at: Key, edit: Edit, fact: str, wanted: Any) -> None:
    collected = run(from_estate(edited(at, edit)), chosen)
    assert collected.defects == ()
    found = only(collected, kind, name).facts()[fact]
    assert value_of(found) == wanted
    if isinstance(found, Known):
        assert found.calls


def facts(estate: Any, kind: Kind, name: str, chosen: tuple[AnyCollector, ...], refused: Any = None) -> dict[str, Any]:
    collected = run(refusing(refused or {}, from_estate(estate)), chosen)
    assert collected.defects == ()
    return {fact: value_of(found) for fact, found in only(collected, kind, name).facts().items()}


# --- identities ------------------------------------------------------------------------------------------------------


def grant(role: str, member: str, **more: Any) -> Edit:
    return lambda body: body.setdefault("bindings", []).append({"role": role, "members": [member], **more})


SA = f"serviceAccount:{SERVING}"
GROUPS = "/admin/directory/v1/groups"
ELSEWHERE = Refusal(404, {"error": {"code": 404, "errors": [{"domain": "global", "reason": "notFound"}]}})
UNSCOPED = Refusal(
    403,
    {
        "error": {
            "code": 403,
            "status": "PERMISSION_DENIED",
            "errors": [{"domain": "global", "reason": "insufficientPermissions"}],
            "details": [
                {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}
            ],
        }
    },
)
WHEN = {"condition": {"title": "t", "expression": "request.time < timestamp('2027-01-01T00:00:00Z')"}}


@pytest.mark.parametrize(
    ("at", "edit", "administrator", "broad"),
    [
        (POLICY, nothing, False, ()),
        (POLICY, grant("roles/owner", SA), True, ("roles/owner",)),
        (POLICY, grant("roles/editor", SA), True, ("roles/editor",)),
        (POLICY, grant("roles/resourcemanager.projectIamAdmin", SA), True, ("roles/resourcemanager.projectIamAdmin",)),
        (
            POLICY,
            grant("roles/iam.securityAdmin", SA.upper().replace("SERVICEACCOUNT", "serviceAccount")),
            True,
            ("roles/iam.securityAdmin",),
        ),
        (FOLDER, grant("roles/resourcemanager.folderAdmin", SA), True, ("roles/resourcemanager.folderAdmin",)),
        (ORGANIZATION, grant("roles/owner", SA), True, ("roles/owner",)),
        (POLICY, grant("roles/viewer", SA), False, ("roles/viewer",)),
        (POLICY, grant("roles/storage.admin", SA), False, ("roles/storage.admin",)),
        (POLICY, grant("roles/storage.objectAdmin", SA), False, ()),
        (POLICY, grant("roles/owner", SA, **WHEN), Reason.NOT_BUILT, Reason.NOT_BUILT),
        (POLICY, grant("roles/owner", "group:all@example.com"), Reason.OUT_OF_SCOPE, Reason.OUT_OF_SCOPE),
        (POLICY, grant("roles/owner", "domain:example.com"), False, ()),
        (POLICY, grant("roles/owner", "principalSet://iam.googleapis.com/projects/1/x/*"), False, ()),
        (
            POLICY,
            grant("roles/owner", "principalSet://cloudresourcemanager.googleapis.com/projects/1/type/ServiceAccount"),
            Reason.OUT_OF_SCOPE,
            Reason.OUT_OF_SCOPE,
        ),
        (POLICY, grant("roles/owner", "allAuthenticatedUsers"), True, ("roles/owner",)),
        (POLICY, grant("roles/owner", f"deleted:{SA}?uid=1"), False, ()),
        (POLICY, grant("roles/owner", "someone-new:x"), Reason.UNRECOGNISED, Reason.UNRECOGNISED),
        (POLICY, put([{"members": []}], "bindings"), Reason.MALFORMED, Reason.MALFORMED),
        (POLICY, drop("bindings"), False, ()),
        (ROLE, put(["resourcemanager.projects.setIamPolicy"], "includedPermissions"), True, ()),
        (ROLE, drop("includedPermissions"), False, ()),
        (ROLE, both(put(["iam.roles.update"], "includedPermissions"), put(True, "deleted")), False, ()),
    ],
)
def test_what_a_service_account_may_do(at: Key, edit: Edit, administrator: Any, broad: Any) -> None:
    estate = {**edited(at, edit), ("GET", f"{GROUPS}/all@example.com/members"): ELSEWHERE}
    found = facts(estate, Identity, SERVING, identities.COLLECTORS)
    assert (found["administrator"], found["broad_grants"]) == (administrator, broad)


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ({"kind": "admin#directory#members", "members": [{"email": SERVING, "type": "USER"}]}, True),
        ({"kind": "admin#directory#members", "members": [{"email": "x@example.com", "type": "USER"}]}, False),
        ({"kind": "admin#directory#members"}, False),
        ({"kind": "admin#directory#members", "members": [{"type": "CUSTOMER"}]}, Reason.NOT_BUILT),
        ({"members": []}, Reason.MALFORMED),
        (UNSCOPED, Reason.DENIED),
    ],
)
def test_a_service_account_has_the_roles_of_its_groups(answer: Any, wanted: Any) -> None:
    estate = edited(POLICY, grant("roles/owner", "group:all@example.com"))
    estate["GET", f"{GROUPS}/all@example.com/members"] = answer
    found = facts(estate, Identity, SERVING, identities.COLLECTORS[:1])
    assert found["administrator"] == wanted
    assert found["broad_grants"] == ({True: ("roles/owner",), False: ()}.get(wanted, wanted))


def test_one_certain_grant_decides_whatever_else_is_unknown() -> None:
    estate = edited(POLICY, both(grant("roles/owner", SA), grant("roles/owner", "group:all@example.com")))
    refused = {"cloudresourcemanager:organizations.getIamPolicy": DENIED, "directory:members.list": DENIED}
    found = facts(estate, Identity, SERVING, identities.COLLECTORS, refused)
    assert (found["administrator"], found["broad_grants"]) == (True, ("roles/owner",))


@pytest.mark.parametrize(
    "call",
    [
        "cloudresourcemanager:projects.get",
        "cloudresourcemanager:folders.get",
        "cloudresourcemanager:folders.getIamPolicy",
        "cloudresourcemanager:organizations.getIamPolicy",
        "cloudresourcemanager:projects.getIamPolicy",
    ],
)
def test_no_one_is_cleared_while_a_policy_above_is_unread(call: str) -> None:
    collected = run(refusing({call: DENIED}, from_estate(demo())), identities.COLLECTORS[:1])
    found = only(collected, Identity, SERVING).facts()
    for name in ("administrator", "broad_grants", "unconditioned_trust"):
        assert value_of(found[name]) is Reason.DENIED
        assert found[name].permissions  # type: ignore[union-attr]


def test_a_folder_that_lies_in_itself_ends_the_chain() -> None:
    estate = edited(("GET", "/v3/folders/418830275146"), put("folders/418830275146", "parent"))
    assert facts(estate, Identity, SERVING, identities.COLLECTORS)["administrator"] is Reason.MALFORMED


def test_a_project_without_an_organization_has_no_chain_to_read() -> None:
    estate = edited(("GET", f"/v3/projects/{PROJECT}"), drop("parent"))
    refused = {"cloudresourcemanager:folders.get": DENIED, "cloudresourcemanager:organizations.getIamPolicy": DENIED}
    assert facts(estate, Identity, SERVING, identities.COLLECTORS, refused)["administrator"] is False


def test_a_custom_role_that_cannot_be_read_leaves_its_holders_unknown() -> None:
    found = facts(demo(), Identity, SERVING, identities.COLLECTORS, {"iam:projects.roles.get": DENIED})
    assert (found["administrator"], found["broad_grants"]) == (Reason.DENIED, ())
    other = facts(
        demo(), Identity, account("pipeline-train"), identities.COLLECTORS, {"iam:projects.roles.get": DENIED}
    )
    assert other["administrator"] is False


def test_a_disabled_service_account_is_not_listed() -> None:
    def disable(pages: Any) -> None:
        pages[0]["accounts"][0]["disabled"] = True

    collected = run(
        from_estate(edited(("GET", f"/v1/projects/{PROJECT}/serviceAccounts"), disable)), identities.COLLECTORS
    )
    assert SERVING not in {r.name for r in collected.inventory.resources}
    assert account("serving-returns") in {r.name for r in collected.inventory.resources}


TRAINER = account("pipeline-train")
TRAINER_KEYS = ("GET", f"/v1/projects/{PROJECT}/serviceAccounts/{TRAINER}/keys")


@pytest.mark.parametrize(
    ("edit", "wanted"),
    [
        (nothing, ("5c1e0a7d93b24f6688d1f0b7a2c94e35",)),
        (drop("keys"), ()),
        (put(True, "keys", 0, "disabled"), ()),
        (put(False, "keys", 0, "disabled"), ("5c1e0a7d93b24f6688d1f0b7a2c94e35",)),
        (put(7, "keys"), Reason.MALFORMED),
    ],
)
def test_service_account_keys(edit: Edit, wanted: Any) -> None:
    check(identities.COLLECTORS, Identity, TRAINER, TRAINER_KEYS, edit, "long_lived_keys", wanted)


def test_keys_are_asked_for_by_type() -> None:
    collected = run(from_estate(demo()), identities.COLLECTORS[:1])
    assert value_of(only(collected, Identity, TRAINER).facts()["person"]) is False
    refused = facts(demo(), Identity, TRAINER, identities.COLLECTORS, {identities.KEYS_LIST.key: DENIED})
    assert refused["long_lived_keys"] is Reason.DENIED


DELIVERY = account("delivery")
OWN_POLICY = ("POST", f"/v1/projects/{PROJECT}/serviceAccounts/{DELIVERY}:getIamPolicy")
POOL = "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/*"
CREATOR = "roles/iam.serviceAccountTokenCreator"


@pytest.mark.parametrize(
    ("at", "edit", "wanted"),
    [
        (OWN_POLICY, nothing, ()),
        (OWN_POLICY, drop("bindings"), ()),
        (OWN_POLICY, grant("roles/iam.workloadIdentityUser", POOL), ()),
        (OWN_POLICY, grant(CREATOR, "allUsers"), ("allUsers",)),
        (OWN_POLICY, grant(CREATOR, "allUsers", **WHEN), ()),
        (OWN_POLICY, grant("roles/iam.serviceAccountViewer", "allUsers"), ()),
        (OWN_POLICY, grant(CREATOR, "user:x@example.com"), ()),
        (POLICY, grant(CREATOR, "user:x@example.com"), ("user:x@example.com",)),
        (ORGANIZATION, grant("roles/iam.serviceAccountUser", "group:x@example.com"), ("group:x@example.com",)),
        (POLICY, grant(CREATOR, "deleted:user:x@example.com?uid=1"), ()),
        (
            ROLE,
            put(["iam.serviceAccounts.getAccessToken"], "includedPermissions"),
            tuple(sorted(f"serviceAccount:{account(n)}" for n in ("serving-demand", "serving-returns", "serving-eta"))),
        ),
        (OWN_POLICY, put([{"role": 1}], "bindings"), Reason.MALFORMED),
    ],
)
def test_who_may_act_as_a_service_account(at: Key, edit: Edit, wanted: Any) -> None:
    check(identities.COLLECTORS[:1], Identity, DELIVERY, at, edit, "unconditioned_trust", wanted)


ONE_OF_POOL = "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/attribute.repo/a/b"
WORKLOAD = "roles/iam.workloadIdentityUser"


@pytest.mark.parametrize(
    ("at", "edit", "pools", "whole"),
    [
        (OWN_POLICY, grant(WORKLOAD, POOL), (POOL,), (POOL,)),
        (OWN_POLICY, grant(WORKLOAD, POOL, **WHEN), (POOL,), ()),
        (OWN_POLICY, grant(WORKLOAD, ONE_OF_POOL), (ONE_OF_POOL,), ()),
        (OWN_POLICY, grant("roles/iam.serviceAccountViewer", POOL), (), ()),
        (OWN_POLICY, grant(CREATOR, "allUsers"), (), ()),
        (POLICY, grant(CREATOR, POOL), (POOL,), (POOL,)),
        (POLICY, grant(CREATOR, f"deleted:{POOL}"), (), ()),
    ],
)
def test_whose_tokens_open_a_service_account(at: Key, edit: Edit, pools: Any, whole: Any) -> None:
    found = facts(edited(at, edit), Identity, DELIVERY, identities.COLLECTORS[:1])
    own = set(facts(demo(), Identity, DELIVERY, identities.COLLECTORS[:1])["federations"])
    assert set(found["federations"]) - own == set(pools)
    assert found["unbound_federations"] == whole


def test_trust_is_unknown_while_its_own_policy_is_unread() -> None:
    refused = {identities.ACCOUNT_POLICY.key: DENIED}
    closed = facts(demo(), Identity, DELIVERY, identities.COLLECTORS, refused)
    for name in ("unconditioned_trust", "federations", "unbound_federations"):
        assert closed[name] is Reason.DENIED
    opened = edited(POLICY, grant(CREATOR, "user:x@example.com"))
    found = facts(opened, Identity, DELIVERY, identities.COLLECTORS[:1], refused)
    assert found["unconditioned_trust"] == ("user:x@example.com",)


def test_service_accounts_answer_to_their_address() -> None:
    found = only(run(from_estate(demo()), identities.COLLECTORS), Identity, SERVING)
    assert SERVING in found.aliases
    assert found.id == f"//iam.googleapis.com/projects/{PROJECT}/serviceAccounts/{SERVING}"


# --- the project -----------------------------------------------------------------------------------------------------


def test_the_project() -> None:
    at = ("GET", f"/v3/projects/{PROJECT}")
    wanted = {"owner": "forecasting", "environment": "production"}
    name = "Lumen Forecast production"
    check(account_settings.COLLECTORS, AccountSettings, name, at, nothing, "tags", wanted)
    check(account_settings.COLLECTORS, AccountSettings, name, at, drop("labels"), "tags", {})
    check(account_settings.COLLECTORS, AccountSettings, PROJECT, at, drop("displayName"), "tags", wanted)


# --- keys ------------------------------------------------------------------------------------------------------------

RING = f"projects/{PROJECT}/locations/europe-west4/keyRings/ml-serving-eu"
KEYS = ("GET", f"/v1/{RING}/cryptoKeys")
RING_POLICY = ("GET", f"/v1/{RING}:getIamPolicy")
KEY_POLICY = ("GET", f"/v1/{RING}/cryptoKeys/endpoint-data-eu:getIamPolicy")
ONE = ("cryptoKeys", 0)


@pytest.mark.parametrize(
    ("edit", "fact", "wanted"),
    [
        (nothing, "customer_managed", True),
        (nothing, "tags", {"owner": "platform"}),
        (nothing, "enabled", True),
        (put("DISABLED", *ONE, "primary", "state"), "enabled", False),
        (put("DESTROY_SCHEDULED", *ONE, "primary", "state"), "enabled", False),
        (put("NEW", *ONE, "primary", "state"), "enabled", Reason.UNRECOGNISED),
        (drop(*ONE, "primary", "state"), "enabled", Reason.ABSENT),
        (drop(*ONE, "primary"), "enabled", False),
        (both(drop(*ONE, "primary"), put("ASYMMETRIC_SIGN", *ONE, "purpose")), "enabled", Reason.NOT_BUILT),
        (nothing, "rotatable", True),
        (put("MAC", *ONE, "purpose"), "rotatable", False),
        (put("NEW", *ONE, "purpose"), "rotatable", Reason.UNRECOGNISED),
        (drop(*ONE, "purpose"), "rotatable", Reason.ABSENT),
        (put("EXTERNAL", *ONE, "versionTemplate", "protectionLevel"), "rotatable", False),
        (put(True, *ONE, "importOnly"), "rotatable", False),
        (nothing, "rotation_days", 90),
        (drop(*ONE, "rotationPeriod"), "rotation_days", None),
        (put("7776000.5s", *ONE, "rotationPeriod"), "rotation_days", 90),
        (put("31536001s", *ONE, "rotationPeriod"), "rotation_days", 366),
        (put("soon", *ONE, "rotationPeriod"), "rotation_days", Reason.MALFORMED),
        (nothing, "origin", "provider"),
        (put("HSM", *ONE, "versionTemplate", "protectionLevel"), "origin", "provider"),
        (put("EXTERNAL_VPC", *ONE, "versionTemplate", "protectionLevel"), "origin", "external"),
        (put(f"{RING}/importJobs/j", *ONE, "primary", "importJob"), "origin", "imported"),
        (put(True, *ONE, "importOnly"), "origin", "imported"),
        (drop(*ONE, "versionTemplate"), "origin", Reason.ABSENT),
        (put("NEW", *ONE, "versionTemplate", "protectionLevel"), "origin", Reason.UNRECOGNISED),
    ],
)
def test_key(edit: Edit, fact: str, wanted: Any) -> None:
    check(keys.COLLECTORS, KmsKey, "endpoint-data-eu", KEYS, edit, fact, wanted)


@pytest.mark.parametrize(
    ("at", "edit", "wanted"),
    [
        (KEY_POLICY, nothing, False),
        (KEY_POLICY, drop("bindings"), False),
        (KEY_POLICY, grant("roles/cloudkms.viewer", "allUsers"), True),
        (KEY_POLICY, grant("roles/cloudkms.viewer", "allAuthenticatedUsers", **WHEN), False),
        (RING_POLICY, grant("roles/cloudkms.admin", "allAuthenticatedUsers"), True),
        (KEY_POLICY, drop("etag"), Reason.MALFORMED),
    ],
)
def test_key_policy(at: Key, edit: Edit, wanted: Any) -> None:
    check(keys.COLLECTORS, KmsKey, "endpoint-data-eu", at, edit, "public", wanted)


def test_a_public_key_is_public_whatever_its_ring_hides() -> None:
    opened = edited(KEY_POLICY, grant("roles/cloudkms.viewer", "allUsers"))
    refused = {keys.RING_POLICY.key: DENIED}
    assert facts(opened, KmsKey, "endpoint-data-eu", keys.COLLECTORS, refused)["public"] is True
    assert facts(demo(), KmsKey, "endpoint-data-eu", keys.COLLECTORS, refused)["public"] is Reason.DENIED


def test_a_location_that_fails_does_not_hide_the_others() -> None:
    estate = demo()
    estate["GET", f"/v1/projects/{PROJECT}/locations/global/keyRings"] = {"keyRings": 7}
    collected = run(from_estate(estate), keys.COLLECTORS)
    assert {r.name for r in collected.inventory.resources} == {"endpoint-data", "model-store", "endpoint-data-eu"}
    (gap,) = collected.inventory.gaps
    assert gap.why.reason is Reason.MALFORMED
    assert collected.inventory.listings == ()


def test_keys_answer_to_the_name_that_others_use() -> None:
    found = only(run(from_estate(demo()), keys.COLLECTORS), KmsKey, "model-store")
    assert key("us-central1", "ml-serving", "model-store") in found.aliases
    assert found.location == "us-central1"


# --- storage ---------------------------------------------------------------------------------------------------------

BUCKETS = ("GET", "/storage/v1/b")
MODELS = f"{PROJECT}-models"
SHARED = f"{PROJECT}-training-data"
PREVENT = ("GET", f"/v2/projects/{PROJECT}/policies/storage.publicAccessPrevention:getEffectivePolicy")
HTTP = ("GET", f"/v2/projects/{PROJECT}/policies/storage.secureHttpTransport:getEffectivePolicy")
MODELS_KEY = Ref(
    "Key", Provider.GCP, PROJECT, "//cloudkms.googleapis.com/" + key("us-central1", "ml-serving", "model-store")
)


@pytest.mark.parametrize(
    ("edit", "fact", "wanted"),
    [
        (nothing, "tags", {"owner": "forecasting"}),
        (nothing, "encrypted", True),
        (nothing, "customer_key", True),
        (nothing, "encryption_key", MODELS_KEY),
        (drop("items", 0, "encryption"), "customer_key", False),
        (drop("items", 0, "encryption"), "encryption_key", None),
        (nothing, "versioned", True),
        (drop("items", 0, "versioning"), "versioned", True),
        (both(drop("items", 0, "versioning"), drop("items", 0, "softDeletePolicy")), "versioned", Reason.ABSENT),
        (
            both(drop("items", 0, "versioning"), put("0", "items", 0, "softDeletePolicy", "retentionDurationSeconds")),
            "versioned",
            False,
        ),
        (nothing, "public_access_blocked", True),
        (drop("items", 0, "iamConfiguration", "publicAccessPrevention"), "public_access_blocked", Reason.ABSENT),
        (
            put("new", "items", 0, "iamConfiguration", "publicAccessPrevention"),
            "public_access_blocked",
            Reason.UNRECOGNISED,
        ),
        (nothing, "public", False),
        (nothing, "requires_tls", True),
    ],
)
def test_bucket(edit: Edit, fact: str, wanted: Any) -> None:
    estate = edited(BUCKETS, edit)
    estate["GET", f"/storage/v1/b/{MODELS}/iam"] = {"kind": "storage#policy", "etag": "CAE="}
    assert facts(estate, Storage, MODELS, storage.COLLECTORS)[fact] == wanted


@pytest.mark.parametrize(
    ("edit", "wanted"),
    [
        (nothing, True),
        (put(False, "spec", "rules", 0, "enforce"), False),
        (put({"expression": "x"}, "spec", "rules", 0, "condition"), Reason.NOT_BUILT),
        (drop("spec", "rules"), Reason.ABSENT),
        (drop("spec", "rules", 0, "enforce"), Reason.ABSENT),
    ],
)
def test_tls_is_an_organization_policy(edit: Edit, wanted: Any) -> None:
    check(storage.COLLECTORS, Storage, MODELS, HTTP, edit, "requires_tls", wanted)


def shared(bindings: list[Any], *, enforced: Any = False, uniform: bool = True) -> dict[Key, Any]:
    """The bucket that inherits its public access prevention, with a policy of its own."""
    estate = demo()
    estate[PREVENT]["spec"]["rules"] = [{"enforce": enforced}]
    estate[BUCKETS]["items"][1]["iamConfiguration"]["uniformBucketLevelAccess"]["enabled"] = uniform
    estate["GET", f"/storage/v1/b/{SHARED}/iam"] = {"kind": "storage#policy", "etag": "CAE=", "bindings": bindings}
    return estate


OPEN = [{"role": "roles/storage.objectViewer", "members": ["allUsers"]}]
CLOSED = [{"role": "roles/storage.objectViewer", "members": [f"serviceAccount:{SERVING}"]}]


@pytest.mark.parametrize(
    ("estate", "blocked", "public"),
    [
        (shared(CLOSED), False, False),
        (shared(OPEN), False, True),
        (shared([{**OPEN[0], **WHEN}]), False, True),
        (shared(OPEN, enforced=True), True, False),
        (shared(CLOSED, uniform=False), False, Reason.NOT_BUILT),
        (shared(OPEN, uniform=False), False, True),
        (shared(CLOSED, enforced=True, uniform=False), True, False),
        (shared(OPEN, enforced="?"), Reason.UNRECOGNISED, Reason.UNRECOGNISED),
        (shared(CLOSED, enforced="?"), Reason.UNRECOGNISED, False),
    ],
)
def test_bucket_access(estate: Any, blocked: Any, public: Any) -> None:
    found = facts(estate, Storage, SHARED, storage.COLLECTORS)
    assert (found["public_access_blocked"], found["public"]) == (blocked, public)


def test_a_bucket_policy_that_cannot_be_read() -> None:
    found = facts(shared(CLOSED), Storage, SHARED, storage.COLLECTORS, {storage.BUCKET_POLICY.key: DENIED})
    assert (found["public_access_blocked"], found["public"]) == (False, Reason.DENIED)
    unread = facts(shared(OPEN), Storage, SHARED, storage.COLLECTORS, {storage.CONSTRAINT.key: DISABLED})
    assert (unread["public_access_blocked"], unread["public"]) == (Reason.DISABLED, Reason.DISABLED)


def test_buckets_that_did_not_answer_are_a_gap() -> None:
    estate = edited(BUCKETS, put([f"projects/_/buckets/{PROJECT}-x"], "unreachable"))
    collected = run(from_estate(estate), storage.COLLECTORS)
    assert len(collected.inventory.of(Storage, ACCOUNT)) == 3
    assert [g.why.reason for g in collected.inventory.gaps] == [Reason.UNREACHABLE]
    assert value_of(only(collected, Storage, MODELS).facts()["public_access_blocked"]) is True


# --- networks --------------------------------------------------------------------------------------------------------

SUBNETS = ("GET", f"/compute/v1/projects/{PROJECT}/aggregated/subnetworks")
NETWORKS = ("GET", f"/compute/v1/projects/{PROJECT}/global/networks")
EU = ("items", "regions/europe-west4", "subnetworks", 0)
US = ("items", "regions/us-central1", "subnetworks", 0)
LOGGED = put({"enable": True}, *EU, "logConfig")
GONE = put({}, "items")


@pytest.mark.parametrize(
    ("at", "edit", "flow_logs", "private"),
    [
        (SUBNETS, nothing, False, True),
        (SUBNETS, LOGGED, True, True),
        (SUBNETS, both(LOGGED, put({}, *US, "logConfig")), False, True),
        (SUBNETS, both(LOGGED, drop(*EU, "purpose")), True, True),
        (SUBNETS, put("PRIVATE_NAT", *EU, "purpose"), True, True),
        (SUBNETS, put("NEW", *EU, "purpose"), Reason.UNRECOGNISED, Reason.UNRECOGNISED),
        (SUBNETS, both(LOGGED, drop(*EU, "privateIpGoogleAccess")), True, False),
        (SUBNETS, both(LOGGED, put("?", *EU, "privateIpGoogleAccess")), True, Reason.UNRECOGNISED),
        (SUBNETS, GONE, True, False),
        (SUBNETS, drop("items"), True, False),
        (SUBNETS, drop("kind"), Reason.MALFORMED, Reason.MALFORMED),
        (NETWORKS, put("10.0.0.0/8", "items", 0, "IPv4Range"), False, False),
        (
            NETWORKS,
            put(["https://x/regions/us-east4/subnetworks/hidden"], "items", 0, "subnetworks"),
            Reason.ABSENT,
            Reason.ABSENT,
        ),
    ],
)
def test_network(at: Key, edit: Edit, flow_logs: Any, private: Any) -> None:
    found = facts(edited(at, edit), Network, "ml-vpc", networks.COLLECTORS)
    assert (found["flow_logs"], found["private_api_access"], found["tags"]) == (flow_logs, private, {})


RULES = ("GET", f"/compute/v1/projects/{PROJECT}/global/forwardingRules")
VPC = f"//compute.googleapis.com/projects/{PROJECT}/global/networks/ml-vpc"


@pytest.mark.parametrize(
    ("edit", "fact", "wanted"),
    [
        (nothing, "services", frozenset({"googleapis"})),
        (nothing, "available", True),
        (put("PENDING", "items", 0, "pscConnectionStatus"), "available", False),
        (put("STATUS_UNSPECIFIED", "items", 0, "pscConnectionStatus"), "available", Reason.UNRECOGNISED),
        (drop("items", 0, "pscConnectionStatus"), "available", Reason.ABSENT),
        (nothing, "open_policy", True),
        (put("vpc-sc", "items", 0, "target"), "open_policy", False),
        (nothing, "network", VPC),
        (drop("items", 0, "network"), "network", Reason.ABSENT),
        (nothing, "tags", {"owner": "platform"}),
    ],
)
def test_private_endpoint(edit: Edit, fact: str, wanted: Any) -> None:
    check(private_endpoints.COLLECTORS, PrivateEndpoint, "googleapis", RULES, edit, fact, wanted)


def test_a_load_balancer_is_no_private_endpoint() -> None:
    estate = edited(RULES, put("https://x/projects/p/global/targetHttpProxies/t", "items", 0, "target"))
    collected = run(from_estate(estate), private_endpoints.COLLECTORS)
    assert (collected.inventory.resources, collected.inventory.gaps) == ((), ())
    assert len(collected.inventory.listings) == 1


# --- audit logs ------------------------------------------------------------------------------------------------------

SINKS = ("GET", f"/v2/projects/{PROJECT}/sinks")
ARCHIVE = 2


@pytest.mark.parametrize(
    ("name", "complete", "immutable"),
    [("_Required", True, True), ("_Default", False, False), ("audit-archive", True, True)],
)
def test_the_sinks_of_the_demo(name: str, complete: bool, immutable: bool) -> None:
    found = facts(demo(), AuditLog, name, audit_logs.COLLECTORS)
    assert (found["active"], found["complete"], found["everywhere"], found["immutable"]) == (
        True,
        complete,
        True,
        immutable,
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (None, True),
        ("", True),
        ('LOG_ID("cloudaudit.googleapis.com/activity")', True),
        ('log_id("cloudaudit.googleapis.com/activity") OR severity>=ERROR', True),
        ('logName="projects/p/logs/cloudaudit.googleapis.com%2Factivity"', True),
        ("logName:cloudaudit.googleapis.com", True),
        ('logName:"logs/cloudaudit.googleapis.com"', True),
        ('LOG_ID("cloudaudit.googleapis.com/data_access")', Reason.UNRECOGNISED),
        ('LOG_ID("cloudaudit.googleapis.com/activity") AND severity>=ERROR', Reason.UNRECOGNISED),
        ('NOT LOG_ID("cloudaudit.googleapis.com/activity") AND severity>=ERROR', False),
        ('NOT LOG_ID("cloudaudit.googleapis.com/activity") OR severity>=ERROR', Reason.UNRECOGNISED),
        ('NOT (LOG_ID("cloudaudit.googleapis.com/activity") OR severity>=ERROR)', Reason.UNRECOGNISED),
        ('resource.type="gce_instance"', Reason.UNRECOGNISED),
        (7, Reason.MALFORMED),
    ],
)
def test_what_a_filter_lets_through(text: Any, wanted: Any) -> None:
    edit = drop("sinks", ARCHIVE, "filter") if text is None else put(text, "sinks", ARCHIVE, "filter")
    check(audit_logs.COLLECTORS, AuditLog, "audit-archive", SINKS, edit, "complete", wanted)


LOG_BUCKET = f"logging.googleapis.com/projects/{PROJECT}/locations/global/buckets"


@pytest.mark.parametrize(
    ("edit", "fact", "wanted"),
    [
        (put(True, "sinks", ARCHIVE, "disabled"), "active", False),
        (put([{"name": "x", "filter": "y"}], "sinks", ARCHIVE, "exclusions"), "complete", Reason.UNRECOGNISED),
        (put([{"name": "x", "filter": "y", "disabled": True}], "sinks", ARCHIVE, "exclusions"), "complete", True),
        (put(f"{LOG_BUCKET}/_Required", "sinks", ARCHIVE, "destination"), "immutable", True),
        (put(f"{LOG_BUCKET}/_Default", "sinks", ARCHIVE, "destination"), "immutable", False),
        (put(f"{LOG_BUCKET}/gone", "sinks", ARCHIVE, "destination"), "immutable", Reason.ABSENT),
        (
            put(
                f"logging.googleapis.com/projects/{NUMBER}/locations/global/buckets/_Required",
                "sinks",
                ARCHIVE,
                "destination",
            ),
            "immutable",
            True,
        ),
        (
            put("logging.googleapis.com/projects/central/locations/global/buckets/b", "sinks", ARCHIVE, "destination"),
            "immutable",
            Reason.OUT_OF_SCOPE,
        ),
        (put("bigquery.googleapis.com/projects/p/datasets/d", "sinks", ARCHIVE, "destination"), "immutable", False),
        (
            put("pubsub.googleapis.com/projects/p/topics/t", "sinks", ARCHIVE, "destination"),
            "immutable",
            Reason.OUT_OF_SCOPE,
        ),
        (
            put("logging.googleapis.com/projects/central", "sinks", ARCHIVE, "destination"),
            "immutable",
            Reason.OUT_OF_SCOPE,
        ),
        (drop("sinks", ARCHIVE, "destination"), "immutable", Reason.ABSENT),
    ],
)
def test_sink(edit: Edit, fact: str, wanted: Any) -> None:
    check(audit_logs.COLLECTORS, AuditLog, "audit-archive", SINKS, edit, fact, wanted)


@pytest.mark.parametrize(
    ("edit", "wanted"),
    [
        (put(False, "retentionPolicy", "isLocked"), False),
        (drop("retentionPolicy", "isLocked"), False),
        (drop("retentionPolicy"), False),
    ],
)
def test_a_bucket_of_audit_logs(edit: Edit, wanted: bool) -> None:
    at = ("GET", f"/storage/v1/b/{PROJECT}-audit-archive")
    check(audit_logs.COLLECTORS, AuditLog, "audit-archive", at, edit, "immutable", wanted)
    found = facts(demo(), AuditLog, "audit-archive", audit_logs.COLLECTORS, {audit_logs.BUCKET_GET.key: DENIED})
    assert found["immutable"] is Reason.DENIED


# --- log stores ------------------------------------------------------------------------------------------------------

LOG_BUCKETS = ("GET", f"/v2/projects/{PROJECT}/locations/-/buckets")
SERVING_LOGS = ("buckets", 2)
SERVING_KEY = Ref(
    "Key", Provider.GCP, PROJECT, f"//cloudkms.googleapis.com/{key('us-central1', 'ml-serving', 'endpoint-data')}"
)


@pytest.mark.parametrize(("name", "days", "managed"), [("_Required", 400, False), ("_Default", 30, False)])
def test_the_log_buckets_that_come_with_a_project(name: str, days: int, managed: bool) -> None:
    found = facts(demo(), LogStore, name, log_stores.COLLECTORS)
    assert (found["retention_days"], found["customer_key"], found["encryption_key"]) == (days, managed, None)
    assert found["holds_ai_logs"] is True


@pytest.mark.parametrize(
    ("edit", "fact", "wanted"),
    [
        (nothing, "customer_key", True),
        (nothing, "encryption_key", SERVING_KEY),
        (nothing, "retention_days", 180),
        (drop(*SERVING_LOGS, "cmekSettings"), "customer_key", False),
        (drop(*SERVING_LOGS, "cmekSettings"), "encryption_key", None),
        (drop(*SERVING_LOGS, "cmekSettings", "kmsKeyName"), "customer_key", False),
        (put(7, *SERVING_LOGS, "cmekSettings", "kmsKeyName"), "customer_key", Reason.MALFORMED),
        (put("k", *SERVING_LOGS, "cmekSettings", "kmsKeyName"), "encryption_key", Reason.UNRECOGNISED),
        (drop(*SERVING_LOGS, "retentionDays"), "retention_days", Reason.ABSENT),
        (put("180", *SERVING_LOGS, "retentionDays"), "retention_days", Reason.MALFORMED),
        (put(0, *SERVING_LOGS, "retentionDays"), "retention_days", Reason.MALFORMED),
    ],
)
def test_log_bucket(edit: Edit, fact: str, wanted: Any) -> None:
    check(log_stores.COLLECTORS, LogStore, "serving-logs", LOG_BUCKETS, edit, fact, wanted)


def test_where_a_log_bucket_is_and_what_it_is_called() -> None:
    number = put(f"projects/{NUMBER}/locations/us-central1/buckets/serving-logs", *SERVING_LOGS, "name")
    for estate in (demo(), edited(LOG_BUCKETS, number)):
        found = only(run(from_estate(estate), log_stores.COLLECTORS), LogStore, "serving-logs")
        assert found.location == "us-central1"
        assert found.id == f"//logging.googleapis.com/projects/{PROJECT}/locations/us-central1/buckets/serving-logs"


@pytest.mark.parametrize(
    ("refusal", "reason", "permissions"),
    [(DENIED, Reason.DENIED, ("logging.buckets.list",)), (DISABLED, Reason.DISABLED, ())],
)
def test_log_buckets_that_cannot_be_listed_are_a_gap(refusal: Any, reason: Reason, permissions: Any) -> None:
    collected = run(refusing({audit_logs.LOG_BUCKETS_LIST.key: refusal}, from_estate(demo())), log_stores.COLLECTORS)
    assert (collected.defects, collected.inventory.resources) == ((), ())
    assert [(g.why.reason, g.why.permissions) for g in collected.inventory.gaps] == [(reason, permissions)]


def test_a_log_bucket_under_a_strange_name_is_a_gap() -> None:
    collected = run(from_estate(edited(LOG_BUCKETS, put("b", *SERVING_LOGS, "name"))), log_stores.COLLECTORS)
    assert {r.name for r in collected.inventory.resources} == {"_Required", "_Default"}
    assert [g.why.reason for g in collected.inventory.gaps] == [Reason.MALFORMED]


# --- detection and budgets -------------------------------------------------------------------------------------------

DETECTORS = ("GET", f"/v1/projects/{PROJECT}/locations/global/securityCenterServices")
ETD = ("securityCenterServices", 1)


@pytest.mark.parametrize(
    ("edit", "wanted"),
    [
        (nothing, True),
        (put("DISABLED", *ETD, "effectiveEnablementState"), False),
        (put("INGEST_ONLY", *ETD, "effectiveEnablementState"), False),
        (put("NEW", *ETD, "effectiveEnablementState"), Reason.UNRECOGNISED),
        (drop(*ETD, "effectiveEnablementState"), Reason.ABSENT),
        (drop("securityCenterServices"), Reason.ABSENT),
    ],
)
def test_threat_detection(edit: Edit, wanted: Any) -> None:
    check(detection.COLLECTORS, ThreatDetection, "Event Threat Detection", DETECTORS, edit, "enabled", wanted)


def test_threat_detection_that_is_off_altogether_is_a_gap() -> None:
    collected = run(refusing({detection.SERVICES_LIST.key: DISABLED}, from_estate(demo())), detection.COLLECTORS)
    assert [g.why.reason for g in collected.inventory.gaps] == [Reason.DISABLED]


BUDGETS = ("GET", "/v1/billingAccounts/01C7E4-5D20A9-B3F618/budgets")
BUDGET = ("budgets", 0)
NOBODY = put({"disableDefaultIamRecipients": True}, *BUDGET, "notificationsRule")


@pytest.mark.parametrize(
    ("edit", "wanted"),
    [
        (nothing, True),
        (drop(*BUDGET, "notificationsRule"), True),
        (NOBODY, False),
        (both(NOBODY, put("projects/p/topics/t", *BUDGET, "notificationsRule", "pubsubTopic")), True),
        (both(NOBODY, put(True, *BUDGET, "notificationsRule", "enableProjectLevelRecipients")), True),
        (
            both(
                NOBODY,
                put(True, *BUDGET, "notificationsRule", "enableProjectLevelRecipients"),
                drop(*BUDGET, "budgetFilter"),
            ),
            False,
        ),
        (drop(*BUDGET, "thresholdRules"), False),
        (drop(*BUDGET, "budgetFilter"), True),
        (put({"resourceAncestors": ["folders/1"]}, *BUDGET, "budgetFilter"), Reason.NOT_BUILT),
        (put({"customPeriod": {"startDate": {}, "endDate": {}}}, *BUDGET, "budgetFilter"), Reason.NOT_BUILT),
        (put("?", *BUDGET, "thresholdRules"), Reason.MALFORMED),
    ],
)
def test_budget(edit: Edit, wanted: Any) -> None:
    check(budgets.COLLECTORS, Budget, "Forecasting, monthly", BUDGETS, edit, "alerts", wanted)


@pytest.mark.parametrize(
    "chosen",
    [
        {"projects": ["projects/1"]},
        {"services": ["services/6F81-5844-456A"]},
        {"labels": {"a": ["b"]}},
        {"subaccounts": ["billingAccounts/x"]},
    ],
)
def test_a_budget_for_something_else_does_not_count(chosen: Any) -> None:
    collected = run(from_estate(edited(BUDGETS, put(chosen, *BUDGET, "budgetFilter"))), budgets.COLLECTORS)
    assert (collected.inventory.resources, collected.inventory.gaps) == ((), ())


def test_a_project_without_billing_has_no_budgets() -> None:
    estate = edited(("GET", f"/v1/projects/{PROJECT}/billingInfo"), put("", "billingAccountName"))
    collected = run(from_estate(estate), budgets.COLLECTORS)
    assert (collected.inventory.resources, collected.inventory.gaps) == ((), ())
    refused = run(refusing({budgets.BUDGETS_LIST.key: DENIED}, from_estate(demo())), budgets.COLLECTORS)
    assert [g.why.permissions for g in refused.inventory.gaps] == [("billing.budgets.list",)]


def test_one_budget_is_a_resource_of_each_project_it_covers() -> None:
    found = only(run(from_estate(demo()), budgets.COLLECTORS), Budget, "Forecasting, monthly")
    assert found.id.endswith(f"#projects/{PROJECT}")
