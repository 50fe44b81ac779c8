"""``auditor access``: what it answers from a stored audit, and what it says when it cannot."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest

from auditor import cli
from auditor.access.escalation_methods import Degraded
from auditor.access_questions import LIVE_CHECKS
from auditor.catalog import load_catalog
from auditor.cli import exit_codes
from auditor.derive import DERIVED
from auditor.model.audit import SCHEMA_VERSION
from auditor.model.resources import AccountSettings, Identity, Storage
from auditor.model.scope import Provider
from auditor.plan import needs_of

ACCOUNT = "111111111111"
IAM = f"arn:aws:iam::{ACCOUNT}"
ENDPOINT = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:endpoint/scoring"
NO_CEILING: dict[str, Any] = {"SERVICE_CONTROL_POLICY": [], "RESOURCE_CONTROL_POLICY": []}
DENIED = {"unknown": "denied", "detail": "x", "permissions": ["organizations:DescribePolicy"], "calls": []}


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


class Terminal:
    def __init__(self, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self.patch, self.capture = patch, capture

    def __call__(self, *arguments: str) -> Ended:
        self.patch.setattr(sys, "argv", ["auditor", "access", *arguments])
        self.capture.readouterr()
        code: Any = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code or 0
        captured = self.capture.readouterr()
        assert "Traceback" not in captured.err
        return Ended(code, captured.out, captured.err)


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(**principal: Any) -> str:
    return policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})


def resource(kind: str, arn: str, name: str, **facts: Any) -> dict[str, Any]:
    known = {
        n: f if isinstance(f, dict) and "unknown" in f else {"value": f, "native": {}, "calls": []}
        for n, f in facts.items()
    }
    scope = {"provider": "aws", "account": ACCOUNT, "location": "us-east-1"}
    return {"id": arn, "name": name, "kind": kind, "native_type": "x", "scope": scope, "facts": known}


def role(name: str, *texts: str, trusted: str) -> dict[str, Any]:
    return resource(
        "Identity",
        f"{IAM}:role/{name}",
        name,
        policies={"inline": {f"p{n}": t for n, t in enumerate(texts)}, "managed": [], "groups": []},
        trust_document=trusted,
        permissions_boundary=None,
        tags={},
    )


def stored(organization: Any = NO_CEILING, *accounts: str) -> dict[str, Any]:
    known = {"managed_policies": {}, "group_policies": {}, "management_account": False}
    model = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:model/scoring"
    resources = [
        resource("AccountSettings", f"{IAM}:root", "account", organization_policies=organization, **known),
        role("analyst", policy(allow("sagemaker:Invoke*")), trusted=trust(Federated=f"{IAM}:saml-provider/corp")),
        role("app", policy(allow("sts:AssumeRole", f"{IAM}:role/admin")), trusted=trust(Service="ec2.amazonaws.com")),
        role("admin", policy(allow("*")), trusted=trust(AWS=f"{IAM}:root")),
        resource("Endpoint", ENDPOINT, "scoring", policy_document=None),
        resource("Model", model, "scoring"),
        resource("Model", model + "-2", "twin"),
        resource("Model", model + "-3", "twin"),
        resource(
            "Storage",
            "arn:aws:s3:::data",
            "data",
            policy_document=policy(allow("s3:GetObject", "arn:aws:s3:::data/*", Principal={"AWS": "222222222222"})),
        ),
    ]
    kinds = sorted({r["kind"] for r in resources})
    place = {"provider": "aws", "account": ACCOUNT, "location": "global", "collector": "x", "calls": []}
    return {
        "schema": SCHEMA_VERSION,
        "scopes": [{"provider": "aws", "account": a} for a in accounts or (ACCOUNT,)],
        "resources": resources,
        "gaps": [],
        "listings": [{"kind": kind, **place} for kind in kinds],
    }


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Iterator[Terminal]:
    monkeypatch.chdir(tmp_path)
    write(stored())
    yield Terminal(monkeypatch, capsys)
    logging.disable(logging.NOTSET)


def write(document: dict[str, Any]) -> None:
    Path("audit").mkdir(exist_ok=True)
    Path("audit/audit.json").write_text(json.dumps(document))


def test_who_can_names_everybody_with_the_statements(run: Terminal) -> None:
    ended = run("who-can", "invoke", "scoring")
    assert ended.code == exit_codes.DONE
    assert "Who can invoke endpoint scoring" in ended.out
    assert "2 identities may: 1 of people, 1 of workloads." in ended.out
    assert f"People (1)\n  {IAM}:role/analyst: always\n      Allow in identity policy p0, statement 1" in ended.out
    assert f"Workloads (1)\n  {IAM}:role/admin: always\n      Allow in identity policy p0, statement 1" in ended.out
    assert "role/app" not in ended.out


def test_who_can_as_json(run: Terminal) -> None:
    found = run("who-can", "sagemaker:InvokeEndpoint", ENDPOINT, "--json").document
    assert found["resource"] == ENDPOINT
    assert {one["identity"]: one["decision"] for one in found["may"]} == {
        f"{IAM}:role/admin": "allow",
        f"{IAM}:role/analyst": "allow",
    }


def test_who_can_tells_of_outsiders_that_a_policy_lets_in(run: Terminal) -> None:
    ended = run("who-can", "read", "data")
    assert "The resource's own policy lets in 1 outsider." in ended.out
    assert (
        "From outside of the account (1)\n  222222222222 (account), s3:GetObject: if its own account lets it"
        in ended.out
    )


def test_an_upper_bound_is_said_to_be_one(run: Terminal) -> None:
    write(stored(DENIED))
    ended = run("who-can", "invoke", "scoring")
    assert "Not known, because something that could forbid or grant it was not read" in ended.out
    assert (
        "the policies of the organization (permission denied); organizations:DescribePolicy would settle" in ended.out
    )
    assert "always" not in ended.out


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (("analyst", "sagemaker:InvokeEndpoint", "scoring"), "Yes: allowed by the identity policy"),
        (("analyst", "s3:GetObject", "data"), "No: no identity policy allows it"),
        ((f"arn:aws:sts::{ACCOUNT}:assumed-role/analyst/ana", "sagemaker:invokeendpoint", ENDPOINT), "Yes"),
        (("analyst", "s3:GetObject", "arn:aws:s3:::data/x"), "No"),
        (("admin", "s3:GetObject", "arn:aws:s3:::elsewhere/x"), "Not known: not read: resource policy"),
        (("app", "sts:AssumeRole", "admin"), "Yes"),
        (("analyst", "sts:AssumeRole", "admin"), "No"),
        (("222222222222", "s3:GetObject", "arn:aws:s3:::data/x"), "Not known: not read: identity policy"),
        (("*", "s3:GetObject", "arn:aws:s3:::data/x"), "No"),
    ],
)
def test_can(run: Terminal, question: tuple[str, str, str], answer: str) -> None:
    ended = run("can", *question)
    assert ended.code == exit_codes.DONE
    assert ended.out.startswith(answer)


def test_the_end_of_an_arn_names_a_resource(run: Terminal) -> None:
    assert run("who-can", "invoke", "endpoint/scoring", "--json").document["resource"] == ENDPOINT


def test_those_of_the_same_statements_stand_together(run: Terminal) -> None:
    document = stored()
    document["resources"] += [
        role(f"job-{n}", policy(allow("sagemaker:Invoke*")), trusted=trust(Service="x.aws")) for n in range(5)
    ]
    write(document)
    ended = run("who-can", "invoke", "scoring")
    assert "  always, 6 of them by the same:\n      Allow in identity policy p0, statement 1\n" in ended.out
    assert f"    {IAM}:role/job-0\n    {IAM}:role/job-1\n" in ended.out


def test_a_role_that_outsiders_may_act_as_is_marked(run: Terminal) -> None:
    document = stored(NO_CEILING, ACCOUNT, "444444444444")
    let_in = trust(AWS=["arn:aws:iam::222222222222:root", "arn:aws:iam::444444444444:root"])
    document["resources"].append(role("partner", policy(allow("sagemaker:Invoke*")), trusted=let_in))
    write(document)
    found = run("who-can", "invoke", "scoring", "--account", ACCOUNT, "--json").document
    open_to = {one["identity"]: one["open_to"] for one in found["may"]}
    assert open_to[f"{IAM}:role/partner"] == [{"name": "arn:aws:iam::222222222222:root", "surely": "always"}]
    assert open_to[f"{IAM}:role/admin"] == []
    ended = run("who-can", "invoke", "scoring", "--account", ACCOUNT)
    assert "open to arn:aws:iam::222222222222:root from outside, always" in ended.out


def test_of_whom_nothing_was_read_is_counted_apart(run: Terminal) -> None:
    document = stored()
    document["resources"].append(resource("Identity", f"{IAM}:role/dark", "dark", policies=DENIED, tags={}))
    write(document)
    who = run("who-can", "invoke", "scoring")
    assert "Of 1 more identity it is not known; nothing that was read lets them." in who.out
    found = run("paths", "--to", "scoring", "--json").document
    assert found["not_known"] == [f"{IAM}:role/dark"]
    assert f"{IAM}:role/dark" not in {one["identity"] for one in found["paths"]}
    assert run("paths", "--to", "admin", "--json").document["not_known"] == [f"{IAM}:role/dark"]


class TestContext:
    """Facts of the request."""

    VPCE, VPC = "vpce-0a1", "vpc-0b2"
    OPEN: ClassVar = {"value": True, "native": {}, "calls": []}
    ASK = ("sagemaker:InvokeEndpoint", "scoring")

    def write(self, endpoint_policy: Any, *, services: Any = ("sagemaker.runtime",)) -> None:
        """A role that may invoke through one VPC endpoint, and one that may with a second factor."""
        document = stored()
        through = {"StringEquals": {"aws:SourceVpce": self.VPCE, "aws:SourceVpc": self.VPC}}
        second = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
        door = resource(
            "PrivateEndpoint",
            f"arn:aws:ec2:us-east-1:{ACCOUNT}:vpc-endpoint/{self.VPCE}",
            self.VPCE,
            network=self.VPC,
            services=list(services),
        )
        door["facts"]["open_policy"] = endpoint_policy
        document["resources"] += [
            role("app-vpce", policy(allow("sagemaker:Invoke*", Condition=through)), trusted=trust(Service="x.aws")),
            role("mfa", policy(allow("sagemaker:Invoke*", Condition=second)), trusted=trust(Service="x.aws")),
            door,
        ]
        write(document)

    @staticmethod
    def text(document: str) -> dict[str, Any]:
        return {"value": False, "native": {"PolicyDocument": document}, "calls": []}

    def test_it_settles_a_condition(self, run: Terminal) -> None:
        self.write(self.OPEN)
        ended = run("can", "mfa", *self.ASK)
        assert ended.out.startswith("Under conditions: ")
        assert "--context aws:multifactorauthpresent=VALUE settles one" in ended.out
        true, false = (f"aws:MultiFactorAuthPresent={value}" for value in ("true", "false"))
        assert run("can", "mfa", *self.ASK, "--context", true).out.startswith("Yes: ")
        assert run("can", "mfa", *self.ASK, "--context", false).out.startswith("No: ")
        found = run("can", "mfa", *self.ASK, "--context", true, "--json").document
        assert (found["decision"], found["context"]) == ("allow", {"aws:MultiFactorAuthPresent": "true"})
        may = run("who-can", "invoke", "scoring", "--context", false, "--json").document["may"]
        assert f"{IAM}:role/mfa" not in {one["identity"] for one in may}

    def test_a_vpc_endpoint_brings_its_network(self, run: Terminal) -> None:
        self.write(self.OPEN)
        ended = run("can", "app-vpce", *self.ASK, "--context", f"aws:SourceVpce={self.VPCE}")
        assert ended.out.startswith("Yes: ")
        assert f"given aws:SourceVpce={self.VPCE}, aws:SourceVpc={self.VPC}" in ended.out

    def test_the_policy_of_a_vpc_endpoint_is_a_layer(self, run: Terminal) -> None:
        context = ("--context", f"aws:SourceVpce={self.VPCE}")
        self.write(self.text(policy(allow("s3:*", Principal="*"))))
        assert run("can", "app-vpce", *self.ASK, *context).out.startswith("No: no VPC endpoint policy allows it")
        assert run("who-can", "invoke", "scoring", *context, "--json").document["may"] == []
        self.write(self.text(policy(allow("sagemaker:*", Principal="*"))))
        ended = run("can", "app-vpce", *self.ASK, *context)
        assert f"Allow in VPC endpoint policy of {self.VPCE}, statement 1" in ended.out
        named = self.text(policy(allow("*", Principal={"AWS": f"{IAM}:role/app-vpce"})))
        self.write(named)
        may = run("who-can", "invoke", "scoring", *context, "--json").document["may"]
        assert [one["identity"] for one in may] == [f"{IAM}:role/app-vpce"]

    @pytest.mark.parametrize(
        ("fact", "why"),
        [
            ({**DENIED, "permissions": ["ec2:DescribeVpcEndpoints"]}, "ec2:DescribeVpcEndpoints would settle it"),
            ({"value": False, "native": {"PolicyDocument": "{"}, "calls": []}, f"the policy of {VPCE}"),
            ({"value": False, "native": {}, "calls": []}, f"the policy of {VPCE}"),
        ],
        ids=["denied", "malformed", "absent"],
    )
    def test_a_policy_that_was_not_read_leaves_it_open(self, run: Terminal, fact: Any, why: str) -> None:
        self.write(fact)
        ended = run("can", "app-vpce", *self.ASK, "--context", f"aws:SourceVpce={self.VPCE}")
        assert ended.out.startswith("Not known: not read: VPC endpoint policy")
        assert why in ended.out
        assert "Without what was not read it would be: yes" in ended.out

    def test_a_vpc_endpoint_that_the_audit_lacks(self, run: Terminal) -> None:
        self.write(self.OPEN)
        ended = run("can", "mfa", *self.ASK, "--context", "aws:SourceVpce=vpce-9")
        assert "Not known" in ended.out
        assert "vpce-9 is not among the VPC endpoints that were read" in ended.out

    def test_a_vpc_endpoint_of_another_service(self, run: Terminal) -> None:
        self.write(self.OPEN, services=("s3",))
        ended = run("can", "mfa", *self.ASK, "--context", f"aws:SourceVpce={self.VPCE}")
        assert f"{self.VPCE} leads to s3, and not to sagemaker" in ended.out

    def test_outsiders_are_asked_with_it(self, run: Terminal) -> None:
        self.write(self.text(policy(allow("sagemaker:*", Principal="*"))))
        assert len(run("who-can", "read", "data", "--json").document["outsiders"]) == 1
        context = ("--context", f"aws:SourceVpce={self.VPCE}")
        assert run("who-can", "read", "data", *context, "--json").document["outsiders"] == []
        assert (
            len(run("who-can", "read", "data", "--context", "aws:SourceIp=1.2.3.4", "--json").document["outsiders"])
            == 1
        )

    def test_several_values(self, run: Terminal) -> None:
        self.write(self.OPEN)
        given = ("--context", "aws:TagKeys=a", "--context", "aws:TagKeys=b")
        found = run("can", "mfa", *self.ASK, *given, "--json").document
        assert found["context"] == {"aws:TagKeys": ["a", "b"]}
        assert "given aws:TagKeys=a, aws:TagKeys=b" in run("can", "mfa", *self.ASK, *given).out

    @pytest.mark.parametrize(
        "given", ["x", "x=1", "aws:SourceVpce", "aws:SourceVpce=", "=1", ":a=1", "aws:=1", "aws: x=1", "aws:a:=1"]
    )
    def test_what_is_no_fact_is_refused(self, run: Terminal, given: str) -> None:
        for command in (("can", "mfa", *self.ASK), ("who-can", "invoke", "scoring")):
            ended = run(*command, "--context", given)
            assert ended.code == exit_codes.USAGE
            assert ended.out == ""
            assert "is no fact of a request" in ended.err
            assert "Write KEY=VALUE" in ended.err

    def test_two_vpc_endpoints_are_refused(self, run: Terminal) -> None:
        two = ("--context", "aws:SourceVpce=vpce-1", "--context", "aws:sourcevpce=vpce-2")
        assert "a request comes by one VPC endpoint" in run("can", "mfa", *self.ASK, *two).err


def test_can_proves_it(run: Terminal) -> None:
    found = run("can", "analyst", "sagemaker:InvokeEndpoint", "scoring", "--json").document
    assert found["decision"] == "allow"
    assert found["proof"] == ["Allow in identity policy p0, statement 1"]


def test_whoever_reads_a_bucket_needs_its_key(run: Terminal) -> None:
    key = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/k"
    document = stored()
    data = next(r for r in document["resources"] if r["kind"] == "Storage")
    ref = {"kind": "Key", "provider": "aws", "account": ACCOUNT, "id": key}
    data["facts"]["encryption_key"] = {"value": ref, "native": {}, "calls": []}
    to_account = policy(allow("kms:*", Principal={"AWS": f"{IAM}:root"}))
    get, decrypt = allow("s3:GetObject"), allow("kms:Decrypt", key)
    document["resources"] += [
        resource("Key", key, "k", policy_document=to_account, grants=[]),
        role("half", policy(get), trusted=trust(Service="ec2.amazonaws.com")),
        role("whole", policy(get, decrypt), trusted=trust(Service="ec2.amazonaws.com")),
    ]
    write(document)
    may = [one["identity"] for one in run("who-can", "read", "data", "--json").document["may"]]
    assert may == [f"{IAM}:role/admin", f"{IAM}:role/whole"]
    by_action = run("who-can", "s3:GetObject", "data", "--json").document["may"]
    assert f"{IAM}:role/half" in [one["identity"] for one in by_action]


PROFILE = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:inference-profile/us.maker.model-v1:0"
MODEL = "arn:aws:bedrock:us-east-1::foundation-model/maker.model-v1:0"


@pytest.mark.parametrize(("granted", "answer"), [([PROFILE], "deny"), ([PROFILE, MODEL], "allow"), ([MODEL], "deny")])
def test_a_profile_takes_the_right_to_its_model_as_well(run: Terminal, granted: list[str], answer: str) -> None:
    document = stored()
    statements = [allow("bedrock:InvokeModel", on) for on in granted]
    document["resources"].append(role("caller", policy(*statements), trusted=trust(Service="ec2.amazonaws.com")))
    write(document)
    found = run("can", "caller", "bedrock:InvokeModel", PROFILE, "--json").document
    assert found["decision"] == answer
    assert any(MODEL in note for note in found["notes"])


def test_ways_that_the_action_data_cannot_tell_of_are_named(run: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    lacking = (Degraded("pass-newest", ("newest:CreateThing",)),)
    monkeypatch.setattr("auditor.access.escalation.degraded", lambda: lacking)
    assert run("paths", "--to", "admin", "--json").document["not_looked_up"] == [
        {"method": "pass-newest", "actions": ["newest:CreateThing"]}
    ]
    assert "lacks newest:CreateThing: pass-newest is looked for by name only" in run("paths", "--to", "admin").out


def test_paths_to_administrator(run: Terminal) -> None:
    ended = run("paths", "--to", "admin")
    assert "2 identities have one: 1 by themselves, 1 by what they can take over." in ended.out
    assert f"  {IAM}:role/app: yes\n      1. assume-role to {IAM}:role/admin (sts:AssumeRole)\n" in ended.out
    assert "           Allow in the trust policy of the role, statement 1" in ended.out
    assert "analyst" not in ended.out


def test_paths_to_a_resource(run: Terminal) -> None:
    found = run("paths", "--to", "scoring", "--json").document
    steps = {one["identity"]: [s["by"] for s in one["steps"]] for one in found["paths"]}
    assert (found["to"], found["use"]) == (ENDPOINT, "invoke")
    assert steps == {f"{IAM}:role/admin": [], f"{IAM}:role/analyst": [], f"{IAM}:role/app": ["assume-role"]}


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (("who-can", "invoke", "skoring"), "no resource 'skoring'", "Near it: scoring"),
        (("who-can", "sagemaker:DescribeModel", "twin"), "one of several resources", "model/scoring-2"),
        (("who-can", "invoke", "data"), "to invoke means nothing", "Name an action"),
        (("who-can", "sagemaker:InvokeEndpont", "scoring"), "publishes no action", "sagemaker:InvokeEndpoint"),
        (("who-can", "sagmaker:InvokeEndpoint", "scoring"), "no service has the prefix", "sagemaker"),
        (("who-can", "s3:*", "data"), "is no action", "Name one action"),
        (("can", "analist", "s3:GetObject", "data"), "no identity 'analist'", "Near it: analyst"),
        (("paths", "--to", "nowhere"), "no resource 'nowhere'", "Name it"),
        (("who-can", "invoke", "scoring", "--account", "9"), "account 9 is not in the audit", ACCOUNT),
        (("who-can", "invoke", "scoring", "--audit", "elsewhere"), "elsewhere", "Name an audit.json"),
        (("who-can", "invoke", "scoring", "--audit", "x", "--live"), "--audit asks a stored audit", "Leave one out"),
    ],
)
def test_what_cannot_be_asked_is_said_with_what_is_near(
    run: Terminal, arguments: tuple[str, ...], message: str, hint: str
) -> None:
    ended = run(*arguments)
    assert ended.code == exit_codes.USAGE
    assert ended.out == ""
    assert message in ended.err
    assert hint in ended.err


def test_of_several_accounts_one_must_be_named(run: Terminal) -> None:
    write(stored(NO_CEILING, ACCOUNT, "333333333333"))
    assert "several AWS accounts" in run("who-can", "invoke", "scoring").err
    assert run("who-can", "invoke", "scoring", "--account", ACCOUNT).code == exit_codes.DONE


def test_names_of_the_account_cannot_move_the_terminal(run: Terminal) -> None:
    document = stored()
    document["resources"].append(role("x\x1b[31m", policy(allow("sagemaker:*")), trusted=trust(Service="x.aws")))
    write(document)
    assert "\x1b" not in run("who-can", "invoke", "scoring").out


def test_a_live_question_reads_every_document_that_answers_rest_on() -> None:
    """The checks exist, and need the facts that the world is made of."""
    checks = load_catalog().select(LIVE_CHECKS, (), ())
    assert {c.id for c in checks} == set(LIVE_CHECKS)
    _, needs = needs_of(checks, DERIVED, Provider.AWS)
    assert {
        (Identity, "policies"),
        (Identity, "trust_document"),
        (Identity, "permissions_boundary"),
        (AccountSettings, "managed_policies"),
        (AccountSettings, "group_policies"),
        (AccountSettings, "organization_policies"),
    } <= needs
    assert (Storage, "requires_tls") in needs
