"""What is drawn of an account: targets of the same access together, and the chains of identities that end in one."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.access.alike import alike
from auditor.access.engine.answer import Answer, Decision, Layer, rank
from auditor.access.engine.evaluate import Levels, Read
from auditor.access.escalation import granted
from auditor.access.invokers import Surely
from auditor.access.paths import paths_to
from auditor.access.picture import MANY, TOGETHER, Figure, Lane, picture
from auditor.access.reach import bits, who_can_invoke_all
from auditor.access.world import UNREAD_LEVELS, Actor, Target, World
from tests.access.worlds import ADMIN_POLICY, A, B, allow, deny, policy, role, scp, trust, user, world

BASE = f"arn:aws:sagemaker:eu-west-1:{A}:endpoint"
AGENT = f"arn:aws:bedrock:eu-west-1:{A}:agent/AB12"
RUNTIME = f"arn:aws:bedrock-agentcore:eu-west-1:{A}:runtime/r1"
INVOKE = "sagemaker:InvokeEndpoint"


def endpoint(name: str, **more: Any) -> Target:
    return Target(**{"arn": f"{BASE}/{name}", "kind": "Endpoint", "name": name, "account": A, **more})


class TestAlike:
    """Equal to what each target answers by itself."""

    some = st.sampled_from
    actions = some(
        ["*", "sagemaker:*", "sagemaker:Invoke*", INVOKE, f"{INVOKE}Async", "bedrock:*", "bedrock-agentcore:*"]
    )
    resources = some(["*", f"{BASE}/*", f"{BASE}/a*", f"{BASE}/b", f"arn:aws:bedrock:*:{A}:agent-alias/AB12/*", AGENT])
    conditions = some(
        [
            {},
            {"StringEquals": {"aws:SourceVpce": "vpce-1"}},
            {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}},
            {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        ]
    )
    statements = st.builds(
        lambda effect, action, on, condition: {**effect(action, on), **({"Condition": condition} if condition else {})},
        some([allow, allow, allow, deny]),
        actions,
        resources,
        conditions,
    )
    policies = st.lists(statements, min_size=1, max_size=3).map(lambda found: policy(*found))
    actors = st.lists(
        st.tuples(
            st.lists(policies, max_size=2),
            st.booleans(),
            st.none() | policies,
            some(["x", "y"]),
        ),
        min_size=1,
        max_size=5,
    ).map(
        lambda rows: tuple(
            Actor(
                arn=f"arn:aws:iam::{A}:role/r{n}",
                identity=Read(tuple(own), partly),
                boundary=boundary,
                trust=trust({"Service": "ec2.amazonaws.com"}),
                tags={"team": team},
            )
            for n, (own, partly, boundary, team) in enumerate(rows)
        )
    )
    ceilings = some([Levels(), UNREAD_LEVELS, scp(allow("*")), scp(allow("*"), deny(f"{INVOKE}Async"))])
    TARGETS = (
        endpoint("a1", tags={"team": "x"}),
        endpoint("a2", tags={"team": "x"}),
        endpoint("b", tags={"team": "y"}),
        Target(arn=AGENT, kind="GenerativeDeployment", name="helper", account=A, tags={}),
        Target(arn=RUNTIME, kind="AgentRuntime", name="r1", account=A, tags={}, policy_read=False),
    )

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(actors, ceilings)
    def test_as_each_by_itself(self, actors: tuple[Actor, ...], scps: Levels) -> None:
        one = world(*actors, targets=self.TARGETS, scps=scps)
        single = who_can_invoke_all(one, [t.arn for t in self.TARGETS])
        found = alike(one, self.TARGETS)
        assert sorted(t.arn for seen in found for t in seen.targets) == sorted(t.arn for t in self.TARGETS)
        for seen in found:
            for target in seen.targets:
                best: dict[str, Answer] = {}
                for actor, _, answer in sorted(single[target.arn], key=lambda row: rank(row[2])):
                    if granted(answer):
                        best.setdefault(actor.arn, answer)
                may = seen.may(one)
                assert {a: rank(x) for a, x in may.items()} == {a: rank(x) for a, x in best.items()}
                silent = {a.arn for a, _, _ in single[target.arn]} - set(best)
                assert {one.actors[n].arn for n in bits(seen.silent)} == silent

    def test_what_differs_is_apart(self) -> None:
        one = world(
            role("all", allow(INVOKE)),
            role("one", allow(INVOKE, f"{BASE}/b")),
            targets=[endpoint(n) for n in ("a", "b", "c")],
        )
        assert [[t.name for t in seen.targets] for seen in alike(one, one.targets)] == [["a", "c"], ["b"]]

    def test_an_action_of_its_own_counts(self) -> None:
        """The one that is not asked of everybody is not left out where somebody has it alone."""
        one = world(role("async", allow(f"{INVOKE}Async")), role("sync", allow(INVOKE)), targets=[endpoint("a")])
        (seen,) = alike(one, one.targets)
        assert {arn.rpartition("/")[2] for arn in seen.may(one)} == {"async", "sync"}

    def test_a_denied_stream_is_no_denial(self) -> None:
        one = world(role("r", allow("sagemaker:*"), deny(f"{INVOKE}")), targets=[endpoint("a")])
        (seen,) = alike(one, one.targets)
        assert [a.decision for a in seen.may(one).values()] == [Decision.ALLOW]


def drawn(one: World, own: frozenset[str] = frozenset(), most: int = 9) -> Figure:
    (figure,) = picture(one, own, most).figures
    return figure


def names(lane: Lane) -> list[str]:
    return [arn.rpartition("/")[2] for arn in lane.who]


TO_ADMIN = allow("sts:AssumeRole", f"arn:aws:iam::{A}:role/admin")


class TestFigure:
    def test_lanes_are_those_of_the_paths(self) -> None:
        one = world(
            role("admin", ADMIN_POLICY, trusts=trust({"AWS": A})),
            role("climber", TO_ADMIN),
            role("app", allow(INVOKE)),
            role("held", allow(INVOKE, Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}})),
            role("none", allow("s3:GetObject")),
            targets=[endpoint("a")],
        )
        figure = drawn(one)
        assert [(names(x), x.how, x.conditions, x.admin) for x in figure.direct] == [
            (["app"], Surely.ALWAYS, (), False),
            (["held"], Surely.CONDITIONS, ("aws:sourcevpce",), False),
            (["admin"], Surely.ALWAYS, (), True),
        ]
        (lane,) = figure.escalating
        assert (names(lane), [h.method for h in lane.hops], lane.hops[0].rights) == (
            ["climber"],
            ["assume-role"],
            ("sts:AssumeRole",),
        )
        all_lanes = {name for x in (*figure.direct, *figure.escalating) for name in x.who}
        assert all_lanes == {p.actor.arn for p in paths_to(one, f"{BASE}/a")}

    def test_those_of_whom_the_same_holds_share_a_lane(self) -> None:
        apps = [role(f"app{n}", allow(INVOKE)) for n in range(TOGETHER)]
        one = world(*apps, user("ana", allow(INVOKE), person=True), targets=[endpoint("a")])
        figure = drawn(one)
        assert [(len(x.who), x.what, x.person) for x in figure.direct] == [(1, "user", True), (TOGETHER, "role", None)]
        assert len(drawn(world(*apps[1:], targets=[endpoint("a")])).direct) == TOGETHER - 1

    def test_many_ways_of_one_method_share_a_lane(self) -> None:
        pairs = [
            (
                role(f"a{n}", allow("sts:AssumeRole", f"arn:aws:iam::{A}:role/b{n}")),
                role(f"b{n}", allow(INVOKE), trusts=trust({"AWS": A})),
            )
            for n in range(MANY + 1)
        ]
        figure = drawn(world(*(r for pair in pairs for r in pair), targets=[endpoint("a")]))
        (lane,) = figure.escalating
        assert len(lane.who) == len(lane.hops[0].to) == MANY + 1
        few = world(*(r for pair in pairs[:3] for r in pair), targets=[endpoint("a")])
        assert len(drawn(few).escalating) == 3

    def test_what_was_not_read_is_said(self) -> None:
        one = world(role("app", allow(INVOKE)), targets=[endpoint("a")], scps=UNREAD_LEVELS)
        (lane,) = drawn(one).direct
        assert (lane.how, lane.missing) == (Surely.AS_READ, (str(Layer.SCP),))

    def test_whoever_is_not_known_is_counted_and_not_drawn(self) -> None:
        dark = Actor(arn=f"arn:aws:iam::{A}:role/dark", identity=Read(None), trust=trust({"Service": "x.aws"}))
        figure = drawn(world(dark, role("app", allow(INVOKE)), targets=[endpoint("a")]))
        assert [names(x) for x in figure.direct] == [["app"]]
        assert figure.silent == (dark.arn,)

    def test_a_way_through_another_is_not_hidden_by_a_policy_that_was_not_read(self) -> None:
        """Of everybody it is not known whether a runtime's own policy lets them in; one can take over who may."""
        runtime = Target(arn=RUNTIME, kind="AgentRuntime", account=A, policy_read=False)
        one = world(
            role("climber", allow("sts:AssumeRole", "*")),
            role("agent", allow("bedrock-agentcore:*"), trusts=trust({"AWS": A})),
            role("none", allow("s3:GetObject")),
            targets=[runtime],
        )
        figure = drawn(one)
        assert [names(x) for x in figure.escalating] == [["climber"]]
        assert {arn.rpartition("/")[2] for arn in figure.silent} == {"climber", "none"}

    def test_nobody(self) -> None:
        figure = drawn(world(role("none", allow("s3:GetObject")), targets=[endpoint("a")]))
        assert not figure.reached
        assert figure.silent == ()


class TestOutside:
    def partner(self, **more: Any) -> Actor:
        return role("partner", allow(INVOKE), trusts=trust({"AWS": f"arn:aws:iam::{B}:root"}, **more))

    def test_another_account_comes_by_a_role(self) -> None:
        (lane,) = drawn(world(self.partner(), targets=[endpoint("a")])).outside
        assert (lane.who, lane.how) == ((f"arn:aws:iam::{B}:root",), Surely.ALWAYS)
        assert [h.to for h in lane.hops] == [(f"arn:aws:iam::{A}:role/partner",)]

    def test_an_account_of_ones_own_is_no_outsider(self) -> None:
        assert drawn(world(self.partner(), targets=[endpoint("a")]), frozenset({B})).outside == ()

    def test_conditions_of_the_trust_policy(self) -> None:
        held = self.partner(Condition={"StringEquals": {"sts:ExternalId": "x"}})
        (lane,) = drawn(world(held, targets=[endpoint("a")])).outside
        assert (lane.how, lane.conditions) == (Surely.CONDITIONS, ("sts:externalid",))

    def test_through_somebody_who_can_take_over_another(self) -> None:
        door = role("door", TO_ADMIN, trusts=trust({"AWS": "*"}, Condition={"Bool": {"aws:SecureTransport": "true"}}))
        admin = role("admin", ADMIN_POLICY, trusts=trust({"AWS": f"arn:aws:iam::{A}:role/door"}))
        (lane,) = drawn(world(door, admin, targets=[endpoint("a")])).outside
        assert lane.who == ("*",)
        assert [h.to[0].rpartition("/")[2] for h in lane.hops] == ["door", "admin"]

    def test_everybody_may_call_what_stands_in_front(self) -> None:
        run = f"arn:aws:lambda:eu-west-1:{A}:function:f"
        open_ = policy(
            {"Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunctionUrl", "Resource": run},
            layer=Layer.RESOURCE,
        )
        front = Target(arn=run, kind="Function", name="f", account=A, policy=open_, leads_to=(f"{BASE}/a",))
        figure = drawn(world(role("r"), targets=[endpoint("a"), front]))
        (lane,) = figure.outside
        assert (lane.who, lane.how, lane.hops[0].to) == (("*",), Surely.ALWAYS, (run,))
        assert [(f.target.name, [o[:2] for o in f.outsiders]) for f in figure.fronts] == [("f", [("*", "anonymous")])]

    def test_whom_a_targets_own_policy_lets_in(self) -> None:
        let_in = policy(
            {"Effect": "Allow", "Principal": {"AWS": B}, "Action": "bedrock-agentcore:*", "Resource": "*"},
            layer=Layer.RESOURCE,
        )
        runtime = Target(arn=RUNTIME, kind="AgentRuntime", account=A, policy=let_in)
        (lane,) = drawn(world(role("r"), targets=[runtime])).outside
        assert (lane.who, lane.what, lane.hops, lane.how) == ((B,), "account", (), Surely.ALWAYS)

    def test_the_organization_is_no_outsider(self) -> None:
        own = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
        let_in = policy(
            {"Effect": "Allow", "Principal": "*", "Action": "bedrock-agentcore:*", "Resource": "*", "Condition": own},
            layer=Layer.RESOURCE,
        )
        runtime = Target(arn=RUNTIME, kind="AgentRuntime", account=A, policy=let_in)
        assert drawn(world(role("r"), targets=[runtime])).outside == ()

    def test_a_service_is_drawn_and_no_outsider(self) -> None:
        service = {"Service": "bedrock.amazonaws.com"}
        let_in = policy(
            {"Effect": "Allow", "Principal": service, "Action": "bedrock-agentcore:*", "Resource": "*"},
            layer=Layer.RESOURCE,
        )
        targets = [Target(arn=RUNTIME, kind="AgentRuntime", account=A, policy=let_in), endpoint("a")]
        one = world(user("ana", allow(INVOKE), person=True), targets=targets)
        found = picture(one, frozenset(), 9).figures
        assert [f.targets[0].kind for f in found] == ["Endpoint", "AgentRuntime"]
        assert [(x.who, x.what) for x in found[1].outside] == [(("bedrock.amazonaws.com",), "service")]


class TestPicture:
    def test_the_most_exposed_first_and_the_rest_left_out(self) -> None:
        one = world(
            role("a", allow(INVOKE, f"{BASE}/quiet")),
            role("b", allow(INVOKE, f"{BASE}/busy")),
            role("c", allow(INVOKE, f"{BASE}/busy")),
            user("ana", allow(INVOKE, f"{BASE}/people"), person=True),
            role("partner", allow(INVOKE, f"{BASE}/open"), trusts=trust({"AWS": B})),
            targets=[endpoint(n) for n in ("quiet", "busy", "people", "open")],
        )
        found = picture(one, frozenset(), 3)
        assert [f.targets[0].name for f in found.figures] == ["open", "people", "busy"]
        assert [x.targets[0].name for x in found.rest] == ["quiet"]

    def test_what_stands_behind(self) -> None:
        model = Target(arn=f"arn:aws:sagemaker:eu-west-1:{A}:model/m", kind="Model", leads_to=("arn:aws:s3:::b",))
        bucket = Target(arn="arn:aws:s3:::b", kind="Storage")
        one = world(role("r", allow(INVOKE)), targets=[endpoint("a", leads_to=(model.arn,)), model, bucket])
        assert {k: [t.arn for t in v] for k, v in drawn(one).behind.items()} == {
            "Model": [model.arn],
            "Storage": [bucket.arn],
        }

    def test_what_cannot_be_invoked_is_not_drawn(self) -> None:
        bucket = Target(arn="arn:aws:s3:::b", kind="Storage", account=A)
        assert picture(world(role("r", ADMIN_POLICY), targets=[bucket]), frozenset(), 9).figures == ()
