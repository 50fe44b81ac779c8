"""The demo's AWS account: jobs that are described one by one, of each kind a few."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from auditor.demo.aws_estate import (
    ACCOUNT_ID,
    CUSTOM_MODEL,
    CUSTOM_MODEL_KEY,
    FOUNDATION_MODEL,
    HOME,
    PREFIX,
    arn,
    role_arn,
)
from auditor.demo.aws_made import Body, Made, Writer

HOUR = 3600.0
BATCH_ROLE = "bedrock-batch"


def days_ago(days: float) -> float:
    """A moment before today began, so that it is within the window whenever the demo runs."""
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0).timestamp() - days * 24 * HOUR


def network(made: Made, region: str) -> Body:
    vpc = "ml-production" if region == HOME else "ml-europe"
    return {"Subnets": made.subnets[vpc], "SecurityGroupIds": [made.groups[vpc]]}


def channel(region: str) -> Body:
    bucket = f"{PREFIX}-training-data" if region == HOME else f"{PREFIX}-eu-training-data"
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{bucket}/current", "S3DataDistributionType": "FullyReplicated"}
    return {"ChannelName": "training", "DataSource": {"S3DataSource": source}}


def _job(kind: str, name: str, created: float, **more: Any) -> Body:
    """What the descriptions of most kinds begin with."""
    place = kind.removesuffix("Job")
    slug = "".join(f"-{c.lower()}" if c.isupper() else c for c in place).lstrip("-")
    return {
        f"{kind}Name": name,
        f"{kind}Arn": arn("sagemaker", HOME, f"{slug}-job/{name}"),
        f"{kind}Status": "Completed",
        "CreationTime": created,
        "LastModifiedTime": created + HOUR,
        **more,
    }


def _processing(made: Made) -> list[Body]:
    def job(name: str, days: float, guarded: bool) -> Body:
        cluster: Body = {"InstanceCount": 1, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 30}
        output: Body = {
            "Outputs": [
                {
                    "OutputName": "features",
                    "S3Output": {"S3Uri": f"s3://{PREFIX}-training-data/features", "S3UploadMode": "EndOfJob"},
                }
            ]
        }
        made_of: Body = {
            "ProcessingResources": {"ClusterConfig": cluster},
            "ProcessingOutputConfig": output,
            "AppSpecification": {"ImageUri": f"{ACCOUNT_ID}.dkr.ecr.{HOME}.amazonaws.com/processing:2026.10"},
            "RoleArn": role_arn("sm-training"),
        }
        if guarded:
            cluster["VolumeKmsKeyId"] = made.keys["ml-training"]
            made_of["NetworkConfig"] = {"EnableNetworkIsolation": True, "VpcConfig": network(made, HOME)}
        return _job("ProcessingJob", name, days_ago(days), **made_of)

    guarded = [job(f"claims-features-{number:03}", 8.0 - number, True) for number in range(5, 0, -1)]
    return [*guarded, job("churn-profiling-001", 9.5, False)]


def _tuning(made: Made) -> list[Body]:
    key = made.keys["ml-training"]
    definition = {
        "DefinitionName": "xgboost",
        "StaticHyperParameters": {"objective": "binary:logistic"},
        "AlgorithmSpecification": {
            "TrainingImage": f"{ACCOUNT_ID}.dkr.ecr.{HOME}.amazonaws.com/training:2026.10",
            "TrainingInputMode": "File",
        },
        "RoleArn": role_arn("sm-training"),
        "InputDataConfig": [channel(HOME)],
        "VpcConfig": network(made, HOME),
        "OutputDataConfig": {"S3OutputPath": f"s3://{PREFIX}-model-artifacts/tuning", "KmsKeyId": key},
        "ResourceConfig": {
            "InstanceType": "ml.m5.2xlarge",
            "InstanceCount": 1,
            "VolumeSizeInGB": 100,
            "VolumeKmsKeyId": key,
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": 86400},
        "EnableNetworkIsolation": True,
    }
    deep = {**definition, "DefinitionName": "deep", "EnableNetworkIsolation": False}
    limits = {"MaxNumberOfTrainingJobs": 20, "MaxParallelTrainingJobs": 4}
    counters = dict.fromkeys(("Completed", "InProgress", "RetryableError", "NonRetryableError", "Stopped"), 0)
    return [
        _job(
            "HyperParameterTuningJob",
            "credit-risk-search",
            days_ago(12),
            Strategy="Bayesian",
            HyperParameterTuningJobConfig={"Strategy": "Bayesian", "ResourceLimits": limits},
            TrainingJobDefinitions=[definition, deep],
            TrainingJobStatusCounters=counters,
            ObjectiveStatusCounters={"Succeeded": 20, "Pending": 0, "Failed": 0},
        )
    ]


def _automl(made: Made) -> list[Body]:
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{PREFIX}-experiments/churn/train.csv"}
    return [
        _job(
            "AutoMLJob",
            "churn-autopilot",
            days_ago(20),
            AutoMLJobSecondaryStatus="Completed",
            AutoMLJobInputDataConfig=[{"ChannelType": "training", "DataSource": {"S3DataSource": source}}],
            OutputDataConfig={"S3OutputPath": f"s3://{PREFIX}-experiments/churn/autopilot"},
            RoleArn=role_arn("sm-training"),
            SecurityConfig={
                "EnableInterContainerTrafficEncryption": True,
                "VolumeKmsKeyId": made.keys["ml-training"],
                "VpcConfig": network(made, HOME),
            },
        )
    ]


def _transform(made: Made) -> list[Body]:
    """Descriptions of transform jobs do not say when they were changed last."""
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{PREFIX}-training-data/claims/open"}
    job = _job(
        "TransformJob",
        "claims-backfill",
        days_ago(5),
        ModelName="claims-triage",
        TransformInput={"DataSource": {"S3DataSource": source}},
        TransformOutput={
            "S3OutputPath": f"s3://{PREFIX}-experiments/claims/scores",
            "KmsKeyId": made.keys["ml-training"],
        },
        TransformResources={
            "InstanceType": "ml.m5.xlarge",
            "InstanceCount": 2,
            "VolumeKmsKeyId": made.keys["ml-training"],
        },
    )
    del job["LastModifiedTime"]
    return [job]


def _compilation(made: Made) -> list[Body]:
    return [
        _job(
            "CompilationJob",
            "document-extraction-inf2",
            days_ago(30),
            CompilationJobStatus="COMPLETED",
            StoppingCondition={"MaxRuntimeInSeconds": 900},
            FailureReason="",
            ModelArtifacts={"S3ModelArtifacts": f"s3://{PREFIX}-model-artifacts/compiled/model.tar.gz"},
            RoleArn=role_arn("sm-training"),
            InputConfig={
                "S3Uri": f"s3://{PREFIX}-model-artifacts/document-extraction/model.tar.gz",
                "Framework": "PYTORCH",
            },
            OutputConfig={
                "S3OutputLocation": f"s3://{PREFIX}-model-artifacts/compiled",
                "TargetDevice": "ml_inf2",
                "KmsKeyId": made.keys["ml-models"],
            },
            VpcConfig=network(made, HOME),
        )
    ]


def _labeling(made: Made) -> list[Body]:
    manifest = {"ManifestS3Uri": f"s3://{PREFIX}-experiments/labels/input.manifest"}
    team = arn("sagemaker", HOME, "workteam/private-crowd/claims-experts")
    counters = dict.fromkeys(("TotalLabeled", "HumanLabeled", "MachineLabeled", "Unlabeled"), 0)
    return [
        _job(
            "LabelingJob",
            "claim-photos",
            days_ago(15),
            LabelCounters=counters,
            JobReferenceCode="0123456789ab",
            WorkteamArn=team,
            HumanTaskConfig={
                "WorkteamArn": team,
                "UiConfig": {"UiTemplateS3Uri": f"s3://{PREFIX}-experiments/labels/template.html"},
                "TaskTitle": "Damage on photos",
                "TaskDescription": "Mark what is damaged.",
                "NumberOfHumanWorkersPerDataObject": 1,
                "TaskTimeLimitInSeconds": 600,
            },
            InputConfig={"DataSource": {"S3DataSource": manifest}},
            OutputConfig={"S3OutputPath": f"s3://{PREFIX}-experiments/labels"},
            RoleArn=role_arn("sm-training"),
        )
    ]


def _customizations(made: Made) -> list[Body]:
    name = f"{CUSTOM_MODEL}-2026-08"
    vpc = network(made, HOME)
    return [
        {
            "jobArn": arn("bedrock", HOME, f"model-customization-job/{FOUNDATION_MODEL}/clmsum000001"),
            "jobName": name,
            "outputModelName": CUSTOM_MODEL,
            "outputModelArn": arn("bedrock", HOME, f"custom-model/{CUSTOM_MODEL}"),
            "roleArn": role_arn("bedrock-customization"),
            "status": "Completed",
            "creationTime": datetime.fromtimestamp(days_ago(60), UTC).isoformat(),
            "baseModelArn": f"arn:aws:bedrock:{HOME}::foundation-model/{FOUNDATION_MODEL}",
            "hyperParameters": {"epochCount": "2"},
            "trainingDataConfig": {"s3Uri": f"s3://{PREFIX}-training-data/claims/train.jsonl"},
            "validationDataConfig": {"validators": []},
            "outputDataConfig": {"s3Uri": f"s3://{PREFIX}-experiments/claims"},
            "outputModelKmsKeyArn": made.keys[CUSTOM_MODEL_KEY],
            "vpcConfig": {"subnetIds": vpc["Subnets"], "securityGroupIds": vpc["SecurityGroupIds"]},
        }
    ]


def _shadow_tests(made: Made) -> list[Body]:
    infrastructure = {
        "InfrastructureType": "RealTimeInference",
        "RealTimeInferenceConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1},
    }
    variants = [
        {"ModelName": name, "VariantName": name, "InfrastructureConfig": infrastructure, "Status": "InService"}
        for name in ("credit-risk", "credit-risk-candidate")
    ]
    shadow = {"ShadowModelVariantName": "credit-risk-candidate", "SamplingPercentage": 20}
    return [
        {
            "Arn": arn("sagemaker", HOME, "inference-experiment/credit-risk-candidate"),
            "Name": "credit-risk-candidate",
            "Type": "ShadowMode",
            "Status": "Running",
            "CreationTime": days_ago(4),
            "LastModifiedTime": days_ago(4),
            "RoleArn": role_arn("sm-inference-credit"),
            "EndpointMetadata": {"EndpointName": "credit-risk"},
            "ModelVariants": variants,
            "ShadowModeConfig": {"SourceModelVariantName": "credit-risk", "ShadowModelVariants": [shadow]},
            "DataStorageConfig": {
                "Destination": f"s3://{PREFIX}-inference-capture/shadow",
                "KmsKey": made.keys["ml-inference"],
            },
            "KmsKey": made.keys["ml-inference"],
        }
    ]


def _batches(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    home = region == HOME
    bucket = f"{PREFIX}-experiments" if home else f"{PREFIX}-eu-reference-data"
    output = {"s3Uri": f"s3://{bucket}/summaries/"}
    job: Body = {
        "jobArn": arn("bedrock", region, "model-invocation-job/clmbatch0001"),
        "jobName": "claims-summaries" if home else "documents-summaries-eu",
        "modelId": FOUNDATION_MODEL,
        "roleArn": role_arn(BATCH_ROLE),
        "status": "Completed",
        "submitTime": datetime.fromtimestamp(days_ago(3), UTC).isoformat(),
        "inputDataConfig": {"s3InputDataConfig": {"s3InputFormat": "JSONL", "s3Uri": f"s3://{bucket}/open.jsonl"}},
        "outputDataConfig": {"s3OutputDataConfig": output},
    }
    if home:
        vpc = network(made, HOME)
        output["s3EncryptionKeyId"] = made.keys["ml-training"]
        job["vpcConfig"] = {"subnetIds": vpc["Subnets"], "securityGroupIds": vpc["SecurityGroupIds"]}
    return {"invocationJobSummaries": [job]}


def _listed(
    jobs: Callable[[Made], list[Body]], items: str, fields: tuple[str, ...], *, renamed: Mapping[str, str] | None = None
) -> Writer:
    """A list that names jobs, by the fields of their descriptions."""

    def writer(made: Made, region: str, params: Mapping[str, Any]) -> Body:
        names = {name: (renamed or {}).get(name, name) for name in fields}
        found = jobs(made) if region == HOME else []
        return {items: [{name: job[source] for name, source in names.items() if source in job} for job in found]}

    return writer


_LISTED_ONLY = ("Strategy", "WorkteamArn")
"""Fields of lists that descriptions do not have."""


def _described(jobs: Callable[[Made], list[Body]], field: str, asked: str = "") -> Writer:
    def writer(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
        found = (job for job in jobs(made) if job[field] == params[asked or field])
        return next(({k: v for k, v in job.items() if k not in _LISTED_ONLY} for job in found), None)

    return writer


def _pair(
    kind: str, jobs: Callable[[Made], list[Body]], items: str = "", version: str = "", more: tuple[str, ...] = ()
) -> dict[str, Writer]:
    named = (f"{kind}Name", f"{kind}Arn", f"{kind}Status", "CreationTime", "LastModifiedTime", *more)
    return {
        f"sagemaker:List{kind}s": _listed(jobs, items or f"{kind}Summaries", named),
        f"sagemaker:Describe{kind}{version}": _described(jobs, f"{kind}Name"),
    }


WRITERS: Mapping[str, Writer] = {
    **_pair("ProcessingJob", _processing),
    **_pair(
        "HyperParameterTuningJob",
        _tuning,
        more=("Strategy", "TrainingJobStatusCounters", "ObjectiveStatusCounters"),
    ),
    **_pair("AutoMLJob", _automl, version="V2", more=("AutoMLJobSecondaryStatus",)),
    **_pair("TransformJob", _transform),
    **_pair("CompilationJob", _compilation),
    **_pair("LabelingJob", _labeling, items="LabelingJobSummaryList", more=("LabelCounters", "WorkteamArn")),
    "sagemaker:ListInferenceExperiments": _listed(
        _shadow_tests, "InferenceExperiments", ("Name", "Type", "Status", "CreationTime", "LastModifiedTime", "RoleArn")
    ),
    "sagemaker:DescribeInferenceExperiment": _described(_shadow_tests, "Name"),
    "bedrock:ListModelCustomizationJobs": _listed(
        _customizations,
        "modelCustomizationJobSummaries",
        ("jobArn", "baseModelArn", "jobName", "status", "creationTime", "customModelArn", "customModelName"),
        renamed={"customModelArn": "outputModelArn", "customModelName": "outputModelName"},
    ),
    "bedrock:GetModelCustomizationJob": _described(_customizations, "jobArn", "jobIdentifier"),
    "bedrock:ListModelInvocationJobs": _batches,
}
