"""AWS Lambda functions.

The list carries what a function is configured with. Its policy, URLs, concurrency and code signing take four more
calls, which are made only for functions whose role may call a model or an agent: most functions of an account have
nothing to do with AI, and their checks are settled by that.

What is judged is the function as it is invoked without a version. Published versions and aliases may have policies of
their own; URLs are read for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.access.aws_documents import Statement
from auditor.access.aws_pins import SOURCE_KEYS, pinned
from auditor.access.aws_trust import public
from auditor.access.deputies import service_principal
from auditor.model.facts import Fact, Known, Reason, Unknown, any_true, native
from auditor.model.resources import Function
from auditor.model.scope import Provider
from auditor.providers.aws.authorization_details import GET_AUTHORIZATION_DETAILS
from auditor.providers.aws.callers import may_call_ai
from auditor.providers.aws.gates import AI
from auditor.providers.aws.lambda_runtimes import still_patched
from auditor.providers.aws.reading import key_ref, statements_of, text_of
from auditor.providers.aws.refs import role_ref
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach
from auditor.wire.secret_marks import secrets_in

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_FUNCTIONS = aws_call("lambda", "ListFunctions", items="Functions", per_second=15)
GET_POLICY = aws_call("lambda", "GetPolicy", expects=("Policy",), absence=("ResourceNotFoundException",), per_second=15)
LIST_URLS = aws_call("lambda", "ListFunctionUrlConfigs", items="FunctionUrlConfigs", per_second=15)
GET_CONCURRENCY = aws_call("lambda", "GetFunctionConcurrency", per_second=15)
GET_SIGNING = aws_call(
    "lambda", "GetFunctionCodeSigningConfig", absence=("CodeSigningConfigNotFoundException",), per_second=15
)
GET_SIGNING_CONFIG = aws_call("lambda", "GetCodeSigningConfig", expects=("CodeSigningConfig",), per_second=15)

_TRACED = {"Active": True, "PassThrough": False}
_IMAGE = {"Image": True, "Zip": False}
_OPEN = {"NONE": True, "AWS_IAM": False}
_REFUSES_UNSIGNED = {"Enforce": True, "Warn": False}


def _find(session: AwsSession, location: str) -> Iterator[Function]:
    for entry in session.items(LIST_FUNCTIONS, location):
        packaged = native(entry, "PackageType").map(_IMAGE)
        named, secrets = _variables(entry)
        # without a key the variables are encrypted with one of AWS (API reference, FunctionConfiguration)
        key = native(entry, "KMSKeyArn", default="")
        yield Function(
            id=entry["FunctionArn"],
            name=entry["FunctionName"],
            account=session.account,
            location=location,
            native_type="AWS::Lambda::Function",
            identity=native(entry, "Role").map(lambda arn: (role_ref(arn),)),
            encryption_key=key.map(lambda name: key_ref(session, location, name) if name else None),
            traced=native(entry, "TracingConfig.Mode").map(_TRACED),
            image_packaged=packaged,
            runtime_supported=_runtime(entry, packaged, session.wire.as_of),
            has_variables=named,
            secrets=secrets,
            # outside a VPC there is no VpcConfig, or one with empty members once it was taken away
            in_customer_network=native(entry, "VpcConfig.VpcId", default="").map(bool),
            subnets=native(entry, "VpcConfig.SubnetIds", default=()).map(_sorted),
            security_groups=native(entry, "VpcConfig.SecurityGroupIds", default=()).map(_sorted),
        )


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))


def _variables(entry: Mapping[str, Any]) -> tuple[Fact[bool], Fact[tuple[str, ...]]]:
    """A function without variables has no ``Environment``; in place of variables that cannot be decrypted for the
    caller it carries an error (API reference, EnvironmentResponse)."""
    if native(entry, "Environment.Error", default=None).value is not None:
        hidden = Unknown(Reason.ABSENT, "Environment.Variables, which could not be decrypted")
        return Known(True, {"Environment.Error": "present"}), hidden
    variables = native(entry, "Environment.Variables", default={})
    names = {"Environment.Variables": sorted(variables.value)}
    return Known(bool(variables.value), names), secrets_in(variables.value)


def _runtime(entry: Mapping[str, Any], packaged: Fact[bool], now: str) -> Fact[bool]:
    if isinstance(packaged, Unknown):
        return packaged
    if packaged.value:
        return Known(True, packaged.native)
    runtime = native(entry, "Runtime")
    return runtime if isinstance(runtime, Unknown) else still_patched(runtime.value, now)


def fronts_ai(session: AwsSession, function: Function) -> Fact[bool]:
    """Whether the role of a function may call a model or an agent."""
    if isinstance(function.identity, Unknown):
        return function.identity
    return any_true(may_call_ai(session, ref.id) for ref in function.identity.value)


def functions_in(session: AwsSession, location: str) -> Mapping[str, Function]:
    """The functions of a region by ARN."""
    return session.once(f"aws.functions.{location}", lambda: {found.id: found for found in _find(session, location)})


def _read_role(session: AwsSession, function: Function) -> Mapping[str, Fact[Any]]:
    return {"fronts_ai": fronts_ai(session, function)}


def _concerns_ai(session: AwsSession, function: Function) -> bool:
    answer = fronts_ai(session, function)
    return isinstance(answer, Known) and answer.value


def _read_policy(session: AwsSession, function: Function) -> Mapping[str, Fact[Any]]:
    """A function without a policy of its own answers only principals of its account (developer guide, "Working with
    resource-based IAM policies in Lambda")."""
    if not _concerns_ai(session, function):
        return {}
    answer = session.call(GET_POLICY, function.location, FunctionName=function.name)
    if answer is None:
        none = {"Policy": None}
        return {"public": Known(False, none), "policy_document": Known(None, none)}
    document = native(answer, "Policy").value
    found = statements_of(document, "Policy")
    return {
        "public": found.map(lambda statements: bool(public(statements)) or any(map(_any_bucket, statements))),
        "policy_document": Known(text_of(document)),
    }


def _any_bucket(statement: Statement) -> bool:
    """It lets S3 in on behalf of every bucket there is."""
    services = (statement.principals or {}).get("Service", ())
    return (
        statement.allow
        and "s3.amazonaws.com" in map(service_principal, services)
        and not pinned(statement, SOURCE_KEYS)
    )


def _read_urls(session: AwsSession, function: Function) -> Mapping[str, Fact[Any]]:
    """The URLs of the function and of its aliases."""
    if not _concerns_ai(session, function):
        return {}
    urls = session.items(LIST_URLS, function.location, FunctionName=function.name)
    return {"open_url": any_true([native(url, "AuthType").map(_OPEN) for url in urls])}


def _read_concurrency(session: AwsSession, function: Function) -> Mapping[str, Fact[Any]]:
    """The answer is empty where none is reserved (API reference, GetFunctionConcurrency)."""
    if not _concerns_ai(session, function):
        return {}
    answer = session.call(GET_CONCURRENCY, function.location, FunctionName=function.name)
    reserved = native(answer, "ReservedConcurrentExecutions", default=None)
    return {"concurrency_capped": reserved.map(lambda number: number is not None)}


def _read_signing(session: AwsSession, function: Function) -> Mapping[str, Fact[Any]]:
    """Lambda refuses the question for images, which it cannot sign (developer guide, "Using code signing to verify code
    integrity with Lambda"). Without a configuration the answer names none."""
    if not _concerns_ai(session, function):
        return {}
    if function.image_packaged.value:
        return {"code_signed": function.image_packaged.map(lambda _: False)}
    answer = session.call(GET_SIGNING, function.location, FunctionName=function.name)
    config = native(answer or {}, "CodeSigningConfigArn", default="")
    if not config.value:
        return {"code_signed": config.map(bool)}
    found = session.call(GET_SIGNING_CONFIG, function.location, CodeSigningConfigArn=config.value)
    policy = native(found, "CodeSigningConfig.CodeSigningPolicies.UntrustedArtifactOnDeployment")
    return {"code_signed": policy.map(_REFUSES_UNSIGNED)}


COLLECTORS: tuple[Collector[Function, AwsSession], ...] = (
    Collector(
        name="aws.functions",
        provider=Provider.AWS,
        kind=Function,
        reach=Reach.LOCATION,
        service="lambda",
        gate=AI,
        find_calls=(LIST_FUNCTIONS,),
        find=_find,
        find_facts=(
            "identity",
            "encryption_key",
            "traced",
            "image_packaged",
            "runtime_supported",
            "has_variables",
            "secrets",
            "in_customer_network",
            "subnets",
            "security_groups",
        ),
        details=(
            Detail(calls=(GET_AUTHORIZATION_DETAILS,), facts=("fronts_ai",), read=_read_role),
            Detail(
                calls=(GET_AUTHORIZATION_DETAILS, GET_POLICY),
                facts=("public", "policy_document"),
                read=_read_policy,
            ),
            Detail(calls=(GET_AUTHORIZATION_DETAILS, LIST_URLS), facts=("open_url",), read=_read_urls),
            Detail(
                calls=(GET_AUTHORIZATION_DETAILS, GET_CONCURRENCY),
                facts=("concurrency_capped",),
                read=_read_concurrency,
            ),
            Detail(
                calls=(GET_AUTHORIZATION_DETAILS, GET_SIGNING, GET_SIGNING_CONFIG),
                facts=("code_signed",),
                read=_read_signing,
            ),
        ),
    ),
)
