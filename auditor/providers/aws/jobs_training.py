"""SageMaker training jobs: an account may have started hundreds of thousands within the window.

The list proves that there are jobs, or none. Up to a page of them are described one by one. Longer histories are read
with Search, which gives a hundred descriptions per request. Search may lag behind and promises no completeness, so it
is held against both ends of the list: jobs that are listed there and that it did not give are described one by one,
and if it gave none of the oldest it ended too early, which is a gap.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from auditor.model.facts import FactUnknown, Reason, Unknown, native
from auditor.model.resources import Job
from auditor.providers.aws.jobs_groups import Body, Groups, Settings, described, settings_of, window
from auditor.providers.aws.jobs_settings import Reader, remote_debug, training
from auditor.providers.aws.shared_calls import aws_call
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_TRAINING_JOBS = aws_call("sagemaker", "ListTrainingJobs", items="TrainingJobSummaries")
DESCRIBE_TRAINING_JOB = aws_call("sagemaker", "DescribeTrainingJob", expects=("TrainingJobName", "TrainingJobArn"))
SEARCH = aws_call("sagemaker", "Search", items="Results")

PAGE = 100
_NOT_SEARCHED = Unknown(Reason.ABSENT, "RemoteDebugConfig in an answer of sagemaker:Search")


def find(session: AwsSession, location: str) -> Iterator[Job]:
    read = Reader(session, location)
    groups = Groups(session, location, "AWS::SageMaker::TrainingJob", "training")
    newest = _end(session, location, "Descending")
    listed = _by_arn(newest)
    if newest.get("NextToken"):
        try:
            listed = _search(session, location, listed, groups)
        except (CallFailed, FactUnknown):
            yield from groups.jobs()
            raise
    for arn, summary in listed.items():
        name = summary["TrainingJobName"]
        answer = described(session, DESCRIBE_TRAINING_JOB, location, TrainingJobName=name)
        groups.add(arn, name, summary.get("CreationTime"), settings_of(answer, lambda body: _settings(read, body)))
    yield from groups.jobs()


def _search(session: AwsSession, location: str, newest: Mapping[str, Body], groups: Groups) -> dict[str, Body]:
    """Add what Search gives, and return what it should have given: the jobs at either end of the list it left out."""
    read = Reader(session, location)
    oldest = _by_arn(_end(session, location, "Ascending"))
    left = {**newest, **oldest}
    began = datetime.fromisoformat(session.wire.since())
    for record in session.stream(SEARCH, location, **_query(session)):
        job = native(record, "TrainingJob").value
        arn, name, created = (
            native(job, field).value for field in ("TrainingJobArn", "TrainingJobName", "CreationTime")
        )
        if created < began:
            continue
        left.pop(arn, None)
        groups.add(arn, name, created, settings_of(job, lambda body: _found(read, body)))
    if not oldest or oldest.keys() <= left.keys():
        raise FactUnknown(Unknown(Reason.NOT_COLLECTED, "training jobs that sagemaker:Search leaves out"))
    return left


def _end(session: AwsSession, location: str, order: str) -> Body:
    """One page at an end of the list. A page may be empty and still not be the last."""
    asked = {**window(session), "SortOrder": order}
    answer: Body = session.call(LIST_TRAINING_JOBS, location, MaxResults=PAGE, **asked)
    return answer


def _by_arn(page: Mapping[str, Any]) -> dict[str, Body]:
    return {summary["TrainingJobArn"]: summary for summary in page["TrainingJobSummaries"]}


def _query(session: AwsSession) -> dict[str, Any]:
    """Oldest first, so that jobs started meanwhile come last and do not shift the pages."""
    since = {"Name": "CreationTime", "Operator": "GreaterThanOrEqualTo", "Value": _moment(session.wire.since())}
    return {
        "Resource": "TrainingJob",
        "SearchExpression": {"Filters": [since]},
        "SortBy": "CreationTime",
        "SortOrder": "Ascending",
        "MaxResults": PAGE,
    }


def _moment(value: str) -> str:
    """The one form of a time that Search takes (API reference, Filter)."""
    return datetime.fromisoformat(value).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _settings(read: Reader, body: Body) -> Settings:
    return training(read, body, remote=remote_debug(body))


def _found(read: Reader, body: Body) -> Settings:
    """An absent setting means nothing here (API reference, TrainingJob: Search does not give it)."""
    return training(read, body, remote=remote_debug(body) if "RemoteDebugConfig" in body else _NOT_SEARCHED)
