"""Which services say for whose resource they act when they take a role, and which have no need to.

A service that takes roles for all its customers can be talked into taking somebody else's: the confused deputy (IAM
user guide, "The confused deputy problem"). A trust policy keeps that out with ``aws:SourceArn`` or
``aws:SourceAccount``, if the service sends them. Asked of a service that does not, the same condition locks it out. So
a service is held to its keys only if its own documentation has them in a trust policy, and if somebody could give it
a role of another account at all. A service that is not listed here is said to be not judged, and never a failure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_DOCS = "https://docs.aws.amazon.com/"
_BOTH = ("aws:SourceAccount", "aws:SourceArn")
_CONFUSED = "cross-service-confused-deputy-prevention.html"


@dataclass(frozen=True, slots=True)
class Deputy:
    """How a service takes a role."""

    page: str
    """The page of its documentation that says so."""
    keys: tuple[str, ...] = ()
    """The source keys that the page has in a trust policy."""
    harmless: str = ""
    """Why nothing is asked of it."""

    @property
    def held_to_source(self) -> bool:
        """Without one of the keys in the trust policy it may act for anybody."""
        return bool(self.keys) and not self.harmless


def _sends(page: str, *keys: str) -> Deputy:
    return Deputy(_DOCS + page, keys or _BOTH)


def _harmless(page: str, why: str, *keys: str) -> Deputy:
    return Deputy(_DOCS + page, keys, why)


_QBUSINESS = _sends("amazonq/latest/qbusiness-ug/iam-roles.html")
_LEX = _harmless("lexv2/latest/dg/using-service-linked-roles.html", "bots act as roles whose trust AWS has set")
_AIRFLOW = _sends(f"mwaa/latest/userguide/{_CONFUSED}")

_AI: Mapping[str, Deputy] = {
    "application.qbusiness": _QBUSINESS,
    "bedrock": _sends("bedrock/latest/userguide/kb-permissions.html"),
    "bedrock-agentcore": _sends("bedrock-agentcore/latest/devguide/runtime-permissions.html"),
    "comprehend": _sends(f"comprehend/latest/dg/{_CONFUSED}"),
    "comprehendmedical": _sends("comprehend-medical/latest/dev/textanalysis-batchapi.html"),
    "forecast": _sends("forecast/latest/dg/aws-forecast-iam-roles.html"),
    "frauddetector": _sends("frauddetector/latest/ug/confused-deputy-prevention.html"),
    "integrations.qbusiness": _QBUSINESS,
    "kendra": _sends("kendra/latest/dg/iam-roles.html"),
    "lex": _LEX,
    "lexv2": _LEX,
    "personalize": _sends(f"personalize/latest/dg/{_CONFUSED}"),
    "qbusiness": _QBUSINESS,
    "rekognition": _sends(f"rekognition/latest/dg/{_CONFUSED}"),
    "sagemaker": _sends("sagemaker/latest/dg/security-confused-deputy-prevention.html"),
    "textract": _sends(f"textract/latest/dg/{_CONFUSED}"),
    "transcribe": _sends("transcribe/latest/dg/security-iam-confused-deputy.html"),
    "translate": _sends("translate/latest/dg/async-prereqs.html"),
}

_AROUND: Mapping[str, Deputy] = {
    "airflow": _AIRFLOW,
    "airflow-env": _AIRFLOW,
    "batch": _sends(f"batch/latest/userguide/{_CONFUSED}"),
    "datasync": _sends(f"datasync/latest/userguide/{_CONFUSED}"),
    "dms": _sends(f"dms/latest/userguide/{_CONFUSED}"),
    "es": _sends(f"opensearch-service/latest/developerguide/{_CONFUSED}"),
    "logs": _sends("AmazonCloudWatch/latest/logs/Subscriptions-confused-deputy.html", "aws:SourceArn"),
    "osis-pipelines": _sends("opensearch-service/latest/developerguide/pipeline-domain-access.html"),
    "rds": _sends(f"AmazonRDS/latest/UserGuide/{_CONFUSED}"),
    "scheduler": _sends(f"scheduler/latest/UserGuide/{_CONFUSED}"),
    "ssm": _sends(f"systems-manager/latest/userguide/{_CONFUSED}"),
    "states": _sends("step-functions/latest/dg/procedure-create-iam-role.html"),
    "transfer": _sends("transfer/latest/userguide/confused-deputy.html"),
    "vpc-flow-logs": _sends("vpc/latest/userguide/flow-logs-iam-role.html"),
}

_HANDED: Mapping[str, Deputy] = {
    "ec2": _harmless(
        "IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html",
        "an instance has the role of an instance profile of its own account",
    ),
    "ecs-tasks": _harmless(
        "AmazonECS/latest/developerguide/task-iam-roles.html",
        "a task definition names roles of its own account only",
        *_BOTH,
    ),
    "lambda": _harmless(
        "lambda/latest/dg/lambda-intro-execution-role.html",
        "a function is handed a role of its own account",
    ),
    "pods.eks": _harmless(
        "eks/latest/userguide/pod-id-role.html",
        "an association hands pods a role of the cluster's own account",
    ),
}
"""Roles cannot be passed to another account (IAM user guide, "Grant a user permissions to pass a role")."""

_ELSEWHERE: Mapping[str, Deputy] = {
    "cloudtrail": _harmless(
        f"awscloudtrail/latest/userguide/{_CONFUSED}",
        "its page has the keys for policies of buckets only; roles that asked for them were seen to stop working",
    ),
    "config": _harmless(
        f"config/latest/developerguide/{_CONFUSED}",
        "its page has the keys for policies of buckets only",
    ),
    "eks": _harmless(
        f"eks/latest/userguide/{_CONFUSED}",
        "its page has the keys in a policy that is no trust policy",
    ),
    "events": _harmless(
        "eventbridge/latest/userguide/eb-use-resource-based.html",
        "its page has the keys for policies of targets only",
    ),
}

_SUFFIX = ".amazonaws.com"
DEPUTIES: Mapping[str, Deputy] = {
    name + _SUFFIX: deputy for part in (_AI, _AROUND, _HANDED, _ELSEWHERE) for name, deputy in part.items()
}
"""By service principal."""
AI_SERVICES = frozenset(name + _SUFFIX for name in _AI)
"""The principals of AI services."""

_REGION = re.compile(r"\.[a-z]{2}(?:-[a-z]+)+-\d(?=\.amazonaws\.com$)")


def service_principal(name: str) -> str:
    """The name without the suffix of the China partition, and without a region."""
    return _REGION.sub("", name.lower().removesuffix(".cn"))


def held_to_source(service: str) -> bool:
    """Whether a service, by its principal, must be tied to a source. One that is not known need not."""
    deputy = DEPUTIES.get(service_principal(service))
    return deputy is not None and deputy.held_to_source
