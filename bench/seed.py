"""The measured estates: roles, endpoints with their configurations and models, and what stands around them.

``python -m bench.seed URL ROLES ENDPOINTS REGIONS`` builds one on a server.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

ACCOUNT_ID = "123456789012"
REGIONS = ("us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-1")
EMPTY_REGION = "ca-central-1"
KEYS, BUCKETS, VPCS, TRAILS, LOG_GROUPS, NOTEBOOKS, JOBS, FUNCTIONS = 6, 6, 2, 2, 10, 6, 6, 3
"""Per region; buckets, trails and functions in the first one only."""


@dataclass(frozen=True)
class Estate:
    """``endpoints`` are spread over the first ``regions``."""

    name: str
    roles: int
    endpoints: int
    regions: int

    @property
    def read(self) -> tuple[str, ...]:
        return REGIONS[: self.regions]

    def arguments(self) -> tuple[str, ...]:
        return (str(self.roles), str(self.endpoints), str(self.regions))


SMALL = Estate("a", 12, 3, 1)
MEDIUM = Estate("b", 300, 60, 1)
LARGE = Estate("c", 300, 300, 5)
CROWDED = Estate("crowded", 300, 300, 1)


def seed(url: str, estate: Estate) -> None:
    session = boto3.Session("bench", "bench")
    config = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1})

    def client(service: str, region: str = REGIONS[0]) -> Any:
        return session.client(service, region_name=region, endpoint_url=url, config=config)

    _roles(client("iam"), estate)
    for place, region in enumerate(estate.read):
        keys = _keys(client("kms", region))
        networks = _networks(client("ec2", region), region)
        if place == 0:
            _buckets(client("s3"), keys)
            _trails(client("cloudtrail"))
            _functions(client("lambda"), estate)
        logs = client("logs", region)
        for number in range(LOG_GROUPS):
            logs.create_log_group(logGroupName=f"/aws/sagemaker/service-{number:02}")
        mine = [n for n in range(estate.endpoints) if n % estate.regions == place]
        _workloads(client("sagemaker", region), region, mine, estate, keys, networks)
        client("guardduty", region).create_detector(Enable=True)


def _document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def role_name(number: int) -> str:
    return f"workload-{number:03}"


def _roles(iam: Any, estate: Estate) -> None:
    """As many AI roles as endpoints, at most half; the rest belong to other services."""
    for number in range(estate.roles):
        service = "sagemaker" if number < min(estate.endpoints, estate.roles // 2) else "lambda"
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
        owner = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls=owner)
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=dict.fromkeys(blocks, True))
        rule = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": keys[number % len(keys)]}
        s3.put_bucket_encryption(
            Bucket=name,
            ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": rule}]},
        )
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})


def _networks(ec2: Any, region: str) -> list[tuple[str, str]]:
    """A subnet and a security group of each VPC."""
    made = []
    for number in range(VPCS):
        vpc = ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.{number}.0.0/24")["Subnet"]["SubnetId"]
        group = ec2.create_security_group(GroupName="ml", Description="ml", VpcId=vpc)["GroupId"]
        for service in ("sagemaker.runtime", "sagemaker.api"):
            ec2.create_vpc_endpoint(
                VpcId=vpc,
                ServiceName=f"com.amazonaws.{region}.{service}",
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


def _functions(client: Any, estate: Estate) -> None:
    for number in range(FUNCTIONS):
        client.create_function(
            FunctionName=f"function-{number}",
            Runtime="python3.13",
            Role=f"arn:aws:iam::{ACCOUNT_ID}:role/{role_name(estate.roles - 1 - number)}",
            Handler="a.b",
            Code={"ZipFile": b"x"},
        )


def _workloads(
    sagemaker: Any, region: str, numbers: list[int], estate: Estate, keys: list[str], networks: list[tuple[str, str]]
) -> None:
    ai_roles = min(estate.endpoints, estate.roles // 2)
    for number in numbers:
        name = f"endpoint-{number:03}"
        subnet, group = networks[number % len(networks)]
        role = f"arn:aws:iam::{ACCOUNT_ID}:role/{role_name(number % ai_roles)}"
        sagemaker.create_model(
            ModelName=name,
            ExecutionRoleArn=role,
            PrimaryContainer={"Image": f"{ACCOUNT_ID}.dkr.ecr.{region}.amazonaws.com/serve:1"},
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
    role = f"arn:aws:iam::{ACCOUNT_ID}:role/{role_name(0)}"
    for number in range(NOTEBOOKS):
        sagemaker.create_notebook_instance(
            NotebookInstanceName=f"notebook-{number}", InstanceType="ml.t3.large", RoleArn=role
        )
    for number in range(JOBS):
        sagemaker.create_training_job(
            TrainingJobName=f"train-{number}",
            AlgorithmSpecification={
                "TrainingImage": f"{ACCOUNT_ID}.dkr.ecr.{region}.amazonaws.com/train:1",
                "TrainingInputMode": "File",
            },
            RoleArn=role,
            OutputDataConfig={"S3OutputPath": "s3://bench-bucket-0/out"},
            ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
            StoppingCondition={"MaxRuntimeInSeconds": 3600},
        )


if __name__ == "__main__":
    seed(sys.argv[1], Estate("", *map(int, sys.argv[2:5])))
