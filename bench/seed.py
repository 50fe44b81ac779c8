"""The measured estate: one region with 60 endpoints and 300 roles, and what stands around them.

``python -m bench.seed URL`` builds it on a server.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config

ACCOUNT_ID = "123456789012"
REGION = "us-east-1"
ROLES, ENDPOINTS, KEYS, BUCKETS, VPCS, TRAILS, LOG_GROUPS, NOTEBOOKS = 300, 60, 6, 6, 2, 2, 10, 2


def seed(url: str) -> None:
    session = boto3.Session("bench", "bench", region_name=REGION)
    config = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1})

    def client(service: str) -> Any:
        return session.client(service, endpoint_url=url, config=config)

    _roles(client("iam"))
    keys = _keys(client("kms"))
    _buckets(client("s3"), keys)
    networks = _networks(client("ec2"))
    _trails(client("cloudtrail"))
    logs = client("logs")
    for number in range(LOG_GROUPS):
        logs.create_log_group(logGroupName=f"/ml/service-{number:02}")
    _workloads(client("sagemaker"), keys, networks)
    client("guardduty").create_detector(Enable=True)


def _document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def role_name(number: int) -> str:
    return f"workload-{number:03}"


def _roles(iam: Any) -> None:
    """As many AI roles as endpoints; the rest belong to other services."""
    for number in range(ROLES):
        service = "sagemaker" if number < ENDPOINTS else "lambda"
        trust = _document(
            {
                "Effect": "Allow",
                "Principal": {"Service": f"{service}.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT_ID}},
            }
        )
        policy = _document(
            {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": f"arn:aws:s3:::bench-bucket-0/{number}/*"},
            {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"},
        )
        iam.create_role(RoleName=role_name(number), AssumeRolePolicyDocument=trust)
        iam.put_role_policy(RoleName=role_name(number), PolicyName="workload", PolicyDocument=policy)


def _keys(kms: Any) -> list[str]:
    arns = []
    for number in range(KEYS):
        key = kms.create_key(Description=f"bench {number}")["KeyMetadata"]
        kms.create_alias(AliasName=f"alias/bench-{number}", TargetKeyId=key["KeyId"])
        kms.enable_key_rotation(KeyId=key["KeyId"])
        arns.append(key["Arn"])
    return arns


def _buckets(s3: Any, keys: list[str]) -> None:
    blocks = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    for number in range(BUCKETS):
        name = f"bench-bucket-{number}"
        s3.create_bucket(Bucket=name)
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=dict.fromkeys(blocks, True))
        rule = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": keys[number % len(keys)]}
        s3.put_bucket_encryption(
            Bucket=name,
            ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": rule}]},
        )
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})


def _networks(ec2: Any) -> list[tuple[str, str]]:
    """A subnet and a security group of each VPC."""
    made = []
    for number in range(VPCS):
        vpc = ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.{number}.0.0/24")["Subnet"]["SubnetId"]
        group = ec2.create_security_group(GroupName="ml", Description="ml", VpcId=vpc)["GroupId"]
        for service in ("sagemaker.runtime", "sagemaker.api"):
            ec2.create_vpc_endpoint(
                VpcId=vpc,
                ServiceName=f"com.amazonaws.{REGION}.{service}",
                VpcEndpointType="Interface",
                SubnetIds=[subnet],
                SecurityGroupIds=[group],
            )
        made.append((subnet, group))
    return made


def _trails(cloudtrail: Any) -> None:
    for number in range(TRAILS):
        name = f"bench-trail-{number}"
        cloudtrail.create_trail(Name=name, S3BucketName="bench-bucket-0", IsMultiRegionTrail=True)
        cloudtrail.start_logging(Name=name)


def _workloads(sagemaker: Any, keys: list[str], networks: list[tuple[str, str]]) -> None:
    for number in range(ENDPOINTS):
        name = f"endpoint-{number:02}"
        subnet, group = networks[number % len(networks)]
        role = f"arn:aws:iam::{ACCOUNT_ID}:role/{role_name(number)}"
        sagemaker.create_model(
            ModelName=name,
            ExecutionRoleArn=role,
            PrimaryContainer={"Image": f"{ACCOUNT_ID}.dkr.ecr.{REGION}.amazonaws.com/serve:1"},
            VpcConfig={"SecurityGroupIds": [group], "Subnets": [subnet]},
        )
        sagemaker.create_endpoint_config(
            EndpointConfigName=f"{name}-config",
            KmsKeyId=keys[number % len(keys)],
            ProductionVariants=[
                {"VariantName": "a", "ModelName": name, "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
            ],
        )
        sagemaker.create_endpoint(
            EndpointName=name,
            EndpointConfigName=f"{name}-config",
            Tags=[{"Key": "owner", "Value": "bench"}, {"Key": "environment", "Value": "production"}],
        )
    for number in range(NOTEBOOKS):
        sagemaker.create_notebook_instance(
            NotebookInstanceName=f"notebook-{number}",
            InstanceType="ml.t3.large",
            RoleArn=f"arn:aws:iam::{ACCOUNT_ID}:role/{role_name(number)}",
        )


if __name__ == "__main__":
    seed(sys.argv[1])
