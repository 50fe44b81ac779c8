"""Principals and their rights: one resource each, whatever named them, and nothing passes unread."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.collect import Collected
from auditor.demo.authoring import Refusal
from auditor.demo.azure_people import FORECAST, LAB, WORKSPACE_LAB
from auditor.derive import DERIVED, derive
from auditor.derive.base import DeriveSettings
from auditor.model.facts import Fact, Reason, Unknown
from auditor.model.resources import Identity
from tests.providers.azure.conftest import ABSENT, ACCOUNT, Azure

ROLES = "/roleAssignments"
OWNER, CONTRIBUTOR = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "b24988ac-6180-42a0-ab88-20f7382dd24c"
PIPELINE = "00000000-0000-0000-0000-00000000b007"
SCIENTIST = "00000000-0000-0000-0000-00000000c002"
BASE = f"/subscriptions/{ACCOUNT.id}"


def identities(done: Collected) -> dict[str, Identity]:
    assert done.defects == ()
    return {r.name: r for r in done.inventory.resources if isinstance(r, Identity)}


def outcome(fact: Fact[Any]) -> Any:
    return fact.reason if isinstance(fact, Unknown) else fact.value


def grant(azure: Azure, principal: str, role: str, scope: str, **more: Any) -> None:
    """One more assignment, in the list and in the principal's own."""
    kind = "Group" if more.pop("group", False) else "ServicePrincipal"
    row = {
        "id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/new",
        "name": "new",
        "properties": {
            "principalId": principal,
            "principalType": kind,
            "roleDefinitionId": f"{BASE}/providers/Microsoft.Authorization/roleDefinitions/{role}",
            "scope": scope,
            **more,
        },
    }
    for (_, target), reply in azure.estate.items():
        if target.endswith(ROLES) or f"assignedTo('{principal}')" in target:
            reply["value"].append(row)  # type: ignore[index]


def define(azure: Azure, role: str, *actions: str, **more: Any) -> None:
    rows = azure.estate[azure.path("/roleDefinitions")]["value"]  # type: ignore[index]
    properties = {"roleName": role, "type": "CustomRole", "permissions": [{"actions": list(actions), **more}]}
    rows.append({"id": f"/providers/x/roleDefinitions/{role}", "name": role, "properties": properties})


def test_each_principal_is_one_resource(azure: Azure) -> None:
    done = azure.collected(["Identity"])
    found = [r for r in done.inventory.resources if isinstance(r, Identity)]
    assert len(found) == len({r.id for r in found}) == 11
    assert identities(done)["id-forecast"].aliases == {FORECAST.arm_id.lower()}
    assert identities(done)["mlw-lab"].id == f"{BASE}/principals/{WORKSPACE_LAB}"


def test_workloads_refer_to_the_same_ids(azure: Azure) -> None:
    inventory = derive(azure.collected().inventory, DERIVED, DeriveSettings())
    found = {r.name: r for r in inventory.resources if isinstance(r, Identity)}
    assert {n for n, r in found.items() if r.runs_ai.value} == {
        "id-forecast",
        "id-lab",
        "mlw-lab",
        "ep-routing",
        "oai-kestrel-prod",
        "oai-kestrel-lab",
    }
    assert found["id-lab"].shared_across_classes.value is True
    assert found["oai-kestrel-prod"].shared_across_classes.value is False


@pytest.mark.parametrize(
    ("kind", "expected"), [("User", True), ("Group", False), ("Device", False), ("Robot", Reason.UNRECOGNISED)]
)
def test_who_is_a_person(azure: Azure, kind: str, expected: Any) -> None:
    rows = azure.estate[azure.path(ROLES)]["value"]  # type: ignore[index]
    rows[1]["properties"]["principalType"] = kind
    assert outcome(identities(azure.collected(["Identity"]))[SCIENTIST].person) == expected


@pytest.mark.parametrize(
    ("role", "scope", "more", "expected"),
    [
        (OWNER, BASE, {}, True),
        (CONTRIBUTOR, BASE, {}, True),
        (OWNER, "/", {}, True),
        (OWNER, "/providers/Microsoft.Management/managementGroups/m", {}, True),
        (OWNER, f"{BASE}/resourceGroups/rg", {}, False),
        ("grants", BASE, {}, True),
        ("grants", BASE, {"condition": "@Request[...]"}, Reason.NOT_BUILT),
        ("no-grants", BASE, {}, False),
        ("unheard-of", BASE, {}, Reason.ABSENT),
        ("unheard-of", f"{BASE}/resourceGroups/rg", {}, False),
    ],
)
def test_who_is_an_administrator(azure: Azure, role: str, scope: str, more: dict[str, str], expected: Any) -> None:
    define(azure, "grants", "Microsoft.Authorization/*", "*/read")
    define(azure, "no-grants", "Microsoft.Authorization/*", notActions=["Microsoft.Authorization/*/write"])
    grant(azure, FORECAST.principal, role, scope, **more)
    assert outcome(identities(azure.collected(["Identity"]))["id-forecast"].administrator) == expected


@pytest.mark.parametrize(
    ("actions", "more", "scope", "expected"),
    [
        (("Microsoft.CognitiveServices/*",), {}, BASE, ("r at the subscription",)),
        (("Microsoft.Storage/storageAccounts/*",), {}, f"{BASE}/resourceGroups/rg", ("r at resource group rg",)),
        (("*/write",), {}, "/providers/Microsoft.Management/managementGroups/m", ("r at management group m",)),
        (("Microsoft.Support/*", "*/read"), {}, BASE, ()),
        (("Microsoft.MachineLearningServices/workspaces/*/read",), {}, BASE, ()),
        ((), {"dataActions": ["Microsoft.CognitiveServices/*"]}, BASE, ("r at the subscription",)),
        (("*",), {}, f"{BASE}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/s", ()),
    ],
)
def test_which_grants_are_broad(
    azure: Azure, actions: tuple[str, ...], more: dict[str, Any], scope: str, expected: tuple[str, ...]
) -> None:
    define(azure, "r", *actions, **more)
    grant(azure, FORECAST.principal, "r", scope)
    assert identities(azure.collected(["Identity"]))["id-forecast"].broad_grants.value == expected


def test_an_unknown_role_leaves_grants_unknown(azure: Azure) -> None:
    grant(azure, FORECAST.principal, "unheard-of", BASE)
    assert outcome(identities(azure.collected(["Identity"]))["id-forecast"].broad_grants) == Reason.ABSENT


def test_rights_through_a_group_count(azure: Azure) -> None:
    found = identities(azure.collected(["Identity"]))[SCIENTIST]
    assert found.broad_grants.value == ("Kestrel model operator at resource group rg-ml-prod",)


def test_groups_that_cannot_be_expanded_leave_only_what_is_seen(azure: Azure) -> None:
    for key in list(azure.estate):
        if "assignedTo" in key[1]:
            azure.estate[key] = Refusal(403, {"error": {"code": "AuthorizationFailed"}})
    found = identities(azure.collected(["Identity"]))
    assert outcome(found["id-lab"].administrator) is True  # by an assignment of its own
    assert outcome(found["id-forecast"].administrator) == Reason.DENIED
    assert outcome(found["id-lab"].broad_grants) == Reason.DENIED


def test_without_groups_the_list_says_it_all(azure: Azure) -> None:
    rows = azure.estate[azure.path(ROLES)]["value"]  # type: ignore[index]
    rows[:] = [row for row in rows if row["properties"]["principalType"] != "Group"]
    done = azure.collected(["Identity"])
    assert outcome(identities(done)["id-forecast"].administrator) is False


def test_credentials_of_applications_are_not_known(azure: Azure) -> None:
    found = identities(azure.collected(["Identity"]))
    assert outcome(found[PIPELINE].long_lived_keys) == Reason.NOT_BUILT
    assert outcome(found[PIPELINE].federations) == Reason.NOT_BUILT
    assert outcome(found[PIPELINE].unbound_federations) == Reason.NOT_BUILT
    function_app = found["00000000-0000-0000-0000-00000000b008"]  # a service principal, but of a managed identity
    assert (outcome(function_app.long_lived_keys), outcome(function_app.federations)) == ((), ())


def test_service_principals_stay_unclear_when_resources_cannot_be_listed(azure: Azure) -> None:
    azure.refuse(f"{BASE}/resources")
    found = identities(azure.collected(["Identity"]))
    assert outcome(found[PIPELINE].long_lived_keys) == Reason.DENIED
    assert outcome(found["id-forecast"].long_lived_keys) == ()


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("properties.subject", "repo:a/b:ref:refs/heads/main", ()),
        ("properties.subject", "repo:a/*", ("any-branch: repo:a/*",)),
        ("properties.subject", ABSENT, Reason.ABSENT),
        (
            "properties",
            {"claimsMatchingExpression": {"value": "claims['sub'] matches 'repo:a/*'"}},
            ("any-branch: claims['sub'] matches 'repo:a/*'",),
        ),
        ("properties", {"claimsMatchingExpression": {"value": "claims['sub'] eq 'repo:a/b'"}}, ()),
    ],
)
def test_who_may_act_as_an_identity(azure: Azure, path: str, value: Any, expected: Any) -> None:
    azure.change("any-branch", path, value)
    found = identities(azure.collected(["Identity"]))["id-lab"]
    assert outcome(found.unbound_federations) == expected
    assert "any-branch" in outcome(found.federations)


def test_federation_that_cannot_be_read_is_unknown_for_that_identity_only(azure: Azure) -> None:
    azure.refuse(f"{LAB.name}/federatedIdentityCredentials")
    found = identities(azure.collected(["Identity"]))
    for fact in (found["id-lab"].federations, found["id-lab"].unbound_federations):
        assert outcome(fact) == Reason.DENIED
    assert outcome(found["id-forecast"].unbound_federations) == ()


@pytest.mark.parametrize(
    "ending", ["/userAssignedIdentities", ROLES, "/mlw-lab/computes", "CognitiveServices/accounts"]
)
def test_a_source_that_cannot_be_read_is_a_gap_and_hides_no_other(azure: Azure, ending: str) -> None:
    azure.refuse(ending)
    done = azure.collected(["Identity"])
    assert [g.why.reason for g in done.inventory.gaps] == [Reason.DENIED]
    assert done.inventory.listings == ()
    assert "id-forecast" in identities(done)


def test_an_identity_of_another_subscription_is_named_and_left(azure: Azure) -> None:
    foreign = "/subscriptions/other/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-far"
    identity = {"type": "UserAssigned", "userAssignedIdentities": {foreign: {"principalId": "Far"}}}
    azure.change("ep-routing", "identity", identity)
    asked = azure.estate[azure.path(f"assignedTo('{WORKSPACE_LAB}')")]
    azure.estate["GET", f"{BASE}/providers/Microsoft.Authorization/roleAssignments?$filter=assignedTo('far')"] = asked
    found = identities(azure.collected(["Identity"]))["id-far"]
    assert outcome(found.federations) == Reason.OUT_OF_SCOPE
    assert outcome(found.long_lived_keys) == ()
