"""The indexes that lists are held against, and what each of them covers.

A type is covered where the index and our list mean the same resources by it. Resource Explorer of AWS knows more types,
but a first search in a region makes an index there (user guide, "Terms and concepts"): asking it would not be a read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.model.resources import (
    AccountSettings,
    AgentRuntime,
    AgentTool,
    AiAsset,
    AiService,
    AuditLog,
    Endpoint,
    FeatureGroup,
    FrontDoor,
    Function,
    Guardrail,
    Identity,
    ImageRepository,
    Key,
    Kind,
    KnowledgeBase,
    LogStore,
    Model,
    Monitor,
    Network,
    Notebook,
    Oversight,
    PrivateEndpoint,
    Prompt,
    ResourceIndex,
    Storage,
    ThreatDetection,
    Workspace,
)
from auditor.model.scope import Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondSource:
    provider: Provider
    title: str
    native_type: str
    """Of the :class:`ResourceIndex` that its collector makes."""
    collector: str
    covers: Mapping[str, Kind]
    """The provider's types and the kinds that our lists give them."""
    lag: str
    """What it may not know yet, or still know, in the provider's own terms."""
    naming: str = ""
    """What names the resources that it only counts, with ``{type}`` and ``{place}``."""
    url: str


CONFIG = SecondSource(
    provider=Provider.AWS,
    title="AWS Config",
    native_type="AWS::Config::ConfigurationRecorder",
    collector="aws.resource_index.config",
    covers={
        "AWS::ApiGateway::RestApi": FrontDoor,
        "AWS::ApiGatewayV2::Api": FrontDoor,
        "AWS::Bedrock::Guardrail": Guardrail,
        "AWS::Bedrock::KnowledgeBase": KnowledgeBase,
        "AWS::Bedrock::Prompt": Prompt,
        "AWS::BedrockAgentCore::BrowserCustom": AgentTool,
        "AWS::BedrockAgentCore::Runtime": AgentRuntime,
        "AWS::EC2::VPC": Network,
        "AWS::EC2::VPCEndpoint": PrivateEndpoint,
        "AWS::ECR::Repository": ImageRepository,
        "AWS::Kendra::Index": AiAsset,
        "AWS::Lambda::Function": Function,
        "AWS::Personalize::DatasetGroup": AiAsset,
        "AWS::S3::Bucket": Storage,
        "AWS::SageMaker::DataQualityJobDefinition": Monitor,
        "AWS::SageMaker::Domain": Workspace,
        "AWS::SageMaker::FeatureGroup": FeatureGroup,
        "AWS::SageMaker::Model": Model,
        "AWS::SageMaker::ModelBiasJobDefinition": Monitor,
        "AWS::SageMaker::ModelExplainabilityJobDefinition": Monitor,
        "AWS::SageMaker::ModelQualityJobDefinition": Monitor,
    },
    lag="AWS Config learns of a change within minutes, or within a day of types that it records daily.",
    naming="'aws configservice list-discovered-resources --resource-type {type} --region {place}' names what it knows.",
    url="https://docs.aws.amazon.com/config/latest/developerguide/resource-config-reference.html",
)
SAGEMAKER_SEARCH = SecondSource(
    provider=Provider.AWS,
    title="SageMaker Search",
    native_type="AWS::SageMaker::Search",
    collector="aws.resource_index.sagemaker",
    covers={"AWS::SageMaker::Endpoint": Endpoint},
    lag="SageMaker Search follows the lists with a delay and promises no completeness.",
    url="https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Search.html",
)
IAM_SUMMARY = SecondSource(
    provider=Provider.AWS,
    title="the IAM account summary",
    native_type="AWS::IAM::AccountSummary",
    collector="aws.resource_index.iam",
    covers={"AWS::IAM::Role": Identity, "AWS::IAM::User": Identity},
    lag="IAM makes a change visible everywhere within a delay of its own.",
    url="https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html",
)
RESOURCE_MANAGER = SecondSource(
    provider=Provider.AZURE,
    title="the index of Azure Resource Manager",
    native_type="Microsoft.Resources/subscriptions/resources",
    collector="azure.resource_index.arm",
    covers={
        "Microsoft.CognitiveServices/accounts": AiService,
        "Microsoft.MachineLearningServices/workspaces": AiService,
        "Microsoft.MachineLearningServices/workspaces/batchEndpoints": Endpoint,
        "Microsoft.MachineLearningServices/workspaces/onlineEndpoints": Endpoint,
        "Microsoft.ManagedIdentity/userAssignedIdentities": Identity,
        "Microsoft.Network/privateEndpoints": PrivateEndpoint,
        "Microsoft.Network/virtualNetworks": Network,
        "Microsoft.OperationalInsights/workspaces": LogStore,
        "Microsoft.Storage/storageAccounts": Storage,
    },
    lag="Azure Resource Manager hears of a change from the service that made it, with a delay.",
    url="https://learn.microsoft.com/en-us/rest/api/resources/resources/list",
)
ASSET_INVENTORY = SecondSource(
    provider=Provider.GCP,
    title="Cloud Asset Inventory",
    native_type="cloudasset.googleapis.com/Asset",
    collector="gcp.resource_index.assets",
    covers={
        "aiplatform.googleapis.com/Endpoint": Endpoint,
        "aiplatform.googleapis.com/Model": Model,
        "cloudkms.googleapis.com/CryptoKey": Key,
        "compute.googleapis.com/Network": Network,
        "logging.googleapis.com/LogBucket": LogStore,
        "logging.googleapis.com/LogSink": AuditLog,
        "notebooks.googleapis.com/Instance": Notebook,
        "storage.googleapis.com/Bucket": Storage,
    },
    lag="Cloud Asset Inventory shows almost every change within minutes, and may miss some.",
    url="https://cloud.google.com/asset-inventory/docs/asset-types",
)
SECOND_SOURCES = (CONFIG, SAGEMAKER_SEARCH, IAM_SUMMARY, RESOURCE_MANAGER, ASSET_INVENTORY)

NOT_COVERED: Mapping[Provider, str] = {
    Provider.AWS: f"AWS Config does not record this type ({CONFIG.url}).",
    Provider.AZURE: "The index of Azure Resource Manager has tracked resources only, and this type is none.",
    Provider.GCP: f"Cloud Asset Inventory does not list this type ({ASSET_INVENTORY.url}).",
}
"""Why no index of a provider has a type, unless :data:`NOT_COMPARED` says otherwise."""

_NOT_YET = "AWS Config records this type, but this version does not compare it."
NOT_COMPARED: Mapping[str, str] = {
    "AWS::CloudTrail::Trail": _NOT_YET,
    "AWS::KMS::Key": _NOT_YET,
    "AWS::SageMaker::InferenceExperiment": "AWS Config records this type, but jobs are read as a history of some days.",
    "AWS::SecretsManager::Secret": _NOT_YET,
    "AWS::WAFv2::WebACL": _NOT_YET,
    "compute.googleapis.com/GlobalForwardingRule": "Cloud Asset Inventory has every forwarding rule, and this audit "
    "lists only those that lead to Google's APIs.",
    "iam.googleapis.com/ServiceAccount": "Cloud Asset Inventory has disabled accounts too, and this audit leaves them "
    "out.",
}
"""Types that an index has, but not by the rule of our list."""

MADE: Mapping[Provider, frozenset[Kind]] = {
    provider: frozenset({AccountSettings, Oversight, ResourceIndex, ThreatDetection})
    | (frozenset() if provider is Provider.AZURE else frozenset({AiService}))
    for provider in Provider
}
"""Kinds of which there is one in every account or place: nothing is listed, so there is nothing to reconcile."""
