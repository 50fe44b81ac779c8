"""What there is to win in an account in moto, and what looks like it and is harmless: roles, users, groups, and things
that run as a role."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.access.escalation_methods import methods
from tests.access.worlds import allow
from tests.support.moto_accounts import REGION, Writer

Json = dict[str, Any]
Client = Callable[[str], Any]

EVERYTHING = allow("*")
HARMLESS = allow("s3:GetObject", "arn:aws:s3:::notes/*")
STRANGER = "999999999999"
OTHER_SERVICE = "firehose.amazonaws.com"
WEB_IDENTITY = "cognito-identity.amazonaws.com"
SERVICES = tuple(sorted({service for method in methods() for service in method.services}))
CARRYING = ("lambda.amazonaws.com", "sagemaker.amazonaws.com", "bedrock-agentcore.amazonaws.com")

FUNCTION, NOTEBOOK, DOMAIN, RUNTIME, INTERPRETER, BROWSER = (
    "lambda:function",
    "sagemaker:notebook-instance",
    "sagemaker:domain",
    "bedrock-agentcore:runtime",
    "bedrock-agentcore:code-interpreter-custom",
    "bedrock-agentcore:browser-custom",
)


def document(*statements: Json) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trusting(principal: Any, action: str = "sts:AssumeRole", **more: Any) -> Json:
    return {"Effect": "Allow", "Principal": principal, "Action": action, **more}


def trusting_service(service: str, **more: Any) -> Json:
    if service == WEB_IDENTITY:
        return trusting({"Federated": service}, "sts:AssumeRoleWithWebIdentity", **more)
    return trusting({"Service": service}, **more)


def on_behalf_of(account: str) -> Json:
    return {"Condition": {"StringEquals": {"aws:SourceAccount": account}}}


@dataclass
class Place:
    """An account, with what is in it."""

    account: str
    client: Client
    bosses: set[str] = field(default_factory=set)
    """ARNs of whoever has every right."""
    carriers: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By kind, one that runs as ``boss-carried`` and one that runs as ``clerk-carried``."""
    domains: dict[str, str] = field(default_factory=dict)
    """By the id of a Studio domain, the role of its user profile ``ana``."""

    @property
    def iam(self) -> Any:
        return self.client("iam")

    def arn(self, kind: str, name: str) -> str:
        return f"arn:aws:iam::{self.account}:{kind}/{name}"

    def role(self, name: str) -> str:
        return self.arn("role", name)

    def user(self, name: str) -> str:
        return self.arn("user", name)

    def policy(self, name: str) -> str:
        return self.arn("policy", name)

    def in_region(self, service: str, rest: str) -> str:
        return f"arn:aws:{service}:{REGION}:{self.account}:{rest}"

    # making

    def make_role(self, name: str, own: Json, *trusts: Json, path: str = "/", attached: Iterable[str] = ()) -> None:
        self.iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=document(*trusts))
        self.iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document(own))
        for arn in attached:
            self.iam.attach_role_policy(RoleName=name, PolicyArn=arn)
        if own is EVERYTHING:
            self.bosses.add(self.role(name))

    def make_user(self, name: str, own: Json, *, password: bool = False) -> None:
        self.iam.create_user(UserName=name)
        self.iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=document(own))
        if password:
            self.iam.create_login_profile(UserName=name, Password="Correct-Horse-7")
        if own is EVERYTHING:
            self.bosses.add(self.user(name))

    def make_group(self, name: str, own: Json) -> None:
        self.iam.create_group(GroupName=name)
        self.iam.put_group_policy(GroupName=name, PolicyName="own", PolicyDocument=document(own))
        if own is EVERYTHING:
            self.bosses.add(self.arn("group", name))

    def make_policy(self, name: str, *statements: Json) -> str:
        self.iam.create_policy(PolicyName=name, PolicyDocument=document(*statements))
        return self.policy(name)

    def bound(self, kind: str, name: str, policy: str) -> None:
        put = self.iam.put_role_permissions_boundary if kind == "role" else self.iam.put_user_permissions_boundary
        put(**{f"{kind.title()}Name": name, "PermissionsBoundary": self.policy(policy)})


def furnished(account: str, client: Client, *, identity_center: bool) -> Place:
    place = Place(account, client)
    _policies(place)
    _passed(place)
    _assumed(place)
    _people(place)
    _carried(place)
    if identity_center:
        signed_in = trusting({"Federated": place.arn("saml-provider", "AWSSSO_0")}, "sts:AssumeRoleWithSAML")
        path = "/aws-reserved/sso.amazonaws.com/"
        place.make_role("AWSReservedSSO_ReadOnly_0", HARMLESS, signed_in, path=path)
    return place


def _policies(place: Place) -> None:
    for name in ("duties", "notes", "unused"):
        place.make_policy(name, HARMLESS)
    place.make_policy("cage", HARMLESS)
    forgotten = place.make_policy("forgotten", EVERYTHING)
    place.iam.create_policy_version(PolicyArn=forgotten, PolicyDocument=document(HARMLESS), SetAsDefault=True)


def _passed(place: Place) -> None:
    """For each service that takes a role: one it may use, one for this account only, one for another account only, and
    one without rights. And one for a service that no method uses."""
    for service in SERVICES:
        name = service.removesuffix(".amazonaws.com")
        place.make_role(f"boss-{name}", EVERYTHING, trusting_service(service))
        place.make_role(f"clerk-{name}", HARMLESS, trusting_service(service))
        if service != WEB_IDENTITY:  # where the source of a call is an identity pool, and no account is named
            for kind, account in (("own", place.account), ("foreign", STRANGER)):
                place.make_role(f"boss-{kind}-{name}", EVERYTHING, trusting_service(service, **on_behalf_of(account)))
    place.make_role("boss-elsewhere", EVERYTHING, trusting_service(OTHER_SERVICE))


def _assumed(place: Place) -> None:
    """Roles that identities of the account act as, and those that they may not act as."""
    here = trusting({"AWS": f"arn:aws:iam::{place.account}:root"})
    far = trusting({"AWS": f"arn:aws:iam::{STRANGER}:root"})
    closed = trusting_service(OTHER_SERVICE)

    def only(path: str) -> Json:
        return {**here, "Condition": {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{place.account}:*/{path}/*"}}}

    duties = (place.policy("duties"),)
    place.make_role("boss-open", EVERYTHING, here)
    place.make_role("boss-open-to-some", EVERYTHING, only("assume-role"))
    place.make_role("boss-open-to-others", EVERYTHING, only("operations"))
    place.make_role("boss-abroad", EVERYTHING, far)
    place.make_role("boss-closed", EVERYTHING, closed)
    for rights, kind in ((HARMLESS, "clerk"), (HARMLESS, "caged-clerk"), (EVERYTHING, "caged-boss")):
        for name, trust in (("open", here), ("closed", closed)):
            place.make_role(f"{kind}-{name}", rights, trust, attached=duties)
            if kind.startswith("caged"):
                place.bound("role", f"{kind}-{name}", "cage")
                place.bosses.discard(place.role(f"{kind}-{name}"))


def _people(place: Place) -> None:
    """Users with a password and without one."""
    for name, password in (("new", False), ("old", True)):
        place.make_user(f"boss-{name}", EVERYTHING, password=password)
        place.make_user(f"clerk-{name}", HARMLESS, password=password)
        place.make_user(f"caged-clerk-{name}", HARMLESS, password=password)
        place.bound("user", f"caged-clerk-{name}", "cage")
    place.make_group("bosses", EVERYTHING)
    place.make_group("clerks", HARMLESS)
    place.make_group("crew", HARMLESS)


def _carried(place: Place) -> None:
    """Twice of everything that runs as a role and that moto and our collectors know."""
    trusts = [trusting_service(service) for service in CARRYING]
    roles = {who: place.role(f"{who}-carried") for who in ("boss", "clerk")}
    place.make_role("boss-carried", EVERYTHING, *trusts)
    place.make_role("clerk-carried", HARMLESS, *trusts)
    network = _network(place)
    made = {kind: [makes(place, who, role, network) for who, role in roles.items()] for kind, makes in _MAKERS.items()}
    place.carriers.update((kind, (boss, clerk)) for kind, (boss, clerk) in made.items())


def _network(place: Place) -> Json:
    ec2 = place.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    return {"VpcId": vpc, "SubnetIds": [ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]]}


def _function(place: Place, who: str, role: str, network: Json) -> str:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("f.py", "def handler(event, context): return 1")
    made = place.client("lambda").create_function(
        FunctionName=f"{who}-function",
        Runtime="python3.13",
        Role=role,
        Handler="f.handler",
        Code={"ZipFile": code.getvalue()},
    )
    return str(made["FunctionArn"])


def _notebook(place: Place, who: str, role: str, network: Json) -> str:
    made = place.client("sagemaker").create_notebook_instance(
        NotebookInstanceName=f"{who}-notebook", InstanceType="ml.t3.large", RoleArn=role
    )
    return str(made["NotebookInstanceArn"])


def _domain(place: Place, who: str, role: str, network: Json) -> str:
    """Its default role has no rights; what counts is that of the user profile."""
    made = place.client("sagemaker").create_domain(
        DomainName=f"{who}-domain",
        AuthMode="IAM",
        DefaultUserSettings={"ExecutionRole": place.role("clerk-carried")},
        **network,
    )
    place.domains[made["DomainArn"].rpartition("/")[2]] = role
    return str(made["DomainArn"])


def _written(kind: str) -> Callable[[Place, str, str, Json], str]:
    """moto has none, or gives it an ARN that AWS does not: see :func:`writers`."""
    return lambda place, who, role, network: place.in_region("bedrock-agentcore", f"{kind}/{who}-0a1b2c3d4e")


_MAKERS: Mapping[str, Callable[[Place, str, str, Json], str]] = {
    FUNCTION: _function,
    NOTEBOOK: _notebook,
    DOMAIN: _domain,
    RUNTIME: _written("runtime"),
    INTERPRETER: _written("code-interpreter-custom"),
    BROWSER: _written("browser-custom"),
}


def unread_carriers(place: Place) -> frozenset[str]:
    """Things that run as an administrator and that no collector of ours reads; their kinds."""
    role, network = place.role("boss-carried"), _network(place)
    place.iam.create_instance_profile(InstanceProfileName="boss")
    place.iam.add_role_to_instance_profile(InstanceProfileName="boss", RoleName="boss-ec2")
    profile = {"Name": "boss"}
    ec2, subnet = place.client("ec2"), network["SubnetIds"][0]
    ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=subnet, IamInstanceProfile=profile)
    ec2.create_launch_template(LaunchTemplateName="boss", LaunchTemplateData={"IamInstanceProfile": profile})
    place.client("codebuild").create_project(
        name="boss-project",
        source={"type": "S3", "location": "notes/source.zip"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/standard:7.0",
            "computeType": "BUILD_GENERAL1_SMALL",
        },
        serviceRole=role,
    )
    machine = {"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}
    place.client("stepfunctions").create_state_machine(name="boss", definition=json.dumps(machine), roleArn=role)
    place.client("glue").create_dev_endpoint(EndpointName="boss", RoleArn=role)
    place.client("cloudformation").create_stack(
        StackName="boss",
        TemplateBody=json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}),
        RoleARN=role,
    )
    return frozenset(
        {
            "ec2:instance",
            "ec2:launch-template",
            "codebuild:project",
            "states:stateMachine",
            "glue:devEndpoint",
            "cloudformation:stack",
        }
    )


_NOTHING = {
    "bedrock:ListImportedModels": "modelSummaries",
    "bedrock:ListModelInvocationJobs": "invocationJobSummaries",
    "bedrock:ListProvisionedModelThroughputs": "provisionedModelSummaries",
    "bedrock-agent:ListFlows": "flowSummaries",
    "sagemaker:ListInferenceExperiments": "InferenceExperiments",
    "sagemaker:ListLabelingJobs": "LabelingJobSummaryList",
}
"""Lists that moto does not have, and what they hold: nothing."""


def writers(places: Iterable[Place]) -> Mapping[str, Writer]:
    """Answers to what moto lacks: user profiles of Studio; runtimes, code interpreters and browsers of AgentCore."""
    by_account = {place.account: place for place in places}

    def profiles(account: str, params: Mapping[str, Any]) -> Json:
        return {"UserProfiles": [{"DomainId": params["DomainIdEquals"], "UserProfileName": "ana"}]}

    def profile(account: str, params: Mapping[str, Any]) -> Json:
        role = by_account[account].domains[params["DomainId"]]
        return {"UserProfileName": params["UserProfileName"], "UserSettings": {"ExecutionRole": role}}

    def listed(kind: str, items: str, prefix: str) -> Writer:
        def answer(account: str, params: Mapping[str, Any]) -> Json:
            arns = by_account[account].carriers[kind]
            ids = [(arn, arn.rpartition("/")[2]) for arn in arns]
            return {items: [{f"{prefix}Arn": arn, f"{prefix}Id": id_, f"{prefix}Name": id_} for arn, id_ in ids]}

        return answer

    def tool(prefix: str) -> Writer:
        def answer(account: str, params: Mapping[str, Any]) -> Json:
            who = params[f"{prefix}Id"].partition("-")[0]
            role = by_account[account].role(f"{who}-carried")
            arn = by_account[account].in_region("bedrock-agentcore", f"{prefix}/{params[f'{prefix}Id']}")
            network = {"networkMode": "PUBLIC"}
            return {f"{prefix}Arn": arn, "executionRoleArn": role, "roleArn": role, "networkConfiguration": network}

        return answer

    return {
        **{call: (lambda account, params, items=items: {items: []}) for call, items in _NOTHING.items()},
        "sagemaker:ListUserProfiles": profiles,
        "sagemaker:DescribeUserProfile": profile,
        "bedrock-agentcore-control:ListAgentRuntimes": listed(RUNTIME, "agentRuntimes", "agentRuntime"),
        "bedrock-agentcore-control:GetAgentRuntime": tool("agentRuntime"),
        "bedrock-agentcore-control:GetResourcePolicy": lambda account, params: {},
        "bedrock-agentcore-control:ListCodeInterpreters": listed(
            INTERPRETER, "codeInterpreterSummaries", "codeInterpreter"
        ),
        "bedrock-agentcore-control:GetCodeInterpreter": tool("codeInterpreter"),
        "bedrock-agentcore-control:ListBrowsers": listed(BROWSER, "browserSummaries", "browser"),
        "bedrock-agentcore-control:GetBrowser": tool("browser"),
    }
