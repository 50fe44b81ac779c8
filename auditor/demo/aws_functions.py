"""The functions of the demo's AWS account, and what they run as."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auditor.demo import aws_people as people
from auditor.demo.aws_estate import HOME, PREFIX, SECOND, arn, role_arn
from auditor.demo.aws_made import DAY, Body, Made, Writer
from auditor.wire.hop import Answer

_MODEL = "foundation-model/amazon.nova-lite-v1:0"
ROLES: Mapping[str, people.Document] = {
    "lambda-claims-assistant": people.document(
        people.allow(
            "bedrock:InvokeModel",
            f"arn:aws:bedrock:{HOME}::{_MODEL}",
            StringLike={"bedrock:GuardrailIdentifier": arn("bedrock", HOME, "guardrail/gr4claims0001*")},
        ),
        people.allow(["logs:CreateLogStream", "logs:PutLogEvents"], arn("logs", HOME, "log-group:/aws/lambda/*")),
    ),
    "lambda-triage-eu": people.document(
        people.allow("bedrock:InvokeModel", f"arn:aws:bedrock:{SECOND}::{_MODEL}"),
        people.allow("sagemaker:InvokeEndpoint", arn("sagemaker", SECOND, "endpoint/sentiment-eu")),
    ),
    "lambda-report-export": people.document(
        people.allow("s3:PutObject", f"arn:aws:s3:::{PREFIX}-experiments/reports/*")
    ),
}
"""What the functions run as, beside a role of the account's core."""


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    name: str
    role: str
    region: str = HOME
    runtime: str = "python3.14"
    """Empty: a container image."""
    vpc: str = ""
    key: str = ""
    variables: tuple[tuple[str, str], ...] = ()
    traced: bool = False
    signed: bool = False
    cap: int = 0
    """Reserved parallel runs; 0: none."""
    called_by: str = ""
    """Id of the API that may call it."""
    partner: str = ""
    """Another account that may."""
    url: bool = False

    @property
    def arn(self) -> str:
        return arn("lambda", self.region, f"function:{self.name}")


_NOT_A_KEY = "AKIA" + "IOSFODNN7EXAMPLE"
"""The example of the provider's own documentation."""
FUNCTIONS = (
    FunctionSpec(
        "claims-assistant",
        "lambda-claims-assistant",
        vpc="ml-production",
        key="ml-inference",
        variables=(("MODEL", "amazon.nova-lite-v1:0"), ("TABLE", "claims")),
        traced=True,
        signed=True,
        cap=25,
        called_by="claimsapi1",
    ),
    FunctionSpec(
        "scoring",
        "api-gateway-scoring",
        vpc="ml-production",
        key="ml-inference",
        variables=(("ENDPOINT", "fraud-scoring"),),
        traced=True,
        cap=50,
        called_by="scoringap1",
        partner="567890123456",
    ),
    FunctionSpec("report-export", "lambda-report-export", called_by="reportsap1"),
    FunctionSpec(
        "triage-eu",
        "lambda-triage-eu",
        SECOND,
        runtime="python3.13",
        variables=(("QUEUE_ACCESS", _NOT_A_KEY), ("STAGE", "live")),
        called_by="triageeu01",
        url=True,
    ),
    FunctionSpec("triage-eu-batch", "lambda-triage-eu", SECOND, runtime=""),
)


def _function(name: str, region: str) -> FunctionSpec | None:
    return next((f for f in FUNCTIONS if (f.name, f.region) == (name, region)), None)


def _gone(code: str) -> Answer:
    headers = {"content-type": "application/json", "x-amzn-errortype": code}
    return Answer(404, json.dumps({"message": "not found"}).encode(), headers, synthetic=True)


def _list_functions(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    return {"Functions": [_configuration(made, spec) for spec in FUNCTIONS if spec.region == region]}


def _configuration(made: Made, spec: FunctionSpec) -> Body:
    body: Body = {
        "FunctionName": spec.name,
        "FunctionArn": spec.arn,
        "Role": role_arn(spec.role),
        "PackageType": "Zip" if spec.runtime else "Image",
        "TracingConfig": {"Mode": "Active" if spec.traced else "PassThrough"},
        "MemorySize": 512,
        "Timeout": 30,
        "Version": "$LATEST",
        "LastModified": DAY,
    }
    if spec.runtime:
        body |= {"Runtime": spec.runtime, "Handler": "app.handler"}
    if spec.variables:
        body["Environment"] = {"Variables": dict(spec.variables)}
    if spec.key:
        body["KMSKeyArn"] = made.keys[spec.key]
    if spec.vpc:
        body["VpcConfig"] = {
            "VpcId": made.vpcs[spec.vpc],
            "SubnetIds": made.subnets[spec.vpc],
            "SecurityGroupIds": [made.groups[spec.vpc]],
        }
    return body


def _policy(made: Made, region: str, params: Mapping[str, Any]) -> Body | Answer:
    spec = _function(params["FunctionName"], region)
    if spec is None or not spec.called_by:
        return _gone("ResourceNotFoundException")
    call = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": spec.arn}
    api = {
        "Sid": "api",
        "Principal": {"Service": "apigateway.amazonaws.com"},
        "Condition": {"ArnLike": {"AWS:SourceArn": arn("execute-api", region, f"{spec.called_by}/*")}},
    }
    partner = {"Sid": "partner", "Principal": {"AWS": f"arn:aws:iam::{spec.partner}:root"}}
    statements = [{**call, **who} for who in (api, *([partner] if spec.partner else []))]
    return {"Policy": json.dumps(people.document(*statements)), "RevisionId": "1"}


def _urls(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    spec = _function(params["FunctionName"], region)
    if spec is None or not spec.url:
        return {"FunctionUrlConfigs": []}
    address = f"https://{spec.name}0000000000.lambda-url.{region}.on.aws/"
    days = {"CreationTime": DAY, "LastModifiedTime": DAY}
    return {"FunctionUrlConfigs": [{"FunctionUrl": address, "FunctionArn": spec.arn, "AuthType": "AWS_IAM", **days}]}


def _concurrency(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    spec = _function(params["FunctionName"], region)
    return {"ReservedConcurrentExecutions": spec.cap} if spec is not None and spec.cap else {}


_SIGNING = arn("lambda", HOME, "code-signing-config:csc-0f6c334abcdea4d8f")


def _signing(made: Made, region: str, params: Mapping[str, Any]) -> Body | Answer:
    spec = _function(params["FunctionName"], region)
    if spec is None or not spec.signed:
        return _gone("CodeSigningConfigNotFoundException")
    return {"FunctionName": spec.name, "CodeSigningConfigArn": _SIGNING}


def _signing_config(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    return {
        "CodeSigningConfig": {
            "CodeSigningConfigId": _SIGNING.rpartition(":")[2],
            "CodeSigningConfigArn": _SIGNING,
            "AllowedPublishers": {
                "SigningProfileVersionArns": [arn("signer", HOME, "/signing-profiles/ml_release/a1B2c3D4e5")]
            },
            "CodeSigningPolicies": {"UntrustedArtifactOnDeployment": "Enforce"},
            "LastModified": DAY,
        }
    }


WRITERS: Mapping[str, Writer] = {
    "lambda:GetCodeSigningConfig": _signing_config,
    "lambda:GetFunctionCodeSigningConfig": _signing,
    "lambda:GetFunctionConcurrency": _concurrency,
    "lambda:GetPolicy": _policy,
    "lambda:ListFunctionUrlConfigs": _urls,
    "lambda:ListFunctions": _list_functions,
}
