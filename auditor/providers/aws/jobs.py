"""SageMaker and Bedrock jobs within the window of the run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Reason, Unknown
from auditor.model.resources import Job
from auditor.model.scope import Provider
from auditor.providers.aws import jobs_settings as settings
from auditor.providers.aws import jobs_training
from auditor.providers.aws.gates import BEDROCK, SAGEMAKER
from auditor.providers.aws.jobs_groups import (
    FACTS,
    Groups,
    Settings,
    and_then,
    described,
    newest_of,
    settings_of,
    window,
)
from auditor.providers.aws.jobs_training import DESCRIBE_TRAINING_JOB, LIST_TRAINING_JOBS, SEARCH
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Gate, Reach
from auditor.wire.calls import Call
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_PROCESSING_JOBS = aws_call("sagemaker", "ListProcessingJobs", items="ProcessingJobSummaries")
DESCRIBE_PROCESSING_JOB = aws_call("sagemaker", "DescribeProcessingJob", expects=("ProcessingJobName",))
LIST_TUNING_JOBS = aws_call("sagemaker", "ListHyperParameterTuningJobs", items="HyperParameterTuningJobSummaries")
DESCRIBE_TUNING_JOB = aws_call("sagemaker", "DescribeHyperParameterTuningJob", expects=("HyperParameterTuningJobName",))
LIST_AUTOML_JOBS = aws_call("sagemaker", "ListAutoMLJobs", items="AutoMLJobSummaries")
DESCRIBE_AUTOML_JOB = aws_call("sagemaker", "DescribeAutoMLJobV2", expects=("AutoMLJobName",))
LIST_TRANSFORM_JOBS = aws_call("sagemaker", "ListTransformJobs", items="TransformJobSummaries")
DESCRIBE_TRANSFORM_JOB = aws_call("sagemaker", "DescribeTransformJob", expects=("TransformJobName",))
LIST_COMPILATION_JOBS = aws_call("sagemaker", "ListCompilationJobs", items="CompilationJobSummaries")
DESCRIBE_COMPILATION_JOB = aws_call("sagemaker", "DescribeCompilationJob", expects=("CompilationJobName",))
LIST_LABELING_JOBS = aws_call("sagemaker", "ListLabelingJobs", items="LabelingJobSummaryList")
DESCRIBE_LABELING_JOB = aws_call("sagemaker", "DescribeLabelingJob", expects=("LabelingJobName",))
LIST_INFERENCE_EXPERIMENTS = aws_call("sagemaker", "ListInferenceExperiments", items="InferenceExperiments")
DESCRIBE_INFERENCE_EXPERIMENT = aws_call("sagemaker", "DescribeInferenceExperiment", expects=("Name", "Arn"))
LIST_CUSTOMIZATION_JOBS = aws_call("bedrock", "ListModelCustomizationJobs", items="modelCustomizationJobSummaries")
GET_CUSTOMIZATION_JOB = aws_call("bedrock", "GetModelCustomizationJob", expects=("jobArn",))
LIST_BATCH_JOBS = aws_call("bedrock", "ListModelInvocationJobs", items="invocationJobSummaries")

NO_GATE: Gate = frozenset()
Read = Callable[[settings.Reader, Mapping[str, Any]], Settings]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """A kind of job whose list names jobs, and whose settings are in a description of each."""

    label: str
    work: str
    native_type: str
    listing: Call
    describe: Call
    name: str
    """What lists and descriptions call the name."""
    arn: str
    """What lists call the ARN."""
    created: str = "CreationTime"
    window: str = "CreationTimeAfter"
    asked_by: str = ""
    """The parameter of a description, if it is not the name."""
    read: Read
    gate: Gate = SAGEMAKER


def _find_described(kind: _Kind, session: AwsSession, location: str) -> Iterator[Job]:
    read = settings.Reader(session, location)
    groups = Groups(session, location, kind.native_type, kind.work)
    asked = window(session, kind.window)
    newest, missing = newest_of(session, kind.listing, location, kind.arn, created=kind.created, **asked)
    for summary in newest:
        by = {kind.asked_by: summary[kind.arn]} if kind.asked_by else {kind.name: summary[kind.name]}
        answer = described(session, kind.describe, location, **by)
        given = settings_of(answer, lambda body: kind.read(read, body))
        groups.add(summary[kind.arn], summary[kind.name], summary.get(kind.created), given)
    return and_then(groups.jobs(), missing)


def _find_tuning(session: AwsSession, location: str) -> Iterator[Job]:
    """A tuning job has one definition of its training jobs, or several that are named; each is judged by itself."""
    read = settings.Reader(session, location)
    groups = Groups(session, location, "AWS::SageMaker::HyperParameterTuningJob", "training")
    arn, name = "HyperParameterTuningJobArn", "HyperParameterTuningJobName"
    newest, missing = newest_of(session, LIST_TUNING_JOBS, location, arn, **window(session))
    for summary in newest:
        answer = described(session, DESCRIBE_TUNING_JOB, location, HyperParameterTuningJobName=summary[name])
        for label, definition in _definitions(answer):
            given = settings_of(definition, lambda body: settings.training(read, body, remote=settings.NONE))
            of_one = (f"#{label}", f" ({label})") if label else ("", "")
            groups.add(f"{summary[arn]}{of_one[0]}", f"{summary[name]}{of_one[1]}", summary.get("CreationTime"), given)
    return and_then(groups.jobs(), missing)


def _definitions(answer: Mapping[str, Any] | CallFailed) -> Iterable[tuple[str, Mapping[str, Any] | CallFailed]]:
    if isinstance(answer, CallFailed):
        return [("", answer)]
    several = answer.get("TrainingJobDefinitions")
    if several:
        return [(definition.get("DefinitionName", str(n)), definition) for n, definition in enumerate(several, 1)]
    if "TrainingJobDefinition" in answer:
        return [("", answer["TrainingJobDefinition"])]
    return [("", CallFailed(DESCRIBE_TUNING_JOB, Reason.ABSENT))]


def _find_shadow_tests(session: AwsSession, location: str) -> Iterator[Job]:
    """The list does not carry the ARN."""
    read = settings.Reader(session, location)
    groups = Groups(session, location, "AWS::SageMaker::InferenceExperiment", "shadow test")
    newest, missing = newest_of(session, LIST_INFERENCE_EXPERIMENTS, location, "Name", **window(session))
    for summary in newest:
        name = summary["Name"]
        answer = described(session, DESCRIBE_INFERENCE_EXPERIMENT, location, Name=name)
        place = f"arn:{session.partition}:sagemaker:{location}:{session.account.id}"
        arn = f"{place}:inference-experiment/{name}" if isinstance(answer, CallFailed) else answer["Arn"]
        given = settings_of(answer, lambda body: settings.shadow_test(read, body))
        groups.add(arn, name, summary.get("CreationTime"), given)
    return and_then(groups.jobs(), missing)


def _find_batch(session: AwsSession, location: str) -> Iterator[Job]:
    """The list carries every setting."""
    read = settings.Reader(session, location)
    groups = Groups(session, location, "AWS::Bedrock::ModelInvocationJob", "batch inference")
    missing: Unknown | None = None
    try:
        for job in session.stream(LIST_BATCH_JOBS, location, **window(session, "submitTimeAfter")):
            given = settings_of(job, lambda body: settings.batch_inference(read, body))
            groups.add(job["jobArn"], job["jobName"], job.get("submitTime"), given)
    except CallFailed as failure:
        missing = failure.unknown()
    return and_then(groups.jobs(), missing)


_DESCRIBED = (
    _Kind(
        label="processing",
        work="processing",
        native_type="AWS::SageMaker::ProcessingJob",
        listing=LIST_PROCESSING_JOBS,
        describe=DESCRIBE_PROCESSING_JOB,
        name="ProcessingJobName",
        arn="ProcessingJobArn",
        read=settings.processing,
        gate=NO_GATE,
    ),
    _Kind(
        label="automl",
        work="training",
        native_type="AWS::SageMaker::AutoMLJob",
        listing=LIST_AUTOML_JOBS,
        describe=DESCRIBE_AUTOML_JOB,
        name="AutoMLJobName",
        arn="AutoMLJobArn",
        read=settings.automl,
    ),
    _Kind(
        label="transform",
        work="batch inference",
        native_type="AWS::SageMaker::TransformJob",
        listing=LIST_TRANSFORM_JOBS,
        describe=DESCRIBE_TRANSFORM_JOB,
        name="TransformJobName",
        arn="TransformJobArn",
        read=settings.transform,
    ),
    _Kind(
        label="compilation",
        work="compilation",
        native_type="AWS::SageMaker::CompilationJob",
        listing=LIST_COMPILATION_JOBS,
        describe=DESCRIBE_COMPILATION_JOB,
        name="CompilationJobName",
        arn="CompilationJobArn",
        read=settings.compilation,
    ),
    _Kind(
        label="labeling",
        work="labeling",
        native_type="AWS::SageMaker::LabelingJob",
        listing=LIST_LABELING_JOBS,
        describe=DESCRIBE_LABELING_JOB,
        name="LabelingJobName",
        arn="LabelingJobArn",
        read=settings.labeling,
    ),
    _Kind(
        label="customization",
        work="training",
        native_type="AWS::Bedrock::ModelCustomizationJob",
        listing=LIST_CUSTOMIZATION_JOBS,
        describe=GET_CUSTOMIZATION_JOB,
        name="jobName",
        arn="jobArn",
        created="creationTime",
        window="creationTimeAfter",
        asked_by="jobIdentifier",
        read=settings.customization,
        gate=BEDROCK,
    ),
)


def _collector(
    label: str,
    find: Callable[[AwsSession, str], Iterable[Job]],
    *calls: Call,
    service: str = "sagemaker",
    gate: Gate = SAGEMAKER,
) -> Collector[Job, AwsSession]:
    return Collector(
        name=f"aws.jobs.{label}",
        provider=Provider.AWS,
        kind=Job,
        reach=Reach.LOCATION,
        service=service,
        find_calls=calls,
        find=find,
        find_facts=FACTS,
        gate=gate,
    )


COLLECTORS: tuple[Collector[Job, AwsSession], ...] = (
    _collector(
        "training",
        jobs_training.find,
        LIST_TRAINING_JOBS,
        SEARCH,
        DESCRIBE_TRAINING_JOB,
        gate=NO_GATE,
    ),
    *(
        _collector(
            kind.label,
            partial(_find_described, kind),
            kind.listing,
            kind.describe,
            service=kind.listing.service,
            gate=kind.gate,
        )
        for kind in _DESCRIBED
    ),
    _collector("tuning", _find_tuning, LIST_TUNING_JOBS, DESCRIBE_TUNING_JOB),
    _collector("shadow_tests", _find_shadow_tests, LIST_INFERENCE_EXPERIMENTS, DESCRIBE_INFERENCE_EXPERIMENT),
    _collector("batch_inference", _find_batch, LIST_BATCH_JOBS, service="bedrock", gate=NO_GATE),
)
