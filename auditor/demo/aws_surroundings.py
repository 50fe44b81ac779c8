"""The demo's AWS account: networks, storage, images and logs around AI.

What carries production is closed, copied and watched. The research network keeps the rules it was created with, and
the one of the European team has a way to the internet.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from auditor.demo import aws_estate as estate
from auditor.demo.aws_estate import HOME, PREFIX, SECOND, arn, role_arn
from auditor.demo.aws_made import DAY, Body, Client, Made, Writer

_PRODUCTION, _RESEARCH, _EUROPE = "ml-production", "ml-research", "ml-europe"
_ARTIFACTS, _TRAINING = f"{PREFIX}-model-artifacts", f"{PREFIX}-training-data"
_TRAIL = estate.TRAILS[0].name
_EVENTS = (
    *estate.TRAILS[0].data_events,
    "AWS::Bedrock::AgentAlias",
    "AWS::Bedrock::FlowAlias",
    "AWS::Bedrock::Guardrail",
    "AWS::Bedrock::KnowledgeBase",
    "AWS::BedrockAgentCore::Gateway",
    "AWS::BedrockAgentCore::Runtime",
    "AWS::SageMaker::FeatureGroup",
)
_S3 = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


def seed(client: Client, made: Made) -> None:
    """What moto can hold."""
    _networks(client, made)
    _images(client, made)
    _trail(client)
    _grants(client("kms", HOME), made)


def _networks(client: Client, made: Made) -> None:
    ec2 = client("ec2", HOME)
    for vpc in (_PRODUCTION, _RESEARCH):
        ec2.create_vpc_endpoint(
            VpcId=made.vpcs[vpc],
            ServiceName=f"com.amazonaws.{HOME}.s3",
            VpcEndpointType="Gateway",
            RouteTableIds=[_main_table(ec2, made.vpcs[vpc])],
            PolicyDocument=json.dumps(_document(_allow("*", "*", "*", **_own_organization()))),
        )
    for service in ("ecr.api", "ecr.dkr"):
        ec2.create_vpc_endpoint(
            VpcId=made.vpcs[_PRODUCTION],
            ServiceName=f"com.amazonaws.{HOME}.{service}",
            VpcEndpointType="Interface",
            SubnetIds=made.subnets[_PRODUCTION],
            SecurityGroupIds=[made.groups[_PRODUCTION]],
            PrivateDnsEnabled=True,
            PolicyDocument=json.dumps(_document(_allow("*", "*", "*", **_own_organization()))),
        )
    _limit_egress(ec2, made)
    _filter_subnets(ec2, made)
    ec2 = client("ec2", SECOND)
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=made.vpcs[_EUROPE])
    table = _main_table(ec2, made.vpcs[_EUROPE])
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)


def _main_table(ec2: Any, vpc: str) -> str:
    filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "association.main", "Values": ["true"]}]
    table: str = ec2.describe_route_tables(Filters=filters)["RouteTables"][0]["RouteTableId"]
    return table


def _limit_egress(ec2: Any, made: Made) -> None:
    """Production talks to endpoints in its own network and to the addresses of a partner."""
    group = made.groups[_PRODUCTION]
    everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.revoke_security_group_egress(GroupId=group, IpPermissions=everything)
    partner = ec2.create_managed_prefix_list(
        PrefixListName="credit-bureau",
        MaxEntries=5,
        AddressFamily="IPv4",
        Entries=[{"Cidr": "198.51.100.0/24", "Description": "scores"}],
    )["PrefixList"]["PrefixListId"]
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    ec2.authorize_security_group_egress(
        GroupId=group,
        IpPermissions=[{**https, "IpRanges": [{"CidrIp": "10.20.0.0/16"}]}],
    )
    ec2.authorize_security_group_egress(
        GroupId=group, IpPermissions=[{"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": partner}]}]
    )


def _filter_subnets(ec2: Any, made: Made) -> None:
    acl = ec2.create_network_acl(VpcId=made.vpcs[_PRODUCTION])["NetworkAcl"]["NetworkAclId"]
    for number, port in enumerate(((443, 443), (1024, 65535)), 1):
        for egress in (False, True):
            ec2.create_network_acl_entry(
                NetworkAclId=acl,
                RuleNumber=100 * number,
                Protocol="6",
                RuleAction="allow",
                Egress=egress,
                CidrBlock="10.0.0.0/8",
                PortRange={"From": port[0], "To": port[1]},
            )
    for now in ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [made.vpcs[_PRODUCTION]]}])[
        "NetworkAcls"
    ]:
        for association in now["Associations"]:
            ec2.replace_network_acl_association(AssociationId=association["NetworkAclAssociationId"], NetworkAclId=acl)


def _images(client: Client, made: Made) -> None:
    client("ecr", HOME).create_repository(
        repositoryName="inference",
        imageTagMutability="IMMUTABLE",
        imageScanningConfiguration={"scanOnPush": True},
        encryptionConfiguration={"encryptionType": "KMS", "kmsKey": made.keys["ml-models"]},
    )
    client("ecr", SECOND).create_repository(repositoryName="inference")
    client("ecr", HOME).create_repository(repositoryName="batch/nightly-exports")
    pull = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    policy = _document(_allow("*", pull, None, **_own_organization()))
    client("ecr", HOME).set_repository_policy(repositoryName="inference", policyText=json.dumps(policy))


def _trail(client: Client) -> None:
    cloudtrail = client("cloudtrail", HOME)
    management = [{"Field": "eventCategory", "Equals": ["Management"]}]
    data = {"Field": "eventCategory", "Equals": ["Data"]}
    selectors: list[dict[str, Any]] = [{"Name": "management", "FieldSelectors": management}]
    for kind in _EVENTS:
        fields = [data, {"Field": "resources.type", "Equals": [kind]}]
        selectors.append({"Name": kind, "FieldSelectors": fields})
    watched = {"Field": "resources.ARN", "StartsWith": [f"arn:aws:s3:::{_ARTIFACTS}/"]}
    objects = [data, {"Field": "resources.type", "Equals": ["AWS::S3::Object"]}, watched]
    selectors.append({"Name": "model artifacts", "FieldSelectors": objects})
    cloudtrail.put_event_selectors(TrailName=_TRAIL, AdvancedEventSelectors=selectors)
    cloudtrail.put_insight_selectors(TrailName=_TRAIL, InsightSelectors=[{"InsightType": "ApiCallRateInsight"}])


def _grants(kms: Any, made: Made) -> None:
    """As the console and services leave them behind: one for the volumes of notebooks, one for a role of the team."""
    kms.create_grant(
        KeyId=made.keys["ml-training"],
        GranteePrincipal=role_arn("sm-notebook-risk"),
        Operations=["Decrypt", "DescribeKey", "GenerateDataKeyWithoutPlaintext"],
        Constraints={"EncryptionContextSubset": {"aws:ebs:id": "vol-0a1b2c3d4e5f60718"}},
    )
    kms.create_grant(
        KeyId=made.keys["ml-training"], GranteePrincipal=role_arn("sm-training"), Operations=["Decrypt", "DescribeKey"]
    )


def _allow(principal: Any, actions: Any, resources: Any, **conditions: Any) -> dict[str, Any]:
    made = {"Effect": "Allow", "Principal": principal, "Action": actions, "Condition": conditions}
    return {**made, "Resource": resources} if resources else made


def _own_organization() -> dict[str, Any]:
    return {"StringEquals": {"aws:PrincipalOrgID": estate.ORGANIZATION}}


def _document(*statements: Mapping[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _request_log(made: Made, region: str, params: Mapping[str, Any]) -> str | None:
    """moto takes no destination that denies requests without TLS."""
    if params["Bucket"] != _TRAINING:
        return None
    inner = f"<TargetBucket>{estate.FLOW_LOG_BUCKET}</TargetBucket><TargetPrefix>requests/</TargetPrefix>"
    return f"<BucketLoggingStatus {_S3}><LoggingEnabled>{inner}</LoggingEnabled></BucketLoggingStatus>"


def _object_lock(made: Made, region: str, params: Mapping[str, Any]) -> str | None:
    """moto locks no bucket that was made without a lock."""
    if params["Bucket"] != _ARTIFACTS:
        return None
    retention = "<DefaultRetention><Mode>GOVERNANCE</Mode><Days>180</Days></DefaultRetention>"
    inner = f"<ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule>{retention}</Rule>"
    return f"<ObjectLockConfiguration {_S3}>{inner}</ObjectLockConfiguration>"


def _replication(made: Made, region: str, params: Mapping[str, Any]) -> str | None:
    """moto forgets that objects under KMS keys are copied, too."""
    if params["Bucket"] != _ARTIFACTS:
        return None
    keys = "<SseKmsEncryptedObjects><Status>Enabled</Status></SseKmsEncryptedObjects>"
    encryption = f"<ReplicaKmsKeyID>{made.keys['ml-eu']}</ReplicaKmsKeyID>"
    destination = (
        f"<Bucket>arn:aws:s3:::{PREFIX}-eu-model-artifacts</Bucket>"
        f"<EncryptionConfiguration>{encryption}</EncryptionConfiguration>"
    )
    rule = (
        "<ID>everything</ID><Priority>1</Priority><Status>Enabled</Status><Filter><Prefix></Prefix></Filter>"
        f"<SourceSelectionCriteria>{keys}</SourceSelectionCriteria><Destination>{destination}</Destination>"
        "<DeleteMarkerReplication><Status>Disabled</Status></DeleteMarkerReplication>"
    )
    role = f"<Role>{role_arn('s3-replication')}</Role>"
    return f"<ReplicationConfiguration {_S3}>{role}<Rule>{rule}</Rule></ReplicationConfiguration>"


def _protected(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    if region != HOME:
        return {"Results": []}
    vault = arn("backup", HOME, "backup-vault:ml-data")
    return {
        "Results": [
            {
                "ResourceArn": f"arn:aws:s3:::{_TRAINING}",
                "ResourceType": "S3",
                "LastBackupTime": DAY,
                "ResourceName": _TRAINING,
                "LastBackupVaultArn": vault,
                "LastRecoveryPointArn": arn("backup", HOME, f"recovery-point:{_TRAINING}-20260814"),
            }
        ]
    }


WRITERS: Mapping[str, Writer] = {
    "backup:ListProtectedResources": _protected,
    "s3:GetBucketLogging": _request_log,
    "s3:GetBucketReplication": _replication,
    "s3:GetObjectLockConfiguration": _object_lock,
}
"""What moto lacks or gets wrong."""
