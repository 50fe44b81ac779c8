"""Whose rights somebody has by taking on roles, and who is an administrator."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.access.acting import acting, administering
from auditor.access.engine.answer import Layer
from auditor.access.engine.evaluate import Read
from auditor.access.invokers import How, Surely, best
from auditor.access.world import UNREAD_LEVELS, Actor
from tests.access.worlds import ADMIN_POLICY, A, B, allow, deny, group, policy, role, scp, trust, user, world

IAM = f"arn:aws:iam::{A}"
ROOT = trust({"AWS": f"{IAM}:root"})
ANA, APP = f"{IAM}:user/ana", f"{IAM}:role/app"
UNTIL = {"Condition": {"DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}}}
MFA = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}


def takes(*roles: str, **more: Any) -> dict[str, Any]:
    return allow("sts:AssumeRole", [f"{IAM}:role/{name}" for name in roles], **more)


def held(*actors: Actor, ends: tuple[str, ...] = (), **more: Any) -> dict[str, set[How]]:
    found = acting(world(*actors, **more), (ANA,), ends)[ANA]
    return {arn.rpartition("/")[2]: set(ways) for arn, ways in found.items()}


class TestActing:
    def test_somebody_has_the_rights_of_roles_that_trust_it_and_that_it_may_assume(self) -> None:
        found = held(user("ana", takes("a", "b")), role("a", trusts=ROOT), role("b"), role("c", trusts=ROOT))
        assert found == {"ana": {How()}, "a": {How()}}

    def test_a_trust_policy_that_names_a_user_is_enough(self) -> None:
        assert set(held(user("ana"), role("a", trusts=trust({"AWS": ANA})))) == {"ana", "a"}

    def test_roles_are_taken_on_one_after_another(self) -> None:
        chain = (role("a", takes("b"), trusts=ROOT), role("b", takes("c", "a"), trusts=ROOT), role("c", trusts=ROOT))
        assert set(held(user("ana", takes("a")), *chain)) == {"ana", "a", "b", "c"}

    def test_nobody_is_followed_beyond_an_end(self) -> None:
        chain = (role("a", takes("b"), trusts=ROOT), role("b", trusts=ROOT))
        assert set(held(user("ana", takes("a")), *chain, ends=(f"{IAM}:role/a",))) == {"ana", "a"}
        assert set(held(user("ana", takes("a")), *chain, ends=(ANA,))) == {"ana"}

    def test_a_chain_is_as_certain_as_its_weakest_step(self) -> None:
        chain = (role("a", takes("b", **UNTIL), trusts=ROOT), role("b", trusts=ROOT))
        found = held(user("ana", takes("a", **MFA)), *chain)
        assert found == {"ana": {How()}, "a": {How(plain=False)}, "b": {How(lasts=False, plain=False)}}
        found = held(user("ana", takes("a")), *chain, scps=UNREAD_LEVELS)
        assert found["b"] == {How(sure=False, lasts=False, plain=False)}

    def test_every_way_is_kept(self) -> None:
        """One that ends and is sure says less than two of which one lasts."""
        middle = (role("a", takes("c", **UNTIL), trusts=ROOT), role("b", takes("c", **MFA), trusts=ROOT))
        found = held(user("ana", takes("a", "b")), *middle, role("c", trusts=ROOT))
        assert found["c"] == {How(lasts=False, plain=False), How(plain=False)}

    def test_an_account_without_roles(self) -> None:
        assert held(user("ana", takes("a"))) == {"ana": {How()}}


def bound(*statements: dict[str, Any]) -> Any:
    return policy(*statements, layer=Layer.BOUNDARY)


CAP = {"Condition": {"StringEquals": {"iam:PermissionsBoundary": f"{IAM}:policy/cap"}}}
ML = group("ml")
ADMINISTRATORS: dict[str, Actor] = {
    "everything": role("app", ADMIN_POLICY),
    "everything, spelled out": role("app", allow("*:*", "arn:aws:*:*:*:*")),
    "everything in a list": role("app", allow(["s3:GetObject", "*"])),
    "everything but one bucket": role("app", {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::payroll"}),
    "everything, with a second factor": role("app", allow("*", **MFA)),
    "everything with a conditioned deny": role(
        "app", ADMIN_POLICY, deny("*", Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}})
    ),
    "everything but an action of IAM": role("app", {"Effect": "Allow", "NotAction": "iam:PassRole", "Resource": "*"}),
    "everything but writing policies of roles": role("app", ADMIN_POLICY, deny("iam:PutRolePolicy")),
    "all of IAM": role("app", allow("iam:*")),
    "own inline policy": role("app", allow("iam:PutRolePolicy", APP)),
    "own inline policy, by a pattern": role("app", allow("iam:Put*", "arn:aws:iam::*:role/a*")),
    "own attachments": role("app", allow("iam:AttachRolePolicy")),
    "own user, by a variable": user("ana", allow("iam:PutUserPolicy", "arn:aws:iam::*:user/${aws:username}")),
    "own group": user("ana", allow("iam:AttachGroupPolicy", ML.arn), groups=(ML.arn,)),
    "any group": user("ana", allow(["iam:AddUserToGroup", "iam:PutGroupPolicy"])),
    "a new version of an attached policy": role(
        "app", allow("iam:CreatePolicyVersion", f"{IAM}:policy/mine"), attached=(f"{IAM}:policy/mine",)
    ),
    "a role of its making": user("ana", allow(["iam:CreateRole", "iam:PutRolePolicy"], "arn:aws:iam::*:role/*")),
    "a user of its making": role("app", allow(["iam:CreateUser", "iam:CreateAccessKey", "iam:AttachUserPolicy"])),
    "another role that it acts as": role("app", allow("iam:PutRolePolicy", f"{IAM}:role/other"), takes("other")),
    "keys of any user, and any right for it": role("app", allow(["iam:CreateAccessKey", "iam:AttachUserPolicy"])),
    "a boundary that allows all": role("app", ADMIN_POLICY, boundary=bound(ADMIN_POLICY)),
    "a boundary that allows the way": role(
        "app", allow("iam:CreateRole"), allow("iam:Put*"), boundary=bound(allow("iam:*"))
    ),
    "a boundary that it can take away": role(
        "app", ADMIN_POLICY, boundary=bound(allow(["s3:*", "iam:DeleteRolePermissionsBoundary"]))
    ),
}
NOT_ADMINISTRATORS: dict[str, Actor] = {
    "nothing": role("app"),
    "one service": role("app", allow("sagemaker:*")),
    "power user": role(
        "app",
        {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*"},
        allow(["iam:CreateServiceLinkedRole", "iam:ListRoles"]),
    ),
    "everything but IAM": role("app", ADMIN_POLICY, deny("iam:*")),
    "everything on one resource": role("app", allow("*", "arn:aws:s3:::b/*")),
    "reading IAM": role("app", allow(["iam:Get*", "iam:List*"])),
    "another role's policies": role("app", allow("iam:PutRolePolicy", f"{IAM}:role/other")),
    "a role's policies, as a user without a way in": user("ana", allow("iam:PutRolePolicy")),
    "a group it is not in": role("app", allow("iam:AttachGroupPolicy", ML.arn)),
    "any group, as a role": role("app", allow(["iam:AddUserToGroup", "iam:PutGroupPolicy"])),
    "only roles under a boundary": role(
        "app", allow(["iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"], **CAP)
    ),
    "everything denied": role("app", ADMIN_POLICY, deny("*")),
    "everything else denied": role(
        "app", ADMIN_POLICY, {"Effect": "Deny", "NotAction": "s3:GetObject", "Resource": "*"}
    ),
    "all of IAM, denied": role("app", allow("iam:*"), deny("iam:*")),
    "a boundary of one service": role("app", ADMIN_POLICY, boundary=bound(allow("s3:*"))),
    "a boundary on the way": role("app", allow("iam:*"), boundary=bound(allow(["s3:*", "sagemaker:*"]))),
    "passing any role": role("app", allow("iam:PassRole")),
    "acting as an administrator": role("app", takes("admin")),
    "joining an administrators' group": user("ana", allow("iam:AddUserToGroup")),
}
OTHERS = (
    role("other", trusts=ROOT),
    role("admin", ADMIN_POLICY, trusts=ROOT),
    user("someone"),
)
GROUPS = (ML, group("admins", ADMIN_POLICY))


def administrator(actor: Actor, **more: Any) -> Surely | None:
    found = administering(world(actor, *OTHERS, groups=GROUPS, **more)).get(actor.arn)
    return None if found is None else best(found.ways)


class TestAdministrators:
    @pytest.mark.parametrize("case", ADMINISTRATORS)
    def test_it_is(self, case: str) -> None:
        assert administrator(ADMINISTRATORS[case]) in (Surely.ALWAYS, Surely.CONDITIONS)

    @pytest.mark.parametrize("case", NOT_ADMINISTRATORS)
    def test_it_is_not(self, case: str) -> None:
        assert administrator(NOT_ADMINISTRATORS[case]) is None

    def test_how_it_is_one(self) -> None:
        found = administering(world(*map(ADMINISTRATORS.__getitem__, ("everything", "own user, by a variable"))))
        assert {arn: one.by for arn, one in found.items()} == {
            APP: "every action on every resource",
            ANA: "iam:PutUserPolicy",
        }

    def test_a_right_that_ends_makes_no_standing_administrator(self) -> None:
        for statement in (allow("*", **UNTIL), allow("iam:PutRolePolicy", APP, **UNTIL)):
            found = administering(world(role("app", statement)))[APP]
            assert found.ways
            assert all(how.sure for how in found.ways)
            assert not found.lasting

    def test_a_date_that_may_not_be_an_end_leaves_it_open(self) -> None:
        since = {"Condition": {"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}}
        found = administering(world(role("app", allow("iam:PutRolePolicy", APP, **since))))[APP]
        assert best(found.lasting) is Surely.AS_READ

    @pytest.mark.parametrize(
        ("case", "how"), [("everything", Surely.ALWAYS), ("own inline policy", Surely.AS_READ), ("nothing", None)]
    )
    def test_what_was_not_read_of_the_organization_stops_only_who_has_yet_to_take_the_right(
        self, case: str, how: Surely | None
    ) -> None:
        actor = {**ADMINISTRATORS, **NOT_ADMINISTRATORS}[case]
        assert administrator(actor, scps=UNREAD_LEVELS) is how

    def test_nor_does_what_was_read(self) -> None:
        ceiling = scp(allow("*"), deny("iam:*"))
        assert administrator(ADMINISTRATORS["everything"], scps=ceiling) is Surely.ALWAYS
        assert administrator(ADMINISTRATORS["own inline policy"], scps=ceiling) is None

    @pytest.mark.parametrize("case", ["everything", "own inline policy"])
    def test_a_boundary_that_was_not_read_leaves_it_open(self, case: str) -> None:
        actor = ADMINISTRATORS[case]
        given = Actor(arn=actor.arn, identity=actor.identity, trust=actor.trust, boundary_read=False)
        assert administrator(given) is Surely.AS_READ

    def test_what_was_not_read_alone_makes_no_suspect(self) -> None:
        assert administrator(Actor(arn=APP, identity=Read(None), trust=ROOT)) is None

    def test_roles_of_other_accounts_are_nobody(self) -> None:
        assert administrator(role("app", allow("iam:PutRolePolicy", f"arn:aws:iam::{B}:role/app"))) is None
