"""Builds the demo's AWS account by the API, in an order that always gives the same ids."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from auditor.demo import aws_estate as estate
from auditor.demo.aws_areas import AREAS
from auditor.demo.aws_estate import ACCOUNT_ID, HOME, role_arn
from auditor.demo.aws_made import Client, Made
from auditor.demo.aws_seed_people import seed_people


def seed(client: Client) -> Made:
    made = Made()
    seed_people(client("iam", HOME))
    _keys(client, made)
    for bucket in estate.BUCKETS:
        _bucket(client("s3", bucket.region), bucket, made)
    for vpc in estate.VPCS:
        _vpc(client, vpc, made)
    _watch(client, made)
    _endpoints(client, made)
    _notebooks(client, made)
    _generative(client, made)
    _log_groups(client, made)
    for area in AREAS:
        area.seed(client, made)
    return made


def _keys(client: Client, made: Made) -> None:
    for key in estate.KEYS:
        kms = client("kms", key.region)
        created = kms.create_key(Description=key.purpose, Policy=json.dumps(_key_policy(key)))["KeyMetadata"]
        kms.create_alias(AliasName=f"alias/{key.alias}", TargetKeyId=created["KeyId"])
        if key.rotates:
            kms.enable_key_rotation(KeyId=created["KeyId"])
        made.keys[key.alias] = created["Arn"]


def _key_policy(key: estate.KeySpec) -> Mapping[str, Any]:
    statements = [_statement("Allow", {"AWS": f"arn:aws:iam::{ACCOUNT_ID}:root"}, "kms:*", "*")]
    if key.open_policy:
        statements.append(_statement("Allow", "*", ["kms:Decrypt", "kms:DescribeKey"], "*"))
    return _document(*statements)


def _statement(effect: str, principal: Any, actions: Any, resources: Any, **conditions: Any) -> dict[str, Any]:
    made = {"Effect": effect, "Principal": principal, "Action": actions, "Resource": resources}
    return {**made, "Condition": conditions} if conditions else made


def _document(*statements: Mapping[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _bucket(s3: Any, bucket: estate.BucketSpec, made: Made) -> None:
    options: dict[str, Any] = {"Bucket": bucket.name, "ObjectLockEnabledForBucket": bucket.object_lock}
    if bucket.region != "us-east-1":  # the one region that must not be named
        options["CreateBucketConfiguration"] = {"LocationConstraint": bucket.region}
    s3.create_bucket(**options)
    name = {"Bucket": bucket.name}
    if not bucket.access_lists:
        s3.put_bucket_ownership_controls(
            **name, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        )
    blocks = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    s3.put_public_access_block(**name, PublicAccessBlockConfiguration=dict.fromkeys(blocks, True))
    if bucket.encrypted:
        rule: dict[str, Any] = {"SSEAlgorithm": "AES256"}
        if bucket.key:
            rule = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": made.keys[bucket.key]}
        s3.put_bucket_encryption(
            **name,
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": rule, "BucketKeyEnabled": bool(bucket.key)}]
            },
        )
    if bucket.versioned:
        s3.put_bucket_versioning(**name, VersioningConfiguration={"Status": "Enabled"})
    if bucket.object_lock:
        retention = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 400}}
        s3.put_object_lock_configuration(
            **name, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": retention}
        )
    statements = list(_bucket_statements(bucket))
    if statements:
        s3.put_bucket_policy(**name, Policy=json.dumps(_document(*statements)))


def _bucket_statements(bucket: estate.BucketSpec) -> Iterator[dict[str, Any]]:
    own = f"arn:aws:s3:::{bucket.name}"
    if bucket.tls_only:
        yield _statement("Deny", "*", "s3:*", [own, f"{own}/*"], Bool={"aws:SecureTransport": "false"})
    if bucket.open_policy:
        yield _statement("Allow", "*", ["s3:GetObject", "s3:ListBucket"], [own, f"{own}/*"])
    if bucket.name == estate.TRAIL_BUCKET:
        trail = {"Service": "cloudtrail.amazonaws.com"}
        yield _statement("Allow", trail, "s3:GetBucketAcl", own)
        yield _statement("Allow", trail, "s3:PutObject", f"{own}/AWSLogs/{ACCOUNT_ID}/*")


def _vpc(client: Client, vpc: estate.VpcSpec, made: Made) -> None:
    ec2 = client("ec2", vpc.region)
    vpc_id = ec2.create_vpc(CidrBlock=f"{vpc.block}.0.0/16")["Vpc"]["VpcId"]
    made.vpcs[vpc.name] = vpc_id
    made.subnets[vpc.name] = [
        ec2.create_subnet(VpcId=vpc_id, CidrBlock=f"{vpc.block}.{number}.0/24", AvailabilityZone=f"{vpc.region}{zone}")[
            "Subnet"
        ]["SubnetId"]
        for number, zone in enumerate("ab")
    ]
    group = ec2.create_security_group(GroupName=f"{vpc.name}-workloads", Description="ML workloads", VpcId=vpc_id)
    made.groups[vpc.name] = group["GroupId"]
    _allow_port(ec2, group["GroupId"], 443, f"{vpc.block}.0.0/16")
    if vpc.flow_logs:
        ec2.create_flow_logs(
            ResourceType="VPC",
            ResourceIds=[vpc_id],
            TrafficType="ALL",
            LogDestinationType="s3",
            LogDestination=f"arn:aws:s3:::{estate.FLOW_LOG_BUCKET}",
        )
    policy = _document(_statement("Allow", "*", "*", "*", **_perimeter(vpc)))
    for service in vpc.endpoints:
        ec2.create_vpc_endpoint(
            VpcId=vpc_id,
            ServiceName=f"com.amazonaws.{vpc.region}.{service}",
            VpcEndpointType="Interface",
            SubnetIds=made.subnets[vpc.name],
            SecurityGroupIds=[group["GroupId"]],
            PrivateDnsEnabled=True,
            PolicyDocument=json.dumps(policy),
        )


def _perimeter(vpc: estate.VpcSpec) -> dict[str, Any]:
    return {} if vpc.open_endpoints else {"StringEquals": {"aws:PrincipalOrgID": estate.ORGANIZATION}}


def _allow_port(ec2: Any, group: str, port: int, source: str) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": source}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])


def _watch(client: Client, made: Made) -> None:
    """Trails, threat detection, the budget, and the traces that calls leave in CloudWatch."""
    for trail in estate.TRAILS:
        cloudtrail = client("cloudtrail", trail.region)
        options = {"KmsKeyId": made.keys[trail.key]} if trail.key else {}
        if trail.log_group:
            group = estate.arn("logs", trail.region, f"log-group:{trail.log_group}:*")
            options |= {"CloudWatchLogsLogGroupArn": group, "CloudWatchLogsRoleArn": role_arn("cloudtrail-to-logs")}
        cloudtrail.create_trail(
            Name=trail.name,
            S3BucketName=estate.TRAIL_BUCKET,
            IsMultiRegionTrail=trail.everywhere,
            IncludeGlobalServiceEvents=trail.everywhere,
            EnableLogFileValidation=trail.validated,
            **options,
        )
        if trail.data_events:
            cloudtrail.put_event_selectors(TrailName=trail.name, AdvancedEventSelectors=_selectors(trail))
        if trail.logging:
            cloudtrail.start_logging(Name=trail.name)
    for region in estate.REGIONS:
        client("guardduty", region).create_detector(Enable=True)
    client("budgets", HOME).create_budget(
        AccountId=ACCOUNT_ID,
        Budget={
            "BudgetName": estate.BUDGET,
            "BudgetLimit": {"Amount": "60000", "Unit": "USD"},
            "TimeUnit": "MONTHLY",
            "BudgetType": "COST",
        },
        NotificationsWithSubscribers=[
            {
                "Notification": {
                    "NotificationType": "FORECASTED",
                    "ComparisonOperator": "GREATER_THAN",
                    "Threshold": 90.0,
                    "ThresholdType": "PERCENTAGE",
                },
                "Subscribers": [{"SubscriptionType": "EMAIL", "Address": "ml-platform@meridian.example"}],
            }
        ],
    )
    for namespace, region in estate.INVOKED:
        client("cloudwatch", region).put_metric_data(
            Namespace=namespace, MetricData=[{"MetricName": "Invocations", "Value": 1.0, "Unit": "Count"}]
        )


def _selectors(trail: estate.TrailSpec) -> list[dict[str, Any]]:
    management = {"Name": "management", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}
    return [
        management,
        *(
            {
                "Name": kind,
                "FieldSelectors": [
                    {"Field": "eventCategory", "Equals": ["Data"]},
                    {"Field": "resources.type", "Equals": [kind]},
                ],
            }
            for kind in trail.data_events
        ),
    ]


def _endpoints(client: Client, made: Made) -> None:
    for endpoint in estate.ENDPOINTS:
        sagemaker = client("sagemaker", endpoint.region)
        for name in endpoint.model_names:
            _model(sagemaker, endpoint, name, made)
        options: dict[str, Any] = {"KmsKeyId": made.keys[endpoint.key]} if endpoint.key else {}
        options["DataCaptureConfig"] = {
            "EnableCapture": True,
            "InitialSamplingPercentage": 100,
            "DestinationS3Uri": endpoint.capture_uri,
            "KmsKeyId": made.keys[estate.CAPTURE_KEYS[endpoint.region]],
            "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        }
        variants = [_variant(endpoint, name) for name in endpoint.model_names]
        sagemaker.create_endpoint_config(
            EndpointConfigName=endpoint.config_name, ProductionVariants=variants, **options
        )
        tags = [{"Key": name, "Value": value} for name, value in endpoint.tags]
        sagemaker.create_endpoint(EndpointName=endpoint.name, EndpointConfigName=endpoint.config_name, Tags=tags)


def _model(sagemaker: Any, endpoint: estate.EndpointSpec, name: str, made: Made) -> None:
    network = {}
    if endpoint.vpc:
        network["VpcConfig"] = {
            "SecurityGroupIds": [made.groups[endpoint.vpc]],
            "Subnets": made.subnets[endpoint.vpc],
        }
    sagemaker.create_model(
        ModelName=name,
        ExecutionRoleArn=role_arn(endpoint.role),
        PrimaryContainer={
            "Image": f"{ACCOUNT_ID}.dkr.ecr.{endpoint.region}.amazonaws.com/inference:2026.10",
            "ModelDataUrl": f"s3://{estate.PREFIX}-model-artifacts/{endpoint.name}/{name}.tar.gz",
        },
        **network,
    )


def _variant(endpoint: estate.EndpointSpec, model: str) -> dict[str, Any]:
    variant: dict[str, Any] = {"VariantName": model, "ModelName": model, "InitialVariantWeight": 1.0}
    if endpoint.serverless:
        return {**variant, "ServerlessConfig": {"MemorySizeInMB": 4096, "MaxConcurrency": 10}}
    return {**variant, "InstanceType": "ml.m5.xlarge", "InitialInstanceCount": 2}


def _notebooks(client: Client, made: Made) -> None:
    for notebook in estate.NOTEBOOKS:
        options: dict[str, Any] = {"KmsKeyId": made.keys[notebook.key]} if notebook.key else {}
        if notebook.vpc:
            options |= {
                "SubnetId": made.subnets[notebook.vpc][0],
                "SecurityGroupIds": [made.groups[notebook.vpc]],
            }
        client("sagemaker", notebook.region).create_notebook_instance(
            NotebookInstanceName=notebook.name,
            InstanceType="ml.t3.large",
            RoleArn=role_arn(notebook.role),
            DirectInternetAccess="Enabled" if notebook.direct_internet else "Disabled",
            RootAccess="Enabled" if notebook.root else "Disabled",
            **options,
        )


def _generative(client: Client, made: Made) -> None:
    for agent in estate.AGENTS:
        created = client("bedrock-agent", agent.region).create_agent(
            agentName=agent.name,
            agentResourceRoleArn=role_arn(agent.role),
            foundationModel=estate.FOUNDATION_MODEL,
            instruction=agent.instruction,
        )
        made.agents[agent.name] = created["agent"]["agentId"]
    for region in estate.REGIONS:
        client("bedrock", region).put_model_invocation_logging_configuration(
            loggingConfig={
                "cloudWatchConfig": {
                    "logGroupName": estate.INVOCATION_LOG,
                    "roleArn": role_arn("bedrock-invocation-logs"),
                },
                "textDataDeliveryEnabled": True,
                "imageDataDeliveryEnabled": True,
                "embeddingDataDeliveryEnabled": False,
            }
        )
    client("bedrock", HOME).create_model_customization_job(
        jobName=f"{estate.CUSTOM_MODEL}-2026-08",
        customModelName=estate.CUSTOM_MODEL,
        roleArn=role_arn("bedrock-customization"),
        baseModelIdentifier=estate.FOUNDATION_MODEL,
        customModelKmsKeyId=made.keys[estate.CUSTOM_MODEL_KEY],
        trainingDataConfig={"s3Uri": f"s3://{estate.PREFIX}-training-data/claims/train.jsonl"},
        outputDataConfig={"s3Uri": f"s3://{estate.PREFIX}-experiments/claims"},
        hyperParameters={"epochCount": "2"},
    )


def _log_groups(client: Client, made: Made) -> None:
    for group in estate.LOG_GROUPS:
        logs = client("logs", group.region)
        options = {"kmsKeyId": made.keys[group.key]} if group.key else {}
        logs.create_log_group(logGroupName=group.name, **options)
        if group.days is not None:
            logs.put_retention_policy(logGroupName=group.name, retentionInDays=group.days)
