"""``auditor access``: what it answers from a stored audit, and what it says when it cannot."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from auditor import cli
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
        resource("Endpoint", ENDPOINT, "scoring"),
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
    assert f"{IAM}:role/admin: always\n    Allow in identity policy p0, statement 1" in ended.out
    assert f"{IAM}:role/analyst: always, people sign in as it" in ended.out
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
    assert "222222222222 (account): if its own account lets it" in ended.out


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


def test_can_proves_it(run: Terminal) -> None:
    found = run("can", "analyst", "sagemaker:InvokeEndpoint", "scoring", "--json").document
    assert found["decision"] == "allow"
    assert found["proof"] == ["Allow in identity policy p0, statement 1"]


def test_paths_to_administrator(run: Terminal) -> None:
    ended = run("paths", "--to", "admin")
    assert f"{IAM}:role/app: yes\n    1. assume-role to {IAM}:role/admin (sts:AssumeRole)" in ended.out
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
