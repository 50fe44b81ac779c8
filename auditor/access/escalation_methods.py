"""How somebody comes by the rights of another identity: methods, as sets of permissions and what each is needed on.

Facts only, in words of our own. The permission sets are those published by pathfinding.cloud (Datadog, Apache-2.0),
Rhino Security Labs' list of AWS privilege escalation (BSD-3-Clause), cloudsplaining (BSD-3-Clause) and Prowler
(Apache-2.0), reduced to the smallest set where one contains another. That a role is passed to SageMaker, Bedrock,
AgentCore or Lambda is AWS's own statement or follows from its API (:mod:`engine.actions`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from auditor.access.engine.actions import ActionData, PassRole, snapshot


class Way(StrEnum):
    """What a method gains, and so what must hold besides its permissions."""

    GRANT_SELF = "adds rights to itself"
    UNBOUND_SELF = "takes its own permissions boundary away"
    BECOME = "acts as another identity"
    EDIT_TRUST = "lets itself into a role"
    JOIN = "joins a group"
    GRANT_OTHER = "adds rights to an identity that it can act as"
    UNBOUND_OTHER = "takes the permissions boundary of an identity away that it can act as"
    PASS = "hands a role to something new that it controls"
    ENTER = "takes over something that runs as a role"
    CENTRAL = "adds rights to roles through IAM Identity Center"


class On(StrEnum):
    """What a permission is needed on."""

    SELF = "itself"
    OWN_GROUP = "a group that it is in"
    OWN_POLICY = "a customer managed policy attached to it"
    ROLE = "the role"
    ROLE_POLICY = "a customer managed policy attached to the role"
    USER = "the user"
    GROUP = "the group"
    CARRIER = "what runs as the role"
    ANY = "anything of its kind, or something new"


@dataclass(frozen=True, slots=True)
class Need:
    action: str
    on: On


@dataclass(frozen=True, slots=True)
class Method:
    id: str
    way: Way
    needs: tuple[Need, ...]
    services: tuple[str, ...] = ()
    """PASS: that the role must trust and be passed to, any of them."""
    carriers: tuple[str, ...] = ()
    """ENTER: kinds of resources by their ARNs, as :func:`action_sets.kind_of` names them."""
    for_users: bool | None = None
    """Open to users only, to roles only, or to both."""
    doubt: str = ""
    """What else it takes that is not read. Where there is any, an edge is conditional at best."""

    @property
    def actions(self) -> tuple[str, ...]:
        return tuple(need.action for need in self.needs)


def _methods(way: Way, text: str, **more: object) -> tuple[Method, ...]:
    """``id: action@on ...`` on each line."""
    found: list[Method] = []
    for line in text.strip().splitlines():
        name, _, rest = line.strip().partition(": ")
        needs = tuple(Need(a, On[on.upper()]) for a, _, on in (part.partition("@") for part in rest.split()))
        found.append(Method(name, way, needs, **more))  # type: ignore[arg-type]
    return tuple(found)


_IDENTITY = (
    *_methods(
        Way.GRANT_SELF,
        """put-own-user-policy: iam:PutUserPolicy@self
        attach-own-user-policy: iam:AttachUserPolicy@self
        put-own-group-policy: iam:PutGroupPolicy@own_group
        attach-own-group-policy: iam:AttachGroupPolicy@own_group""",
        for_users=True,
    ),
    *_methods(
        Way.GRANT_SELF,
        """put-own-role-policy: iam:PutRolePolicy@self
        attach-own-role-policy: iam:AttachRolePolicy@self""",
        for_users=False,
    ),
    *_methods(Way.GRANT_SELF, "write-own-policy-version: iam:CreatePolicyVersion@own_policy"),
    *_methods(
        Way.GRANT_SELF,
        "choose-own-policy-version: iam:SetDefaultPolicyVersion@own_policy",
        doubt="another version of the policy grants more",
    ),
    *_methods(
        Way.UNBOUND_SELF,
        """delete-own-user-boundary: iam:DeleteUserPermissionsBoundary@self
        replace-own-user-boundary: iam:PutUserPermissionsBoundary@self""",
        for_users=True,
    ),
    *_methods(
        Way.UNBOUND_SELF,
        """delete-own-role-boundary: iam:DeleteRolePermissionsBoundary@self
        replace-own-role-boundary: iam:PutRolePermissionsBoundary@self""",
        for_users=False,
    ),
    *_methods(
        Way.BECOME,
        """create-access-key: iam:CreateAccessKey@user
        create-login-profile: iam:CreateLoginProfile@user
        update-login-profile: iam:UpdateLoginProfile@user
        assume-role: sts:AssumeRole@role""",
    ),
    *_methods(Way.EDIT_TRUST, "edit-trust: iam:UpdateAssumeRolePolicy@role"),
    *_methods(Way.JOIN, "join-group: iam:AddUserToGroup@group", for_users=True),
    *_methods(
        Way.GRANT_OTHER,
        """put-role-policy-and-assume: iam:PutRolePolicy@role sts:AssumeRole@role
        attach-role-policy-and-assume: iam:AttachRolePolicy@role sts:AssumeRole@role
        write-role-policy-version-and-assume: iam:CreatePolicyVersion@role_policy sts:AssumeRole@role
        put-role-policy-and-edit-trust: iam:PutRolePolicy@role iam:UpdateAssumeRolePolicy@role
        attach-role-policy-and-edit-trust: iam:AttachRolePolicy@role iam:UpdateAssumeRolePolicy@role
        write-role-policy-version-and-edit-trust: iam:CreatePolicyVersion@role_policy iam:UpdateAssumeRolePolicy@role
        put-user-policy-and-create-key: iam:PutUserPolicy@user iam:CreateAccessKey@user
        attach-user-policy-and-create-key: iam:AttachUserPolicy@user iam:CreateAccessKey@user
        put-user-policy-and-create-login: iam:PutUserPolicy@user iam:CreateLoginProfile@user
        attach-user-policy-and-create-login: iam:AttachUserPolicy@user iam:CreateLoginProfile@user
        put-user-policy-and-update-login: iam:PutUserPolicy@user iam:UpdateLoginProfile@user
        attach-user-policy-and-update-login: iam:AttachUserPolicy@user iam:UpdateLoginProfile@user""",
    ),
    *_methods(
        Way.UNBOUND_OTHER,
        "delete-role-boundary-and-assume: iam:DeleteRolePermissionsBoundary@role sts:AssumeRole@role",
    ),
    *_methods(
        Way.CENTRAL,
        """attach-to-permission-set: sso:AttachManagedPolicyToPermissionSet@any
        put-into-permission-set: sso:PutInlinePolicyToPermissionSet@any""",
        doubt="the account administers IAM Identity Center",
    ),
)

_PASSED = """
apprunner-create-service tasks.apprunner: apprunner:CreateService
autoscaling-create-group ec2: autoscaling:CreateAutoScalingGroup autoscaling:CreateLaunchConfiguration
autoscaling-update-group ec2: autoscaling:CreateLaunchConfiguration autoscaling:UpdateAutoScalingGroup
batch-submit-new-job ecs-tasks: batch:RegisterJobDefinition batch:SubmitJob
braket-create-job braket: braket:CreateJob
cloudformation-create-stack cloudformation: cloudformation:CreateStack
cloudformation-create-stack-set cloudformation: cloudformation:CreateStackSet cloudformation:CreateStackInstances
cloudformation-update-stack-set cloudformation: cloudformation:UpdateStackSet
codebuild-create-and-build codebuild: codebuild:CreateProject codebuild:StartBuild
codebuild-create-and-build-batch codebuild: codebuild:CreateProject codebuild:StartBuildBatch
codestar-create-project codestar: codestar:CreateProject
cognito-set-pool-roles cognito-identity: cognito-identity:SetIdentityPoolRoles
datapipeline-create datapipeline,elasticmapreduce: datapipeline:CreatePipeline
ec2-run-instances ec2: ec2:RunInstances
ec2-request-spot ec2: ec2:RequestSpotInstances
ecs-create-service ecs-tasks: ecs:CreateService ecs:RegisterTaskDefinition
ecs-run-task ecs-tasks: ecs:RunTask
ecs-start-task ecs-tasks: ecs:StartTask
emr-run-job-flow ec2: elasticmapreduce:RunJobFlow
emr-serverless-run emr-serverless: emr-serverless:CreateApplication emr-serverless:StartJobRun
gamelift-create-fleet gamelift: gamelift:CreateBuild gamelift:CreateFleet gamelift:RequestUploadCredentials
glue-create-dev-endpoint glue: glue:CreateDevEndpoint
glue-create-and-run-job glue: glue:CreateJob glue:StartJobRun
glue-create-and-trigger-job glue: glue:CreateJob glue:CreateTrigger
glue-update-and-run-job glue: glue:UpdateJob glue:StartJobRun
glue-update-and-trigger-job glue: glue:UpdateJob glue:CreateTrigger
glue-create-session glue: glue:CreateSession glue:RunStatement
imagebuilder-create-image ec2: imagebuilder:CreateComponent imagebuilder:CreateImage imagebuilder:CreateImageRecipe \
imagebuilder:CreateInfrastructureConfiguration
kinesisanalytics-create-and-start kinesisanalytics: kinesisanalytics:CreateApplication kinesisanalytics:StartApplication
omics-create-and-run omics: omics:CreateWorkflow omics:StartRun s3:GetObject
scheduler-create-schedule scheduler: scheduler:CreateSchedule
ssm-create-and-run-automation ssm: ssm:CreateDocument ssm:StartAutomationExecution
states-create-and-run states: states:CreateStateMachine states:StartExecution
lambda-create-and-invoke lambda: lambda:CreateFunction lambda:InvokeFunction
lambda-create-and-map-events lambda: lambda:CreateFunction lambda:CreateEventSourceMapping
lambda-create-and-open lambda: lambda:CreateFunction lambda:AddPermission
agentcore-create-interpreter bedrock-agentcore: bedrock-agentcore:CreateCodeInterpreter \
bedrock-agentcore:StartCodeInterpreterSession bedrock-agentcore:InvokeCodeInterpreter
agentcore-create-browser bedrock-agentcore: bedrock-agentcore:CreateBrowser bedrock-agentcore:StartBrowserSession \
bedrock-agentcore:ConnectBrowserAutomationStream
agentcore-create-runtime bedrock-agentcore: bedrock-agentcore:CreateAgentRuntime \
bedrock-agentcore:CreateAgentRuntimeEndpoint bedrock-agentcore:CreateWorkloadIdentity \
bedrock-agentcore:InvokeAgentRuntimeCommand
"""

_ENTERED = """
apprunner-update-service apprunner:service: apprunner:UpdateService
agentcore-enter-interpreter bedrock-agentcore:code-interpreter-custom: \
bedrock-agentcore:StartCodeInterpreterSession bedrock-agentcore:InvokeCodeInterpreter
agentcore-enter-browser bedrock-agentcore:browser-custom: \
bedrock-agentcore:StartBrowserSession bedrock-agentcore:ConnectBrowserAutomationStream
agentcore-run-command bedrock-agentcore:runtime: bedrock-agentcore:InvokeAgentRuntimeCommand
agentcore-command-shell bedrock-agentcore:runtime: bedrock-agentcore:InvokeAgentRuntimeCommandShell
batch-submit-job batch:job-definition: batch:SubmitJob
cloudformation-update-stack cloudformation:stack: cloudformation:UpdateStack
cloudformation-change-set cloudformation:stack: cloudformation:CreateChangeSet cloudformation:ExecuteChangeSet
codebuild-start-build codebuild:project: codebuild:StartBuild
codebuild-start-build-batch codebuild:project: codebuild:StartBuildBatch
codedeploy-deploy codedeploy:deploymentgroup: codedeploy:CreateDeployment codedeploy:GetDeploymentConfig \
codedeploy:RegisterApplicationRevision
ec2-replace-user-data ec2:instance: ec2:ModifyInstanceAttribute ec2:StartInstances ec2:StopInstances
ec2-new-template-version ec2:launch-template: ec2:CreateLaunchTemplateVersion ec2:ModifyLaunchTemplate
ec2-send-ssh-key ec2:instance: ec2-instance-connect:SendSSHPublicKey
ecs-execute-command ecs:task,ecs:service,ecs:cluster: ecs:ExecuteCommand ecs:DescribeTasks
glue-update-dev-endpoint glue:devEndpoint: glue:UpdateDevEndpoint
lambda-update-code lambda:function: lambda:UpdateFunctionCode
lambda-update-configuration lambda:function: lambda:UpdateFunctionConfiguration
sagemaker-open-notebook sagemaker:notebook-instance: sagemaker:CreatePresignedNotebookInstanceUrl
sagemaker-change-notebook-start sagemaker:notebook-instance: sagemaker:CreateNotebookInstanceLifecycleConfig \
sagemaker:StopNotebookInstance sagemaker:UpdateNotebookInstance sagemaker:StartNotebookInstance
sagemaker-edit-notebook-start sagemaker:notebook-instance: sagemaker:UpdateNotebookInstanceLifecycleConfig \
sagemaker:StopNotebookInstance sagemaker:StartNotebookInstance
sagemaker-open-studio sagemaker:user-profile,sagemaker:domain,sagemaker:space: sagemaker:CreatePresignedDomainUrl
ssm-start-session ec2:instance: ssm:StartSession
ssm-send-command ec2:instance: ssm:SendCommand
states-update-and-run states:stateMachine: states:UpdateStateMachine states:StartExecution
"""
_CODESTAR = """
codestar-create-from-template: codestar:CreateProjectFromTemplate@any
codestar-join-new-project: codestar:CreateProject@any codestar:AssociateTeamMember@any
"""

SERVICES = {
    "sagemaker": "sagemaker.amazonaws.com",
    "bedrock": "bedrock.amazonaws.com",
    "bedrock-agentcore": "bedrock-agentcore.amazonaws.com",
    "lambda": "lambda.amazonaws.com",
}
"""Whose every action that takes a role is a method, and whom the role must trust."""
_SINKS = """
bedrock-agentcore:CreateABTest bedrock-agentcore:CreateAgentRuntime bedrock-agentcore:CreateBrowser
bedrock-agentcore:CreateCapacityProvider bedrock-agentcore:CreateCodeInterpreter bedrock-agentcore:CreateConsentPortal
bedrock-agentcore:CreateGateway bedrock-agentcore:CreateHarness bedrock-agentcore:CreateMemory
bedrock-agentcore:CreateOnlineEvaluationConfig bedrock-agentcore:CreatePaymentManager
bedrock-agentcore:CreateRegistryRecord bedrock-agentcore:UpdateABTest bedrock-agentcore:UpdateAgentRuntime
bedrock-agentcore:UpdateConsentPortal bedrock-agentcore:UpdateGateway bedrock-agentcore:UpdateHarness
bedrock-agentcore:UpdateMemory bedrock-agentcore:UpdateOnlineEvaluationConfig bedrock-agentcore:UpdatePaymentManager
bedrock:CreateAgent bedrock:CreateCustomModel bedrock:CreateEvaluationJob bedrock:CreateFlow bedrock:CreateKnowledgeBase
bedrock:CreateMarketplaceModelEndpoint bedrock:CreateModelCustomizationJob bedrock:CreateModelImportJob
bedrock:CreateModelInvocationJob bedrock:PutModelInvocationLoggingConfiguration bedrock:UpdateAgent bedrock:UpdateFlow
bedrock:UpdateKnowledgeBase bedrock:UpdateMarketplaceModelEndpoint lambda:CreateCapacityProvider lambda:CreateFunction
lambda:CreateMicrovmImage lambda:CreateNetworkConnector lambda:CreateWebFunction lambda:CreateWebFunctionRevision
lambda:RunMicrovm lambda:UpdateFunctionConfiguration lambda:UpdateMicrovmImage lambda:UpdateNetworkConnector
sagemaker:CreateAIBenchmarkJob sagemaker:CreateAIRecommendationJob sagemaker:CreateAlgorithm sagemaker:CreateAutoMLJob
sagemaker:CreateAutoMLJobV2 sagemaker:CreateCluster sagemaker:CreateCompilationJob
sagemaker:CreateDataQualityJobDefinition sagemaker:CreateDeviceFleet sagemaker:CreateDomain
sagemaker:CreateEdgeDeploymentPlan sagemaker:CreateEdgeDeploymentStage sagemaker:CreateEdgePackagingJob
sagemaker:CreateEndpointConfig sagemaker:CreateFeatureGroup sagemaker:CreateFlowDefinition
sagemaker:CreateHyperParameterTuningJob sagemaker:CreateImage sagemaker:CreateInferenceExperiment
sagemaker:CreateInferenceRecommendationsJob sagemaker:CreateJob sagemaker:CreateLabelingJob sagemaker:CreateMlflowApp
sagemaker:CreateMlflowTrackingServer sagemaker:CreateModel sagemaker:CreateModelBiasJobDefinition
sagemaker:CreateModelExplainabilityJobDefinition sagemaker:CreateModelPackage sagemaker:CreateModelQualityJobDefinition
sagemaker:CreateMonitoringSchedule sagemaker:CreateNotebookInstance sagemaker:CreateOptimizationJob
sagemaker:CreatePartnerApp sagemaker:CreatePipeline sagemaker:CreateProcessingJob sagemaker:CreateProject
sagemaker:CreateTrainingJob sagemaker:CreateTrainingSession sagemaker:CreateUserProfile sagemaker:RenderUiTemplate
sagemaker:StartPipelineExecution sagemaker:UpdateCluster sagemaker:UpdateClusterInference sagemaker:UpdateDeviceFleet
sagemaker:UpdateDomain sagemaker:UpdateImage sagemaker:UpdateMonitoringSchedule sagemaker:UpdateNotebookInstance
sagemaker:UpdatePipeline sagemaker:UpdateUserProfile
"""
KNOWN_SINKS = tuple(_SINKS.split())
"""That are sinks whatever the published data of a day says, or leaves out."""
_SERVICE_KEEPS = "the service uses the role itself and hands it to nobody"
_MUST_RUN = "somebody starts what was made"
_PREPARING = """
    bedrock-agentcore:CreateAgentRuntime bedrock-agentcore:CreateBrowser bedrock-agentcore:CreateCodeInterpreter
    bedrock-agentcore:CreateHarness lambda:CreateFunction sagemaker:CreateModel sagemaker:CreateEndpointConfig
    sagemaker:CreatePipeline sagemaker:CreateDataQualityJobDefinition sagemaker:CreateModelBiasJobDefinition
    sagemaker:CreateModelExplainabilityJobDefinition sagemaker:CreateModelQualityJobDefinition
"""
_LATER = frozenset(_PREPARING.split())
"""Sinks that only prepare what runs later."""


def _table(text: str) -> Iterable[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    for line in text.strip().splitlines():
        head, _, actions = line.partition(": ")
        name, _, where = head.partition(" ")
        yield name, tuple(where.split(",")), tuple(actions.split())


def _pass(name: str, services: tuple[str, ...], actions: Iterable[str], doubt: str = "") -> Method:
    needs = (Need("iam:PassRole", On.ROLE), *(Need(action, On.ANY) for action in actions))
    return Method(name, Way.PASS, needs, services, doubt=doubt)


def sinks(data: ActionData) -> tuple[Method, ...]:
    """One method for each action of the AI services and Lambda that takes a role, and why it may not be enough."""
    found: list[Method] = []
    for service, trusted in SERVICES.items():
        published = [
            action
            for action in data.actions_of(service) or ()
            if data.needs_pass_role(action) in (PassRole.DOCUMENTED, PassRole.BY_API)
        ]
        known = [action for action in KNOWN_SINKS if action.startswith(f"{service}:")]
        for action in sorted({*published, *known}):
            doubt = _SERVICE_KEEPS if service == "bedrock" else _MUST_RUN if action in _LATER else ""
            found.append(_pass(f"pass-{action.replace(':', '-')}", (trusted,), (action,), doubt))
    return tuple(found)


def methods_by(data: ActionData) -> tuple[Method, ...]:
    passed = (
        _pass(name, tuple(f"{service}.amazonaws.com" for service in services), actions)
        for name, services, actions in _table(_PASSED)
    )
    entered = (
        Method(name, Way.ENTER, tuple(Need(action, On.CARRIER) for action in actions), carriers=carriers)
        for name, carriers, actions in _table(_ENTERED)
    )
    closed = "AWS CodeStar, which takes no new projects, still serves the account"
    codestar = _methods(Way.PASS, _CODESTAR, services=("codestar.amazonaws.com",), doubt=closed)
    return (*_IDENTITY, *passed, *sinks(data), *entered, *codestar)


@lru_cache(maxsize=1)
def methods() -> tuple[Method, ...]:
    """All, by the data that ships with the package."""
    return methods_by(snapshot())


@dataclass(frozen=True, slots=True)
class Degraded:
    """A method with actions of which the published data says nothing: it is looked for all the same, on the resources
    that its own words name, but what the data would have said is missing."""

    method: str
    unknown_actions: tuple[str, ...]


def degraded(data: ActionData | None = None) -> tuple[Degraded, ...]:
    data = snapshot() if data is None else data
    return tuple(Degraded(m.id, missing) for m in methods_by(data) if (missing := data.unknown(m.actions)))


def undecided_sinks(data: ActionData | None = None) -> tuple[str, ...]:
    """Actions of these services of which nobody says whether they take a role, so that no method was made of them."""
    data = snapshot() if data is None else data
    return tuple(
        action
        for service in SERVICES
        for action in data.actions_of(service) or ()
        if data.needs_pass_role(action) is PassRole.UNKNOWN and action not in KNOWN_SINKS
    )
