"""Every method of escalation: found in an account made for it, not found in the same account repaired."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from auditor.access.engine.actions import parse, snapshot
from auditor.access.engine.answer import Decision, Layer
from auditor.access.engine.evaluate import Read
from auditor.access.escalation import ADMIN, Edge, administrators, edges, escalation
from auditor.access.escalation_methods import (
    KNOWN_SINKS,
    SERVICES,
    Method,
    Way,
    degraded,
    methods,
    methods_by,
    undecided_sinks,
)
from auditor.access.world import UNREAD_LEVELS, Actor, Target, World
from tests.access.worlds import ADMIN_POLICY, NOBODY, A, allow, deny, group, policy, role, scp, trust, user, world

BOSS = f"arn:aws:iam::{A}:role/boss"
EVE = f"arn:aws:iam::{A}:role/eve"
BOB = f"arn:aws:iam::{A}:user/bob"
OWN = f"arn:aws:iam::{A}:policy/own"
TRUSTS_EVE = trust({"AWS": EVE})
TRUSTS_ACCOUNT = trust({"AWS": f"arn:aws:iam::{A}:root"})
CEILING = policy(allow("s3:*"), layer=Layer.BOUNDARY, name="ceiling")


def found(one: World, method: str, source: str = EVE) -> list[Edge]:
    return [edge for edge in edges(one) if edge.method == method and edge.source == source]


def boss(trusts: Any = NOBODY, **more: Any) -> Actor:
    return role("boss", ADMIN_POLICY, trusts=trusts, **more)


def of(way: Way) -> Iterable[Method]:
    return [method for method in methods() if method.way is way]


def named(several: Iterable[Method]) -> Any:
    return pytest.mark.parametrize("method", list(several), ids=lambda m: m.id)


def expected(method: Method) -> Decision:
    return Decision.CONDITIONAL if method.doubt else Decision.ALLOW


class TestPassing:
    """A role handed to something new."""

    def world(self, method: Method, *more: dict[str, Any], service: str = "", passed: Any = None) -> World:
        service = service or method.services[0]
        federated = service == "cognito-identity.amazonaws.com"
        named = {"Federated" if federated else "Service": service}
        action = {"Action": "sts:AssumeRoleWithWebIdentity"} if federated else {}
        doing = [a for a in method.actions if a != "iam:PassRole"]
        return world(
            role("eve", allow(doing), passed or allow("iam:PassRole", BOSS), *more), boss(trust(named, **action))
        )

    @named(of(Way.PASS))
    def test_found(self, method: Method) -> None:
        for service in method.services:
            (edge,) = found(self.world(method, service=service), method.id)
            assert (edge.target, edge.decision) == (BOSS, expected(method))
            assert {*method.actions, "sts:AssumeRole"} & {step.action for step in edge.steps}
            assert all(step.answer.proof for step in edge.steps)

    @named(m for m in of(Way.PASS) if "iam:PassRole" in m.actions)
    def test_not_found_where_the_role_may_not_be_passed(self, method: Method) -> None:
        elsewhere = {"StringEquals": {"iam:PassedToService": "nobody.amazonaws.com"}}
        for passed in (allow("iam:PassRole", f"{BOSS}2"), allow("iam:PassRole", BOSS, Condition=elsewhere)):
            assert found(self.world(method, passed=passed), method.id) == []

    @named(of(Way.PASS))
    def test_not_found_where_the_role_does_not_trust_the_service(self, method: Method) -> None:
        assert found(self.world(method, service="nobody.amazonaws.com"), method.id) == []

    @named(of(Way.PASS))
    def test_not_found_without_any_one_of_its_actions(self, method: Method) -> None:
        for action in method.actions:
            assert found(self.world(method, deny(action)), method.id) == []

    def test_a_trust_policy_for_another_account_s_resources_is_none_for_this_one_s(self) -> None:
        method = next(m for m in methods() if m.id == "pass-sagemaker-CreateTrainingJob")
        for account, count in ((A, 1), ("222222222222", 0)):
            own = {"StringEquals": {"aws:SourceAccount": account}}
            trusting = boss(trust({"Service": SERVICES["sagemaker"]}, Condition=own))
            one = world(role("eve", allow(["iam:PassRole", "sagemaker:CreateTrainingJob"])), trusting)
            assert len(found(one, method.id)) == count


ARNS = {
    "ec2:instance": "instance/i-1",
    "ec2:launch-template": "launch-template/lt-1",
    "lambda:function": "function:f",
    "sagemaker:user-profile": "user-profile/d-1/ana",
    "sagemaker:space": "space/d-1/s",
    "states:stateMachine": "stateMachine:m",
    "codedeploy:deploymentgroup": "deploymentgroup:a/g",
}


class TestEntering:
    """Something that runs as a role is taken over."""

    def world(self, method: Method, kind: str, *more: dict[str, Any], runs_as: str = BOSS, on: Any = "*") -> World:
        service, _, name = kind.partition(":")
        arn = f"arn:aws:{service}:eu-west-1:{A}:{ARNS.get(kind, f'{name}/x')}"
        carrier = Target(arn=arn, kind="x", account=A, runs_as=(runs_as,))
        return world(role("eve", allow(list(method.actions), on), *more), boss(), targets=[carrier])

    @named(of(Way.ENTER))
    def test_found(self, method: Method) -> None:
        for kind in method.carriers:
            one = self.world(method, kind)
            (edge,) = found(one, method.id)
            assert (edge.target, edge.decision, edge.via) == (BOSS, Decision.ALLOW, one.targets[0].arn)
            assert tuple(step.action for step in edge.steps) == method.actions
            assert all(step.answer.proof for step in edge.steps)

    @named(of(Way.ENTER))
    def test_not_found_where_it_runs_as_nobody_of_note(self, method: Method) -> None:
        for kind in method.carriers:
            assert found(self.world(method, kind, runs_as=f"{BOSS}2"), method.id) == []

    @named(of(Way.ENTER))
    def test_not_found_without_any_one_of_its_actions(self, method: Method) -> None:
        for action in method.actions:
            assert found(self.world(method, method.carriers[0], deny(action)), method.id) == []

    def test_not_found_where_another_resource_is_granted(self) -> None:
        method = next(m for m in methods() if m.id == "lambda-update-code")
        other = f"arn:aws:lambda:eu-west-1:{A}:function:g"
        assert found(self.world(method, "lambda:function", on=other), method.id) == []

    def test_the_right_to_one_part_of_it_may_be_enough(self) -> None:
        """One user profile of a domain, whose role may be another one than that of the domain."""
        profile = f"arn:aws:sagemaker:eu-west-1:{A}:user-profile/d-1"
        domain = Target(arn=f"arn:aws:sagemaker:eu-west-1:{A}:domain/d-1", kind="x", account=A, runs_as=(BOSS,))
        for on, expected in (
            (f"{profile}/ana", [Decision.CONDITIONAL]),
            ([f"{profile}/ana", f"{profile}/*"], [Decision.ALLOW]),
            (f"{profile}2/ana", []),
        ):
            one = world(role("eve", allow("sagemaker:CreatePresignedDomainUrl", on)), boss(), targets=[domain])
            seen = found(one, "sagemaker-open-studio")
            assert [edge.decision for edge in seen] == expected
            assert all(step.answer.proof and step.on.startswith(profile) for e in seen for step in e.steps)


class TestRightsForOneself:
    @pytest.mark.parametrize("action", ["PutRolePolicy", "AttachRolePolicy"])
    def test_a_role(self, action: str) -> None:
        method = {"PutRolePolicy": "put-own-role-policy", "AttachRolePolicy": "attach-own-role-policy"}[action]
        (edge,) = found(world(role("eve", allow(f"iam:{action}", EVE))), method)
        assert (edge.target, edge.decision) == (ADMIN, Decision.ALLOW)
        assert found(world(role("eve", allow(f"iam:{action}", BOSS))), method) == []
        assert found(world(role("eve", allow(f"iam:{action}", EVE), boundary=CEILING)), method) == []

    @pytest.mark.parametrize("method", ["put-own-user-policy", "attach-own-user-policy"])
    def test_a_user(self, method: str) -> None:
        (action,) = next(m for m in methods() if m.id == method).actions
        assert found(world(user("bob", allow(action, BOB))), method, BOB)[0].target == ADMIN
        assert found(world(user("bob", allow(action, f"{BOB}2"))), method, BOB) == []

    @pytest.mark.parametrize("method", ["put-own-group-policy", "attach-own-group-policy"])
    def test_a_group_of_one_s_own(self, method: str) -> None:
        (action,) = next(m for m in methods() if m.id == method).actions
        ml = f"arn:aws:iam::{A}:group/ml"
        assert found(world(user("bob", allow(action, ml), groups=(ml,))), method, BOB)[0].via == ml
        assert found(world(user("bob", allow(action, ml), groups=(f"{ml}2",))), method, BOB) == []

    def test_a_policy_that_is_attached_to_oneself(self) -> None:
        grant = allow("iam:CreatePolicyVersion", OWN)
        assert found(world(role("eve", grant, attached=(OWN,))), "write-own-policy-version")
        assert found(world(role("eve", grant)), "write-own-policy-version") == []
        assert found(world(role("eve", grant, attached=(f"{OWN}2",))), "write-own-policy-version") == []

    def test_the_policies_of_aws_take_no_new_version(self) -> None:
        attached = ("arn:aws:iam::aws:policy/PowerUserAccess",)
        assert found(world(role("eve", allow("iam:*Version"), attached=attached)), "write-own-policy-version") == []

    def test_an_older_version_may_grant_more(self) -> None:
        one = world(role("eve", allow("iam:SetDefaultPolicyVersion", OWN), attached=(OWN,)))
        (edge,) = found(one, "choose-own-policy-version")
        assert edge.decision is Decision.CONDITIONAL
        assert edge.doubt

    def test_only_a_harmless_policy_may_be_attached(self) -> None:
        harmless = {"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}
        assert (
            found(world(role("eve", allow("iam:AttachRolePolicy", EVE, Condition=harmless))), "attach-own-role-policy")
            == []
        )

    @pytest.mark.parametrize("method", ["delete-own-role-boundary", "replace-own-role-boundary"])
    def test_a_boundary_that_one_can_take_away(self, method: str) -> None:
        (action,) = next(m for m in methods() if m.id == method).actions
        loose = policy(allow(["s3:*", "iam:*Boundary"]), layer=Layer.BOUNDARY)
        assert found(world(role("eve", ADMIN_POLICY, boundary=loose)), method)[0].target == ADMIN
        assert found(world(role("eve", ADMIN_POLICY, boundary=CEILING)), method) == []
        assert found(world(role("eve", allow(action), boundary=loose)), method) == []

    @pytest.mark.parametrize("method", ["delete-own-user-boundary", "replace-own-user-boundary"])
    def test_a_user_s_boundary(self, method: str) -> None:
        loose = policy(allow(["s3:*", "iam:*Boundary"]), layer=Layer.BOUNDARY)
        assert found(world(user("bob", ADMIN_POLICY, boundary=loose)), method, BOB)
        assert found(world(user("bob", ADMIN_POLICY, boundary=CEILING)), method, BOB) == []


class TestAnotherIdentity:
    @pytest.mark.parametrize("method", ["create-access-key", "create-login-profile", "update-login-profile"])
    def test_a_user(self, method: str) -> None:
        (action,) = next(m for m in methods() if m.id == method).actions
        one = world(role("eve", allow(action, BOB)), user("bob", ADMIN_POLICY))
        assert [e.target for e in found(one, method)] == [BOB]
        assert found(world(role("eve", allow(action, f"{BOB}2")), user("bob", ADMIN_POLICY)), method) == []

    def test_a_password_is_set_once_and_then_changed(self) -> None:
        for person, method in ((True, "create-login-profile"), (False, "update-login-profile")):
            one = world(role("eve", allow("iam:*LoginProfile")), user("bob", ADMIN_POLICY, person=person))
            assert found(one, method) == []

    def test_assuming(self) -> None:
        grant = allow("sts:AssumeRole", BOSS)
        assert [e.target for e in found(world(role("eve", grant), boss(TRUSTS_ACCOUNT)), "assume-role")] == [BOSS]
        assert [e.target for e in found(world(role("eve"), boss(TRUSTS_EVE)), "assume-role")] == [BOSS]
        assert found(world(role("eve"), boss(TRUSTS_ACCOUNT)), "assume-role") == []
        assert found(world(role("eve", grant), boss()), "assume-role") == []

    def test_each_of_many_edges_has_its_own_proof(self) -> None:
        eve = role("eve", allow("sts:AssumeRole"))
        body = {"Effect": "Allow", "Principal": {"AWS": A}, "Action": "sts:AssumeRole"}
        others = [role(n, trusts=policy(body, layer=Layer.RESOURCE, name=f"trust of {n}")) for n in ("x", "y")]
        proofs = {e.target: {p.policy for s in e.steps for p in s.answer.proof} for e in edges(world(eve, *others))}
        assert proofs == {other.arn: {"p", f"trust of {other.arn[-1]}"} for other in others}

    def test_assuming_under_a_condition(self) -> None:
        mfa = trust({"AWS": EVE}, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})
        (edge,) = found(world(role("eve"), boss(mfa)), "assume-role")
        assert edge.decision is Decision.CONDITIONAL

    def test_editing_a_trust_policy(self) -> None:
        grant = allow("iam:UpdateAssumeRolePolicy", BOSS)
        (edge,) = found(world(role("eve", grant), boss()), "edit-trust")
        assert (edge.target, edge.decision) == (BOSS, Decision.ALLOW)
        assert found(world(role("eve", grant, deny("sts:AssumeRole", BOSS)), boss()), "edit-trust") == []
        assert found(world(role("eve", allow("iam:UpdateAssumeRolePolicy", EVE)), boss()), "edit-trust") == []

    def test_nobody_changes_roles_of_identity_center_or_of_services(self) -> None:
        for path in ("aws-reserved/sso.amazonaws.com/x", "aws-service-role/sagemaker.amazonaws.com/x"):
            one = world(role("eve", allow("iam:UpdateAssumeRolePolicy")), role(path, ADMIN_POLICY))
            assert found(one, "edit-trust") == []

    def test_joining_a_group(self) -> None:
        admins = group("admins", ADMIN_POLICY)
        (edge,) = found(world(user("bob", allow("iam:AddUserToGroup")), groups=(admins,)), "join-group", BOB)
        assert edge.target == admins.arn
        other = allow("iam:AddUserToGroup", f"{admins.arn}2")
        assert found(world(user("bob", other), groups=(admins,)), "join-group", BOB) == []

    def test_joining_a_group_under_a_boundary_that_lets_its_rights_through(self) -> None:
        admins, clerks = group("admins", ADMIN_POLICY), group("clerks", allow("s3:*"))
        for rights, via in ((["*"], [admins.arn]), (["iam:AddUserToGroup", "s3:*"], []), (["s3:*"], [])):
            bounded = user("bob", allow("iam:AddUserToGroup"), boundary=policy(allow(rights), layer=Layer.BOUNDARY))
            seen = found(world(bounded, groups=(clerks, admins)), "join-group", BOB)
            assert [(e.target, e.via, e.decision) for e in seen] == [(ADMIN, arn, Decision.ALLOW) for arn in via]

    @named(m for m in of(Way.GRANT_OTHER) if "policy-version" not in m.id)
    def test_adding_rights_to_another_first(self, method: Method) -> None:
        other = role("worker", trusts=TRUSTS_EVE) if "role" in method.id else user("worker")
        for bound, count in ((None, 1), (CEILING, 0)):
            one = world(role("eve", allow(list(method.actions), other.arn)), replace(other, boundary=bound))
            seen = found(one, method.id)
            assert [(e.target, e.via) for e in seen] == [(ADMIN, other.arn)] * count
        for action in method.actions:
            if action != "sts:AssumeRole":  # its trust policy names the role itself
                assert (
                    found(world(role("eve", allow(list(method.actions), other.arn), deny(action)), other), method.id)
                    == []
                )

    @named(m for m in of(Way.GRANT_OTHER) if "policy-version" in m.id)
    def test_rewriting_a_policy_of_another(self, method: Method) -> None:
        other = role("worker", trusts=TRUSTS_EVE, attached=(OWN,))
        eve = role("eve", allow(list(method.actions)))
        assert [e.via for e in found(world(eve, other), method.id)] == [other.arn]
        assert found(world(eve, replace(other, attached=())), method.id) == []

    def test_taking_the_boundary_of_another_away(self) -> None:
        eve = role("eve", allow("iam:DeleteRolePermissionsBoundary"))
        method = "delete-role-boundary-and-assume"
        assert found(world(eve, boss(TRUSTS_EVE, boundary=CEILING)), method)[0].via == BOSS
        assert found(world(eve, boss(TRUSTS_EVE)), method) == []
        assert found(world(eve, role("boss", allow("s3:*"), trusts=TRUSTS_EVE, boundary=CEILING)), method) == []

    @named(of(Way.CENTRAL))
    def test_through_identity_center(self, method: Method) -> None:
        signed_in = role("aws-reserved/sso.amazonaws.com/AWSReservedSSO_x")
        (edge,) = found(world(role("eve", allow("sso:*")), signed_in), method.id)
        assert (edge.target, edge.decision) == (ADMIN, Decision.CONDITIONAL)
        assert found(world(role("eve", allow("sso:*"))), method.id) == []
        assert found(world(role("eve", allow("sso:List*")), signed_in), method.id) == []


class TestAdministrators:
    def names(self, *actors: Actor, **more: Any) -> dict[str, str]:
        return {a.actor.arn.rpartition("/")[2]: a.answer.decision for a in administrators(world(*actors, **more))}

    def test_every_action_on_every_resource(self) -> None:
        assert self.names(role("a", ADMIN_POLICY), role("b", allow("s3:*"))) == {"a": "allow"}

    def test_making_any_role_and_giving_it_any_right(self) -> None:
        pair = allow(["iam:CreateRole", "iam:AttachRolePolicy"])
        only = {"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}
        assert self.names(role("a", pair), role("b", pair | {"Condition": only})) == {"a": "allow"}

    def test_all_of_iam(self) -> None:
        assert self.names(role("a", allow("iam:*"))) == {"a": "allow"}

    def test_power_users_are_none(self) -> None:
        power = {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}
        assert self.names(role("a", power)) == {}

    def test_everything_but_iam_is_not_everything(self) -> None:
        assert self.names(role("a", ADMIN_POLICY, deny("iam:*"))) == {}

    def test_boundaries_and_ceilings_count(self) -> None:
        assert self.names(role("a", ADMIN_POLICY, boundary=CEILING)) == {}
        assert self.names(role("a", ADMIN_POLICY), scps=scp(allow("*"), deny("iam:*"))) == {}
        assert self.names(role("a", ADMIN_POLICY), scps=scp(allow(["iam:*", "s3:*"]))) == {"a": "allow"}

    def test_making_identities_under_a_boundary_alone_is_none(self) -> None:
        under = {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::1:policy/b"}}
        assert self.names(role("a", allow("iam:*", Condition=under))) == {}

    def test_unread_ceilings_leave_it_unknown(self) -> None:
        (one,) = administrators(world(role("a", ADMIN_POLICY), role("b"), scps=UNREAD_LEVELS))
        assert (one.answer.decision, one.answer.otherwise) == (Decision.UNKNOWN, Decision.ALLOW)

    def test_groups_are_no_administrators_but_their_members_are(self) -> None:
        admins = group("admins", ADMIN_POLICY)
        assert self.names(user("bob", groups=(admins.arn,), identity=admins.identity), groups=(admins,)) == {
            "bob": "allow"
        }


class TestWhatIsNotRead:
    def test_unread_ceilings_make_edges_unknown(self) -> None:
        eve = role("eve", allow(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"]))
        one = world(eve, boss(trust({"Service": "lambda.amazonaws.com"})), scps=UNREAD_LEVELS)
        (edge,) = found(one, "lambda-create-and-invoke")
        assert (edge.decision, edge.otherwise) == (Decision.UNKNOWN, Decision.ALLOW)

    def test_an_unread_trust_policy_makes_edges_unknown_for_those_with_the_permission(self) -> None:
        one = world(role("eve", allow("sts:AssumeRole")), role("idle"), boss(None))
        assert [(e.source, e.decision) for e in edges(one) if e.target == BOSS] == [(EVE, Decision.UNKNOWN)]

    def test_actors_whose_policies_were_not_read_are_named_and_suspected_of_nothing(self) -> None:
        one = world(role("eve", identity=Read(None)), boss(TRUSTS_ACCOUNT))
        assert list(edges(one)) == []
        assert escalation(one).not_read == (EVE,)

    def test_nor_is_anybody_because_a_boundary_lets_through_what_nobody_granted(self) -> None:
        function = f"arn:aws:lambda:eu-west-1:{A}:function:f"
        carrier = Target(arn=function, kind="x", account=A, policy_read=False, runs_as=(BOSS,))
        everything = policy(ADMIN_POLICY, layer=Layer.BOUNDARY)
        for grant, count in ((allow("s3:*"), 0), (allow("lambda:UpdateFunctionCode"), 1)):
            one = world(role("eve", grant, boundary=everything), boss(), targets=[carrier])
            assert len(found(one, "lambda-update-code")) == count

    def test_unless_a_trust_policy_names_them(self) -> None:
        (edge,) = edges(world(role("eve", identity=Read(None)), boss(TRUSTS_EVE)))
        assert (edge.target, edge.decision) == (BOSS, Decision.UNKNOWN)

    def test_policies_that_were_not_all_read_make_what_the_others_grant_unknown(self) -> None:
        part = Read((policy(allow("sts:AssumeRole", BOSS)),), partly=True)
        (edge,) = found(world(role("eve", identity=part), boss(TRUSTS_ACCOUNT)), "assume-role")
        assert edge.decision is Decision.UNKNOWN


class TestMethods:
    def test_every_published_sink_is_a_method(self) -> None:
        passing = {m.actions[1] for m in methods() if m.id.startswith("pass-")}
        assert passing >= set(KNOWN_SINKS)
        assert len(passing) > 80

    def test_sinks_nobody_is_sure_of_are_named(self) -> None:
        assert "bedrock-agentcore:InvokeGateway" in undecided_sinks()

    def test_ids_are_unique(self) -> None:
        assert len({m.id for m in methods()}) == len(methods())

    def test_data_that_lost_a_service_degrades_methods_and_drops_none(self) -> None:
        empty = parse("")
        assert {m.id for m in methods_by(snapshot())} - {m.id for m in methods_by(empty)} == {
            f"pass-{a.replace(':', '-')}"
            for a in (m.actions[1] for m in methods() if m.id.startswith("pass-"))
            if a not in KNOWN_SINKS
        }
        assert {d.method for d in degraded(empty)} == {m.id for m in methods_by(empty)}

    def test_edges_out_of_administrators_are_left_out(self) -> None:
        assert list(edges(world(boss(TRUSTS_ACCOUNT), role("boss2", ADMIN_POLICY, trusts=TRUSTS_ACCOUNT)))) == []
