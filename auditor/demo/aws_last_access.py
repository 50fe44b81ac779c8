"""The demo's AWS account: what its roles did with the services that they may use, as IAM reports it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from auditor.demo.aws_estate import ACCOUNT_ID, role_arn
from auditor.demo.aws_made import DAY, Client, Made, Writer, iam_answer

_MADE_DAYS_AGO = 500
_USED: Mapping[str, Mapping[str, int | None]] = {
    "api-gateway-scoring": {"sagemaker": 0},
    "bedrock-agent-claims": {"bedrock": 0},
    "bedrock-agent-knowledge": {"bedrock": 2},
    "chat-prototype": {"bedrock": 150},
    "sm-experiments-2024": {"iam": None, "sagemaker": 380, "sts": None},
    "sm-legacy-execution": {"logs": 1, "s3": 1, "sagemaker": 1, "sagemaker-geospatial": None},
}
"""Roles that are older than the window, and days since they last tried each service that their policies allow; None:
never. The others were made on the day of the run, or their policies speak of no AI service."""


def seed(client: Client, made: Made) -> None:
    """moto makes every role on the day of the run."""
    from moto.iam.models import iam_backends

    roles = {role.name: role for role in iam_backends[ACCOUNT_ID]["aws"].roles.values()}
    for name in _USED:
        roles[name].create_date = _ago(_MADE_DAYS_AGO)


def _ago(days: int) -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None) - timedelta(days=days)


def _job(role: str) -> str:
    return str(uuid5(NAMESPACE_URL, role))


_ROLES = {_job(role_arn(name)): name for name in _USED}


def _start(made: Made, region: str, params: Mapping[str, Any]) -> str:
    return iam_answer("GenerateServiceLastAccessedDetails", f"<JobId>{_job(params['Arn'])}</JobId>")


def _report(made: Made, region: str, params: Mapping[str, Any]) -> str:
    services = _USED[_ROLES[params["JobId"]]]
    listed = "".join(_service(name, days) for name, days in services.items())
    return iam_answer(
        "GetServiceLastAccessedDetails",
        "<JobStatus>COMPLETED</JobStatus><JobType>SERVICE_LEVEL</JobType>"
        f"<JobCreationDate>{DAY}</JobCreationDate><JobCompletionDate>{DAY}</JobCompletionDate>"
        f"<ServicesLastAccessed>{listed}</ServicesLastAccessed><IsTruncated>false</IsTruncated>",
    )


def _service(name: str, days: int | None) -> str:
    used = "" if days is None else f"<LastAuthenticated>{_ago(days).isoformat()}Z</LastAuthenticated>"
    entities = 0 if days is None else 1
    return (
        f"<member><ServiceName>{name}</ServiceName><ServiceNamespace>{name}</ServiceNamespace>{used}"
        f"<TotalAuthenticatedEntities>{entities}</TotalAuthenticatedEntities></member>"
    )


WRITERS: Mapping[str, Writer] = {
    "iam:GenerateServiceLastAccessedDetails": _start,
    "iam:GetServiceLastAccessedDetails": _report,
}
"""What moto lacks."""
