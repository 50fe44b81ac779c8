"""The world as access sees it, from a stored audit and from an inventory."""

from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.access.engine.answer import Decision
from auditor.access.engine.principals import principal_of
from auditor.access.from_audit import from_document, from_inventory
from auditor.access.from_identities import comes_by_federation
from auditor.access.invokers import Surely, invokers, outsiders
from auditor.access.world import World
from auditor.model.facts import Fact, Known, Reason, Unknown
from auditor.model.inventory import Gap, Inventory, Listing
from auditor.model.resources import (
    AccountSettings,
    AgentGateway,
    AgentRuntime,
    Endpoint,
    Identity,
    Key,
    Kind,
    KnowledgeBase,
    Model,
    Ref,
    Resource,
    Secret,
    Storage,
)
from auditor.model.scope import Account, Provider
from auditor.render.document import _resource

ACCOUNT = Account(Provider.AWS, "111111111111")
IAM = f"arn:aws:iam::{ACCOUNT.id}"
ENDPOINT = f"arn:aws:sagemaker:us-east-1:{ACCOUNT.id}:endpoint/scoring"
MANAGED, CAP, GROUP = f"{IAM}:policy/team", f"{IAM}:policy/cap", f"{IAM}:group/ml"
DENIED = Unknown(Reason.DENIED, "x", (), ("organizations:DescribePolicy",))
POLICY_DENIED = Unknown(Reason.DENIED, "x", (), ("secretsmanager:GetResourcePolicy",))
NO_CEILING = {"SERVICE_CONTROL_POLICY": (), "RESOURCE_CONTROL_POLICY": ()}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(**principal: Any) -> str:
    return document({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})


INVOKE = document(allow("sagemaker:InvokeEndpoint", ENDPOINT))


def make(kind: Kind, arn: str, name: str = "", **facts: Any) -> Any:
    known: dict[str, Any] = {n: f if isinstance(f, Known | Unknown) else Known(f) for n, f in facts.items()}
    type_ = "AWS::Bedrock::CustomModel" if ":custom-model/" in arn else "x"
    return kind(id=arn, name=name or arn, account=ACCOUNT, location="us-east-1", native_type=type_, **known)


def identity(
    name: str,
    *inline: str,
    managed: tuple[str, ...] = (),
    groups: tuple[str, ...] = (),
    boundary: Any = None,
    trusted: Any = None,
    **facts: Any,
) -> Any:
    policies = {"inline": {f"p{n}": text for n, text in enumerate(inline)}, "managed": managed, "groups": groups}
    given = {"policies": policies, "permissions_boundary": boundary, "trust_document": trusted, "tags": {}, **facts}
    return make(Identity, f"{IAM}:{name}", name.rpartition("/")[2], **given)


def settings(**facts: Any) -> Any:
    given = {
        "managed_policies": {MANAGED: INVOKE, CAP: document(allow("s3:*"))},
        "group_policies": {GROUP: {"inline": {"own": INVOKE}, "managed": ()}},
        "organization_policies": NO_CEILING,
        "management_account": False,
        **facts,
    }
    return make(AccountSettings, f"{IAM}:root", **given)


def inventory(*resources: Resource, gaps: tuple[Gap, ...] = ()) -> Inventory:
    kinds = {type(r) for r in resources} - {g.kind for g in gaps}
    listings = tuple(Listing(kind, ACCOUNT, "global", "test", ()) for kind in sorted(kinds, key=lambda k: k.kind()))
    return Inventory((ACCOUNT,), tuple(resources), listings, gaps)


def stored(found: Inventory) -> dict[str, Any]:
    """As audit.json has it."""

    def scope(x: Any) -> dict[str, Any]:
        return {"provider": "aws", "account": x.account.id, "location": x.location, "kind": x.kind.kind()}

    gaps = [{**scope(g), "reason": g.why.reason, "permissions": list(g.why.permissions)} for g in found.gaps]
    body = {
        "resources": [_resource(r) for r in found.resources],
        "listings": [scope(x) for x in found.listings],
        "gaps": gaps,
    }
    read: dict[str, Any] = json.loads(json.dumps(body))
    return read


def world(*resources: Resource, gaps: tuple[Gap, ...] = ()) -> World:
    """From the inventory; that the stored audit gives the same one is held here for every test."""
    found = inventory(*resources, gaps=gaps)
    live, offline = from_inventory(found, ACCOUNT), from_document(stored(found), ACCOUNT.id)
    assert live.unread == offline.unread
    for one, other in zip(live.actors, offline.actors, strict=True):
        assert (one.arn, one.person, one.groups, one.attached, one.tags, one.boundary_read) == (
            other.arn,
            other.person,
            other.groups,
            other.attached,
            other.tags,
            other.boundary_read,
        )
    assert [(t.arn, t.policy_read, t.grants, t.runs_as, t.leads_to) for t in live.targets] == [
        (t.arn, t.policy_read, t.grants, t.runs_as, t.leads_to) for t in offline.targets
    ]
    questions = [(a, ENDPOINT) for a in ("sagemaker:InvokeEndpoint",)] + [("s3:GetObject", "arn:aws:s3:::data/x")]
    for action, on in questions:
        for one, other in zip(live.actors, offline.actors, strict=True):
            assert live.ask(one, action, on) == offline.ask(other, action, on)
    return live


def decides(found: World, name: str) -> Decision:
    actor = found.actor(f"{IAM}:{name}")
    assert actor is not None
    return found.ask(actor, "sagemaker:InvokeEndpoint", ENDPOINT).decision


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (identity("role/a", INVOKE), Decision.ALLOW),
        (identity("role/a", managed=(MANAGED,)), Decision.ALLOW),
        (identity("user/a", groups=(GROUP,)), Decision.ALLOW),
        (identity("role/a"), Decision.DENY),
        (identity("role/a", INVOKE, boundary=CAP), Decision.DENY),
        (identity("role/a", boundary=f"{IAM}:policy/unseen"), Decision.DENY),
        (identity("role/a", INVOKE, boundary=f"{IAM}:policy/unseen"), Decision.UNKNOWN),
        (identity("role/a", INVOKE, boundary=DENIED), Decision.UNKNOWN),
        (identity("role/a", managed=(f"{IAM}:policy/unseen",)), Decision.UNKNOWN),
        (identity("user/a", groups=(f"{IAM}:group/unseen",)), Decision.UNKNOWN),
        (identity("role/a", "not json"), Decision.UNKNOWN),
        (identity("role/a", policies=DENIED), Decision.UNKNOWN),
    ],
    ids=lambda x: "" if isinstance(x, Decision) else None,
)
def test_what_grants_to_an_identity(who: Any, expected: Decision) -> None:
    found = world(settings(), who)
    assert found.ask(found.actors[0], "sagemaker:InvokeEndpoint", ENDPOINT).decision is expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, Decision.ALLOW),
        ({"organization_policies": DENIED}, Decision.UNKNOWN),
        ({"organization_policies": DENIED, "management_account": True}, Decision.ALLOW),
        (
            {"organization_policies": NO_CEILING | {"SERVICE_CONTROL_POLICY": ({"full": document(allow("*"))},)}},
            Decision.ALLOW,
        ),
        (
            {"organization_policies": NO_CEILING | {"SERVICE_CONTROL_POLICY": ({"s3": document(allow("s3:*"))},)}},
            Decision.DENY,
        ),
        ({"organization_policies": NO_CEILING | {"SERVICE_CONTROL_POLICY": ({"bad": "{"},)}}, Decision.UNKNOWN),
        ({"managed_policies": DENIED}, Decision.UNKNOWN),
    ],
)
def test_what_stands_above(facts: dict[str, Any], expected: Decision) -> None:
    found = world(settings(**facts), identity("role/a", INVOKE, managed=(MANAGED,)))
    assert decides(found, "role/a") is expected


def test_what_was_not_read_is_said_with_what_would_settle_it() -> None:
    gap = Gap(Storage, ACCOUNT, "global", "aws.storage", Unknown(Reason.DENIED, "x", (), ("s3:ListAllMyBuckets",)))
    found = world(
        settings(organization_policies=DENIED),
        identity("role/a", policies=DENIED, trusted=trust(Service="lambda.amazonaws.com")),
        make(Secret, "arn:aws:secretsmanager:us-east-1:111111111111:secret:x", policy_document=POLICY_DENIED),
        gaps=(gap,),
    )
    said = "\n".join(found.unread)
    assert "the policies of the organization (permission denied); organizations:DescribePolicy would settle it" in said
    assert "all of kind Storage in global (permission denied); s3:ListAllMyBuckets would settle it" in said
    assert "the policies of an identity (permission denied)" in said
    assert "of kind Secret (permission denied); secretsmanager:GetResourcePolicy would settle it" in said
    assert "any of kind Function (nothing in this run read it)" in said


def test_a_world_that_was_read_in_full_leaves_out_only_kinds_that_were_not_asked_for() -> None:
    found = world(settings(), identity("role/a", INVOKE, trusted=trust(Service="lambda.amazonaws.com")))
    assert all(line.startswith("not read: any of kind") for line in found.unread)


def test_policies_of_resources() -> None:
    bucket = "arn:aws:s3:::data"
    open_to_all = document(allow("s3:GetObject", f"{bucket}/*", Principal="*"))

    def read(policy: Any) -> Decision:
        found = world(settings(), identity("role/a"), make(Storage, bucket, "data", policy_document=policy))
        return found.ask(found.actors[0], "s3:GetObject", f"{bucket}/x").decision

    assert read(open_to_all) is Decision.ALLOW
    assert read(None) is Decision.DENY
    assert read(DENIED) is Decision.UNKNOWN
    assert read("{") is Decision.UNKNOWN


REGION = f"us-east-1:{ACCOUNT.id}"


@pytest.mark.parametrize(
    ("kind", "arn", "action"),
    [
        (Secret, f"arn:aws:secretsmanager:{REGION}:secret:x-Ab1Cd2", "secretsmanager:GetSecretValue"),
        (AgentGateway, f"arn:aws:bedrock-agentcore:{REGION}:gateway/g-1", "bedrock-agentcore:InvokeGateway"),
        (AgentRuntime, f"arn:aws:bedrock-agentcore:{REGION}:runtime/r-1", "bedrock-agentcore:InvokeAgentRuntime"),
        (Model, f"arn:aws:bedrock:{REGION}:custom-model/m", "bedrock:InvokeModel"),
        (KnowledgeBase, f"arn:aws:bedrock:{REGION}:knowledge-base/k", "bedrock:Retrieve"),
    ],
    ids=lambda x: x.__name__ if isinstance(x, type) else "",
)
def test_policies_of_ai_resources_and_secrets(kind: Kind, arn: str, action: str) -> None:
    def decided(policy: Any) -> tuple[Decision, bool]:
        found = world(settings(), identity("role/a"), make(kind, arn, policy_document=policy))
        noted = any(f"own policy of a resource of kind {kind.__name__}" in line for line in found.unread)
        return found.ask(found.actors[0], action, arn).decision, noted

    to_role = document(allow(action, Principal={"AWS": f"{IAM}:role/a"}))
    assert decided(to_role) == (Decision.ALLOW, False)
    assert decided(None) == (Decision.DENY, False)
    assert decided(DENIED) == (Decision.UNKNOWN, True)
    assert decided(Unknown(Reason.NOT_COLLECTED)) == (Decision.UNKNOWN, True)
    assert decided("{") == (Decision.UNKNOWN, True)


def test_a_model_that_can_have_no_policy_lacks_none() -> None:
    found = world(settings(), make(Model, f"arn:aws:sagemaker:{REGION}:model/m"))
    assert [t.policy_read for t in found.targets] == [True]


KEY = f"arn:aws:kms:{REGION}:key/1"
TO_ADMIN = document(allow("kms:*", Principal={"AWS": f"{IAM}:role/admin"}))
GRANT = {"grantee": f"{IAM}:role/a", "operations": ("Decrypt", "DescribeKey"), "constrained": False}


@pytest.mark.parametrize(
    ("grants", "may", "delete"),
    [
        ((), Decision.DENY, Decision.DENY),
        ((GRANT,), Decision.ALLOW, Decision.DENY),
        (({**GRANT, "constrained": True},), Decision.CONDITIONAL, Decision.DENY),
        (({**GRANT, "grantee": f"{IAM}:role/b"},), Decision.DENY, Decision.DENY),
        (({**GRANT, "grantee": "rds.amazonaws.com"},), Decision.DENY, Decision.DENY),
        (Unknown(Reason.DENIED, "x", (), ("kms:ListGrants",)), Decision.UNKNOWN, Decision.UNKNOWN),
        (Unknown(Reason.NOT_COLLECTED), Decision.UNKNOWN, Decision.UNKNOWN),
    ],
)
def test_grants_of_a_key(grants: Any, may: Decision, delete: Decision) -> None:
    found = world(settings(), identity("role/a"), make(Key, KEY, policy_document=TO_ADMIN, grants=grants))
    asked = [found.ask(found.actors[0], f"kms:{name}", KEY).decision for name in ("Decrypt", "ScheduleKeyDeletion")]
    assert asked == [may, delete]
    noted = [line for line in found.unread if "grants of a KMS key" in line]
    assert bool(noted) is isinstance(grants, Unknown)
    if isinstance(grants, Unknown) and grants.permissions:
        assert noted == ["not read: the grants of a KMS key (permission denied); kms:ListGrants would settle it"]


def test_a_grant_for_a_service_lets_the_service_in() -> None:
    grants = ({**GRANT, "grantee": "rds.amazonaws.com"},)
    found = world(settings(), make(Key, KEY, policy_document=TO_ADMIN, grants=grants))
    assert found.ask_outsider(principal_of("rds.amazonaws.com"), "kms:Decrypt", KEY).decision is Decision.ALLOW
    assert found.ask_outsider(principal_of("ec2.amazonaws.com"), "kms:Decrypt", KEY).decision is Decision.DENY


def ref(kind: str, arn: str) -> Ref:
    return Ref(kind, Provider.AWS, ACCOUNT.id, arn)


def test_what_stands_behind_a_resource_and_what_it_runs_as() -> None:
    base = f"arn:aws:kms:us-east-1:{ACCOUNT.id}"
    model, bucket, role = "arn:aws:sagemaker:us-east-1:111111111111:model/m", "arn:aws:s3:::weights", f"{IAM}:role/a"
    found = world(
        settings(),
        make(
            Endpoint,
            ENDPOINT,
            "scoring",
            models=(ref("Model", model),),
            identity=(ref("Identity", role),),
            encryption_key=ref("Key", f"{base}:alias/ml"),
        ),
        make(Model, model, "m", artifacts=(ref("Storage", bucket),), identity=DENIED),
        make(Key, f"{base}:key/1", "alias/ml", policy_document=document(allow("kms:*", Principal={"AWS": ACCOUNT.id}))),
    )
    endpoint, behind = found.target(ENDPOINT), found.target(model)
    assert endpoint is not None
    assert behind is not None
    assert endpoint.runs_as == (role,)
    assert endpoint.leads_to == (f"{base}:key/1", model)
    assert behind.leads_to == (bucket,)
    assert any("the identity that a resource of kind Model runs as" in line for line in found.unread)


SAML = {"Federated": f"{IAM}:saml-provider/corp"}
PIPELINE = {"Federated": f"{IAM}:oidc-provider/token.actions.githubusercontent.com"}


@pytest.mark.parametrize(
    ("text", "name", "person"),
    [
        (trust(**SAML), "role/a", True),
        (trust(Service="lambda.amazonaws.com"), "role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_x", True),
        (trust(**PIPELINE), "role/a", False),
        (trust(Federated=f"{IAM}:oidc-provider/login.corp.example"), "role/a", None),
        (trust(Service="lambda.amazonaws.com"), "role/a", False),
        (None, "role/a", None),
        ("{", "role/a", None),
    ],
)
def test_whether_people_come_to_a_role(text: str | None, name: str, person: bool | None) -> None:
    assert comes_by_federation(text, f"{IAM}:{name}") is person


AT_NOON: dict[str, Any] = {"Condition": {"DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}}}
FROM_HOME: dict[str, Any] = {"Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}}
IN_REGION: dict[str, Any] = {"Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}}


@pytest.mark.parametrize(
    ("statement", "ceiling", "how"),
    [
        (allow("sagemaker:*"), NO_CEILING, Surely.ALWAYS),
        (allow("sagemaker:*", **IN_REGION), NO_CEILING, Surely.ALWAYS),
        (allow("sagemaker:*", **FROM_HOME), NO_CEILING, Surely.CONDITIONS),
        (allow("sagemaker:*", **AT_NOON), NO_CEILING, Surely.AT_TIMES),
        (allow("sagemaker:*"), DENIED, Surely.AS_READ),
        (allow("s3:*"), DENIED, None),
    ],
)
def test_how_surely_somebody_invokes(statement: Any, ceiling: Any, how: Surely | None) -> None:
    found = world(settings(organization_policies=ceiling), identity("role/a", document(statement)))
    (may,) = invokers(found, [ENDPOINT]).values()
    assert may.may == ({} if how is None else {f"{IAM}:role/a": how})
    assert may.unread == set()


def test_an_identity_whose_policies_were_not_read_may_do_anything() -> None:
    found = world(settings(), identity("role/a", policies=DENIED), identity("role/b", INVOKE))
    (may,) = invokers(found, [ENDPOINT]).values()
    assert (may.unread, list(may.may)) == ({f"{IAM}:role/a"}, [f"{IAM}:role/b"])


PARTNER = "222222222222"
OF_ORGANIZATION = {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-ours"}}}


def trusting(principal: Any, **more: Any) -> str:
    return document({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more})


@pytest.mark.parametrize(
    ("text", "rcps", "expected"),
    [
        (trusting({"AWS": f"arn:aws:iam::{PARTNER}:root"}), (), {f"arn:aws:iam::{PARTNER}:root": Surely.ALWAYS}),
        (trusting({"AWS": PARTNER}), (), {PARTNER: Surely.ALWAYS}),
        (trusting("*"), (), {"*": Surely.ALWAYS}),
        (trusting("*", **OF_ORGANIZATION), (), {}),
        (trusting({"AWS": PARTNER}, **FROM_HOME), (), {PARTNER: Surely.CONDITIONS}),
        (trusting({"AWS": f"arn:aws:iam::{ACCOUNT.id}:root"}), (), {}),
        (trusting({"AWS": "AROAEXAMPLEID"}), (), {}),
        (trusting({"Service": "lambda.amazonaws.com"}), (), {}),
        (trusting({"AWS": PARTNER}), None, {PARTNER: Surely.AS_READ}),
        (
            trusting({"AWS": PARTNER}),
            (
                {
                    "perimeter": document(
                        allow("*", Principal="*"),
                        {
                            "Effect": "Deny",
                            "Principal": "*",
                            "Action": "sts:AssumeRole",
                            "Resource": "*",
                            "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-ours"}},
                        },
                    )
                },
            ),
            {},
        ),
    ],
)
def test_who_acts_as_a_role_from_outside(text: str, rcps: Any, expected: dict[str, Surely]) -> None:
    policies: Fact[Any] = DENIED if rcps is None else Known(NO_CEILING | {"RESOURCE_CONTROL_POLICY": rcps})
    found = world(settings(organization_policies=policies), identity("role/a", trusted=text))
    assert outsiders(found, found.actors[0], frozenset({ACCOUNT.id})) == expected
