"""What it takes to use a model, to read what stands behind it, and to change it: sets of actions by kind of target.

Each action comes with the form of the ARN that policies are matched against, which is often not the target's own: an
agent is invoked through its aliases, a bucket is read object by object, some actions know no resource at all.

Sources: AWS Service Authorization Reference (actions, resource types) of SageMaker, Bedrock, Bedrock AgentCore, Amazon
S3, KMS, ECR, Secrets Manager, Glue, OpenSearch Serverless; Bedrock user guide on Converse (authorized as InvokeModel)
and on API keys (CallWithBearerToken).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from auditor.access.engine.actions import evaluated_on


class Use(StrEnum):
    INVOKE = "invoke"
    READ = "read"
    """Artifacts, data, secrets and images."""
    CHANGE = "change"
    """Replace, reroute, loosen or silence it."""


@dataclass(frozen=True, slots=True)
class Act:
    """An action, and what it is evaluated on: ``{arn}`` and ``{id}`` are the target's ARN and the end of it, ``{base}``
    its ARN up to the resource (``arn:aws:bedrock:eu-west-1:123456789012``). A ``*`` at the end stands for any one."""

    action: str
    form: str = "{arn}"


def _acts(text: str) -> tuple[Act, ...]:
    """``actions... @ form`` on each line."""
    found: list[Act] = []
    for line in text.strip().splitlines():
        names, _, form = line.partition("@")
        found.extend(Act(name, form.strip() or "{arn}") for name in names.split())
    return tuple(found)


_MODEL_USE = "bedrock:InvokeModel bedrock:InvokeModelWithResponseStream"
_BATCH_USE = f"{_MODEL_USE} bedrock:CreateModelInvocationJob"
_RUNTIME_USE = """
bedrock-agentcore:InvokeAgentRuntime bedrock-agentcore:InvokeAgentRuntimeForUser
bedrock-agentcore:InvokeAgentRuntimeCommand bedrock-agentcore:InvokeAgentRuntimeCommandShell
bedrock-agentcore:InvokeAgentRuntimeWithWebSocketStream bedrock-agentcore:InvokeAgentRuntimeWithWebSocketStreamForUser
"""
_ENDPOINT_USE = "sagemaker:InvokeEndpoint sagemaker:InvokeEndpointAsync sagemaker:InvokeEndpointWithResponseStream"

INVOKE: Mapping[str, tuple[Act, ...]] = {
    kind: _acts(text)
    for kind, text in {
        "sagemaker:endpoint": _ENDPOINT_USE,
        "sagemaker:inference-component": "sagemaker:InvokeEndpoint sagemaker:InvokeEndpointWithResponseStream",
        "bedrock:foundation-model": _BATCH_USE,
        "bedrock:custom-model": "bedrock:CreateModelInvocationJob",
        "bedrock:custom-model-deployment": _MODEL_USE,
        "bedrock:imported-model": _MODEL_USE,
        "bedrock:provisioned-model": _MODEL_USE,
        "bedrock:inference-profile": _BATCH_USE,
        "bedrock:application-inference-profile": _BATCH_USE,
        "bedrock:prompt-router": _MODEL_USE,
        "bedrock:default-prompt-router": _MODEL_USE,
        "bedrock:marketplace": f"{_MODEL_USE} @ {{base}}:marketplace/model-endpoint/all-access",
        "bedrock:agent": "bedrock:InvokeAgent @ {base}:agent-alias/{id}/*",
        "bedrock:agent-alias": "bedrock:InvokeAgent",
        "bedrock:flow": "bedrock:InvokeFlow @ {base}:flow/{id}/alias/*",
        "bedrock:knowledge-base": """
            bedrock:Retrieve
            bedrock:RetrieveAndGenerate bedrock:AgenticRetrieveStream @ *""",
        "bedrock:account": "bedrock:InvokeInlineAgent bedrock:CallWithBearerToken @ *",
        "bedrock-mantle:project": """
            bedrock-mantle:CreateInference
            bedrock-mantle:CallWithBearerToken @ *""",
        "bedrock-agentcore:runtime": _RUNTIME_USE,
        "bedrock-agentcore:gateway": "bedrock-agentcore:InvokeGateway",
        "bedrock-agentcore:harness": "bedrock-agentcore:InvokeHarness",
        "bedrock-agentcore:code-interpreter-custom": "bedrock-agentcore:InvokeCodeInterpreter",
        "bedrock-agentcore:browser-custom": "bedrock-agentcore:ConnectBrowserAutomationStream @ *",
        "lambda:function": "lambda:InvokeFunction lambda:InvokeFunctionUrl",
    }.items()
}
READ: Mapping[str, tuple[Act, ...]] = {
    kind: _acts(text)
    for kind, text in {
        "s3:bucket": "s3:GetObject s3:GetObjectVersion @ {arn}/*",
        "s3:object": "s3:GetObject s3:GetObjectVersion",
        "kms:key": "kms:Decrypt",
        "ecr:repository": "ecr:BatchGetImage ecr:GetDownloadUrlForLayer",
        "secretsmanager:secret": "secretsmanager:GetSecretValue",
        "sagemaker:feature-group": "sagemaker:GetRecord sagemaker:BatchGetRecord",
        "sagemaker:notebook-instance": "sagemaker:CreatePresignedNotebookInstanceUrl",
        "sagemaker:domain": "sagemaker:CreatePresignedDomainUrl @ {base}:user-profile/{id}/*",
        "sagemaker:mlflow-tracking-server": "sagemaker:CreatePresignedMlflowTrackingServerUrl",
        "bedrock:knowledge-base": "bedrock:Retrieve",
        "bedrock-agentcore:memory": "bedrock-agentcore:RetrieveMemoryRecords bedrock-agentcore:ListEvents",
        "glue:table": """
            glue:GetTable
            lakeformation:GetDataAccess @ *""",
        "aoss:collection": "aoss:APIAccessAll",
        "dynamodb:table": "dynamodb:GetItem dynamodb:Query dynamodb:Scan",
        "lambda:function": "lambda:GetFunction",
    }.items()
}
CHANGE: Mapping[str, tuple[Act, ...]] = {
    kind: _acts(text)
    for kind, text in {
        "sagemaker:endpoint": "sagemaker:UpdateEndpoint sagemaker:UpdateEndpointWeightsAndCapacities"
        " sagemaker:DeleteEndpoint",
        "sagemaker:model": "sagemaker:DeleteModel",
        "sagemaker:model-package": "sagemaker:UpdateModelPackage sagemaker:DeleteModelPackage",
        "sagemaker:feature-group": "sagemaker:PutRecord sagemaker:DeleteRecord sagemaker:UpdateFeatureGroup",
        "sagemaker:notebook-instance": "sagemaker:UpdateNotebookInstance",
        "sagemaker:domain": "sagemaker:UpdateDomain",
        "bedrock:guardrail": "bedrock:UpdateGuardrail bedrock:DeleteGuardrail",
        "bedrock:agent": """
            bedrock:UpdateAgent bedrock:PrepareAgent bedrock:CreateAgentActionGroup bedrock:UpdateAgentActionGroup
            bedrock:UpdateAgentAlias @ {base}:agent-alias/{id}/*""",
        "bedrock:flow": "bedrock:UpdateFlow",
        "bedrock:knowledge-base": "bedrock:UpdateKnowledgeBase bedrock:DeleteKnowledgeBase",
        "bedrock:custom-model": "bedrock:DeleteCustomModel",
        "bedrock:account": "bedrock:PutModelInvocationLoggingConfiguration"
        " bedrock:DeleteModelInvocationLoggingConfiguration @ *",
        "bedrock-agentcore:runtime": "bedrock-agentcore:UpdateAgentRuntime bedrock-agentcore:DeleteAgentRuntime",
        "bedrock-agentcore:gateway": "bedrock-agentcore:UpdateGateway bedrock-agentcore:DeleteGateway",
        "s3:bucket": """
            s3:PutObject s3:DeleteObject @ {arn}/*
            s3:PutBucketPolicy s3:PutBucketPublicAccessBlock""",
        "s3:object": "s3:PutObject s3:DeleteObject",
        "kms:key": "kms:PutKeyPolicy kms:CreateGrant kms:DisableKey kms:ScheduleKeyDeletion",
        "ecr:repository": "ecr:PutImage ecr:BatchDeleteImage ecr:SetRepositoryPolicy",
        "secretsmanager:secret": "secretsmanager:PutSecretValue secretsmanager:PutResourcePolicy",
        "lambda:function": "lambda:UpdateFunctionCode lambda:UpdateFunctionConfiguration lambda:AddPermission",
        "logs:log-group": "logs:DeleteLogGroup logs:PutRetentionPolicy",
        "cloudtrail:trail": "cloudtrail:StopLogging cloudtrail:UpdateTrail cloudtrail:DeleteTrail",
    }.items()
}
SETS: Mapping[Use, Mapping[str, tuple[Act, ...]]] = {Use.INVOKE: INVOKE, Use.READ: READ, Use.CHANGE: CHANGE}


def kind_of(arn: str) -> str:
    """``service:type`` of a resource by its ARN, as the sets have it.

    >>> kind_of("arn:aws:sagemaker:eu-west-1:123456789012:endpoint/chat"), kind_of("arn:aws:s3:::models")
    ('sagemaker:endpoint', 's3:bucket')
    """
    fields = arn.split(":", 5)
    if len(fields) < 6:
        return ""
    service, rest = fields[2], fields[5]
    if service == "s3":
        return "s3:object" if "/" in rest else "s3:bucket"
    return f"{service}:{re.split('[/:]', rest, maxsplit=1)[0]}"


def acts(arn: str, use: Use) -> tuple[tuple[str, str], ...]:
    """Each action of a use with the resource that it is evaluated on; none for kinds without that use. A resource that
    ends in ``*`` stands for any one of that form: ask :func:`auditor.access.reach.who_can`, which looks for one."""
    return tuple((act.action, _filled(act, arn)) for act in SETS[use].get(kind_of(arn), ()))


def actions_of(arn: str, use: Use) -> tuple[str, ...]:
    return tuple(act.action for act in SETS[use].get(kind_of(arn), ()))


def evaluated_arn(action: str, arn: str) -> str:
    """The resource that an action on a target is evaluated on: by the sets, or by what AWS publishes of the action."""
    for sets in SETS.values():
        for act in sets.get(kind_of(arn), ()):
            if act.action.lower() == action.lower():
                return _filled(act, arn)
    return evaluated_on(action, arn)


_PROFILE = re.compile(r"(arn:[^:]+:bedrock:[^:]+):\d{12}:inference-profile/(?:[a-z]{2,6}|us-gov)\.(.+)")


def also_needed(action: str, arn: str) -> tuple[str, ...]:
    """What else a request is evaluated on: a model is called through a profile of AWS's by whoever may call both, the
    model in each region that the profile routes to (Bedrock user guide, "Prerequisites for inference profiles"). Only
    the region of the request is known.

    >>> also_needed("bedrock:InvokeModel", "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.maker.model")
    ('arn:aws:bedrock:eu-west-1::foundation-model/maker.model',)
    """
    found = _PROFILE.fullmatch(arn)
    if found is None or action.lower() not in {name.lower() for name in _BATCH_USE.split()}:
        return ()
    return (f"{found[1]}::foundation-model/{found[2]}",)


def all_actions() -> Iterable[str]:
    return sorted({act.action for sets in SETS.values() for acts_ in sets.values() for act in acts_})


def _filled(act: Act, arn: str) -> str:
    base, _, rest = arn.rpartition(":") if kind_of(arn) != "bedrock:foundation-model" else (arn, "", "")
    named = re.split("[/:]", rest, maxsplit=1)[-1]
    return evaluated_on(act.action, act.form.replace("{arn}", arn).replace("{base}", base).replace("{id}", named))
