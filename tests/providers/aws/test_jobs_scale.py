"""A history of thousands of jobs is read in pages that nobody keeps, and ends as a few resources."""

from __future__ import annotations

import io
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from auditor.collect import collect
from auditor.model.facts import Known, Reason, Unknown
from auditor.model.resources import Job
from auditor.plan import Step
from auditor.providers.aws import jobs
from auditor.providers.aws.jobs_groups import SETTINGS, Groups
from auditor.wire.hop import Answer, Outgoing
from bench.history import History
from tests.providers.aws.conftest import ACCOUNT, REGION, Aws
from tests.support.aws_shapes import check, operation

TRAINING = next(c for c in jobs.COLLECTORS if c.name == "aws.jobs.training")
LONG, MEDIUM = History(5_000, configurations=20), History(700, configurations=20)


class Served:
    """Answers from a history, and counts what it is asked."""

    def __init__(self, history: History, **hidden: Any) -> None:
        self.history, self.hidden = history, hidden
        self.asked: list[str] = []

    def __call__(self, request: Outgoing) -> Answer | None:
        self.asked.append(request.call.operation)
        body = self.history.answer(request.call.key, request.params)
        assert body is not None
        if "Results" in body and "lag" in self.hidden:
            body["Results"] = [r for r in body["Results"] if _number(r["TrainingJob"]) >= self.hidden["lag"]]
        if "Results" in body and "ends_at" in self.hidden:
            body["Results"] = [r for r in body["Results"] if _number(r["TrainingJob"]) < self.hidden["ends_at"]]
        return Answer(200, json.dumps(body).encode(), {"content-type": "application/json"}, synthetic=True)


def _number(job: dict[str, Any]) -> int:
    return int(job["TrainingJobName"].rpartition("-")[2])


def read(aws: Aws, served: Served) -> tuple[Any, Any]:
    session = aws.session(TRAINING.calls(), sources=(served,))
    done = collect([Step(ACCOUNT, REGION, TRAINING, ())], {ACCOUNT: session}, workers=1)
    assert done.defects == ()
    return session, done.inventory


def test_five_thousand_jobs_are_twenty_resources(aws: Aws) -> None:
    served = Served(LONG)
    session, inventory = read(aws, served)
    assert inventory.gaps == ()
    assert len(inventory.resources) == 20
    assert [job.runs.value for job in inventory.resources] == [250] * 20
    assert {job.name for job in inventory.resources} == {f"nightly-{n:06}" for n in range(20)}
    assert served.asked.count("Search") == 50
    assert served.asked.count("ListTrainingJobs") == 2
    assert "DescribeTrainingJob" not in served.asked
    assert not [key for key in session._memo if "Search" in key], "a page of a history is remembered"
    assert all(isinstance(job.shell_access, Unknown) for job in inventory.resources), "Search does not tell"


def test_jobs_that_search_has_not_got_yet_are_described(aws: Aws) -> None:
    served = Served(MEDIUM, lag=7)
    _, inventory = read(aws, served)
    assert inventory.gaps == ()
    assert served.asked.count("DescribeTrainingJob") == 7
    assert sum(job.runs.value for job in inventory.resources) == 700
    exact = [job for job in inventory.resources if isinstance(job.shell_access, Known)]
    assert sum(job.runs.value for job in exact) == 7


@pytest.mark.parametrize("ends_at", [600, 0])
def test_a_search_that_ends_early_is_a_gap(aws: Aws, ends_at: int) -> None:
    _, inventory = read(aws, Served(MEDIUM, ends_at=ends_at))
    (gap,) = inventory.gaps
    assert gap.why.reason is Reason.NOT_COLLECTED
    assert sum(job.runs.value for job in inventory.resources) == ends_at


def test_a_page_of_jobs_is_described_one_by_one(aws: Aws) -> None:
    served = Served(History(100, configurations=3))
    _, inventory = read(aws, served)
    assert [served.asked.count(name) for name in ("ListTrainingJobs", "DescribeTrainingJob", "Search")] == [1, 100, 0]
    assert sorted(job.runs.value for job in inventory.resources) == [33, 33, 34]
    assert {job.shell_access.value for job in inventory.resources} == {False}


def test_no_jobs_are_known_to_be_none_after_one_call(aws: Aws) -> None:
    served = Served(History(0))
    _, inventory = read(aws, served)
    assert (inventory.resources, inventory.gaps, served.asked) == ((), (), ["ListTrainingJobs"])


def test_the_order_of_jobs_leaves_no_trace(aws: Aws) -> None:
    began = datetime(2026, 9, 1, tzinfo=UTC)
    found = [
        (f"arn:{n}", f"job-{n}", began + timedelta(hours=n // 2), {**_settings(n % 3), "secrets": Known((), {"n": n})})
        for n in range(60)
    ]
    session = aws.session(())
    outcomes = set()
    made: list[Job] = []
    for seed in range(4):
        random.Random(seed).shuffle(found)
        groups = Groups(session, REGION, "AWS::SageMaker::TrainingJob", "training")
        for job in found:
            groups.add(*job)
        made = list(groups.jobs())
        outcomes.add(repr(made))
    assert len(outcomes) == 1
    named = [(*job.aliases, job.runs.value) for job in made]
    assert named == [("arn:57", 20), ("arn:58", 20), ("arn:59", 20)]
    later = Groups(session, REGION, "AWS::SageMaker::TrainingJob", "training")
    for job in [*found, ("arn:99", "job-99", began + timedelta(days=9), {**_settings(0), "secrets": Known(())})]:
        later.add(*job)
    assert {job.id for job in later.jobs()} == {job.id for job in made}, "a newer job is no other finding"


def _settings(kind: int) -> dict[str, Any]:
    return {**dict.fromkeys(SETTINGS, Known(None)), "subnets": Known((f"subnet-{kind}",))}


def test_the_history_has_the_shapes_of_the_api() -> None:
    for call in TRAINING.calls():
        asked = {"Resource": "TrainingJob", "TrainingJobName": "nightly-000003"}
        check(LONG.answer(call.key, asked), operation(call).output_shape, call.key)


def test_the_server_hook_answers_what_is_about_training_jobs_alone() -> None:
    history = History(250)

    def reply(name: str, **asked: Any) -> Any:
        body = json.dumps(asked).encode()
        environ: dict[str, Any] = {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
        given = history.reply(name, environ)
        assert environ["wsgi.input"].read() == body, "moto must be able to read it again"
        return None if given is None else json.loads(given)

    assert reply("sagemaker:ListModels") is None
    assert reply("sagemaker:Search", Resource="Endpoint") is None
    last = reply("sagemaker:Search", Resource="TrainingJob", NextToken="200")
    assert (len(last["Results"]), "NextToken" in last) == (50, False)
    oldest = reply("sagemaker:ListTrainingJobs", SortOrder="Ascending")["TrainingJobSummaries"]
    assert oldest[0]["TrainingJobName"] == "nightly-000249"
