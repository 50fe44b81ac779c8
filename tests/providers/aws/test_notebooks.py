"""SageMaker notebook instances."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from auditor.model.facts import Known, Reason, Unknown
from auditor.model.resources import Notebook, Ref
from auditor.model.scope import Provider
from auditor.providers.aws import notebooks
from auditor.providers.aws.notebooks import DESCRIBE_LIFECYCLE, DESCRIBE_NOTEBOOK
from auditor.providers.aws.security_groups import DESCRIBE_SECURITY_GROUPS, GET_PREFIX_LIST
from tests.providers.aws.conftest import Aws

ROLE = "arn:aws:iam::123456789012:role/notebook"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ARN = "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/n"


def create(aws: Aws, **more: Any) -> None:
    aws.boto("sagemaker").create_notebook_instance(
        NotebookInstanceName="n", InstanceType="ml.t3.medium", RoleArn=ROLE, **more
    )


def describe(aws: Aws, **more: Any) -> None:
    """What AWS gives; moto drops the platform, and RootAccess unless it was set."""
    body = {
        "NotebookInstanceArn": ARN,
        "NotebookInstanceName": "n",
        "NotebookInstanceStatus": "InService",
        "RoleArn": ROLE,
        "DirectInternetAccess": "Disabled",
        "RootAccess": "Disabled",
        "PlatformIdentifier": "notebook-al2023-v1",
        "SubnetId": "subnet-1",
        "SecurityGroups": ["sg-1"],
        "KmsKeyId": KEY,
        "InstanceMetadataServiceConfiguration": {"MinimumInstanceMetadataServiceVersion": "2"},
        **more,
    }
    aws.answer(DESCRIBE_NOTEBOOK, {k: v for k, v in body.items() if v is not None})


def metadata(version: str) -> dict[str, str]:
    return {"MinimumInstanceMetadataServiceVersion": version}


def script(text: str) -> list[dict[str, str]]:
    return [{"Content": base64.b64encode(text.encode()).decode()}]


def groups(aws: Aws, *rules: dict[str, Any], name: str = "sg-1") -> None:
    aws.answer(DESCRIBE_SECURITY_GROUPS, {"SecurityGroups": [{"GroupId": name, "IpPermissions": list(rules)}]})


def only(aws: Aws) -> Notebook:
    (found,) = aws.collect(notebooks.COLLECTORS)
    assert isinstance(found, Notebook)
    return found


def test_guarded_notebook(aws: Aws) -> None:
    create(aws)
    describe(aws)
    groups(aws)
    found = only(aws)
    assert (found.id, found.name, found.native_type) == (ARN, "n", "AWS::SageMaker::NotebookInstance")
    assert found.direct_internet.value is False
    assert found.root_access.value is False
    assert found.platform_current.value is True
    assert found.open_inbound.value == ()
    assert found.identity.value == (Ref("Identity", Provider.AWS, "123456789012", ROLE),)
    assert found.encryption_key.value == Ref("Key", Provider.AWS, "123456789012", KEY)
    assert found.metadata_v2.value is True
    assert found.in_customer_network.value is True
    assert (found.subnets.value, found.security_groups.value) == (("subnet-1",), ("sg-1",))
    assert found.secrets.value == ()
    (collector,) = notebooks.COLLECTORS
    assert all(isinstance(getattr(found, n), Known) and getattr(found, n).calls for n in collector.facts())


def test_bare_notebook_in_moto(aws: Aws) -> None:
    create(aws, RootAccess="Enabled")
    found = only(aws)
    assert found.direct_internet.value is True
    assert found.root_access.value is True
    assert found.encryption_key.value is None
    assert found.open_inbound.value == ()
    assert found.metadata_v2.value is False  # moto drops it; AWS documents version 1 for what is absent
    assert found.in_customer_network.value is False
    assert (found.subnets.value, found.security_groups.value) == ((), ())
    assert isinstance(found.platform_current, Unknown)  # moto drops it
    assert found.platform_current.reason is Reason.ABSENT


@pytest.mark.parametrize(
    ("field", "fact", "value", "expected"),
    [
        ("DirectInternetAccess", "direct_internet", "Enabled", True),
        ("DirectInternetAccess", "direct_internet", None, Reason.ABSENT),
        ("DirectInternetAccess", "direct_internet", "UnheardOf", Reason.UNRECOGNISED),
        ("RootAccess", "root_access", "Enabled", True),
        ("RootAccess", "root_access", None, Reason.ABSENT),
        ("PlatformIdentifier", "platform_current", "notebook-al2-v2", False),
        ("PlatformIdentifier", "platform_current", "notebook-al2030-v1", Reason.UNRECOGNISED),
        ("PlatformIdentifier", "platform_current", None, Reason.ABSENT),
        ("RoleArn", "identity", None, Reason.ABSENT),
        ("KmsKeyId", "encryption_key", None, None),
        ("SecurityGroups", "open_inbound", None, Reason.ABSENT),
        ("SecurityGroups", "security_groups", None, Reason.ABSENT),
        ("InstanceMetadataServiceConfiguration", "metadata_v2", None, False),
        ("InstanceMetadataServiceConfiguration", "metadata_v2", metadata("1"), False),
        ("InstanceMetadataServiceConfiguration", "metadata_v2", metadata("3"), Reason.UNRECOGNISED),
        ("SubnetId", "in_customer_network", None, False),
        ("SubnetId", "subnets", None, ()),
        ("SubnetId", "security_groups", None, ()),
    ],
)
def test_fields(aws: Aws, field: str, fact: str, value: Any, expected: object) -> None:
    create(aws)
    groups(aws)
    describe(aws, **{field: value})
    found = getattr(only(aws), fact)
    assert (found.value if isinstance(found, Known) else found.reason) == expected


V4 = [{"CidrIp": "0.0.0.0/0"}]
SSH_FROM_A_LIST = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "PrefixListIds": [{"PrefixListId": "pl-all"}]}


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": V4}], ("22",)),
        ([{"IpProtocol": "tcp", "FromPort": 8000, "ToPort": 9000, "IpRanges": V4}], ("8000-9000",)),
        ([{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}], ("443",)),
        ([{"IpProtocol": "-1", "IpRanges": V4}], ("all",)),
        ([{"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "IpRanges": V4}], ("icmp",)),
        ([{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}], ()),
        ([{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "sg-1"}]}], ()),
        ([{"IpProtocol": "esp", "FromPort": 1, "ToPort": 1, "IpRanges": V4}], ("esp",)),
        ([{"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": "pl-office"}]}], ()),
        ([{"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": "pl-all"}]}], ("all",)),
        ([SSH_FROM_A_LIST], ("22",)),
        ([SSH_FROM_A_LIST, {"IpProtocol": "icmp", "IpRanges": V4}], ("22", "icmp")),
        ([{"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": "pl-denied"}]}], Reason.DENIED),
        ([{"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": "pl-denied"}]}, SSH_FROM_A_LIST], ("22",)),
    ],
)
def test_inbound_rules(aws: Aws, rules: list[dict[str, Any]], expected: object) -> None:
    create(aws)
    describe(aws)
    groups(aws, *rules)
    aws.answer(GET_PREFIX_LIST, {"Entries": [{"Cidr": "198.51.100.0/24"}]}, PrefixListId="pl-office")
    aws.answer(GET_PREFIX_LIST, {"Entries": [{"Cidr": "10.0.0.0/8"}, {"Cidr": "::/0"}]}, PrefixListId="pl-all")
    aws.refuse(GET_PREFIX_LIST, "UnauthorizedOperation", 403, PrefixListId="pl-denied")
    found = only(aws).open_inbound
    assert (found.value if isinstance(found, Known) else found.reason) == expected


def test_a_group_of_another_account_is_unknown(aws: Aws) -> None:
    create(aws)
    describe(aws)
    groups(aws, name="sg-2")
    found = only(aws).open_inbound
    assert isinstance(found, Unknown)
    assert found.reason is Reason.ABSENT


def test_security_groups_are_read_once_per_region_and_as_moto_has_them(aws: Aws) -> None:
    ec2 = aws.boto("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 8888, "ToPort": 8888, "IpRanges": V4}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    for name in ("one", "two"):
        aws.boto("sagemaker").create_notebook_instance(
            NotebookInstanceName=name, InstanceType="ml.t3.medium", RoleArn=ROLE
        )
    describe(aws, SecurityGroups=[group])
    assert [n.open_inbound.value for n in aws.collect(notebooks.COLLECTORS)] == [("8888",), ("8888",)]
    assert [e.operation for e in aws.ledger.exchanges()].count("DescribeSecurityGroups") == 1


def test_denied_groups_leave_the_rest_known(aws: Aws) -> None:
    create(aws)
    describe(aws)
    aws.refuse(DESCRIBE_SECURITY_GROUPS, "UnauthorizedOperation", 403)
    found = only(aws)
    assert isinstance(found.open_inbound, Unknown)
    assert found.open_inbound.permissions == ("ec2:DescribeSecurityGroups",)
    assert found.root_access.value is False


@pytest.mark.parametrize(
    ("hooks", "expected"),
    [
        ({}, ()),
        ({"OnStart": script("pip install polars"), "OnCreate": []}, ()),
        ({"OnStart": script("export DB_PASSWORD='harbor-7431-violet'")}, ("OnStart of boot (secret-keyword)",)),
        ({"OnCreate": script("export DB_PASSWORD='harbor-7431-violet'")}, ("OnCreate of boot (secret-keyword)",)),
        ({"OnStart": [{}]}, Reason.NOT_BUILT),
    ],
)
def test_scripts(aws: Aws, hooks: dict[str, Any], expected: object) -> None:
    create(aws)
    groups(aws)
    describe(aws, NotebookInstanceLifecycleConfigName="boot")
    body = {"NotebookInstanceLifecycleConfigName": "boot", **hooks}
    aws.answer(DESCRIBE_LIFECYCLE, body, NotebookInstanceLifecycleConfigName="boot")
    found = only(aws).secrets
    assert (found.value if isinstance(found, Known) else found.reason) == expected


def test_denied_scripts(aws: Aws) -> None:
    create(aws)
    groups(aws)
    describe(aws, NotebookInstanceLifecycleConfigName="boot")
    aws.refuse(DESCRIBE_LIFECYCLE, "AccessDeniedException")
    found = only(aws)
    assert isinstance(found.secrets, Unknown)
    assert found.secrets.permissions == ("sagemaker:DescribeNotebookInstanceLifecycleConfig",)
    assert found.metadata_v2.value is True
