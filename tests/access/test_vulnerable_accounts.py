"""Accounts that are vulnerable by design, built in moto and read by a real run: every method of escalation that one
account can hold is found, and in none of its repaired twins.

moto grants everything to everybody and knows no conditions, so that it says nothing about who may do what. It holds the
account, as AWS would; what follows from it is ours to find.
"""

from __future__ import annotations

import json
import os
import pathlib
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import pytest

from auditor import cli
from auditor.access.action_sets import kind_of
from auditor.access.engine.answer import Decision
from auditor.access.escalation import ADMIN, Edge, escalation
from auditor.access.escalation_methods import Method, Way, methods
from auditor.access.from_audit import from_inventory
from auditor.access.paths import Path, paths_to
from auditor.access.reach import bits
from auditor.access.world import World
from auditor.access_questions import LIVE_CHECKS
from auditor.model.finding import Status
from auditor.model.scope import Account, Provider
from auditor.render.document import dump, to_document
from auditor.run import Result
from tests.access.vulnerable_attackers import CARRIERS, VULNERABLE, Attacker, attackers, build
from tests.access.vulnerable_places import WEB_IDENTITY, Place, furnished, unread_carriers, writers
from tests.support.moto_accounts import MotoAccounts, moto_accounts

ACCOUNT, MANAGEMENT = "111111111111", "222222222222"
CHECK = "identity_cannot_escalate"
WORKLOAD = "pass-sagemaker-CreateNotebookInstance"
"""Notebooks run as the attackers of this method."""

_NOT_AI = "it runs as a role, but is no AI resource: no collector reads it"
UNREAD: Mapping[str, str] = {
    "apprunner-update-service": _NOT_AI,
    "batch-submit-job": _NOT_AI,
    "cloudformation-change-set": _NOT_AI,
    "cloudformation-update-stack": _NOT_AI,
    "codebuild-start-build": _NOT_AI,
    "codebuild-start-build-batch": _NOT_AI,
    "codedeploy-deploy": _NOT_AI,
    "ec2-new-template-version": _NOT_AI,
    "ec2-replace-user-data": _NOT_AI,
    "ec2-send-ssh-key": _NOT_AI,
    "ecs-execute-command": _NOT_AI,
    "glue-update-dev-endpoint": _NOT_AI,
    "ssm-send-command": _NOT_AI,
    "ssm-start-session": _NOT_AI,
    "states-update-and-run": _NOT_AI,
}
"""Methods that no account of ours can show, and why."""
HELD = tuple(method for method in methods() if method.id not in UNREAD)

CEILING = ("s3:*", "sagemaker:*", "iam:PassRole", "sso:*")
"""What the organization leaves to the member."""


@dataclass(frozen=True)
class Read:
    """An account as it was built, and as it was understood."""

    place: Place
    attackers: tuple[Attacker, ...]
    world: World
    edges: Mapping[tuple[str, str], tuple[Edge, ...]]
    """By source and method."""
    ways: Mapping[str, Path]
    """To administrator, by actor."""

    def arn(self, one: Attacker) -> str:
        return one.arn(self.place.account)

    def edges_of(self, one: Attacker) -> tuple[Edge, ...]:
        return self.edges.get((self.arn(one), one.method.id), ())

    def of(self, way: Way, *, repaired: bool) -> Iterable[Attacker]:
        return (a for a in self.attackers if a.method.way is way and a.is_repaired is repaired)


@dataclass(frozen=True)
class Estate:
    alone: Read
    member: Read
    result: Result
    unread: frozenset[str]


@pytest.fixture(scope="module")
def estate() -> Estate:
    with moto_accounts() as moto:
        alone = furnished(ACCOUNT, moto.clients(ACCOUNT), identity_center=True)
        everybody = tuple(attackers(alone, HELD))
        build(alone, everybody)
        unread = unread_carriers(alone)
        for number, one in enumerate(a for a in everybody if a.method.id == WORKLOAD):
            alone.client("sagemaker").create_notebook_instance(
                NotebookInstanceName=f"workload-{number}", InstanceType="ml.t3.large", RoleArn=one.arn(ACCOUNT)
            )
        member = furnished(*_joined(moto), identity_center=False)
        vulnerable = tuple(a for a in attackers(member, HELD) if a.repair == VULNERABLE)
        build(member, vulnerable)
        result = moto.read([ACCOUNT, member.account], (*LIVE_CHECKS, CHECK), writers([alone, member]))
    return Estate(_read(alone, everybody, result), _read(member, vulnerable, result), result, unread)


def _joined(moto: MotoAccounts) -> tuple[str, Any]:
    """A member of an organization that forbids all but a few actions."""
    organizations = moto.clients(MANAGEMENT)("organizations")
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    made = organizations.create_account(Email="member@example.com", AccountName="member")
    account = made["CreateAccountStatus"]["AccountId"]
    ceiling = {"Effect": "Deny", "NotAction": list(CEILING), "Resource": "*"}
    policy = organizations.create_policy(
        Name="ceiling",
        Description="",
        Type="SERVICE_CONTROL_POLICY",
        Content=json.dumps({"Version": "2012-10-17", "Statement": [ceiling]}),
    )
    organizations.attach_policy(PolicyId=policy["Policy"]["PolicySummary"]["Id"], TargetId=account)
    moto.asking_as[account] = MANAGEMENT
    return account, moto.clients(account)


def _read(place: Place, found: tuple[Attacker, ...], result: Result) -> Read:
    world = from_inventory(result.audit.inventory, Account(Provider.AWS, place.account))
    graph = escalation(world)
    wanted = {(graph.number[one.arn(place.account)], one.method.id) for one in found}
    by_source: dict[tuple[str, str], list[Edge]] = defaultdict(list)
    for bundle in graph.bundles:
        if (bundle.source, bundle.method.id) in wanted:
            for target in bits(bundle.targets):
                edge = graph.edge(bundle, target)
                by_source[edge.source, edge.method].append(edge)
    ways = {path.actor.arn: path for path in paths_to(world, ADMIN)}
    return Read(place, found, world, {key: tuple(several) for key, several in by_source.items()}, ways)


def said(one: Attacker) -> str:
    return f"{one.method.id} {one.repair}".strip()


ways = pytest.mark.parametrize("way", list(Way), ids=lambda way: way.name.lower())


def test_everything_was_read(estate: Estate) -> None:
    assert estate.result.audit.defects == ()
    assert all("own policy of a resource of kind Function" in u or "endpoints" in u for u in estate.alone.world.unread)


def test_every_method_has_an_attacker_or_a_reason_for_none(estate: Estate) -> None:
    shown = {a.method.id for a in estate.alone.attackers if a.repair == VULNERABLE}
    assert shown | UNREAD.keys() == {method.id for method in methods()}
    assert not shown & UNREAD.keys()


@ways
def test_the_vulnerable_are_found(estate: Estate, way: Way) -> None:
    read, seen = estate.alone, 0
    for one in read.of(way, repaired=False):
        found = read.edges_of(one)
        assert {edge.target for edge in found} == one.targets, said(one)
        expected = Decision.CONDITIONAL if one.conditional else Decision.ALLOW
        assert {edge.decision for edge in found} == {expected}, said(one)
        assert {edge.via for edge in found} == {one.via} or not one.via, said(one)
        seen += 1
    assert seen


@ways
def test_each_step_is_proven_by_what_the_attacker_holds(estate: Estate, way: Way) -> None:
    read = estate.alone
    for one in read.of(way, repaired=False):
        own = {"own", read.place.policy(f"of-{one.name}")}
        for edge in read.edges_of(one):
            steps = {step.action: step for step in edge.steps}
            assert set(one.method.actions) <= steps.keys(), said(one)
            assert all(step.answer.proof for step in edge.steps), said(one)
            for action in one.method.actions:
                assert own & {proof.policy for proof in steps[action].answer.proof}, f"{said(one)}: {action}"


@ways
def test_the_vulnerable_have_a_way_to_administrator(estate: Estate, way: Way) -> None:
    for one in estate.alone.of(way, repaired=False):
        path = estate.alone.ways[estate.alone.arn(one)]
        assert path.edges, said(one)
        assert path.decision is Decision.ALLOW or one.conditional, said(one)


@ways
def test_the_repaired_are_not_found(estate: Estate, way: Way) -> None:
    read, seen = estate.alone, 0
    prizes = {*read.place.bosses, ADMIN}
    for one in read.of(way, repaired=True):
        assert prizes.isdisjoint(edge.target for edge in read.edges_of(one)), said(one)
        if not _needs_no_more(one):
            assert read.arn(one) not in read.ways, said(one)
        seen += 1
    assert seen


def _needs_no_more(one: Attacker) -> bool:
    """What is left to it is enough for another method on the same prize."""
    return any(
        method.id != one.method.id
        and method.way is one.method.way
        and set(method.actions) <= one.left
        and set(method.services) <= set(one.method.services)
        for method in HELD
    )


def test_every_kind_of_repair_that_applies_is_tried(estate: Estate) -> None:
    tried: dict[str, set[str]] = defaultdict(set)
    for one in estate.alone.attackers:
        tried[one.method.id].add(one.repair)
    for method in HELD:
        assert _repairs(method) <= tried[method.id], method.id


def _repairs(method: Method) -> set[str]:
    expected = {"denied", "bounded", *(f"without-{action.partition(':')[2]}" for action in method.actions)}
    if method.way is not Way.CENTRAL and (method.way is not Way.PASS or "iam:PassRole" in method.actions):
        expected.add("elsewhere")
    if "iam:PassRole" in method.actions:
        expected |= {"to-another-service", "trusting-another-service"}
        if method.services != (WEB_IDENTITY,):
            expected.add("trusting-another-account")
    if method.way in (Way.GRANT_SELF, Way.JOIN):
        expected.add("bounded-in-effect")
    return expected


def test_a_ceiling_of_the_organization_leaves_what_it_allows_and_no_more(estate: Estate) -> None:
    """And the member has no IAM Identity Center that rights could be added through."""
    read = estate.member
    found = {one.method.id for one in read.attackers if read.edges_of(one)}
    spared = {
        method.id
        for method in HELD
        if method.way is not Way.CENTRAL
        and all(any(fnmatchcase(action, pattern) for pattern in CEILING) for action in method.actions)
    }
    assert found == spared
    assert 50 < len(spared) < len(HELD) / 2
    assert read.ways == {}, "nobody writes policies there"


def test_what_is_not_read_is_not_there(estate: Estate) -> None:
    """Once a collector reads one of these, its methods need attackers above."""
    kinds = {kind_of(target.arn) for target in estate.alone.world.targets if target.runs_as}
    assert kinds == CARRIERS.keys()
    by_id = {method.id: method for method in methods()}
    never = {kind for method in UNREAD for kind in by_id[method].carriers}
    assert estate.unread <= never
    assert not never & kinds
    for method in UNREAD:
        assert by_id[method].way is Way.ENTER, "all other methods need nothing that is not read"


# what the user sees


def test_ai_workloads_that_run_as_them_are_judged(estate: Estate) -> None:
    read = estate.alone
    status = {f.resource.id: f.status for f in estate.result.audit.findings if f.check == CHECK and f.resource}
    judged = [one for one in read.attackers if one.method.id == WORKLOAD]
    assert len(judged) > 8
    for one in judged:
        expected = Status.PASS if one.is_repaired else Status.FAIL
        assert status[read.arn(one)] is expected, said(one)


def test_the_command_tells_of_the_vulnerable_and_of_no_other(
    estate: Estate, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: pathlib.Path
) -> None:
    result, read = estate.result, estate.alone
    stored = to_document(result.audit, result.scores, result.catalog)
    (tmp_path / "audit.json").write_text("".join(dump(stored)), encoding="utf-8")

    where = ["--audit", str(tmp_path), "--account", ACCOUNT, "--json"]
    monkeypatch.setattr(sys, "argv", ["auditor", "access", "paths", "--to", "admin", *where])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert not end.value.code
    told = {path["identity"]: path for path in json.loads(capsys.readouterr().out)["paths"]}
    for one in read.attackers:
        if one.targets:
            assert told[read.arn(one)]["decision"] == ("conditional" if one.conditional else "allow"), said(one)
        elif not _needs_no_more(one):
            assert read.arn(one) not in told, said(one)
    for method in SAMPLE:
        (one,) = (a for a in read.attackers if a.method.id == method and a.repair == VULNERABLE)
        (step,) = told[read.arn(one)]["steps"]
        assert (step["by"], step["to"]) == (method, *one.targets)
        assert {*one.method.actions} <= {right["action"] for right in step["rights"]}
        assert all(right["proof"] for right in step["rights"]), said(one)


SAMPLE = (
    "put-own-user-policy",
    "delete-own-user-boundary",
    "create-access-key",
    "edit-trust",
    "put-role-policy-and-assume",
    "ec2-run-instances",
    "lambda-update-code",
    "put-into-permission-set",
)


# the published list

DATA = pathlib.Path(os.environ.get("AUDITOR_SHARED_DATA", pathlib.Path(__file__).parents[3] / "shared" / "data"))
PUBLISHED = DATA / "privesc_methods.json"
_THERE_ALREADY = "what it makes may be there already"
_LOOKING = "it only looks for what the others name"
_SMALLER = "the same is published without it"
NOT_NEEDED: Mapping[str, str] = {
    "bedrock-agentcore:GetAgentRuntime": _LOOKING,
    "datapipeline:ActivatePipeline": _SMALLER,
    "datapipeline:PutPipelineDefinition": _SMALLER,
    "dynamodb:CreateTable": _THERE_ALREADY,
    "dynamodb:PutItem": "whoever uses the table puts items",
    "ec2:DescribeInstances": _LOOKING,
    "ecs:CreateCluster": _THERE_ALREADY,
    "ecs:DeregisterContainerInstance": _SMALLER,
    "ecs:RegisterContainerInstance": _SMALLER,
    "ecs:RegisterTaskDefinition": _SMALLER,
    "iam:DeleteAccessKey": "it makes room where a user has two keys",
    "lambda:AddPermission": "whoever uses the function invokes it",
    "lambda:InvokeFunction": "whoever uses the function invokes it",
    "sagemaker:CreatePresignedNotebookInstanceUrl": "a script that it starts with needs nobody to open it",
    "sso:CreateAccountAssignment": _THERE_ALREADY,
    "sso:CreatePermissionSet": _THERE_ALREADY,
}
"""Permissions of the published list that no method of ours asks for."""
_OF_CATEGORY = {
    "self-escalation": {Way.GRANT_SELF, Way.JOIN},
    "principal-access": {Way.BECOME, Way.EDIT_TRUST, Way.GRANT_OTHER},
    "existing-passrole": {Way.ENTER},
    "new-passrole": {Way.ENTER},
}
"""What the prerequisites of each come to where no role is passed."""


@pytest.mark.skipif(not PUBLISHED.is_file(), reason="no published methods here")
def test_every_published_method_of_aws_is_one_of_ours() -> None:
    published = [m for m in json.loads(PUBLISHED.read_text())["methods"] if m["cloud"] == "aws"]
    assert len(published) > 100
    beyond: set[str] = set()
    for entry in published:
        wanted = entry["permissions"]
        ours = [m for m in methods() if all(any(fnmatchcase(a, w) for w in wanted) for a in m.actions)]
        passed = entry["passrole_service"]
        if passed:
            ours = [m for m in ours if passed.split()[0] in m.services]
        elif entry["category"]:
            ours = [m for m in ours if m.way in _OF_CATEGORY[entry["category"]]]
        assert ours, entry["id"]
        ours_use = {action for method in ours for action in method.actions}
        beyond.update(w for w in wanted if not any(fnmatchcase(action, w) for action in ours_use))
    assert beyond == NOT_NEEDED.keys()
