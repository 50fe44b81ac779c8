"""A long history of training jobs, made up as it is asked for: nothing is kept, however long it is.

``History(200_000).reply(name, environ)`` answers the requests of :mod:`bench.server` that are about training jobs.
"""

from __future__ import annotations

import io
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ACCOUNT_ID, REGION = "123456789012", "us-east-1"
OPERATIONS = ("sagemaker:ListTrainingJobs", "sagemaker:Search", "sagemaker:DescribeTrainingJob")
PAGE = 100
_DAYS = 80
"""Over how many days the jobs are spread, less than the window of an audit."""


@dataclass(frozen=True)
class History:
    """``jobs`` training jobs in ``configurations`` kinds, in turns; number 0 is the newest."""

    jobs: int = 200_000
    configurations: int = 20
    ends: float = field(default_factory=lambda: float(int(time.time()) - 3600))

    def reply(self, name: str, environ: Mapping[str, Any]) -> bytes | None:
        """The body that answers a request to the server, or None if it is about something else."""
        if name not in OPERATIONS:
            return None
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        environ["wsgi.input"] = io.BytesIO(body)  # type: ignore[index]
        answer = self.answer(name, json.loads(body))
        return None if answer is None else json.dumps(answer).encode()

    def answer(self, name: str, asked: Mapping[str, Any]) -> dict[str, Any] | None:
        if name.endswith(":DescribeTrainingJob"):
            return self.job(int(asked["TrainingJobName"].rpartition("-")[2]))
        start = int(asked.get("NextToken", 0))
        numbers = range(start, min(start + PAGE, self.jobs))
        more = {"NextToken": str(start + PAGE)} if start + PAGE < self.jobs else {}
        if name.endswith(":ListTrainingJobs"):
            if asked.get("SortOrder") == "Ascending":
                numbers = range(self.jobs - 1 - start, max(self.jobs - 1 - start - PAGE, -1), -1)
            return {"TrainingJobSummaries": [self._summary(number) for number in numbers], **more}
        if asked["Resource"] != "TrainingJob":
            return None
        return {"Results": [{"TrainingJob": self._found(number)} for number in numbers], **more}

    def _summary(self, number: int) -> dict[str, Any]:
        name = f"nightly-{number:06}"
        created = self.ends - number * _DAYS * 86400 / max(self.jobs, 1)
        return {
            "TrainingJobName": name,
            "TrainingJobArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT_ID}:training-job/{name}",
            "TrainingJobStatus": "Completed",
            "CreationTime": created,
            "LastModifiedTime": created + 600,
        }

    def job(self, number: int) -> dict[str, Any]:
        """A description of a usual size. The role tells configurations apart, the rest follows from it."""
        kind = number % self.configurations
        summary = self._summary(number)
        name = summary["TrainingJobName"]
        job = {
            **summary,
            "SecondaryStatus": "Completed",
            "ModelArtifacts": {"S3ModelArtifacts": f"s3://bench-bucket-0/models/{name}/output/model.tar.gz"},
            "HyperParameters": {f"parameter_{n}": str(kind + n) for n in range(12)},
            "AlgorithmSpecification": {
                "TrainingImage": f"{ACCOUNT_ID}.dkr.ecr.{REGION}.amazonaws.com/training:{kind}",
                "TrainingInputMode": "File",
            },
            "RoleArn": f"arn:aws:iam::{ACCOUNT_ID}:role/workload-{kind:03}",
            "InputDataConfig": [
                {
                    "ChannelName": channel,
                    "DataSource": {
                        "S3DataSource": {
                            "S3DataType": "S3Prefix",
                            "S3Uri": f"s3://bench-bucket-0/data/{name}/{channel}",
                        }
                    },
                }
                for channel in ("train", "test")
            ],
            "OutputDataConfig": {"S3OutputPath": "s3://bench-bucket-0/models"},
            "ResourceConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1 + kind % 2, "VolumeSizeInGB": 50},
            "StoppingCondition": {"MaxRuntimeInSeconds": 86400},
            "EnableNetworkIsolation": kind % 2 == 0,
            "EnableInterContainerTrafficEncryption": kind % 3 == 0,
            "Environment": {"RUN": name, "STAGE": "production"},
        }
        return {**job, "RemoteDebugConfig": {"EnableRemoteDebug": False}}

    def _found(self, number: int) -> dict[str, Any]:
        """What Search gives of a job lacks its debugging."""
        return {key: value for key, value in self.job(number).items() if key != "RemoteDebugConfig"}
