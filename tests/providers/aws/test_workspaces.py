"""SageMaker Studio domains."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from auditor.model.facts import Fact, Known, Reason, Unknown
from auditor.model.resources import Ref, Workspace
from auditor.model.scope import Provider
from auditor.providers.aws import workspaces
from auditor.providers.aws.workspaces import (
    DESCRIBE_DOMAIN,
    DESCRIBE_PROFILE,
    DESCRIBE_SCRIPT,
    LIST_DOMAINS,
    LIST_PROFILES,
    LIST_SCRIPTS,
)
from tests.providers.aws.conftest import Aws

ARN = "arn:aws:sagemaker:us-east-1:123456789012:domain/d-1"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
IDLE = {"AppLifecycleManagement": {"IdleSettings": {"LifecycleManagement": "ENABLED"}}}
SETTINGS = {
    "ExecutionRole": "arn:aws:iam::123456789012:role/default",
    "SecurityGroups": ["sg-1"],
    "SharingSettings": {"NotebookOutputOption": "Disabled"},
    "JupyterLabAppSettings": IDLE,
    "CodeEditorAppSettings": IDLE,
}
DOMAIN = {
    "DomainArn": ARN,
    "DomainId": "d-1",
    "DomainName": "research",
    "AuthMode": "SSO",
    "AppNetworkAccessType": "VpcOnly",
    "SubnetIds": ["subnet-1", "subnet-2"],
    "KmsKeyId": KEY,
    "DefaultUserSettings": SETTINGS,
    "DomainSettings": {"ExecutionRoleIdentityConfig": "USER_PROFILE_NAME"},
}


def role(name: str) -> str:
    return f"arn:aws:iam::123456789012:role/{name}"


def world(
    aws: Aws,
    domain: dict[str, Any] | None = None,
    users: dict[str, dict[str, Any] | None] | None = None,
    scripts: dict[str, str] | None = None,
) -> None:
    """A domain with changes (None takes a field away), users with their settings, scripts of the region."""
    body = {k: v for k, v in {**DOMAIN, **(domain or {})}.items() if v is not None}
    aws.answer(LIST_DOMAINS, {"Domains": [{"DomainArn": ARN, "DomainId": "d-1", "DomainName": "research"}]})
    aws.answer(DESCRIBE_DOMAIN, body, DomainId="d-1")
    users = {} if users is None else users
    listed = [{"DomainId": "d-1", "UserProfileName": name} for name in users]
    aws.answer(LIST_PROFILES, {"UserProfiles": listed}, DomainIdEquals="d-1")
    for name, settings in users.items():
        profile: dict[str, Any] = {"DomainId": "d-1", "UserProfileName": name}
        if settings is not None:
            profile["UserSettings"] = settings
        aws.answer(DESCRIBE_PROFILE, profile, UserProfileName=name)
    scripts = scripts or {}
    aws.answer(LIST_SCRIPTS, {"StudioLifecycleConfigs": [{"StudioLifecycleConfigName": name} for name in scripts]})
    for name, text in scripts.items():
        content = base64.b64encode(text.encode()).decode()
        aws.answer(
            DESCRIBE_SCRIPT,
            {"StudioLifecycleConfigName": name, "StudioLifecycleConfigContent": content},
            StudioLifecycleConfigName=name,
        )


def only(aws: Aws) -> Workspace:
    (found,) = aws.collect(workspaces.COLLECTORS)
    assert isinstance(found, Workspace)
    return found


def plain(fact: Fact[Any]) -> object:
    return fact.value if isinstance(fact, Known) else fact.reason


def test_guarded_domain(aws: Aws) -> None:
    users: dict[str, Any] = {
        "ana": {"ExecutionRole": role("ana"), "SecurityGroups": ["sg-2"]},
        "ben": {"ExecutionRole": role("ben")},
    }
    world(aws, users=users, scripts={"kernels": "pip install polars\n"})
    found = only(aws)
    assert (found.id, found.name, found.native_type) == (ARN, "research", "AWS::SageMaker::Domain")
    assert found.direct_internet.value is False
    assert found.federated.value is True
    assert found.encryption_key.value == Ref("Key", Provider.AWS, "123456789012", KEY)
    assert found.subnets.value == ("subnet-1", "subnet-2")
    assert found.security_groups.value == ("sg-1", "sg-2")
    assert [ref.id for ref in found.identity.value] == [role("ana"), role("ben"), role("default")]
    assert found.attributable.value is True
    assert found.output_protected.value is True
    assert found.containers_restricted.value is True
    assert found.idle_shutdown.value is True
    assert found.shared_identities.value == ()
    assert found.secrets.value == ()
    (collector,) = workspaces.COLLECTORS
    assert all(isinstance(getattr(found, n), Known) and getattr(found, n).calls for n in collector.facts())


def test_bare_domain_has_what_the_api_documents_for_what_is_absent(aws: Aws) -> None:
    bare = dict.fromkeys(("AppNetworkAccessType", "KmsKeyId", "DomainSettings"))
    world(aws, {**bare, "AuthMode": "IAM", "DefaultUserSettings": {"ExecutionRole": role("default")}})
    found = only(aws)
    assert found.direct_internet.value is True
    assert found.federated.value is False
    assert found.encryption_key.value is None
    assert found.security_groups.value == ()
    assert found.attributable.value is False
    assert found.output_protected.value is True
    assert found.containers_restricted.value is True
    assert found.idle_shutdown.value is False


@pytest.mark.parametrize(
    ("changes", "fact", "expected"),
    [
        ({"AppNetworkAccessType": "UnheardOf"}, "direct_internet", Reason.UNRECOGNISED),
        ({"AuthMode": None}, "federated", Reason.ABSENT),
        ({"AuthMode": "UnheardOf"}, "federated", Reason.UNRECOGNISED),
        (
            {"AuthMode": "IAM", "DomainSettings": {"UnifiedStudioSettings": {"DomainId": "dzd_1"}}},
            "federated",
            Reason.NOT_BUILT,
        ),
        ({"SubnetIds": None}, "subnets", Reason.ABSENT),
        (
            {
                "SubnetIds": None,
                "AppNetworkAccessType": "PublicInternetOnly",
                "DomainSettings": {"UnifiedStudioSettings": {"DomainId": "dzd_1"}},
            },
            "subnets",
            (),
        ),
        (
            {"KmsKeyId": None, "HomeEfsFileSystemKmsKeyId": "alias/old"},
            "encryption_key",
            Ref("Key", Provider.AWS, "123456789012", "arn:aws:kms:us-east-1:123456789012:alias/old"),
        ),
        ({"DomainSettings": {"ExecutionRoleIdentityConfig": "DISABLED"}}, "attributable", False),
        ({"DomainSettings": {"ExecutionRoleIdentityConfig": "UnheardOf"}}, "attributable", Reason.UNRECOGNISED),
        ({"DefaultUserSettings": None}, "output_protected", Reason.ABSENT),
        ({"DefaultUserSettings": {}}, "identity", Reason.ABSENT),
    ],
)
def test_fields(aws: Aws, changes: dict[str, Any], fact: str, expected: object) -> None:
    world(aws, changes)
    assert plain(getattr(only(aws), fact)) == expected


@pytest.mark.parametrize(
    ("docker", "internet", "expected"),
    [
        ({"EnableDockerAccess": "DISABLED"}, "PublicInternetOnly", True),
        ({"EnableDockerAccess": "ENABLED"}, "VpcOnly", False),
        ({"EnableDockerAccess": "ENABLED", "VpcOnlyTrustedAccounts": ["123456789012"]}, "VpcOnly", True),
        ({"EnableDockerAccess": "ENABLED", "VpcOnlyTrustedAccounts": ["123456789012"]}, "PublicInternetOnly", False),
        ({"EnableDockerAccess": "UnheardOf"}, "VpcOnly", Reason.UNRECOGNISED),
    ],
)
def test_docker(aws: Aws, docker: dict[str, Any], internet: str, expected: object) -> None:
    world(aws, {"DomainSettings": {"DockerSettings": docker}, "AppNetworkAccessType": internet})
    assert plain(only(aws).containers_restricted) == expected


NO_IDENTITY: dict[str, Any] = {"DomainSettings": {}}
NAMED = {"StudioWebPortalSettings": {"ExecutionRoleSessionNameMode": "USER_IDENTITY"}}
STATIC = {"StudioWebPortalSettings": {"ExecutionRoleSessionNameMode": "STATIC"}}
OPEN = {"SharingSettings": {"NotebookOutputOption": "Allowed"}}
KEYED = {"SharingSettings": {"NotebookOutputOption": "Allowed", "S3KmsKeyId": KEY}}
AWAKE = {"JupyterLabAppSettings": {"AppLifecycleManagement": {"IdleSettings": {"LifecycleManagement": "DISABLED"}}}}


@pytest.mark.parametrize(
    ("fact", "default", "user", "expected"),
    [
        ("attributable", NAMED, None, True),
        ("attributable", NAMED, {}, True),
        ("attributable", NAMED, STATIC, False),
        ("attributable", STATIC, NAMED, False),  # the default is what the next user gets
        ("output_protected", OPEN, None, False),
        ("output_protected", KEYED, None, True),
        ("output_protected", KEYED, OPEN, False),
        ("output_protected", {}, KEYED, True),
        ("output_protected", {"SharingSettings": {"NotebookOutputOption": "UnheardOf"}}, None, Reason.UNRECOGNISED),
        ("idle_shutdown", {}, AWAKE, False),
        ("idle_shutdown", {"CodeEditorAppSettings": {}}, None, False),
    ],
)
def test_what_users_set_takes_precedence(
    aws: Aws, fact: str, default: dict[str, Any], user: dict[str, Any] | None, expected: object
) -> None:
    world(aws, {"DefaultUserSettings": {**SETTINGS, **default}, **NO_IDENTITY}, {"ana": user})
    assert plain(getattr(only(aws), fact)) == expected


def test_shared_spaces_have_settings_of_their_own(aws: Aws) -> None:
    world(aws, {"DefaultSpaceSettings": {"ExecutionRole": role("space"), "SecurityGroups": ["sg-9"]}})
    found = only(aws)
    assert found.idle_shutdown.value is False
    assert role("space") in {ref.id for ref in found.identity.value}
    assert "sg-9" in found.security_groups.value


@pytest.mark.parametrize(
    ("users", "expected"),
    [
        ({"ana": None}, ()),
        ({"ana": None, "ben": None}, ("ana", "ben")),
        ({"ana": {"ExecutionRole": role("ana")}, "ben": None}, ()),
        ({"ana": {"ExecutionRole": role("x")}, "ben": {"ExecutionRole": role("x")}, "eva": None}, ("ana", "ben")),
        ({"ana": {"ExecutionRole": role("default")}, "ben": None}, ("ana", "ben")),
    ],
)
def test_shared_identities(aws: Aws, users: dict[str, Any], expected: object) -> None:
    world(aws, users=users)
    assert only(aws).shared_identities.value == expected


def test_a_script_with_a_secret(aws: Aws) -> None:
    world(aws, scripts={"kernels": "pip install polars", "mount": "export DB_PASSWORD='harbor-7431-violet'"})
    assert only(aws).secrets.value == ("mount (secret-keyword)",)


def test_denied_profiles_leave_only_what_they_cannot_change(aws: Aws) -> None:
    world(aws, {"DefaultUserSettings": {**SETTINGS, **OPEN}}, {"ana": None})
    aws.refuse(DESCRIBE_PROFILE, "AccessDeniedException")
    found = only(aws)
    assert found.output_protected.value is False
    assert found.attributable.value is True
    for fact in (found.identity, found.security_groups, found.shared_identities, found.idle_shutdown):
        assert isinstance(fact, Unknown)
        assert fact.permissions == ("sagemaker:DescribeUserProfile",)


@pytest.mark.parametrize("call", [DESCRIBE_DOMAIN, LIST_SCRIPTS])
def test_denied(aws: Aws, call: Any) -> None:
    world(aws)
    aws.refuse(call, "AccessDeniedException")
    (collector,) = workspaces.COLLECTORS
    found = only(aws)
    affected = [f for d in collector.details if call in d.calls for f in d.facts]
    assert affected
    assert {plain(getattr(found, name)) for name in affected} == {Reason.DENIED}
