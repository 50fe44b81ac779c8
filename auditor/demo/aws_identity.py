"""The demo's AWS account: what policies, ceilings and keys add up to."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from auditor.demo.aws_estate import ACCOUNT_ID, HOME, ORGANIZATION, PREFIX, SECOND, arn, role_arn
from auditor.demo.aws_made import DAY_IN_SECONDS, Body, Client, Made, Writer
from auditor.demo.aws_people import Document, account_trust, allow, document, service_trust

_MODELS = "arn:aws:bedrock:*::foundation-model/amazon.nova-*"
_CALLS = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
_DAY_SECONDS = 86400


def _fenced() -> Document:
    """Models, with the company's guardrail and from the production network only."""
    guarded = {"bedrock:GuardrailIdentifier": arn("bedrock", HOME, "guardrail/gr4claims0001:2")}
    return document(
        allow(_CALLS, _MODELS, StringEquals=guarded),
        {
            "Effect": "Deny",
            "Action": _CALLS,
            "Resource": "*",
            "Condition": {
                "StringNotEquals": {"aws:VpceOrgID": ORGANIZATION},
                "BoolIfExists": {"aws:ViaAWSService": "false"},
            },
        },
    )


def _by_team() -> Document:
    own = {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}
    return document(
        allow(["sagemaker:UpdateEndpoint", "sagemaker:StopTrainingJob"], arn("sagemaker", "*", "*"), StringEquals=own)
    )


_DEBUGGING = "model-debugging"
"""What engineers take on to look into answers of a model, whenever they like."""
_EMERGENCY = "platform-emergency"
"""An administrator for bad days, which a platform role of earlier days may still act as."""


def _platform() -> Document:
    return document(
        allow(["sagemaker:CreateProcessingJob", "sagemaker:CreateTrainingJob"], "*"),
        allow("iam:PassRole", "*"),
        allow("sts:AssumeRole", role_arn(_EMERGENCY)),
    )


_GONE = "AROAMERIDIANPLATFORM1"
"""What is left of a role that was deleted."""


def _from_earlier_days() -> Document:
    """The service, and a role that is no more."""
    mine = service_trust("sagemaker")["Statement"]
    return document(*mine, {"Effect": "Allow", "Principal": {"AWS": _GONE}, "Action": "sts:AssumeRole"})


def _any_pipeline() -> Document:
    """Meant for the pipelines of one repository, and open to those of all."""
    host = "token.actions.githubusercontent.com"
    return document(
        {
            "Effect": "Allow",
            "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT_ID}:oidc-provider/{host}"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {f"{host}:aud": "sts.amazonaws.com"},
                "StringLike": {f"{host}:sub": "repo:*"},
            },
        }
    )


_MANAGEMENT = "999988887777"


def _debugs() -> Document:
    return document(allow("sagemaker:InvokeEndpoint", arn("sagemaker", HOME, "endpoint/product-recommender")))


_HOURS = 3600
_ROLES: tuple[tuple[str, Document, Document, int], ...] = (
    ("claims-portal", service_trust("ecs-tasks"), _fenced(), _HOURS),
    ("chat-prototype", service_trust("lambda"), document(allow(_CALLS, "*")), _HOURS),
    ("team-deployer", service_trust("codebuild"), _by_team(), _HOURS),
    (
        "scoring-partner",
        account_trust("567890123456", "meridian-scoring-7"),
        document(allow("sagemaker:InvokeEndpoint", arn("sagemaker", HOME, "endpoint/support-intent"))),
        _HOURS,
    ),
    (_DEBUGGING, account_trust(ACCOUNT_ID), _debugs(), _HOURS),
    (_EMERGENCY, account_trust(ACCOUNT_ID), document(allow("*", "*")), _HOURS),
    ("sm-experiments-2024", _from_earlier_days(), _platform(), 12 * _HOURS),
    (
        "ci-experiments",
        _any_pipeline(),
        document(allow("s3:PutObject", f"arn:aws:s3:::{PREFIX}-experiments/ci/*")),
        _HOURS,
    ),
    (
        "landing-zone-baseline",
        account_trust(_MANAGEMENT),
        document(allow(["config:PutConfigRule", "config:DescribeConfigRules"], "*")),
        _HOURS,
    ),
)
_FORGOTTEN = ("sm-experiments-2024",)
"""Last used more than a year before the run."""


def seed(client: Client, made: Made) -> None:
    iam = client("iam", HOME)
    for name, trust, policy, seconds in _ROLES:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust), MaxSessionDuration=seconds)
        iam.put_role_policy(RoleName=name, PolicyName="workload", PolicyDocument=json.dumps(policy))
    _age()


def _age() -> None:
    """moto makes every role on the day of the run and lets nobody use it."""
    from moto.iam.models import iam_backends

    backend = iam_backends[ACCOUNT_ID]["aws"]
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for role in backend.roles.values():
        role.last_used = today - timedelta(days=380 if role.name in _FORGOTTEN else 1)
        role.last_used_region = HOME


_ROOT, _UNIT = "r-mer1", "ou-mer1-mlplatfm"
_CEILING = "ml-regions-and-services"
_NAMES = {
    "p-FullAWSAccess": "FullAWSAccess",
    "p-RCPFullAWSAccess": "RCPFullAWSAccess",
    "p-mlceil01": _CEILING,
}


def _organization(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    """The account is a member, and delegated to read the policies."""
    owner = f"arn:aws:organizations::{_MANAGEMENT}:organization/{ORGANIZATION}"
    return {
        "Organization": {
            "Id": ORGANIZATION,
            "Arn": owner,
            "FeatureSet": "ALL",
            "MasterAccountId": _MANAGEMENT,
            "MasterAccountArn": owner.replace("organization/", "account/") + f"/{_MANAGEMENT}",
            "MasterAccountEmail": f"cloud@{PREFIX}.example",
        }
    }


def _parents(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    if params["ChildId"] == ACCOUNT_ID:
        return {"Parents": [{"Id": _UNIT, "Type": "ORGANIZATIONAL_UNIT"}]}
    return {"Parents": [{"Id": _ROOT, "Type": "ROOT"}]}


def _attached(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    """What every account starts with, everywhere; a ceiling on the unit; no perimeter of its own."""
    kind = params["Filter"]
    everything = "p-FullAWSAccess" if kind == "SERVICE_CONTROL_POLICY" else "p-RCPFullAWSAccess"
    found = [_policy(kind, everything, _NAMES[everything], by_aws=True)]
    if kind == "SERVICE_CONTROL_POLICY" and params["TargetId"] == _UNIT:
        found.append(_policy(kind, "p-mlceil01", _CEILING, by_aws=False))
    return {"Policies": found}


def _policy(kind: str, policy_id: str, name: str, *, by_aws: bool) -> Body:
    owner = "aws" if by_aws else _MANAGEMENT
    return {
        "Id": policy_id,
        "Arn": f"arn:aws:organizations::{owner}:policy/{ORGANIZATION}/{kind.lower()}/{policy_id}",
        "Name": name,
        "Type": kind,
        "AwsManaged": by_aws,
    }


_CONTENTS: Mapping[str, Document] = {
    "p-FullAWSAccess": document(allow("*", "*")),
    "p-RCPFullAWSAccess": document({**allow("*", "*"), "Principal": "*"}),
    "p-mlceil01": document(
        {
            "Effect": "Deny",
            "NotAction": ["iam:*", "organizations:*", "sts:*", "support:*"],
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": [HOME, SECOND]}},
        },
        {
            "Effect": "Deny",
            "Action": ["organizations:LeaveOrganization", "sagemaker:CreateHubContent*"],
            "Resource": "*",
        },
    ),
}


def _described(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    name = params["PolicyId"]
    kind = "RESOURCE_CONTROL_POLICY" if "RCP" in name else "SERVICE_CONTROL_POLICY"
    summary = _policy(kind, name, _NAMES[name], by_aws="Full" in name)
    return {"Policy": {"PolicySummary": summary, "Content": json.dumps(_CONTENTS[name])}}


_EFFECTIVE: Mapping[str, Body] = {
    "AISERVICES_OPT_OUT_POLICY": {"services": {"default": {"opt_out_policy": "optOut"}}},
    "BEDROCK_POLICY": {
        "bedrock": {
            "guardrail_inference": {
                HOME: {"baseline": {"identifier": f"arn:aws:bedrock:{HOME}:{_MANAGEMENT}:guardrail/baseline01:3"}}
            }
        }
    },
}


def _effective(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    kind = params["PolicyType"]
    return {
        "EffectivePolicy": {
            "PolicyContent": json.dumps(_EFFECTIVE[kind]),
            "LastUpdatedTimestamp": DAY_IN_SECONDS,
            "TargetId": ACCOUNT_ID,
            "PolicyType": kind,
        }
    }


def _centers(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    if region != HOME:
        return {"Instances": []}
    center = {
        "InstanceArn": "arn:aws:sso:::instance/ssoins-7223d0e5a1b2c3d4",
        "IdentityStoreId": "d-9067a1b2c3",
        "OwnerAccountId": _MANAGEMENT,
        "CreatedDate": DAY_IN_SECONDS,
        "Status": "ACTIVE",
    }
    return {"Instances": [center]}


def _secrets(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    today = int(time.time()) // _DAY_SECONDS * _DAY_SECONDS
    rotating = {
        "RotationEnabled": True,
        "RotationRules": {"AutomaticallyAfterDays": 30},
        "LastRotatedDate": today - 5 * _DAY_SECONDS,
        "NextRotationDate": today + 25 * _DAY_SECONDS,
    }
    if region == SECOND:
        return {"SecretList": [_secret(region, "partner/sftp")]}
    return {
        "SecretList": [
            _secret(region, "features/warehouse", KmsKeyId=made.keys["ml-features"], **rotating),
            _secret(region, "agents/claims-crm", KmsKeyId=made.keys["ml-inference"], **rotating),
            _secret(region, "labeling/vendor-api"),
            _secret(region, "rds!cluster-feature-store", OwningService="rds", **rotating),
        ]
    }


_READ_SECRET = allow("secretsmanager:GetSecretValue", "*")
_SHARED: Mapping[str, Mapping[str, Any]] = {
    "labeling/vendor-api": {"Principal": {"AWS": "arn:aws:iam::345678901234:root"}},
    "partner/sftp": {"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-partner0x1"}}},
}


def _secret_policy(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    """Two are shared: one with the vendor that labels, one with the whole organization of a partner."""
    name = params["SecretId"].rpartition("secret:")[2].removesuffix(_SUFFIX)
    body: Body = {"ARN": params["SecretId"], "Name": name}
    if name in _SHARED:
        body["ResourcePolicy"] = json.dumps(document({**_READ_SECRET, **_SHARED[name]}))
    return body


_SUFFIX = "-Ab1Cd2"


def _secret(region: str, name: str, **more: Any) -> Body:
    return {
        "ARN": arn("secretsmanager", region, f"secret:{name}{_SUFFIX}"),
        "Name": name,
        "LastChangedDate": DAY_IN_SECONDS,
        "CreatedDate": DAY_IN_SECONDS,
        **more,
    }


WRITERS: Mapping[str, Writer] = {
    "organizations:DescribeEffectivePolicy": _effective,
    "organizations:DescribePolicy": _described,
    "organizations:DescribeOrganization": _organization,
    "organizations:ListParents": _parents,
    "organizations:ListPoliciesForTarget": _attached,
    "secretsmanager:GetResourcePolicy": _secret_policy,
    "secretsmanager:ListSecrets": _secrets,
    "sso-admin:ListInstances": _centers,
}
"""What moto lacks or gets wrong."""
