"""Answers of ours to what moto has no answer to, or a wrong one. Every one is marked as synthetic where it is recorded.

They are written in the form in which AWS sends them, from the tables that the account is built from.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from auditor.demo import aws_estate as estate
from auditor.demo import aws_people as people
from auditor.demo.aws_areas import AREAS
from auditor.demo.aws_estate import HOME, arn
from auditor.demo.aws_made import DAY as _DAY
from auditor.demo.aws_made import Body, Made, Writer, iam_answer
from auditor.model.scope import Provider
from auditor.wire.hop import Answer, Outgoing, Source

PROVISIONED = "claims-summarizer-production"


def synthetic_source(made: Made) -> Source:
    """Answers in place of moto; lets everything else pass."""

    def source(request: Outgoing) -> Answer | None:
        if request.call.provider is not Provider.AWS:
            return None
        if (request.call.key, request.location) == (estate.DENIED_OPERATION, estate.DENIED_REGION):
            message = f"User: {estate.AUDITOR} is not authorized to perform: {estate.DENIED_OPERATION}"
            return _refusal("AccessDeniedException", message)
        answer = None
        for writer in WRITERS.get(request.call.key, ()):
            answer = writer(made, request.location, request.params)
            if answer is not None:
                break
        if answer is None or isinstance(answer, Answer):
            return answer
        if isinstance(answer, str):
            return Answer(200, answer.encode(), {"content-type": "text/xml"}, synthetic=True)
        return Answer(200, json.dumps(answer).encode(), {"content-type": "application/json"}, synthetic=True)

    return source


def _refusal(code: str, message: str) -> Answer:
    body = json.dumps({"__type": code, "Message": message}).encode()
    return Answer(403, body, {"content-type": "application/json", "x-amzn-errortype": code}, synthetic=True)


def _account_summary(made: Made, region: str, params: Mapping[str, Any]) -> str:
    """moto says of every account that its root user has no second factor."""
    numbers = {
        "AccountAccessKeysPresent": 0,
        "AccountMFAEnabled": 1,
        "AccountPasswordPresent": 1,
        "Groups": 1,
        "MFADevicesInUse": sum(user.mfa for user in people.USERS),
        "Roles": made.counted["", "AWS::IAM::Role"],
        "Users": made.counted["", "AWS::IAM::User"],
    }
    entries = "".join(f"<entry><key>{name}</key><value>{value}</value></entry>" for name, value in numbers.items())
    return iam_answer("GetAccountSummary", f"<SummaryMap>{entries}</SummaryMap>")


_REPORT_COLUMNS = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
    "access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,"
    "access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
    "cert_1_last_rotated,cert_2_active,cert_2_last_rotated"
)


def _credential_report(made: Made, region: str, params: Mapping[str, Any]) -> str:
    """moto leaves the root user out, and makes every key on the day of the run."""
    root = people.UserSpec("<root_account>", mfa=True)
    rows = [_report_row(root, f"arn:aws:iam::{estate.ACCOUNT_ID}:root", "not_supported")]
    for user in people.USERS:
        arn_of_user = f"arn:aws:iam::{estate.ACCOUNT_ID}:user/{user.name}"
        rows.append(_report_row(user, arn_of_user, str(user.console).lower()))
    content = base64.b64encode("\n".join([_REPORT_COLUMNS, *rows]).encode()).decode()
    fields = f"<Content>{content}</Content><ReportFormat>text/csv</ReportFormat><GeneratedTime>{_DAY}</GeneratedTime>"
    return iam_answer("GetCredentialReport", fields)


def _report_row(user: people.UserSpec, user_arn: str, password: str) -> str:
    made_at = "2024-03-04T08:00:00+00:00"
    changed = made_at if user.console else "N/A"
    keys: list[str] = []
    for number in (1, 2):
        active = number <= user.active_keys
        exists = number <= user.active_keys + user.inactive_keys
        rotated, used = (made_at, "2026-11-02T02:10:00+00:00") if exists else ("N/A", "N/A")
        where = [HOME, "sagemaker"] if exists else ["N/A", "N/A"]
        keys += [str(active).lower(), rotated, used, *where]
    mfa = str(user.mfa).lower()
    certificates = ["false", "N/A", "false", "N/A"]
    return ",".join([user.name, user_arn, made_at, password, changed, changed, "N/A", mfa, *keys, *certificates])


def _bedrock_api_keys(made: Made, region: str, params: Mapping[str, Any]) -> str:
    fields = {
        "UserName": "svc-airflow",
        "Status": "Active",
        "ServiceCredentialAlias": "svc-airflow-at-123456789012",
        "CreateDate": _DAY,
        "ExpirationDate": "2027-08-14T09:30:00Z",
        "ServiceSpecificCredentialId": "ACCADEMOBEDROCKKEY01",
        "ServiceName": "bedrock.amazonaws.com",
    }
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    found = f"<member>{inner}</member>" if params.get("ServiceName") == "bedrock.amazonaws.com" else ""
    listed = f"<ServiceSpecificCredentials>{found}</ServiceSpecificCredentials><IsTruncated>false</IsTruncated>"
    return iam_answer("ListServiceSpecificCredentials", listed)


def _custom_model_arn() -> str:
    return arn("bedrock", HOME, f"custom-model/{estate.CUSTOM_MODEL}")


def _custom_model(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    """moto makes up the key of a custom model."""
    if region != HOME or params["modelIdentifier"] not in (estate.CUSTOM_MODEL, _custom_model_arn()):
        return None
    job = f"{estate.CUSTOM_MODEL}-2026-08"
    return {
        "modelArn": _custom_model_arn(),
        "modelName": estate.CUSTOM_MODEL,
        "jobName": job,
        "jobArn": arn("bedrock", HOME, f"model-customization-job/{job}"),
        "baseModelArn": f"arn:aws:bedrock:{HOME}::foundation-model/{estate.FOUNDATION_MODEL}",
        "customizationType": "FINE_TUNING",
        "modelKmsKeyArn": made.keys[estate.CUSTOM_MODEL_KEY],
        "hyperParameters": {"epochCount": "2"},
        "trainingDataConfig": {"s3Uri": f"s3://{estate.PREFIX}-training-data/claims/train.jsonl"},
        "outputDataConfig": {"s3Uri": f"s3://{estate.PREFIX}-experiments/claims"},
        "creationTime": _DAY,
        "modelStatus": "Active",
    }


def _provisioned_arn() -> str:
    return arn("bedrock", HOME, "provisioned-model/clmsum000001")


def _provisioned(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    if region != HOME:
        return {"provisionedModelSummaries": []}
    model = _custom_model_arn()
    summary = {
        "provisionedModelName": PROVISIONED,
        "provisionedModelArn": _provisioned_arn(),
        "modelArn": model,
        "desiredModelArn": model,
        "foundationModelArn": f"arn:aws:bedrock:{HOME}::foundation-model/{estate.FOUNDATION_MODEL}",
        "modelUnits": 1,
        "desiredModelUnits": 1,
        "status": "InService",
        "commitmentDuration": "OneMonth",
        "creationTime": _DAY,
        "lastModifiedTime": _DAY,
    }
    return {"provisionedModelSummaries": [summary]}


def _bedrock_tags(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    if params.get("resourceARN") != _provisioned_arn():
        return None
    tags = {"owner": "claims", "environment": "production", "data-classification": "confidential"}
    return {"tags": [{"key": name, "value": value} for name, value in tags.items()]}


_CORE: Mapping[str, Writer] = {
    "bedrock:GetCustomModel": _custom_model,
    "bedrock:ListProvisionedModelThroughputs": _provisioned,
    "bedrock:ListTagsForResource": _bedrock_tags,
    "iam:GetCredentialReport": _credential_report,
    "iam:GetAccountSummary": _account_summary,
    "iam:ListServiceSpecificCredentials": _bedrock_api_keys,
}

WRITERS: Mapping[str, tuple[Writer, ...]] = {
    key: tuple(table[key] for table in (*(area.WRITERS for area in AREAS), _CORE) if key in table)
    for key in sorted({key for table in (*(area.WRITERS for area in AREAS), _CORE) for key in table})
}
"""The first that answers a call does."""
