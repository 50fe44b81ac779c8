"""The demo's AWS account: how places with AI are watched. The home region is, the newer one half."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from auditor.demo.aws_estate import ACCOUNT_ID, HOME, PREFIX, REGIONS, arn, role_arn
from auditor.demo.aws_made import DAY, DAY_IN_SECONDS, Body, Client, Made, Writer
from auditor.wire.hop import Answer

_TOPIC = arn("sns", HOME, "security-operations")
_RECORDED = ["AWS::EC2::SecurityGroup", "AWS::IAM::Role", "AWS::S3::Bucket"]


def seed(client: Client, made: Made) -> None:
    """Alarms, and the rule that sends findings on. The alarm of the newer region was made by autoscaling."""
    policy = "scalingPolicy:7d0f6c5e:resource/sagemaker/endpoint/fraud-scoring-eu/variant/fraud-scoring-eu"
    for region, namespace, metric, action in (
        (HOME, "AWS/Bedrock", "InvocationThrottles", _TOPIC),
        (HOME, "AWS/SageMaker", "Invocation5XXErrors", _TOPIC),
        (REGIONS[0], "AWS/SageMaker", "InvocationsPerInstance", arn("autoscaling", REGIONS[0], policy)),
    ):
        client("cloudwatch", region).put_metric_alarm(
            AlarmName=f"{PREFIX}-{metric}",
            Namespace=namespace,
            MetricName=metric,
            Statistic="Sum",
            Period=300,
            EvaluationPeriods=1,
            Threshold=10.0,
            ComparisonOperator="GreaterThanThreshold",
            ActionsEnabled=True,
            AlarmActions=[action],
        )
    events = client("events", HOME)
    pattern = {"source": ["aws.securityhub", "aws.guardduty"]}
    events.put_rule(Name="findings-to-security-operations", EventPattern=json.dumps(pattern), State="ENABLED")
    events.put_targets(Rule="findings-to-security-operations", Targets=[{"Id": "topic", "Arn": _TOPIC}])


def _macie(made: Made, region: str, params: Mapping[str, Any]) -> Body | Answer:
    if region != HOME:
        headers = {"content-type": "application/json", "x-amzn-errortype": "AccessDeniedException"}
        return Answer(403, b'{"message": "Macie is not enabled"}', headers, synthetic=True)
    return {
        "createdAt": DAY,
        "findingPublishingFrequency": "SIX_HOURS",
        "serviceRole": role_arn("aws-service-role/macie.amazonaws.com/AWSServiceRoleForAmazonMacie"),
        "status": "ENABLED",
        "updatedAt": DAY,
    }


def _discovery(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    return {"status": "ENABLED", "firstEnabledAt": DAY, "lastUpdatedAt": DAY}


def _standards(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    names = ["aws-foundational-security-best-practices/v/1.0.0"]
    if region == HOME:
        names.append("ai-security-best-practices/v/1.0.0")
    return {
        "StandardsSubscriptions": [
            {
                "StandardsSubscriptionArn": arn("securityhub", region, f"subscription/{name}"),
                "StandardsArn": f"arn:aws:securityhub:{region}::standards/{name}",
                "StandardsInput": {},
                "StandardsStatus": "READY",
            }
            for name in names
        ]
    }


def _recorders(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    group: Body = {
        "allSupported": True,
        "includeGlobalResourceTypes": True,
        "resourceTypes": [],
        "recordingStrategy": {"useOnly": "ALL_SUPPORTED_RESOURCE_TYPES"},
    }
    if region != HOME:
        group = {
            "allSupported": False,
            "includeGlobalResourceTypes": False,
            "resourceTypes": _RECORDED,
            "recordingStrategy": {"useOnly": "INCLUSION_BY_RESOURCE_TYPES"},
        }
    recorder = {
        "name": "default",
        "roleARN": role_arn("aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"),
        "recordingGroup": group,
    }
    return {"ConfigurationRecorders": [recorder]}


def _recorder_status(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    status = {
        "name": "default",
        "lastStartTime": DAY_IN_SECONDS,
        "recording": True,
        "lastStatus": "Success",
        "lastStatusChangeTime": DAY_IN_SECONDS,
    }
    return {"ConfigurationRecordersStatus": [status]}


def _rules(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    name = "s3-bucket-level-public-access-prohibited"
    rule = {
        "ConfigRuleName": name,
        "ConfigRuleArn": arn("config", region, "config-rule/config-rule-a1b2c3"),
        "ConfigRuleId": "config-rule-a1b2c3",
        "Source": {"Owner": "AWS", "SourceIdentifier": name.upper().replace("-", "_")},
        "ConfigRuleState": "ACTIVE",
    }
    return {"ConfigRules": [rule]}


def _remediations(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    if region != HOME:
        return {"RemediationConfigurations": []}
    configuration = {
        "ConfigRuleName": "s3-bucket-level-public-access-prohibited",
        "TargetType": "SSM_DOCUMENT",
        "TargetId": "AWSConfigRemediation-ConfigureS3BucketPublicAccessBlock",
        "Automatic": True,
        "MaximumAutomaticAttempts": 5,
        "RetryAttemptSeconds": 60,
    }
    return {"RemediationConfigurations": [configuration]}


def _inspector(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    def state(on: bool) -> Body:
        return {"status": "ENABLED" if on else "DISABLED", "errorCode": "ALREADY_ENABLED", "errorMessage": "none"}

    scans = {name: state(region == HOME or name == "ecr") for name in ("ec2", "ecr", "lambda", "lambdaCode")}
    return {"accounts": [{"accountId": ACCOUNT_ID, "state": state(True), "resourceState": scans}]}


def _analyzers(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    """That of unused access looks at roles and users, which belong to no region: one is enough."""
    types = {"external-access": "ACCOUNT"} | ({"unused-access": "ACCOUNT_UNUSED_ACCESS"} if region == HOME else {})
    return {
        "analyzers": [
            {
                "arn": arn("access-analyzer", region, f"analyzer/{name}"),
                "name": name,
                "type": kind,
                "createdAt": DAY,
                "status": "ACTIVE",
            }
            for name, kind in types.items()
        ]
    }


def _access_findings(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    if region == HOME:
        return {"findings": []}
    finding = {
        "analyzedAt": DAY,
        "createdAt": DAY,
        "id": "9b0b3a4e-30a7-4c1e-9f5c-1a2b3c4d5e6f",
        "resource": made.keys["partner-exchange"],
        "resourceType": "AWS::KMS::Key",
        "resourceOwnerAccount": ACCOUNT_ID,
        "status": "ACTIVE",
        "updatedAt": DAY,
        "findingType": "ExternalAccess",
    }
    return {"findings": [finding]}


def _detector(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    """moto knows no protection beyond the first ones."""
    on = ("AI_PROTECTION", "EKS_AUDIT_LOGS", "LAMBDA_NETWORK_LOGS", "RUNTIME_MONITORING", "S3_DATA_EVENTS")
    role = role_arn("aws-service-role/guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty")
    return {
        "createdAt": DAY,
        "findingPublishingFrequency": "FIFTEEN_MINUTES",
        "serviceRole": role,
        "status": "ENABLED",
        "updatedAt": DAY,
        "features": [{"name": name, "status": "ENABLED", "updatedAt": DAY_IN_SECONDS} for name in on],
    }


_MONITOR = f"arn:aws:ce::{ACCOUNT_ID}:anomalymonitor/3f1c5a8e-2b7d-4e60-9c11-7a5d0b9e4c21"


def _anomaly_monitors(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    monitor = {
        "MonitorArn": _MONITOR,
        "MonitorName": "all-services",
        "MonitorType": "DIMENSIONAL",
        "MonitorDimension": "SERVICE",
    }
    return {"AnomalyMonitors": [monitor]}


def _anomaly_subscriptions(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    subscription = {
        "SubscriptionArn": f"arn:aws:ce::{ACCOUNT_ID}:anomalysubscription/8d2e6b14-5c3f-4a97-8e02-1f4b7c6d9a30",
        "AccountId": ACCOUNT_ID,
        "MonitorArnList": [_MONITOR],
        "Subscribers": [{"Address": f"ml-platform@{PREFIX}.example", "Type": "EMAIL", "Status": "CONFIRMED"}],
        "Frequency": "DAILY",
        "SubscriptionName": "ml-platform",
    }
    return {"AnomalySubscriptions": [subscription]}


WRITERS: Mapping[str, Writer] = {
    "accessanalyzer:ListAnalyzers": _analyzers,
    "accessanalyzer:ListFindingsV2": _access_findings,
    "ce:GetAnomalyMonitors": _anomaly_monitors,
    "ce:GetAnomalySubscriptions": _anomaly_subscriptions,
    "config:DescribeConfigRules": _rules,
    "config:DescribeConfigurationRecorderStatus": _recorder_status,
    "config:DescribeConfigurationRecorders": _recorders,
    "config:DescribeRemediationConfigurations": _remediations,
    "guardduty:GetDetector": _detector,
    "inspector2:BatchGetAccountStatus": _inspector,
    "macie2:GetAutomatedDiscoveryConfiguration": _discovery,
    "macie2:GetMacieSession": _macie,
    "securityhub:GetEnabledStandards": _standards,
}
"""What moto lacks or gets wrong."""
