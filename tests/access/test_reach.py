"""Who can do what: for all pairs at once as for each pair alone, and whom targets let in from outside."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.access.action_sets import SETS, Use, acts, all_actions, evaluated_arn, kind_of
from auditor.access.engine import actions as action_data
from auditor.access.engine.answer import Answer, Decision, Layer
from auditor.access.engine.evaluate import Grant, Levels, Read
from auditor.access.reach import blocks, outsiders, reach, readers, somewhere, who_can, who_can_invoke_all, who_may
from auditor.access.world import UNREAD_LEVELS, Actor, Organization, Target, World
from tests.access.worlds import A, B, allow, deny, group, policy, role, scp, trust, user, world

CHAT = f"arn:aws:sagemaker:eu-west-1:{A}:endpoint/chat"
RANK = f"arn:aws:sagemaker:eu-west-1:{A}:endpoint/rank"
KEY = f"arn:aws:kms:eu-west-1:{A}:key/k1"
RUNTIME = f"arn:aws:bedrock-agentcore:eu-west-1:{A}:runtime/r1"
BUCKET = "arn:aws:s3:::models"
INVOKE = "sagemaker:InvokeEndpoint"


def found(rows: Any) -> dict[tuple[str, str], Decision]:
    return {(actor.arn.rpartition("/")[2], action): answer.decision for actor, action, answer in rows}


class TestEqualsTheWorld:
    ARNS = [f"arn:aws:iam::{A}:role/r{n}" for n in range(3)] + [f"arn:aws:iam::{A}:user/u{n}" for n in range(3)]
    RESOURCES = [
        CHAT,
        RANK,
        f"arn:aws:sagemaker:us-west-2:{A}:endpoint/chat",
        KEY,
        f"arn:aws:kms:eu-west-1:{A}:key/k2",
        RUNTIME,
        f"{BUCKET}/a/x",
        "arn:aws:s3:::other/x",
        *ARNS[:3],
        f"arn:aws:iam::{A}:role/aws-reserved/sso.amazonaws.com/x",
        "*",
    ]
    ACTIONS = [
        INVOKE,
        "kms:Decrypt",
        "s3:GetObject",
        "sts:AssumeRole",
        "sts:AssumeRoleWithWebIdentity",
        "iam:PassRole",
        "iam:PutRolePolicy",
        "bedrock-agentcore:InvokeAgentRuntime",
        "sts:GetCallerIdentity",
        "s3:ListAllMyBuckets",
    ]
    some = st.sampled_from
    patterns = some(
        [
            "*",
            "*",
            "arn:aws:sagemaker:*:*:endpoint/c*",
            "arn:aws:sagemaker:eu-west-1:*:*",
            CHAT,
            KEY,
            f"{BUCKET}/*",
            f"{BUCKET}/${{aws:PrincipalTag/team}}/*",
            "arn:aws:s3:::*/${aws:username}",
            f"arn:aws:iam::{A}:role/${{aws:PrincipalTag/team}}",
            f"arn:aws:iam::{A}:role/*",
            "arn:aws:kms",
            ARNS[0],
        ]
    )
    wanted = some(["*", "*", "sagemaker:*", "sts:*", "kms:Decrypt", "s3:Get*", "iam:*", "bedrock-agentcore:*"])
    names = some([*ARNS, "*", A, B, f"arn:aws:iam::{A}:root", f"arn:aws:iam::{B}:user/x"])
    conditions = some(
        [
            {},
            {},
            {},
            {"StringEquals": {"aws:PrincipalTag/team": "a"}},
            {"StringEquals": {"aws:ResourceTag/team": "a"}},
            {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}},
            {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/r1"}},
            {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
            {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
            {"StringEquals": {"aws:username": "u1"}},
            {"StringNotEquals": {"aws:RequestedRegion": ["us-west-2", "us-east-1"]}},
            {"StringNotEquals": {"aws:ResourceTag/team": "a"}},
            {"StringNotEquals": {"aws:PrincipalTag/team": "b"}},
            {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}},
            {"Bool": {"aws:SecureTransport": "false"}},
        ]
    )
    tags = some([None, {"team": "a"}, {"Team": "b"}, {"team": "r1"}])

    @staticmethod
    @st.composite
    def statements(draw: st.DrawFn, layer: Layer) -> dict[str, Any]:
        t = TestEqualsTheWorld
        body: dict[str, Any] = {"Effect": draw(st.sampled_from(["Allow", "Allow", "Allow", "Deny"]))}
        body[draw(st.sampled_from(["Action", "Action", "NotAction"]))] = draw(
            st.lists(t.wanted, min_size=1, max_size=2)
        )
        kind = st.sampled_from(["Resource", "Resource", "Resource", "NotResource"])
        if layer is not Layer.RESOURCE or draw(st.booleans()):
            body[draw(kind)] = draw(st.lists(t.patterns, min_size=1, max_size=2))
        if layer in (Layer.RESOURCE, Layer.RCP):
            who = st.sampled_from(["Principal", "Principal", "Principal", "NotPrincipal"])
            body[draw(who)] = {"AWS": draw(st.lists(t.names, min_size=1, max_size=2))}
        if condition := draw(t.conditions):
            body["Condition"] = condition
        return body

    @staticmethod
    @st.composite
    def policies(draw: st.DrawFn, layer: Layer) -> Any:
        body = draw(st.lists(TestEqualsTheWorld.statements(layer), min_size=1, max_size=2))
        return policy(*body, layer=layer, name=f"{layer} {draw(st.integers(0, 9))}")

    @staticmethod
    @st.composite
    def levels(draw: st.DrawFn, layer: Layer) -> Levels:
        if draw(st.integers(0, 2)) == 0:
            return draw(st.sampled_from([Levels(), Levels(), UNREAD_LEVELS]))
        whole = allow("*") | ({"Principal": "*"} if layer is Layer.RCP else {})
        full = policy(whole, layer=layer, name="full")
        return Levels(((full, draw(TestEqualsTheWorld.policies(layer))),))

    @staticmethod
    @st.composite
    def worlds(draw: st.DrawFn) -> World:
        t = TestEqualsTheWorld
        shelf = draw(st.lists(t.policies(Layer.IDENTITY), min_size=1, max_size=4))
        bounds = draw(st.lists(t.policies(Layer.BOUNDARY), min_size=1, max_size=2))
        actors = [
            Actor(
                arn=arn,
                identity=Read(tuple(draw(st.lists(st.sampled_from(shelf), max_size=2))), draw(st.integers(0, 9)) == 0),
                boundary=draw(st.sampled_from([None, None, None, *bounds])),
                boundary_read=draw(st.integers(0, 9)) > 0,
                trust=draw(st.none() | t.policies(Layer.RESOURCE)) if ":role/" in arn else None,
                tags=draw(t.tags),
            )
            for arn in t.ARNS
        ]
        targets = [
            Target(
                arn=arn,
                kind="x",
                account=draw(st.sampled_from([A, A, A, B, ""])),
                policy=draw(st.none() | t.policies(Layer.RESOURCE)),
                policy_read=draw(st.integers(0, 9)) > 0,
                grants=draw(st.sampled_from([(), (), (Grant(t.ARNS[0], frozenset({"Decrypt"}), True),)])),
                public_blocked=draw(st.booleans()),
                tags=draw(t.tags),
                region=draw(st.sampled_from(["", "us-west-2"])) if arn == BUCKET else "",
            )
            for arn in (CHAT, RANK, KEY, RUNTIME, BUCKET)
        ]
        scps, rcps = draw(t.levels(Layer.SCP)), draw(t.levels(Layer.RCP))
        of = draw(st.sampled_from([Organization(), Organization("o-1"), Organization(None, None)]))
        return world(*actors, targets=targets, scps=scps, rcps=rcps, organization=of)

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def test_for_every_pair(self, data: st.DataObject) -> None:
        one = data.draw(self.worlds())
        action = data.draw(st.sampled_from(self.ACTIONS))
        context = data.draw(st.sampled_from([None, {"iam:PassedToService": "sagemaker.amazonaws.com"}]))
        seen = reach(one, [(action, resource) for resource in self.RESOURCES], context)
        for resource in self.RESOURCES:
            rows = seen[action, resource]
            answers: dict[str, Answer] = {actor.arn: answer for actor, _, answer in rows}
            assert len(answers) == len(rows)
            for actor in one.actors:
                alone = one.ask(actor, action, resource, context)
                assert answers.get(actor.arn, alone) == alone
                assert (actor.arn in answers) is (alone.decision is not Decision.DENY)


def test_other_actors_of_the_same_number_and_first_are_other_actors() -> None:
    one = world(role("a"), role("b", allow(INVOKE)), role("c"))
    a, b, c = one.actors
    for others, expected in (((a, b), {"b"}), ((a, c), set()), ((a, b), {"b"})):
        found_in = {
            x.arn.rpartition("/")[2] for block in blocks(one, INVOKE, [CHAT], None, others) for x in block.actors
        }
        assert found_in == expected


class TestWhoCan:
    def test_a_grant_on_one_endpoint_is_none_on_another(self) -> None:
        one = world(role("a", allow(INVOKE, CHAT)), role("b", allow("sagemaker:Invoke*")), role("c", allow("s3:*")))
        assert found(who_can(one, [INVOKE], CHAT)) == {("a", INVOKE): "allow", ("b", INVOKE): "allow"}
        assert found(who_can(one, [INVOKE], RANK)) == {("b", INVOKE): "allow"}

    def test_all_endpoints_at_once_are_as_each_alone(self) -> None:
        one = world(role("a", allow(INVOKE, CHAT)), role("b", allow("*"), deny("sagemaker:*", RANK)))
        assert who_can_invoke_all(one, [CHAT, RANK]) == {arn: who_may(one, Use.INVOKE, arn) for arn in (CHAT, RANK)}

    def test_policies_that_were_not_read_hide_nobody(self) -> None:
        one = world(role("a", identity=Read(None)), role("b", allow("s3:*"), identity=Read((), True)))
        assert found(who_can(one, [INVOKE], CHAT)) == {("a", INVOKE): "unknown", ("b", INVOKE): "unknown"}

    def test_unread_ceilings_say_what_holds_otherwise(self) -> None:
        vpc = {"StringEquals": {"aws:SourceVpc": "vpc-1"}}
        actors = role("a", allow(INVOKE)), role("b", allow(INVOKE, Condition=vpc)), role("c", allow("s3:*"))
        rows = who_can(world(*actors, scps=UNREAD_LEVELS), [INVOKE], CHAT)
        assert [(a.decision, a.otherwise) for _, _, a in rows] == [("unknown", "allow"), ("unknown", "conditional")]
        assert world(*actors, scps=UNREAD_LEVELS).ask(actors[2], INVOKE, CHAT).otherwise is None

    def test_a_denial_stays_one_whatever_was_not_read(self) -> None:
        one = world(role("a", allow("*"), deny(INVOKE)), scps=UNREAD_LEVELS)
        answer = one.ask(one.actors[0], INVOKE, CHAT)
        assert (answer.decision, answer.otherwise) == (Decision.DENY, None)

    def test_what_is_decided_has_no_otherwise(self) -> None:
        one = world(role("a", allow(INVOKE)), scps=scp(allow("*")))
        assert one.ask(one.actors[0], INVOKE, CHAT).otherwise is None

    def test_what_follows_from_the_resource_is_no_open_condition(self) -> None:
        fence = {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}
        plain = {"Bool": {"aws:SecureTransport": "false"}}
        one = world(
            role("a", allow("sagemaker:*")),
            scps=scp(allow("*"), deny("*", Condition=fence), deny("*", Condition=plain)),
            targets=[Target(arn=CHAT, kind="Endpoint", account=A, tags={"team": "x"})],
        )
        (a,) = one.actors
        assert one.ask(a, INVOKE, CHAT).decision is Decision.ALLOW
        assert one.ask(a, INVOKE, CHAT.replace("eu-west-1", "us-west-2")).decision is Decision.DENY
        assert one.ask(a, "sagemaker:ListEndpoints", "*").decision is Decision.ALLOW  # where it has something
        made_up = "arn:aws:sagemaker:x-any:111111111111:endpoint/x"
        assert one.ask(a, INVOKE, made_up).decision is Decision.ALLOW
        nowhere = world(role("a", allow("sagemaker:*")), scps=scp(allow("*"), deny("*", Condition=fence)))
        assert nowhere.ask(a, "sagemaker:ListEndpoints", "*").decision is Decision.CONDITIONAL

    @pytest.mark.parametrize(
        ("tags", "expected"), [({"team": "x"}, "allow"), ({"team": "y"}, "deny"), ({}, "deny"), (None, "conditional")]
    )
    def test_a_tag_that_is_not_there_is_absent(self, tags: Any, expected: str) -> None:
        own = {"StringEquals": {"aws:ResourceTag/team": "x"}}
        target = Target(arn=CHAT, kind="Endpoint", account=A, tags=tags)
        one = world(role("a", allow(INVOKE, Condition=own)), targets=[target])
        assert one.ask(one.actors[0], INVOKE, CHAT).decision == expected

    @pytest.mark.parametrize(
        ("of", "expected"),
        [
            (Organization("o-1"), "allow"),
            (Organization("o-2"), "deny"),
            (Organization(None), "deny"),
            (Organization(), "conditional"),
        ],
    )
    def test_conditions_on_the_organization_are_decided_where_it_is_known(self, of: Any, expected: str) -> None:
        one = world(
            role("a", allow(INVOKE, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})), organization=of
        )
        assert one.ask(one.actors[0], INVOKE, CHAT).decision == expected

    def test_a_condition_that_only_services_meet_lets_no_identity_in(self) -> None:
        bucket = policy(
            allow("s3:*", Principal="*", Condition={"StringEquals": {"aws:SourceAccount": A}}), layer=Layer.RESOURCE
        )
        one = world(role("a"), targets=[Target(arn=BUCKET, kind="Storage", account=A, policy=bucket)])
        assert one.ask(one.actors[0], "s3:GetObject", f"{BUCKET}/x").decision is Decision.DENY

    def test_an_agent_is_invoked_through_any_of_its_aliases(self) -> None:
        agent = f"arn:aws:bedrock:eu-west-1:{A}:agent/AG"
        alias = f"arn:aws:bedrock:eu-west-1:{A}:agent-alias/AG/AL"
        one = world(role("a", allow("bedrock:InvokeAgent", alias)), role("b", allow("bedrock:InvokeAgent", agent)))
        assert found(who_may(one, Use.INVOKE, agent)) == {("a", "bedrock:InvokeAgent"): "allow"}

    def test_a_bucket_is_read_by_those_who_may_read_part_of_it(self) -> None:
        one = world(role("a", allow("s3:GetObject", f"{BUCKET}/prod/*")), role("b", allow("s3:GetObject", BUCKET)))
        assert found(who_may(one, Use.READ, BUCKET)) == {("a", "s3:GetObject"): "allow"}

    def test_a_bucket_policy_lets_in_who_it_names(self) -> None:
        named = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{A}:role/a"}, "Action": "s3:GetObject"}
        own = policy({**named, "Resource": f"{BUCKET}/*"}, layer=Layer.RESOURCE)
        one = world(role("a"), role("b"), targets=[Target(arn=BUCKET, kind="Storage", account=A, policy=own)])
        assert found(who_may(one, Use.READ, BUCKET)) == {("a", "s3:GetObject"): "allow"}

    def test_an_encrypted_bucket_is_read_by_those_who_may_decrypt(self) -> None:
        to_account = {"Effect": "Allow", "Principal": {"AWS": A}, "Action": "kms:*", "Resource": "*"}
        key = Target(arn=KEY, kind="Key", account=A, policy=policy(to_account, layer=Layer.RESOURCE))
        bucket = Target(arn=BUCKET, kind="Storage", account=A, leads_to=(KEY,))
        get = allow("s3:GetObject")
        one = world(role("a", get), role("b", get, allow("kms:Decrypt", KEY)), targets=[key, bucket])
        assert found(readers(one, BUCKET)) == {("b", "s3:GetObject"): "allow"}

    @pytest.mark.parametrize(("region", "expected"), [("eu-west-1", "allow"), ("us-west-2", None)])
    def test_s3_asks_for_the_key_on_behalf_of_whoever_reads(self, region: str, expected: str | None) -> None:
        via = {"StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com", "kms:CallerAccount": A}}
        everybody = policy(allow("kms:*", Principal="*", Condition=via), layer=Layer.RESOURCE)
        key = Target(arn=KEY, kind="Key", account=A, policy=everybody)
        bucket = Target(arn=BUCKET, kind="Storage", account=A, leads_to=(KEY,))
        one = world(role("a", allow("s3:GetObject")), targets=[bucket, key])
        assert found(readers(one, BUCKET)) == ({("a", "s3:GetObject"): expected} if expected else {})

    def test_of_a_key_that_the_audit_does_not_hold_it_is_not_known_who_decrypts(self) -> None:
        alias = f"arn:aws:kms:eu-west-1:{A}:alias/elsewhere"
        bucket = Target(arn=BUCKET, kind="Storage", account=A, leads_to=(alias,))
        ((_, _, answer),) = readers(world(role("a", allow("s3:GetObject")), targets=[bucket]), BUCKET)
        assert (answer.decision, answer.otherwise) == (Decision.UNKNOWN, Decision.ALLOW)
        assert answer.missing == ("the policy of its key",)

    def test_an_image_takes_both_actions(self) -> None:
        repository = f"arn:aws:ecr:eu-west-1:{A}:repository/serve"
        layers = allow(["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"])
        one = world(role("a", allow("ecr:BatchGetImage")), role("b", layers))
        assert found(readers(one, repository)) == {("b", "ecr:BatchGetImage"): "allow"}


class TestSomewhere:
    @pytest.mark.parametrize(
        ("action", "resource", "able"),
        [
            ("lambda:CreateFunction", "*", True),
            ("lambda:CreateFunction", f"arn:aws:lambda:*:{A}:function:team-*", True),
            ("lambda:CreateFunction", "arn:aws:lambda:*:*:function:*", True),
            ("lambda:CreateFunction", "arn:aws:s3:::b/*", False),
            ("sagemaker:CreateTrainingJob", "arn:aws:sagemaker:*:*:endpoint/*", False),
            ("bedrock:CreateAgent", "*", True),
            ("bedrock:CreateAgent", f"arn:aws:bedrock:eu-west-1:{A}:agent/x", False),
            ("newservice:CreateThing", f"arn:aws:newservice:eu-west-1:{A}:thing/x", True),
            ("newservice:CreateThing", f"arn:aws:other:eu-west-1:{A}:thing/x", False),
        ],
    )
    def test_on_something_that_is_yet_to_be_made(self, action: str, resource: str, able: bool) -> None:
        one = world(role("a", allow(action, resource)))
        assert (somewhere(one, one.actors[0], action) is not None) is able


class TestOutsiders:
    def ask(self, principal: Any, action: str = "s3:GetObject", **more: Any) -> dict[tuple[str, str], Any]:
        statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": f"{BUCKET}/*", **more}
        target = Target(arn=BUCKET, kind="Storage", account=A, policy=policy(statement, layer=Layer.RESOURCE))
        seen = outsiders(world(targets=[target]), [action], BUCKET)
        return {(o.name, o.kind): (a.decision, a.otherwise) for o, _, a in seen}

    def test_everyone(self) -> None:
        assert self.ask("*") == {("*", "anonymous"): ("allow", None), ("*", "any account"): ("unknown", "allow")}

    def test_everyone_under_a_condition(self) -> None:
        pinned = {"StringEquals": {"aws:SourceVpce": "vpce-1"}}
        assert self.ask("*", Condition=pinned)["*", "anonymous"] == ("conditional", None)

    def test_everyone_of_an_organization_is_not_everyone(self) -> None:
        pinned = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
        assert self.ask("*", Condition=pinned) == {("*", "any account"): ("unknown", "conditional")}

    def test_another_account_and_a_principal_of_it(self) -> None:
        names = [B, f"arn:aws:iam::{B}:role/x", f"arn:aws:iam::{A}:root"]
        assert self.ask({"AWS": names}) == {
            (B, "account"): ("unknown", "allow"),
            (f"arn:aws:iam::{B}:role/x", "principal of another account"): ("unknown", "allow"),
        }

    def test_a_service(self) -> None:
        assert self.ask({"Service": "sagemaker.amazonaws.com"}) == {
            ("sagemaker.amazonaws.com", "service"): ("allow", None)
        }

    def test_an_identity_provider_in_a_trust_policy(self) -> None:
        provider = f"arn:aws:iam::{A}:oidc-provider/token.actions.githubusercontent.com"
        action = "sts:AssumeRoleWithWebIdentity"
        subject = {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:x/*"}}
        statement = {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": action, "Condition": subject}
        one = world(role("ci", trusts=policy(statement, layer=Layer.RESOURCE)))
        ((outsider, _, answer),) = outsiders(one, [action], one.actors[0].arn)
        assert (outsider.name, outsider.kind, answer.decision) == (provider, "identity provider", "conditional")

    def test_another_account_in_a_trust_policy(self) -> None:
        one = world(role("shared", trusts=trust({"AWS": f"arn:aws:iam::{B}:root"})))
        ((outsider, _, answer),) = outsiders(one, ["sts:AssumeRole"], one.actors[0].arn)
        assert (outsider.kind, answer.otherwise) == ("account", Decision.ALLOW)


class TestActionSets:
    def test_every_action_is_one_that_aws_publishes(self) -> None:
        assert action_data.unknown(all_actions()) == ()

    def test_actions_without_resources_are_evaluated_on_none(self) -> None:
        for sets in SETS.values():
            for kind in sets:
                for action, resource in acts(f"arn:aws:{kind.replace(':', f':eu-west-1:{A}:', 1)}/x", Use.INVOKE):
                    assert (resource == "*") is (action_data.without_resources(action).name == "YES")

    @pytest.mark.parametrize(
        ("action", "arn", "on"),
        [
            ("s3:GetObject", BUCKET, f"{BUCKET}/*"),
            ("s3:PutBucketPolicy", BUCKET, BUCKET),
            ("bedrock:RetrieveAndGenerate", f"arn:aws:bedrock:eu-west-1:{A}:knowledge-base/K", "*"),
            (
                "bedrock:InvokeFlow",
                f"arn:aws:bedrock:eu-west-1:{A}:flow/F",
                f"arn:aws:bedrock:eu-west-1:{A}:flow/F/alias/*",
            ),
            (INVOKE, CHAT, CHAT),
        ],
    )
    def test_the_form_that_an_action_is_evaluated_on(self, action: str, arn: str, on: str) -> None:
        assert evaluated_arn(action, arn) == on

    def test_kinds_by_arn(self) -> None:
        assert kind_of("arn:aws:lambda:eu-west-1:1:function:f") == "lambda:function"
        assert kind_of("arn:aws:bedrock:eu-west-1::foundation-model/m") == "bedrock:foundation-model"
        assert kind_of("no arn") == ""


def test_groups_act_through_their_members_alone() -> None:
    one = world(user("ana"), groups=(group("ml", allow("*")),))
    assert who_can(one, [INVOKE], CHAT) == ()
