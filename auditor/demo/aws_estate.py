"""The AWS account of the demo, as data: what a mid-size company that runs models in two regions might have.

The foundations are there everywhere. Beyond them the home region is run with care and the newer one less so, and the
role that audits lacks one permission. :mod:`auditor.demo.aws_seed` builds it in moto, and
:mod:`auditor.demo.aws_synthetic` answers from the same tables what moto cannot.
"""

from __future__ import annotations

from dataclasses import dataclass, field

ACCOUNT_ID = "123456789012"
ACCOUNT_NAME = "meridian-ml"
HOME, SECOND = "us-east-1", "eu-west-1"
REGIONS = (SECOND, HOME)
AUDITOR = f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/PostureAuditor/ml-posture-auditor"
ORGANIZATION = "o-meridian01"

DENIED_OPERATION, DENIED_REGION = "guardduty:GetDetector", SECOND
"""What the auditing role may not do, and where. This alone keeps the account below its possible level."""

PREFIX = "meridian"


def arn(service: str, region: str, resource: str) -> str:
    return f"arn:aws:{service}:{region}:{ACCOUNT_ID}:{resource}"


def role_arn(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT_ID}:role/{name}"


@dataclass(frozen=True, slots=True)
class KeySpec:
    alias: str
    region: str
    purpose: str
    rotates: bool = True
    open_policy: bool = False
    """Its policy lets every principal decrypt."""


KEYS = (
    KeySpec("ml-training", HOME, "Training data"),
    KeySpec("ml-models", HOME, "Model artifacts and custom models"),
    KeySpec("ml-inference", HOME, "Endpoint volumes and captured requests"),
    KeySpec("audit-logs", HOME, "CloudTrail files"),
    KeySpec("ml-features", HOME, "Feature store"),
    KeySpec("ml-notebooks", HOME, "Notebook volumes and experiments"),
    KeySpec("flow-logs", HOME, "Network flow logs"),
    KeySpec("legacy-etl", HOME, "Batch pipelines before 2023", rotates=False),
    KeySpec("ml-eu", SECOND, "Everything of the European team"),
    KeySpec("partner-exchange", SECOND, "Data sets shared with partners", open_policy=True),
)


@dataclass(frozen=True, slots=True)
class BucketSpec:
    name: str
    region: str = HOME
    key: str = ""
    """Alias of its default key; empty: S3's own."""
    encrypted: bool = True
    versioned: bool = True
    tls_only: bool = True
    open_policy: bool = False
    """Its policy lets everybody read; the block on public access, which every bucket has, takes the effect from it."""
    object_lock: bool = False
    access_lists: bool = False
    """It is from the time before they were switched off by default."""


BUCKETS = (
    BucketSpec(f"{PREFIX}-training-data", key="ml-training"),
    BucketSpec(f"{PREFIX}-model-artifacts", key="ml-models"),
    BucketSpec(f"{PREFIX}-inference-capture", key="ml-inference"),
    BucketSpec(f"{PREFIX}-audit-logs", key="audit-logs", object_lock=True),
    BucketSpec(f"{PREFIX}-feature-store", key="ml-features", tls_only=False, access_lists=True),
    BucketSpec(f"{PREFIX}-experiments", key="ml-notebooks", versioned=False),
    BucketSpec(f"{PREFIX}-flow-logs", key="flow-logs"),
    BucketSpec(f"{PREFIX}-eu-training-data", SECOND, key="ml-eu"),
    BucketSpec(f"{PREFIX}-eu-model-artifacts", SECOND, key="ml-eu"),
    BucketSpec(f"{PREFIX}-eu-reference-data", SECOND, encrypted=False, open_policy=True),
)


@dataclass(frozen=True, slots=True)
class VpcSpec:
    name: str
    region: str
    block: str
    flow_logs: bool
    endpoints: tuple[str, ...] = ()
    """Services of its interface endpoints."""
    open_endpoints: bool = False


VPCS = (
    VpcSpec(
        "ml-production",
        HOME,
        "10.20",
        flow_logs=True,
        endpoints=("sagemaker.runtime", "sagemaker.api", "bedrock-runtime", "kms", "logs"),
    ),
    VpcSpec("ml-research", HOME, "10.30", flow_logs=True),
    VpcSpec("ml-europe", SECOND, "10.40", flow_logs=False, endpoints=("sagemaker.runtime",), open_endpoints=True),
)


@dataclass(frozen=True, slots=True)
class EndpointSpec:
    name: str
    role: str
    region: str = HOME
    models: tuple[str, ...] = ()
    """Empty: one model of the endpoint's own name."""
    vpc: str = ""
    key: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    serverless: bool = False

    @property
    def model_names(self) -> tuple[str, ...]:
        return self.models or (self.name,)

    @property
    def config_name(self) -> str:
        return f"{self.name}-config"

    @property
    def capture_uri(self) -> str:
        return f"s3://{PREFIX}-inference-capture/{self.name}"


def _tags(owner: str, environment: str = "production", data: str = "confidential") -> tuple[tuple[str, str], ...]:
    return (("owner", owner), ("environment", environment), ("data-classification", data))


ENDPOINTS = (
    EndpointSpec(
        "fraud-scoring",
        "sm-inference-fraud",
        models=("fraud-scoring-v7", "fraud-scoring-v8"),
        vpc="ml-production",
        key="ml-inference",
        tags=_tags("risk"),
    ),
    EndpointSpec("credit-risk", "sm-inference-credit", vpc="ml-production", key="ml-inference", tags=_tags("risk")),
    EndpointSpec("claims-triage", "sm-inference-claims", vpc="ml-production", key="ml-inference", tags=_tags("claims")),
    EndpointSpec(
        "document-extraction", "sm-inference-documents", vpc="ml-production", key="ml-inference", tags=_tags("claims")
    ),
    EndpointSpec(
        "product-recommender",
        "sm-inference-recommender",
        vpc="ml-production",
        key="ml-inference",
        tags=_tags("growth", data="internal"),
    ),
    EndpointSpec(
        "churn-prediction", "sm-inference-growth", vpc="ml-production", key="ml-inference", tags=_tags("growth")
    ),
    EndpointSpec(
        "support-intent", "sm-inference-support", key="ml-inference", serverless=True, tags=_tags("support", "staging")
    ),
    EndpointSpec("demand-forecast", "sm-shared-platform", tags=_tags("supply", "development", "internal")),
    EndpointSpec("fraud-scoring-eu", "sm-inference-eu", SECOND, vpc="ml-europe", key="ml-eu", tags=_tags("risk")),
    EndpointSpec("churn-prediction-eu", "sm-inference-eu", SECOND, vpc="ml-europe", key="ml-eu", tags=_tags("growth")),
    EndpointSpec("sentiment-eu", "sm-legacy-execution", SECOND, key="ml-eu"),
    EndpointSpec("price-elasticity-eu", "sm-legacy-execution", SECOND, key="ml-eu", tags=_tags("pricing")),
)

CAPTURE_KEYS = {HOME: "ml-inference", SECOND: "ml-eu"}
"""What captured requests are encrypted with, by region."""


@dataclass(frozen=True, slots=True)
class NotebookSpec:
    name: str
    role: str
    region: str = HOME
    vpc: str = ""
    key: str = ""
    direct_internet: bool = False
    root: bool = False


NOTEBOOKS = (
    NotebookSpec("risk-research", "sm-notebook-risk", vpc="ml-research", key="ml-training"),
    NotebookSpec("marketing-insights", "sm-shared-platform", vpc="ml-research", root=True),
    NotebookSpec("eu-exploration", "sm-notebook-eu", SECOND, direct_internet=True, root=True),
    NotebookSpec("eu-prototyping", "sm-notebook-eu", SECOND, vpc="ml-europe"),
)
PLATFORM = "notebook-al2023-v1"


@dataclass(frozen=True, slots=True)
class AgentSpec:
    name: str
    role: str
    region: str
    instruction: str
    guardrail: str = ""
    """Id of its guardrail; empty: none."""


AGENTS = (
    AgentSpec(
        "claims-assistant",
        "bedrock-agent-claims",
        HOME,
        "Answer questions of claims handlers about an open claim from its file.",
        guardrail="gr4claims0001",
    ),
    AgentSpec(
        "knowledge-helper",
        "bedrock-agent-knowledge",
        SECOND,
        "Help employees of the European team to find internal documents.",
    ),
)

FOUNDATION_MODEL = "amazon.nova-lite-v1:0"
CUSTOM_MODEL = "claims-summarizer"
CUSTOM_MODEL_KEY = "ml-models"
INVOKED: tuple[tuple[str, str], ...] = (
    ("AWS/Bedrock", HOME),
    ("AWS/Bedrock", SECOND),
    ("AWS/SageMaker", HOME),
    ("AWS/SageMaker", SECOND),
)
"""Namespaces and regions in which CloudWatch has recent invocations."""


@dataclass(frozen=True, slots=True)
class TrailSpec:
    name: str
    region: str
    everywhere: bool
    validated: bool
    key: str = ""
    logging: bool = True
    data_events: tuple[str, ...] = field(default=())
    log_group: str = ""
    """Name of the log group that gets its events, too; empty: none."""


TRAILS = (
    TrailSpec(
        "management-events",
        HOME,
        everywhere=True,
        validated=True,
        key="audit-logs",
        data_events=("AWS::Bedrock::Model", "AWS::SageMaker::Endpoint"),
        log_group="cloudtrail/management-events",
    ),
    TrailSpec("eu-migration", SECOND, everywhere=False, validated=False, logging=False),
)
TRAIL_BUCKET = f"{PREFIX}-audit-logs"
FLOW_LOG_BUCKET = f"{PREFIX}-flow-logs"
INVOCATION_LOG = "/bedrock/invocations"


@dataclass(frozen=True, slots=True)
class LogGroupSpec:
    name: str
    region: str = HOME
    key: str = ""
    """Alias of its key; empty: CloudWatch Logs' own."""
    days: int | None = None
    """Days that entries are kept; none: for ever."""


LOG_GROUPS = (
    LogGroupSpec("/aws/sagemaker/Endpoints/fraud-scoring", key="ml-inference", days=365),
    LogGroupSpec("/aws/sagemaker/Endpoints/demand-forecast"),
    LogGroupSpec("/aws/sagemaker/NotebookInstances", key="ml-notebooks", days=90),
    LogGroupSpec(INVOCATION_LOG, key="ml-inference", days=365),
    LogGroupSpec("cloudtrail/management-events", key="audit-logs", days=400),
    LogGroupSpec("/batch/nightly-exports", days=30),
    LogGroupSpec("/aws/sagemaker/Endpoints/fraud-scoring-eu", SECOND, key="ml-eu", days=365),
    LogGroupSpec(INVOCATION_LOG, SECOND),
)
BUDGET = "ml-platform-monthly"
