"""SageMaker and Bedrock jobs."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from auditor.collect import Collected
from auditor.model.facts import Fact, Known, Reason, Unknown
from auditor.model.resources import Job, Ref
from auditor.model.scope import Provider
from auditor.providers.aws import jobs, jobs_groups
from auditor.providers.aws.jobs import LIST_BATCH_JOBS
from auditor.providers.aws.jobs_groups import FACTS
from auditor.providers.aws.jobs_training import DESCRIBE_TRAINING_JOB, LIST_TRAINING_JOBS, SEARCH
from auditor.wire.calls import Call
from auditor.wire.secret_marks import TOKEN
from tests.providers.aws.conftest import ACCOUNT, REGION, Aws
from tests.support.aws_shapes import operation

NOW = datetime.now(UTC).replace(microsecond=0)
ROLE = f"arn:aws:iam::{ACCOUNT.id}:role/jobs"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT.id}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
VPC = {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
IDENTITY = (Ref("Identity", Provider.AWS, ACCOUNT.id, ROLE),)
KEY_REF = Ref("Key", Provider.AWS, ACCOUNT.id, KEY)
CALLS = {call.key.partition(":")[2]: call for c in jobs.COLLECTORS for call in c.calls()}


def store(name: str) -> tuple[Ref, ...]:
    return (Ref("Storage", Provider.AWS, "", f"arn:aws:s3:::{name}"),)


def collector(label: str) -> Any:
    return next(c for c in jobs.COLLECTORS if c.name == f"aws.jobs.{label}")


def collected(aws: Aws, label: str) -> Collected:
    done = aws.collected([collector(label)])
    assert done.defects == ()
    return done


def newest(job: Any) -> str:
    """The job that its group is named after; the group's own id stays the same when another is the newest."""
    (name,) = job.aliases
    assert job.id.rpartition("/*#")[0] == name.rpartition("/")[0]
    return str(name)


def arn(kind: str, name: str = "j") -> str:
    return f"arn:aws:sagemaker:{REGION}:{ACCOUNT.id}:{kind}/{name}"


def s3(path: str) -> dict[str, Any]:
    return {"S3DataType": "S3Prefix", "S3Uri": f"s3://in/{path}"}


def channel(source: dict[str, Any]) -> dict[str, Any]:
    return {"ChannelName": "c", "DataSource": {"S3DataSource": source}}


TRAINING: dict[str, Any] = {
    "TrainingJobName": "j",
    "TrainingJobArn": arn("training-job"),
    "TrainingJobStatus": "Completed",
    "SecondaryStatus": "Completed",
    "ModelArtifacts": {"S3ModelArtifacts": "s3://out/model.tar.gz"},
    "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
    "StoppingCondition": {"MaxRuntimeInSeconds": 60},
    "CreationTime": NOW,
    "RoleArn": ROLE,
    "InputDataConfig": [channel(s3("a"))],
    "OutputDataConfig": {"S3OutputPath": "s3://out/models", "KmsKeyId": KEY},
    "ResourceConfig": {
        "InstanceType": "ml.m5.xlarge",
        "InstanceCount": 2,
        "VolumeSizeInGB": 50,
        "VolumeKmsKeyId": KEY,
    },
    "VpcConfig": VPC,
    "EnableNetworkIsolation": True,
    "EnableInterContainerTrafficEncryption": True,
    "HyperParameters": {"epochs": "2"},
    "Environment": {"STAGE": "lab"},
    "RemoteDebugConfig": {"EnableRemoteDebug": True},
}


def training(aws: Aws, **changes: Any) -> Job:
    body = {key: value for key, value in {**TRAINING, **changes}.items() if value is not None}
    summary = {k: body[k] for k in ("TrainingJobName", "TrainingJobArn", "TrainingJobStatus", "CreationTime")}
    aws.answer(LIST_TRAINING_JOBS, {"TrainingJobSummaries": [summary]})
    aws.answer(DESCRIBE_TRAINING_JOB, body)
    (found,) = collected(aws, "training").inventory.resources
    assert isinstance(found, Job)
    return found


def shown(fact: Fact[Any]) -> object:
    return fact.value if isinstance(fact, Known) else fact.reason


def test_guarded_training_job(aws: Aws) -> None:
    found = training(aws)
    assert (newest(found), found.name, found.native_type) == (arn("training-job"), "j", "AWS::SageMaker::TrainingJob")
    assert {name: shown(getattr(found, name)) for name in FACTS} == {
        "work": "training",
        "runs": 1,
        "identity": IDENTITY,
        "in_customer_network": True,
        "subnets": ("subnet-1",),
        "security_groups": ("sg-1",),
        "network_isolated": True,
        "traffic_encrypted": True,
        "volume_key": KEY_REF,
        "volume_keyable": True,
        "output_key": KEY_REF,
        "output_stores": store("out"),
        "output_takes_storage_key": False,
        "input_stores": store("in"),
        "secrets": (),
        "shell_access": True,
    }
    assert all(getattr(found, name).calls for name in FACTS)


def machine(kind: str, number: int = 1, **more: Any) -> dict[str, Any]:
    return {"ResourceConfig": {"InstanceType": kind, "InstanceCount": number, "VolumeSizeInGB": 50, **more}}


def group(kind: str, number: int) -> dict[str, Any]:
    return {"InstanceType": kind, "InstanceCount": number, "InstanceGroupName": kind}


@pytest.mark.parametrize(
    ("changes", "fact", "expected"),
    [
        ({"VpcConfig": None}, "in_customer_network", False),
        ({"VpcConfig": None}, "subnets", ()),
        ({"EnableNetworkIsolation": None}, "network_isolated", False),
        ({"EnableInterContainerTrafficEncryption": None}, "traffic_encrypted", False),
        ({**machine("ml.m5.xlarge"), "EnableInterContainerTrafficEncryption": None}, "traffic_encrypted", None),
        ({"ResourceConfig": None}, "traffic_encrypted", Reason.ABSENT),
        ({"ResourceConfig": None}, "volume_keyable", Reason.ABSENT),
        ({"ResourceConfig": {"InstanceGroups": [group("ml.m5.xlarge", 1)]}}, "traffic_encrypted", None),
        ({"ResourceConfig": {"InstanceGroups": [group("ml.m5.xlarge", 1)] * 2}}, "traffic_encrypted", True),
        (
            {"ResourceConfig": {"InstanceGroups": [group("ml.m5.xlarge", 1), group("ml.g5.xlarge", 1)]}},
            "volume_keyable",
            False,
        ),
        (
            {"ResourceConfig": {"SelectedInstanceType": "ml.c5.xlarge", "SelectedInstanceCount": 3}},
            "traffic_encrypted",
            True,
        ),
        (machine("ml.m5.xlarge"), "volume_key", None),
        (machine("ml.m5.xlarge"), "volume_keyable", True),
        (machine("ml.g5.12xlarge"), "volume_keyable", False),
        (machine("Unheard.of"), "volume_keyable", Reason.UNRECOGNISED),
        (machine("Unheard.of", VolumeKmsKeyId=KEY), "volume_keyable", True),
        ({"OutputDataConfig": {"S3OutputPath": "s3://out/x"}}, "output_key", None),
        (
            {"OutputDataConfig": {"S3OutputPath": "https://s3.amazonaws.com/out/x"}},
            "output_stores",
            Reason.UNRECOGNISED,
        ),
        ({"InputDataConfig": None}, "input_stores", ()),
        (
            {"InputDataConfig": [channel(s3("a")), {"ChannelName": "f", "DataSource": {}}, channel(s3("b"))]},
            "input_stores",
            store("in"),
        ),
        ({"RemoteDebugConfig": None}, "shell_access", False),
        ({"RoleArn": None}, "identity", Reason.ABSENT),
        ({"HyperParameters": None, "Environment": None}, "secrets", ()),
        ({"HyperParameters": {"db_password": "hunter-2-hunter"}}, "secrets", ("db_password (secret-keyword)",)),
    ],
)
def test_settings_of_a_training_job(aws: Aws, changes: dict[str, Any], fact: str, expected: object) -> None:
    assert shown(getattr(training(aws, **changes), fact)) == expected


def test_no_value_of_a_variable_is_kept(aws: Aws) -> None:
    training(aws, Environment={"db_password": "hunter-2-hunter"})
    bodies = b"".join(e.body for e in aws.ledger.exchanges())
    assert b"hunter-2-hunter" not in bodies
    assert TOKEN.search(bodies.decode())


def test_a_page_that_is_empty_is_not_the_end(aws: Aws) -> None:
    """The list filters pages after cutting them."""
    aws.answer(LIST_TRAINING_JOBS, {"TrainingJobSummaries": [], "NextToken": "more"})
    aws.answer(SEARCH, {"Results": []})
    done = collected(aws, "training")
    assert done.inventory.resources == ()
    assert [gap.why.reason for gap in done.inventory.gaps] == [Reason.NOT_COLLECTED]


def test_denied_search_keeps_nothing_unsaid(aws: Aws) -> None:
    summary = {k: TRAINING[k] for k in ("TrainingJobName", "TrainingJobArn", "TrainingJobStatus", "CreationTime")}
    aws.answer(LIST_TRAINING_JOBS, {"TrainingJobSummaries": [summary], "NextToken": "more"})
    aws.refuse(SEARCH, "AccessDeniedException")
    (gap,) = collected(aws, "training").inventory.gaps
    assert (gap.why.reason, gap.why.permissions) == (Reason.DENIED, ("sagemaker:Search",))


def test_search_is_bounded_by_the_window_in_the_form_it_takes(aws: Aws) -> None:
    summary = {k: TRAINING[k] for k in ("TrainingJobName", "TrainingJobArn", "TrainingJobStatus", "CreationTime")}
    found = {k: v for k, v in TRAINING.items() if k != "RemoteDebugConfig"}
    old = {**found, "TrainingJobArn": arn("training-job", "old"), "CreationTime": NOW - timedelta(days=200)}
    aws.answer(LIST_TRAINING_JOBS, {"TrainingJobSummaries": [summary], "NextToken": "more"})
    aws.answer(SEARCH, {"Results": [{"TrainingJob": found}, {"TrainingJob": old}]})
    (job,) = collected(aws, "training").inventory.resources
    assert shown(job.runs) == 1  # type: ignore[attr-defined]
    (search,) = [e for e in aws.ledger.exchanges() if e.operation == "Search"]
    assert search.params["MaxResults"] == 100
    for bound in search.params["SearchExpression"]["Filters"]:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", bound["Value"])


SUMMARY = {"CreationTime": NOW, "LastModifiedTime": NOW}
PROCESSING = {
    "ProcessingJobName": "j",
    "ProcessingJobArn": arn("processing-job"),
    "ProcessingJobStatus": "Completed",
    "CreationTime": NOW,
    "AppSpecification": {"ImageUri": "image"},
    "RoleArn": ROLE,
    "ProcessingResources": {"ClusterConfig": {"InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 9}},
}
TRANSFORM = {
    "TransformJobName": "j",
    "TransformJobArn": arn("transform-job"),
    "TransformJobStatus": "Completed",
    "CreationTime": NOW,
    "ModelName": "m",
    "TransformInput": {"DataSource": {"S3DataSource": s3("a")}},
    "TransformOutput": {"S3OutputPath": "s3://out/x"},
    "TransformResources": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 2},
}
AUTOML = {
    "AutoMLJobName": "j",
    "AutoMLJobArn": arn("automl-job"),
    "AutoMLJobStatus": "Completed",
    "AutoMLJobSecondaryStatus": "Completed",
    **SUMMARY,
    "AutoMLJobInputDataConfig": [{"DataSource": {"S3DataSource": s3("a")}}],
    "OutputDataConfig": {"S3OutputPath": "s3://out/x"},
    "RoleArn": ROLE,
}
COMPILATION = {
    "CompilationJobName": "j",
    "CompilationJobArn": arn("compilation-job"),
    "CompilationJobStatus": "COMPLETED",
    "StoppingCondition": {"MaxRuntimeInSeconds": 60},
    **SUMMARY,
    "FailureReason": "",
    "ModelArtifacts": {"S3ModelArtifacts": "s3://out/x"},
    "RoleArn": ROLE,
    "InputConfig": {"S3Uri": "s3://in/model", "Framework": "PYTORCH"},
    "OutputConfig": {"S3OutputLocation": "s3://out/x", "KmsKeyId": KEY},
}
LABELING = {
    "LabelingJobName": "j",
    "LabelingJobArn": arn("labeling-job"),
    "LabelingJobStatus": "Completed",
    **SUMMARY,
    "LabelCounters": {},
    "JobReferenceCode": "r",
    "InputConfig": {"DataSource": {"S3DataSource": {"ManifestS3Uri": "s3://in/m"}}},
    "OutputConfig": {"S3OutputPath": "s3://out/x"},
    "RoleArn": ROLE,
    "HumanTaskConfig": {
        "WorkteamArn": "w",
        "UiConfig": {},
        "TaskTitle": "t",
        "TaskDescription": "d",
        "NumberOfHumanWorkersPerDataObject": 1,
        "TaskTimeLimitInSeconds": 60,
    },
}
SHADOW = {
    "Name": "j",
    "Arn": arn("inference-experiment"),
    "Type": "ShadowMode",
    "Status": "Running",
    "CreationTime": NOW,
    "RoleArn": ROLE,
    "EndpointMetadata": {"EndpointName": "e"},
    "ModelVariants": [
        {
            "ModelName": "m",
            "VariantName": "v",
            "Status": "InService",
            "InfrastructureConfig": {
                "InfrastructureType": "RealTimeInference",
                "RealTimeInferenceConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1},
            },
        }
    ],
}
CUSTOMIZATION = {
    "jobArn": f"arn:aws:bedrock:{REGION}:{ACCOUNT.id}:model-customization-job/m/j",
    "jobName": "j",
    "outputModelName": "m",
    "roleArn": ROLE,
    "creationTime": NOW,
    "baseModelArn": "arn:aws:bedrock:us-east-1::foundation-model/m",
    "trainingDataConfig": {"s3Uri": "s3://in/train.jsonl"},
    "validationDataConfig": {"validators": []},
    "outputDataConfig": {"s3Uri": "s3://out/metrics"},
}
BATCH = {
    "jobArn": f"arn:aws:bedrock:{REGION}:{ACCOUNT.id}:model-invocation-job/j",
    "jobName": "j",
    "modelId": "m",
    "roleArn": ROLE,
    "submitTime": NOW,
    "inputDataConfig": {"s3InputDataConfig": {"s3Uri": "s3://in/x"}},
    "outputDataConfig": {"s3OutputDataConfig": {"s3Uri": "s3://out/x"}},
}
KINDS: dict[str, tuple[dict[str, Any], str, str]] = {
    "processing": (PROCESSING, "ListProcessingJobs", "DescribeProcessingJob"),
    "transform": (TRANSFORM, "ListTransformJobs", "DescribeTransformJob"),
    "automl": (AUTOML, "ListAutoMLJobs", "DescribeAutoMLJobV2"),
    "compilation": (COMPILATION, "ListCompilationJobs", "DescribeCompilationJob"),
    "labeling": (LABELING, "ListLabelingJobs", "DescribeLabelingJob"),
    "shadow_tests": (SHADOW, "ListInferenceExperiments", "DescribeInferenceExperiment"),
    "customization": (CUSTOMIZATION, "ListModelCustomizationJobs", "GetModelCustomizationJob"),
}
LISTED_ALSO: dict[str, dict[str, Any]] = {
    "labeling": {"WorkteamArn": "w"},
    "customization": {"status": "Completed"},
    "shadow_tests": {"LastModifiedTime": NOW},
}


def summaries(call: Call, *bodies: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What a list says of jobs: those fields of their descriptions that it has."""
    members = operation(call).output_shape.members[call.items].member.members
    return {call.items: [{k: v for k, v in {**body, **more}.items() if k in members} for body in bodies]}


def job_of(aws: Aws, label: str, **changes: Any) -> Job:
    body, listing, describe = KINDS[label]
    aws.answer(CALLS[listing], summaries(CALLS[listing], body, **LISTED_ALSO.get(label, {})))
    aws.answer(CALLS[describe], {**body, **changes})
    (found,) = collected(aws, label).inventory.resources
    assert isinstance(found, Job)
    assert newest(found) == next(value for name, value in body.items() if name.lower().endswith("arn"))
    return found


BEDROCK_VPC = {"subnetIds": ["subnet-1"], "securityGroupIds": ["sg-1"]}


@pytest.mark.parametrize(
    ("label", "changes", "expected"),
    [
        (
            "processing",
            {},
            {
                "work": "processing",
                "identity": IDENTITY,
                "in_customer_network": False,
                "network_isolated": False,
                "traffic_encrypted": None,
                "volume_key": None,
                "volume_keyable": True,
                "output_key": None,
                "output_stores": (),
                "output_takes_storage_key": True,
                "input_stores": (),
                "secrets": (),
                "shell_access": None,
            },
        ),
        (
            "processing",
            {
                "NetworkConfig": {"EnableNetworkIsolation": True, "VpcConfig": VPC},
                "ProcessingResources": {
                    "ClusterConfig": {
                        "InstanceType": "ml.g5.xlarge",
                        "InstanceCount": 2,
                        "VolumeSizeInGB": 9,
                    }
                },
                "ProcessingOutputConfig": {
                    "Outputs": [
                        {"OutputName": "o", "S3Output": {"S3Uri": "s3://out/x", "S3UploadMode": "EndOfJob"}},
                        {"OutputName": "f", "FeatureStoreOutput": {"FeatureGroupName": "g"}},
                    ],
                    "KmsKeyId": KEY,
                },
                "ProcessingInputs": [
                    {"InputName": "i", "S3Input": {"S3Uri": "s3://in/x", "S3DataType": "S3Prefix"}},
                    {"InputName": "d", "DatasetDefinition": {}},
                ],
                "Environment": {"API_TOKEN": "tok-9912-abcd"},
            },
            {
                "in_customer_network": True,
                "subnets": ("subnet-1",),
                "network_isolated": True,
                "traffic_encrypted": False,
                "volume_keyable": False,
                "output_key": KEY_REF,
                "output_stores": store("out"),
                "input_stores": store("in"),
                "secrets": ("API_TOKEN (secret-keyword)",),
            },
        ),
        (
            "transform",
            {},
            {
                "work": "batch inference",
                "identity": (),
                "in_customer_network": None,
                "network_isolated": None,
                "traffic_encrypted": None,
                "volume_key": None,
                "volume_keyable": True,
                "output_key": None,
                "output_stores": store("out"),
                "output_takes_storage_key": False,
                "input_stores": store("in"),
                "secrets": (),
                "shell_access": None,
            },
        ),
        (
            "automl",
            {},
            {
                "work": "training",
                "identity": IDENTITY,
                "in_customer_network": False,
                "network_isolated": None,
                "traffic_encrypted": False,
                "volume_key": None,
                "volume_keyable": True,
                "output_key": None,
                "output_stores": store("out"),
                "input_stores": store("in"),
                "shell_access": None,
            },
        ),
        (
            "automl",
            {
                "SecurityConfig": {
                    "VolumeKmsKeyId": KEY,
                    "EnableInterContainerTrafficEncryption": True,
                    "VpcConfig": VPC,
                },
                "AutoMLComputeConfig": {"EmrServerlessComputeConfig": {"ExecutionRoleARN": f"{ROLE}-emr"}},
            },
            {
                "identity": (*IDENTITY, Ref("Identity", Provider.AWS, ACCOUNT.id, f"{ROLE}-emr")),
                "in_customer_network": True,
                "traffic_encrypted": True,
                "volume_key": KEY_REF,
            },
        ),
        (
            "compilation",
            {},
            {
                "work": "compilation",
                "in_customer_network": False,
                "volume_keyable": False,
                "output_key": KEY_REF,
                "output_stores": store("out"),
                "input_stores": store("in"),
            },
        ),
        ("compilation", {"VpcConfig": VPC}, {"in_customer_network": True, "security_groups": ("sg-1",)}),
        (
            "labeling",
            {},
            {
                "work": "labeling",
                "in_customer_network": None,
                "volume_keyable": False,
                "output_key": None,
                "output_takes_storage_key": False,
                "input_stores": store("in"),
            },
        ),
        (
            "labeling",
            {
                "InputConfig": {"DataSource": {"SnsDataSource": {"SnsTopicArn": "t"}}},
                "LabelingJobAlgorithmsConfig": {
                    "LabelingJobAlgorithmSpecificationArn": "a",
                    "LabelingJobResourceConfig": {"VolumeKmsKeyId": KEY, "VpcConfig": VPC},
                },
            },
            {
                "in_customer_network": True,
                "volume_keyable": True,
                "volume_key": KEY_REF,
                "input_stores": (),
            },
        ),
        (
            "shadow_tests",
            {},
            {
                "work": "shadow test",
                "volume_keyable": True,
                "volume_key": None,
                "output_key": None,
                "output_stores": (),
            },
        ),
        (
            "shadow_tests",
            {"KmsKey": KEY, "DataStorageConfig": {"Destination": "s3://out/x", "KmsKey": KEY}},
            {"volume_key": KEY_REF, "output_key": KEY_REF, "output_stores": store("out")},
        ),
        (
            "customization",
            {},
            {
                "work": "training",
                "identity": IDENTITY,
                "in_customer_network": False,
                "volume_keyable": False,
                "output_key": None,
                "output_takes_storage_key": False,
                "output_stores": store("out"),
                "input_stores": store("in"),
            },
        ),
        (
            "customization",
            {"vpcConfig": BEDROCK_VPC, "outputModelKmsKeyArn": KEY, "trainingDataConfig": {}},
            {
                "in_customer_network": True,
                "subnets": ("subnet-1",),
                "output_key": KEY_REF,
                "input_stores": (),
            },
        ),
    ],
)
def test_settings_of_other_jobs(aws: Aws, label: str, changes: dict[str, Any], expected: dict[str, Any]) -> None:
    found = job_of(aws, label, **changes)
    assert {name: shown(getattr(found, name)) for name in expected} == expected
    assert all(isinstance(getattr(found, name), Known) and getattr(found, name).calls for name in FACTS)


@pytest.mark.parametrize("label", KINDS)
def test_a_job_that_cannot_be_described_is_a_job_of_which_nothing_is_known(aws: Aws, label: str) -> None:
    body, listing, describe = KINDS[label]
    aws.answer(CALLS[listing], summaries(CALLS[listing], body, **LISTED_ALSO.get(label, {})))
    aws.refuse(CALLS[describe], "AccessDeniedException", 403)
    done = collected(aws, label)
    assert done.inventory.gaps == ()
    (found,) = done.inventory.resources
    for name in jobs_groups.SETTINGS:
        fact = getattr(found, name)
        assert isinstance(fact, Unknown)
        assert fact.permissions == CALLS[describe].permissions


@pytest.mark.parametrize("label", [*KINDS, "tuning", "batch_inference"])
def test_a_denied_list_is_a_gap(aws: Aws, label: str) -> None:
    listing = collector(label).find_calls[0]
    aws.refuse(listing, "AccessDeniedException", 403)
    (gap,) = collected(aws, label).inventory.gaps
    assert (gap.why.reason, gap.why.permissions) == (Reason.DENIED, listing.permissions)


def definition(name: str, **more: Any) -> dict[str, Any]:
    return {
        "DefinitionName": name,
        "AlgorithmSpecification": {"TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "OutputDataConfig": {"S3OutputPath": "s3://out/x"},
        "StoppingCondition": {},
        **more,
    }


@pytest.mark.parametrize(
    ("definitions", "expected"),
    [
        ({"TrainingJobDefinition": definition("", **machine("ml.m5.xlarge"))}, {"": (False, (), None, True)}),
        (
            {
                "TrainingJobDefinitions": [
                    definition("a", EnableNetworkIsolation=True, **machine("ml.p4d.24xlarge", 2)),
                    definition(
                        "b",
                        HyperParameterTuningResourceConfig={
                            "InstanceConfigs": [
                                {"InstanceType": "ml.c5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 1}
                            ],
                            "VolumeKmsKeyId": KEY,
                        },
                    ),
                ]
            },
            {"#a": (True, (), False, False), "#b": (False, (), None, True)},
        ),
        ({}, {"": (Reason.ABSENT,) * 4}),
    ],
)
def test_tuning_jobs(aws: Aws, definitions: dict[str, Any], expected: dict[str, Any]) -> None:
    listed: dict[str, Any] = {
        "HyperParameterTuningJobName": "j",
        "HyperParameterTuningJobArn": arn("hyper-parameter-tuning-job"),
        "HyperParameterTuningJobStatus": "Completed",
        "CreationTime": NOW,
        "TrainingJobStatusCounters": {},
        "ObjectiveStatusCounters": {},
    }
    config = {"Strategy": "Bayesian", "ResourceLimits": {"MaxParallelTrainingJobs": 1}}
    listing, describe = CALLS["ListHyperParameterTuningJobs"], CALLS["DescribeHyperParameterTuningJob"]
    aws.answer(listing, {listing.items: [{**listed, "Strategy": "Bayesian"}]})
    aws.answer(describe, {**listed, "HyperParameterTuningJobConfig": config, **definitions})
    done = collected(aws, "tuning")
    facts = ("network_isolated", "secrets", "traffic_encrypted", "volume_keyable")
    assert {
        newest(job).removeprefix(listed["HyperParameterTuningJobArn"]): tuple(
            shown(getattr(job, name)) for name in facts
        )
        for job in done.inventory.resources
    } == expected


@pytest.mark.parametrize(
    ("changes", "network", "key"),
    [
        ({}, False, None),
        (
            {
                "vpcConfig": BEDROCK_VPC,
                "outputDataConfig": {"s3OutputDataConfig": {"s3Uri": "s3://out/x", "s3EncryptionKeyId": KEY}},
            },
            True,
            KEY_REF,
        ),
    ],
)
def test_batch_inference(aws: Aws, changes: dict[str, Any], network: bool, key: Ref | None) -> None:
    older = {**BATCH, "jobArn": f"{BATCH['jobArn']}-0", "submitTime": NOW - timedelta(days=1)}
    aws.answer(LIST_BATCH_JOBS, {LIST_BATCH_JOBS.items: [{**older, **changes}, {**BATCH, **changes}]})
    (found,) = collected(aws, "batch_inference").inventory.resources
    assert isinstance(found, Job)
    assert (newest(found), shown(found.runs), shown(found.work)) == (BATCH["jobArn"], 2, "batch inference")
    assert (shown(found.in_customer_network), shown(found.output_key)) == (network, key)
    assert (shown(found.output_stores), shown(found.input_stores)) == (store("out"), store("in"))
    assert all(isinstance(getattr(found, name), Known) and getattr(found, name).calls for name in FACTS)


@pytest.mark.parametrize(("counted", "says"), [(100, "4 older"), (7, "more than 4 older")])
def test_jobs_beyond_the_limit_are_a_gap_that_says_how_many(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, counted: int, says: str
) -> None:
    monkeypatch.setattr(jobs_groups, "DESCRIBED", 3)
    monkeypatch.setattr(jobs_groups, "COUNTED", counted)
    body, listing, describe = KINDS["processing"]
    history = [
        {**body, "ProcessingJobArn": arn("processing-job", f"j{n}"), "CreationTime": NOW - timedelta(hours=n)}
        for n in (3, 1, 0, 6, 2, 5, 4) + ((8, 9) if counted == 7 else ())
    ]
    aws.answer(CALLS[listing], summaries(CALLS[listing], *history))
    aws.answer(CALLS[describe], body)
    done = collected(aws, "processing")
    (gap,), (found,) = done.inventory.gaps, done.inventory.resources
    assert gap.why.reason is Reason.NOT_COLLECTED
    assert gap.why.detail.startswith(says)
    assert (newest(found), shown(found.runs)) == (arn("processing-job", "j0"), 3)  # type: ignore[attr-defined]


def test_what_moto_has(aws: Aws) -> None:
    """A round trip through the simulator's own serialization."""
    aws.boto("sagemaker").create_training_job(
        TrainingJobName="moto",
        AlgorithmSpecification={"TrainingImage": "image", "TrainingInputMode": "File"},
        RoleArn=ROLE,
        OutputDataConfig={"S3OutputPath": "s3://out/models"},
        ResourceConfig={"InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 50},
        StoppingCondition={"MaxRuntimeInSeconds": 60},
    )
    (found,) = collected(aws, "training").inventory.resources
    assert (found.name, shown(found.identity)) == ("moto", IDENTITY)  # type: ignore[attr-defined]
