"""Who signs in to a project, and whether that takes a second factor: the policies, and the directory behind them."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.catalog import load_catalog
from auditor.demo.authoring import Refusal
from auditor.demo.gcp_names import DOMAIN, PROJECT, account
from auditor.evaluate import judge
from auditor.model.check import Fail, NotApplicable, Pass
from auditor.model.facts import Known, Reason, Unknown
from auditor.model.resources import Identity
from auditor.providers.gcp.directory import MEMBER_SCOPE, USER_SCOPE
from auditor.providers.gcp.identities import COLLECTORS
from tests.support.gcp import (
    ACCOUNT,
    DENIED,
    DISABLED,
    Edit,
    Key,
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

PEOPLE = COLLECTORS[1:]
POLICY = ("POST", f"/v3/projects/{PROJECT}:getIamPolicy")
OWNER, USER, LEAD = (f"{name}@{DOMAIN}" for name in ("ines.adler", "tomas.riva", "platform.lead"))
LEFT, ON_CALL = f"jonas.weir@{DOMAIN}", f"mira.sol@{DOMAIN}"
GROUP, NESTED = f"forecasting@{DOMAIN}", f"forecasting-oncall@{DOMAIN}"
WORKFORCE = "principalSet://iam.googleapis.com/locations/global/workforcePools/staff/*"
ONE_OF_THEM = "principal://iam.googleapis.com/locations/global/workforcePools/staff/subject/Ada"
ELSEWHERE = Refusal(404, {"error": {"code": 404, "errors": [{"domain": "global", "reason": "notFound"}]}})
FOREIGN = Refusal(403, {"error": {"code": 403, "errors": [{"domain": "global", "reason": "forbidden"}]}})
UNSCOPED = error(403, "PERMISSION_DENIED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT")
(CHECK,) = (c for c in load_catalog().checks if c.id == "person_has_mfa")


def user(email: str) -> Key:
    return ("GET", f"/admin/directory/v1/users/{email}")


def members(group: str) -> Key:
    return ("GET", f"/admin/directory/v1/groups/{group}/members")


def group_of(*found: dict[str, str]) -> dict[str, Any]:
    return {"kind": "admin#directory#members", "members": list(found)}


def grant(*added: str) -> dict[Key, Any]:
    return edited(POLICY, lambda body: body["bindings"].append({"role": "roles/viewer", "members": list(added)}))


def sign_in(estate: Any, name: str, refused: Any = None) -> tuple[Any, Any]:
    collected = run(refusing(refused or {}, from_estate(estate)), PEOPLE)
    assert collected.defects == ()
    found = only(collected, Identity, name).facts()
    return value_of(found["person"]), value_of(found["mfa"])


def verdict(estate: Any, name: str) -> Any:
    found = only(run(from_estate(estate), PEOPLE), Identity, name)
    judged = judge(CHECK, found)
    return judged.reason if isinstance(judged, Unknown) else type(judged)


# --- who there is ----------------------------------------------------------------------------------------------------


def test_people_are_the_members_of_every_policy_that_holds_in_the_project() -> None:
    collected = run(from_estate(demo()), PEOPLE)
    people = {r.name: r for r in collected.inventory.resources}
    assert set(people) == {OWNER, USER, LEAD, GROUP}
    assert people[GROUP].native_type == "cloudidentity.googleapis.com/Group"
    facts = {name: {k: value_of(v) for k, v in r.facts().items()} for name, r in people.items()}
    assert {name for name in facts if facts[name]["administrator"]} == {OWNER, LEAD}
    for name in facts:
        assert (facts[name]["person"], facts[name]["mfa"]) == (True, True)
        assert (facts[name]["long_lived_keys"], facts[name]["unconditioned_trust"]) == ((), ())
        assert (facts[name]["federations"], facts[name]["unbound_federations"]) == ((), ())
    assert not collected.inventory.gaps


@pytest.mark.parametrize(
    "call",
    [
        "cloudresourcemanager:projects.getIamPolicy",
        "cloudresourcemanager:projects.get",
        "cloudresourcemanager:folders.getIamPolicy",
        "cloudresourcemanager:organizations.getIamPolicy",
    ],
)
def test_a_policy_that_cannot_be_read_may_name_more_people(call: str) -> None:
    collected = run(refusing({call: DENIED}, from_estate(demo())), PEOPLE)
    (gap,) = collected.inventory.gaps
    assert gap.why.reason is Reason.DENIED
    assert gap.why.permissions
    assert collected.defects == ()


@pytest.mark.parametrize(
    ("member", "name", "wanted"),
    [
        (f"domain:{DOMAIN}", DOMAIN, (True, Reason.NOT_BUILT)),
        (WORKFORCE, WORKFORCE, (True, Reason.NOT_BUILT)),
        (ONE_OF_THEM, ONE_OF_THEM, (True, Reason.NOT_BUILT)),
        ("someone-new:x", "someone-new:x", (Reason.UNRECOGNISED, Reason.UNRECOGNISED)),
    ],
)
def test_who_signs_in_where_this_version_does_not_read_is_not_missing(member: str, name: str, wanted: Any) -> None:
    assert sign_in(grant(member), name) == wanted


@pytest.mark.parametrize(
    "member",
    [
        "allUsers",
        "serviceAccount:x@y.iam.gserviceaccount.com",
        f"deleted:user:{LEFT}?uid=1",
        "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/*",
        "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/subject/s",
        "principalSet://cloudresourcemanager.googleapis.com/projects/1/type/ServiceAccount",
    ],
)
def test_what_no_person_signs_in_as_is_not_listed(member: str) -> None:
    found = run(from_estate(grant(member)), PEOPLE).inventory.of(Identity, ACCOUNT)
    assert {r.name for r in found} == {OWNER, USER, LEAD, GROUP}


# --- one person ------------------------------------------------------------------------------------------------------


def nothing(_: Any) -> None:
    """The estate as it is."""


@pytest.mark.parametrize(
    ("edit", "wanted", "judged"),
    [
        (nothing, (True, True), Pass),
        (put(False, "isEnforcedIn2Sv"), (True, False), Fail),  # enrolled, and free to turn it off
        (put(False, "isEnrolledIn2Sv"), (True, False), Fail),  # made to, and without a second factor all the same
        (drop("isEnrolledIn2Sv"), (True, Reason.ABSENT), Reason.ABSENT),
        (put("yes", "isEnforcedIn2Sv"), (True, Reason.UNRECOGNISED), Reason.UNRECOGNISED),
        (drop("isEnforcedIn2Sv"), (True, Reason.ABSENT), Reason.ABSENT),
        (drop("suspended"), (True, True), Pass),
        (put("?", "suspended"), (Reason.UNRECOGNISED, True), Reason.UNRECOGNISED),
    ],
)
def test_a_person_needs_a_second_factor_where_it_is_enforced(edit: Edit, wanted: Any, judged: Any) -> None:
    estate = edited(user(OWNER), edit)
    assert sign_in(estate, OWNER) == wanted
    assert verdict(estate, OWNER) == judged


@pytest.mark.parametrize("state", ["suspended", "archived"])
def test_nobody_signs_in_as_an_account_that_is_switched_off(state: str) -> None:
    def off(body: Any) -> None:
        body.update({state: True, "isEnforcedIn2Sv": False})

    estate = edited(user(OWNER), off)
    assert sign_in(estate, OWNER) == (False, False)
    assert verdict(estate, OWNER) is NotApplicable


@pytest.mark.parametrize(("answer", "reason"), [(ELSEWHERE, Reason.OUT_OF_SCOPE), (FOREIGN, Reason.DENIED)])
def test_an_account_of_another_directory_is_never_cleared(answer: Refusal, reason: Reason) -> None:
    estate = {**grant("user:Someone@Gmail.example"), user("someone@gmail.example"): answer}
    assert sign_in(estate, "someone@gmail.example") == (True, reason)
    assert verdict(estate, "someone@gmail.example") is reason


@pytest.mark.parametrize(
    ("answer", "reason", "scopes"),
    [(UNSCOPED, Reason.DENIED, True), (DENIED, Reason.DENIED, True), (DISABLED, Reason.DISABLED, False)],
)
def test_without_the_directory_the_scope_that_is_missing_is_named(answer: Any, reason: Reason, scopes: bool) -> None:
    refused = {"directory:users.get": answer, "directory:members.list": answer}
    collected = run(refusing(refused, from_estate(demo())), COLLECTORS)
    assert collected.defects == ()
    assert not collected.inventory.gaps
    for name, scope in ((OWNER, USER_SCOPE), (GROUP, MEMBER_SCOPE)):
        mfa = only(collected, Identity, name).facts()["mfa"]
        assert isinstance(mfa, Unknown)
        assert (mfa.reason, mfa.permissions) == (reason, (scope,) if scopes else ())
        assert mfa.calls
    serving = only(collected, Identity, account("serving-demand")).facts()
    assert value_of(serving["administrator"]) is False, "the rest does not need the directory"


def test_no_more_is_asked_about_a_person_than_is_needed() -> None:
    asked: list[Any] = []
    estate = from_estate(demo())

    def source(request: Any) -> Any:
        asked.append(request)
        return estate(request)

    run(source, PEOPLE)
    fields = {r.call.key: r.params["query"]["fields"] for r in asked if r.call.service == "directory"}
    assert set(fields) == {"directory:users.get", "directory:members.list"}
    assert "recovery" not in "".join(fields.values())
    assert len([r for r in asked if r.params["path"].endswith(f"/users/{USER}")]) == 1, "in a policy and in a group"


# --- a group ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("member", [USER, ON_CALL])
def test_one_member_without_a_second_factor_is_enough(member: str) -> None:
    """Whether on a page of the group itself or in a group within it."""
    estate = edited(user(member), put(False, "isEnforcedIn2Sv"))
    assert sign_in(estate, GROUP) == (True, False)
    found = only(run(from_estate(estate), PEOPLE), Identity, GROUP).facts()["mfa"]
    assert isinstance(found, Known)
    assert found.native["members[].email without a second factor"] == [member]


def test_a_member_who_cannot_sign_in_does_not_count() -> None:
    assert edited(user(LEFT), nothing)[user(LEFT)]["isEnforcedIn2Sv"] is False
    assert sign_in(demo(), GROUP) == (True, True)
    assert sign_in(edited(user(LEFT), put(False, "suspended")), GROUP) == (True, False)


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        ((), (False, True)),
        (({"email": account("delivery"), "type": "USER"},), (False, True)),
        (({"email": LEFT, "type": "USER"},), (False, True)),
        (({"email": NESTED, "type": "GROUP"},), (True, True)),
        (({"email": GROUP, "type": "GROUP"},), (False, True)),  # a group in itself ends there
        (({"email": ON_CALL, "type": "USER"}, {"type": "CUSTOMER"}), (True, Reason.NOT_BUILT)),
        (({"type": "CUSTOMER"},), (Reason.NOT_BUILT, Reason.NOT_BUILT)),
        (({"email": "x@else.example", "type": "EXTERNAL"},), (True, Reason.OUT_OF_SCOPE)),
        (({"email": "g@else.example", "type": "GROUP"},), (Reason.OUT_OF_SCOPE, Reason.OUT_OF_SCOPE)),
        (({"email": "x@y.example", "type": "ROBOT"},), (Reason.UNRECOGNISED, Reason.UNRECOGNISED)),
        (({"type": "USER"},), (Reason.ABSENT, Reason.ABSENT)),
        (({"email": ON_CALL},), (Reason.MALFORMED, Reason.MALFORMED)),
    ],
)
def test_who_is_in_a_group(found: Any, wanted: Any) -> None:
    estate = demo()
    estate[members(GROUP)] = group_of(*found)
    estate[user("x@else.example")] = estate[members("g@else.example")] = ELSEWHERE
    assert sign_in(estate, GROUP) == wanted


def test_a_group_without_members_has_no_list() -> None:
    estate = demo()
    estate[members(GROUP)] = {"kind": "admin#directory#members"}
    assert sign_in(estate, GROUP) == (False, True)
    assert verdict(estate, GROUP) is NotApplicable


def test_a_known_lack_decides_though_other_members_are_unknown() -> None:
    estate = edited(user(ON_CALL), put(False, "isEnforcedIn2Sv"))
    estate[user(USER)] = FOREIGN
    assert sign_in(estate, GROUP) == (True, False)
