"""The demo's AWS account: jobs and monitors.

The claims and risk teams retrain every night, in the company's network and with its keys. Research and Europe start
jobs by hand, from notebooks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auditor.demo import aws_jobs_by_kind, aws_monitors
from auditor.demo.aws_estate import ACCOUNT_ID, HOME, PREFIX, SECOND, arn, role_arn
from auditor.demo.aws_jobs_by_kind import BATCH_ROLE, HOUR, channel, days_ago, network
from auditor.demo.aws_made import Body, Client, Made, Writer
from auditor.demo.aws_people import allow, document, service_trust

_PAGE = 20
"""Training jobs on a page of their list."""


def seed(client: Client, made: Made) -> None:
    """A role. moto has jobs, too, but forgets most of what they say; all of them are answered here."""
    iam = client("iam", HOME)
    experiments = [f"arn:aws:s3:::{PREFIX}-experiments/*", f"arn:aws:s3:::{PREFIX}-eu-reference-data/*"]
    policy = document(allow(["s3:GetObject", "s3:PutObject"], experiments))
    iam.create_role(RoleName=BATCH_ROLE, AssumeRolePolicyDocument=json.dumps(service_trust("bedrock")))
    iam.put_role_policy(RoleName=BATCH_ROLE, PolicyName="workload", PolicyDocument=json.dumps(policy))


@dataclass(frozen=True, slots=True)
class TrainingSpec:
    name: str
    region: str = HOME
    role: str = "sm-training"
    runs: int = 1
    instance: str = "ml.m5.2xlarge"
    machines: int = 1
    guarded: bool = True
    """In the company's network, isolated and under its keys."""
    encrypted: bool = False
    """Traffic between machines."""
    debug: bool = False
    environment: tuple[tuple[str, str], ...] = (("PYTHONUNBUFFERED", "1"),)


TRAINING = (
    TrainingSpec("fraud-scoring-retrain", runs=30),
    TrainingSpec("recommender-als", runs=6, machines=4, encrypted=True),
    TrainingSpec("support-intent-finetune", runs=3, instance="ml.g5.12xlarge", machines=2),
    TrainingSpec(
        "churn-experiment",
        runs=2,
        guarded=False,
        environment=(("TRACKING_URL", "https://tracking.meridian.example"), ("TRACKING_PASSWORD", "winter-2026-lab")),
    ),
    TrainingSpec("sentiment-eu-adhoc", SECOND, "sm-legacy-execution", guarded=False, debug=True),
)
JUST_STARTED = "fraud-scoring-retrain-030"
"""Listed, and not in the index of Search yet."""


def _training_jobs(made: Made, region: str) -> dict[str, Body]:
    """Descriptions by name, newest first."""
    jobs = []
    for offset, spec in enumerate(TRAINING):
        for number in range(spec.runs, 0, -1) if spec.region == region else ():
            age = (spec.runs - number) * 2 + 1 + offset / 24
            jobs.append(_training_job(made, spec, f"{spec.name}-{number:03}", days_ago(age)))
    return {job["TrainingJobName"]: job for job in sorted(jobs, key=lambda job: -job["CreationTime"])}


def _training_job(made: Made, spec: TrainingSpec, name: str, created: float) -> Body:
    resources: Body = {"InstanceType": spec.instance, "InstanceCount": spec.machines, "VolumeSizeInGB": 100}
    output: Body = {"S3OutputPath": f"s3://{PREFIX}-model-artifacts/{spec.name}"}
    job: Body = {
        "TrainingJobName": name,
        "TrainingJobArn": arn("sagemaker", spec.region, f"training-job/{name}"),
        "TrainingJobStatus": "Completed",
        "SecondaryStatus": "Completed",
        "ModelArtifacts": {"S3ModelArtifacts": f"{output['S3OutputPath']}/{name}/output/model.tar.gz"},
        "HyperParameters": {"epochs": "20", "learning_rate": "0.01"},
        "AlgorithmSpecification": {
            "TrainingImage": f"{ACCOUNT_ID}.dkr.ecr.{spec.region}.amazonaws.com/training:2026.10",
            "TrainingInputMode": "File",
        },
        "RoleArn": role_arn(spec.role),
        "InputDataConfig": [channel(spec.region)],
        "OutputDataConfig": output,
        "ResourceConfig": resources,
        "StoppingCondition": {"MaxRuntimeInSeconds": 86400},
        "CreationTime": created,
        "LastModifiedTime": created + HOUR,
        "EnableNetworkIsolation": spec.guarded,
        "EnableInterContainerTrafficEncryption": spec.encrypted,
        "Environment": dict(spec.environment),
        "RemoteDebugConfig": {"EnableRemoteDebug": spec.debug},
    }
    if spec.guarded:
        job["VpcConfig"] = network(made, spec.region)
        output["KmsKeyId"] = made.keys["ml-models"]
        if not spec.instance.startswith("ml.g5"):  # refused where the storage is local
            resources["VolumeKmsKeyId"] = made.keys["ml-training"]
    return job


_SUMMARY = (
    "TrainingJobName",
    "TrainingJobArn",
    "CreationTime",
    "LastModifiedTime",
    "TrainingJobStatus",
    "SecondaryStatus",
)


def _list_training(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    jobs = list(_training_jobs(made, region).values())
    if params.get("SortOrder") == "Ascending":
        jobs.reverse()
    page: Body = {"TrainingJobSummaries": [{name: job[name] for name in _SUMMARY} for job in jobs[:_PAGE]]}
    return {**page, "NextToken": "more"} if len(jobs) > _PAGE else page


def _describe_training(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    return _training_jobs(made, region).get(params["TrainingJobName"])


def _search(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    """Without what Search never gives."""
    if params["Resource"] != "TrainingJob":
        return None
    jobs = _training_jobs(made, region)
    found = [{k: v for k, v in jobs[name].items() if k != "RemoteDebugConfig"} for name in jobs if name != JUST_STARTED]
    return {"Results": [{"TrainingJob": job} for job in found]}


WRITERS: Mapping[str, Writer] = {
    "sagemaker:ListTrainingJobs": _list_training,
    "sagemaker:DescribeTrainingJob": _describe_training,
    "sagemaker:Search": _search,
    **aws_jobs_by_kind.WRITERS,
    **aws_monitors.WRITERS,
}
"""What moto lacks or gets wrong."""
