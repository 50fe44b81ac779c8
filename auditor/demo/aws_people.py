"""The roles and users of the demo's AWS account, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auditor.demo.aws_estate import ACCOUNT_ID, HOME, PREFIX, SECOND, arn, role_arn

Statement = Mapping[str, Any]
Document = dict[str, Any]


def document(*statements: Statement) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(actions: str | list[str], resources: str | list[str], **conditions: Mapping[str, Any]) -> Document:
    statement: Document = {"Effect": "Allow", "Action": actions, "Resource": resources}
    return {**statement, "Condition": conditions} if conditions else statement


def service_trust(service: str, *, guarded: bool = True) -> Document:
    """The trust policy of a service; a guarded one only on behalf of this account."""
    statement: Document = {
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    if guarded:
        statement["Condition"] = {"StringEquals": {"aws:SourceAccount": ACCOUNT_ID}}
    return document(statement)


def people_trust() -> Document:
    """Those who signed in through the company's identity provider."""
    return document(
        {
            "Effect": "Allow",
            "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT_ID}:saml-provider/{PREFIX}-sso"},
            "Action": "sts:AssumeRoleWithSAML",
            "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
        }
    )


def pipeline_trust() -> Document:
    return document(
        {
            "Effect": "Allow",
            "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT_ID}:oidc-provider/token.actions.githubusercontent.com"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {
                    "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                    "token.actions.githubusercontent.com:sub": f"repo:{PREFIX}/ml-platform:environment:production",
                }
            },
        }
    )


def account_trust(account: str, external_id: str = "") -> Document:
    statement: Document = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": "sts:AssumeRole",
    }
    if external_id:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": external_id}}
    return document(statement)


def _bucket(name: str) -> list[str]:
    return [f"arn:aws:s3:::{PREFIX}-{name}", f"arn:aws:s3:::{PREFIX}-{name}/*"]


def _serves(model: str, region: str = HOME) -> Document:
    """What the container of one model needs."""
    return document(
        allow("s3:GetObject", f"arn:aws:s3:::{PREFIX}-model-artifacts/{model}/*"),
        allow("s3:PutObject", f"arn:aws:s3:::{PREFIX}-inference-capture/{model}/*"),
        allow(["logs:CreateLogStream", "logs:PutLogEvents"], arn("logs", region, "log-group:/aws/sagemaker/*")),
        allow(["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], arn("ecr", region, "repository/inference")),
    )


def _explores(region: str = HOME) -> Document:
    return document(
        allow(["s3:GetObject", "s3:ListBucket"], [*_bucket("training-data"), *_bucket("experiments")]),
        allow("s3:PutObject", f"arn:aws:s3:::{PREFIX}-experiments/*"),
        allow(["logs:CreateLogStream", "logs:PutLogEvents"], arn("logs", region, "log-group:/aws/sagemaker/*")),
    )


def _prompts(region: str) -> Document:
    models = f"arn:aws:bedrock:{region}::foundation-model/amazon.nova-lite-v1:0"
    return document(allow(["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"], models))


@dataclass(frozen=True, slots=True)
class RoleSpec:
    name: str
    trust: Document
    policy: Document | None = None
    managed: tuple[str, ...] = ()
    """AWS managed policies, by name."""
    boundary: bool = False


def _inference(name: str, model: str, region: str = HOME, *, guarded: bool = True) -> RoleSpec:
    return RoleSpec(
        f"sm-inference-{name}", service_trust("sagemaker", guarded=guarded), _serves(model, region), boundary=guarded
    )


BOUNDARY = "ml-workload-boundary"
BOUNDARY_DOCUMENT = document(
    allow(["s3:*", "logs:*", "ecr:*", "kms:Decrypt", "kms:GenerateDataKey*", "bedrock:InvokeModel*"], "*"),
    {"Effect": "Deny", "Action": ["iam:*", "organizations:*", "account:*"], "Resource": "*"},
)

ROLES = (
    _inference("fraud", "fraud-scoring"),
    _inference("credit", "credit-risk"),
    _inference("claims", "claims-triage"),
    _inference("documents", "document-extraction"),
    _inference("recommender", "product-recommender"),
    _inference("growth", "churn-prediction"),
    _inference("support", "support-intent", guarded=False),
    _inference("eu", "eu", SECOND, guarded=False),
    RoleSpec("sm-notebook-risk", service_trust("sagemaker"), _explores(), boundary=True),
    RoleSpec("sm-notebook-eu", service_trust("sagemaker", guarded=False), _explores(SECOND)),
    RoleSpec("sm-training", service_trust("sagemaker"), _explores(), boundary=True),
    RoleSpec(
        "sm-shared-platform",  # notebooks and an endpoint run as it
        service_trust("sagemaker"),
        document(allow("s3:*", "*"), allow(["logs:CreateLogStream", "logs:PutLogEvents"], "*")),
    ),
    RoleSpec("sm-legacy-execution", service_trust("sagemaker", guarded=False), managed=("AmazonSageMakerFullAccess",)),
    RoleSpec("bedrock-agent-claims", service_trust("bedrock"), _prompts(HOME), boundary=True),
    RoleSpec("bedrock-agent-knowledge", service_trust("bedrock", guarded=False), document(allow("bedrock:*", "*"))),
    RoleSpec(
        "bedrock-customization",
        service_trust("bedrock"),
        document(allow(["s3:GetObject", "s3:ListBucket"], _bucket("training-data"))),
    ),
    RoleSpec(
        "bedrock-invocation-logs",
        service_trust("bedrock"),
        document(
            allow(["logs:CreateLogStream", "logs:PutLogEvents"], arn("logs", "*", "log-group:/bedrock/invocations:*"))
        ),
    ),
    RoleSpec(
        "cloudtrail-to-logs",
        service_trust("cloudtrail"),
        document(allow(["logs:CreateLogStream", "logs:PutLogEvents"], arn("logs", "*", "log-group:cloudtrail/*"))),
    ),
    RoleSpec(
        "glue-feature-pipeline",
        service_trust("glue"),
        document(allow(["s3:GetObject", "s3:PutObject"], _bucket("feature-store"))),
    ),
    RoleSpec(
        "api-gateway-scoring",
        service_trust("lambda"),
        document(allow("sagemaker:InvokeEndpoint", arn("sagemaker", HOME, "endpoint/fraud-scoring"))),
    ),
    RoleSpec(
        "ci-model-deploy",
        pipeline_trust(),
        document(
            allow(["sagemaker:CreateModel", "sagemaker:CreateEndpointConfig", "sagemaker:UpdateEndpoint"], "*"),
            allow(
                "iam:PassRole",
                role_arn("sm-inference-*"),
                StringEquals={"iam:PassedToService": "sagemaker.amazonaws.com"},
            ),
        ),
    ),
    RoleSpec(
        "vpc-flow-logs",
        service_trust("vpc-flow-logs"),
        document(allow(["logs:CreateLogStream", "logs:PutLogEvents"], arn("logs", HOME, "log-group:/vpc/flow-logs:*"))),
    ),
    RoleSpec("data-scientist", people_trust(), _explores()),
    RoleSpec("organization-admin", people_trust(), managed=("AdministratorAccess",)),
    RoleSpec("PostureAuditor", account_trust("210987654321", "posture-2026"), managed=("SecurityAudit",)),
    RoleSpec(
        "labeling-vendor",
        account_trust("345678901234"),
        document(allow(["s3:GetObject", "s3:PutObject"], _bucket("experiments"))),
    ),
)
"""Besides these the account has one service-linked role."""
SERVICE_LINKED = "sagemaker.amazonaws.com"

POLICY_OF_PEOPLE = "ml-engineering"
GROUP_OF_PEOPLE = "ml-engineers"
GROUP_DOCUMENT = document(
    allow(["sagemaker:Describe*", "sagemaker:List*", "bedrock:Get*", "bedrock:List*"], "*"),
    allow("sts:AssumeRole", [role_arn("data-scientist"), role_arn("model-debugging")]),
)


@dataclass(frozen=True, slots=True)
class UserSpec:
    name: str
    console: bool = False
    mfa: bool = False
    active_keys: int = 0
    inactive_keys: int = 0
    policy: Document | None = None


USERS = (
    UserSpec("ana.ruiz", console=True, mfa=True),
    UserSpec("ben.cho", console=True, mfa=True),
    UserSpec("carla.meyer", console=True, mfa=True, inactive_keys=1),
    UserSpec("dele.okafor", console=True, mfa=True, active_keys=1),
    UserSpec(
        "svc-airflow",
        active_keys=1,
        policy=document(allow("sagemaker:CreateTrainingJob", arn("sagemaker", HOME, "training-job/*"))),
    ),
    UserSpec("svc-legacy-export", active_keys=2, policy=document(allow("s3:GetObject", _bucket("experiments")))),
)
