"""What the clouds charge for the controls that fixes turn on.

List prices, each in the one region it names, before discounts, free allowances and taxes: other regions and contracts
differ. They say what a fix may cost per unit and never how many units it takes, because that follows from the account.
An amount is here only where it was read in the provider's own words or price list; ``source`` says in which, and
``as_of`` when, where that is known. Otherwise there is no amount, and the words say what is charged.
"""

from __future__ import annotations

from dataclasses import dataclass

from auditor.model.scope import Provider

AWS, AZURE, GCP = Provider.AWS, Provider.AZURE, Provider.GCP
VIRGINIA, EVERYWHERE = "US East (N. Virginia)", "global"
PAGE, LIST, ANNOUNCED = "pricing page", "price list", "announcement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """One thing a provider charges for.

    ``usd`` is for one ``unit`` in ``region``; None where no amount could be verified, and then there is no region.
    ``usage`` says in words what else is charged or free. ``as_of`` is the date of the source, empty if it bears none.
    """

    id: str
    provider: Provider
    what: str
    unit: str
    url: str
    region: str = ""
    usd: float | None = None
    usage: str = ""
    source: str = ""
    as_of: str = ""

    @property
    def amount(self) -> str:
        """As people read it, with its unit and region: to the last digit that is not zero, to the cent at least."""
        if self.usd is None:
            return f"per {self.unit} (amount not verified)"
        digits = f"{self.usd:.6f}".rstrip("0")
        shown = digits if len(digits) - digits.index(".") > 2 else f"{self.usd:.2f}"
        return f"${shown} per {self.unit} ({self.region})"

    @property
    def text(self) -> str:
        """One line: what, how much, what else."""
        return f"{self.what}: {self.amount}" + (f"; {self.usage}" if self.usage else "")


def _aws(price_id: str, what: str, unit: str, url: str, usd: float | None = None, **more: str) -> Price:
    where = f"https://aws.amazon.com/{url}/pricing/"
    return _price(AWS, where, usd, VIRGINIA, {"id": price_id, "what": what, "unit": unit, **more})


def _azure(price_id: str, what: str, unit: str, url: str, usd: float | None = None, **more: str) -> Price:
    where = url if url.startswith("https:") else f"https://azure.microsoft.com/en-us/pricing/details/{url}/"
    return _price(AZURE, where, usd, EVERYWHERE, {"id": price_id, "what": what, "unit": unit, **more})


def _gcp(price_id: str, what: str, unit: str, url: str, usd: float | None = None, **more: str) -> Price:
    where = f"https://cloud.google.com/{url}"
    return _price(GCP, where, usd, EVERYWHERE, {"id": price_id, "what": what, "unit": unit, **more})


def _price(provider: Provider, url: str, usd: float | None, region: str, words: dict[str, str]) -> Price:
    priced = {} if usd is None else {"region": region, "source": LIST}
    return Price(provider=provider, url=url, usd=usd, **(priced | words))


_TEXT_UNITS = "1,000 text units (1,000 characters each) of prompts and answers it is applied to"

PRICES = (
    # AWS: networks and firewalls
    _aws(
        "aws-interface-endpoint",
        "VPC interface endpoint",
        "endpoint, availability zone and hour",
        "privatelink",
        0.01,
        usage="and $0.01 per GB that passes through it; one endpoint serves one API in one network",
    ),
    _aws(
        "aws-waf-web-acl",
        "WAF web ACL",
        "web ACL and month",
        "waf",
        5.0,
        usage="and $1.00 per rule or managed rule group and month, and $0.60 per million requests",
    ),
    _aws(
        "aws-waf-rule",
        "WAF rule",
        "rule or managed rule group and month",
        "waf",
        1.0,
        usage="some managed rule groups have a fee of their own",
    ),
    # AWS: keys and secrets
    _aws(
        "aws-kms-key",
        "KMS key",
        "key and month",
        "kms",
        1.0,
        usage="rotated key material and requests beyond 20,000 a month are charged besides; one key may serve many "
        "resources of its region",
        source=PAGE,
    ),
    _aws(
        "aws-secret",
        "Secrets Manager secret",
        "secret and month",
        "secrets-manager",
        0.4,
        usage="and $0.05 per 10,000 API calls",
    ),
    _aws("aws-lambda", "Lambda", "request and GB-second", "lambda"),
    # AWS: logs
    _aws(
        "aws-cloudtrail-copy",
        "CloudTrail management events",
        "100,000 events of a further copy",
        "cloudtrail",
        2.0,
        usage="the first copy in each region is free; its storage in S3 is charged",
        source=PAGE,
    ),
    _aws("aws-cloudtrail-data", "CloudTrail data events", "100,000 events", "cloudtrail", 0.1, source=PAGE),
    _aws("aws-cloudtrail-insights", "CloudTrail Insights", "100,000 events analyzed", "cloudtrail", 0.35),
    _aws(
        "aws-logs",
        "CloudWatch Logs",
        "GB taken in",
        "cloudwatch",
        0.5,
        usage="and $0.03 per GB and month kept",
    ),
    _aws("aws-logs-kept", "CloudWatch Logs storage", "GB and month kept", "cloudwatch", 0.03),
    _aws(
        "aws-logs-vended",
        "Logs that AWS services deliver",
        "GB delivered to S3",
        "cloudwatch",
        0.25,
        usage="$0.50 per GB delivered to CloudWatch Logs; less per GB beyond 10 TB a month",
    ),
    _aws("aws-logs-masked", "CloudWatch Logs data protection", "GB scanned", "cloudwatch"),
    _aws(
        "aws-alarm",
        "CloudWatch alarm",
        "metric of an alarm and month",
        "cloudwatch",
        0.1,
        usage="an alarm on an anomaly has three metrics",
    ),
    _aws("aws-traces", "X-Ray", "million traces recorded", "xray", 5.0, usage="100,000 a month are free", source=PAGE),
    # AWS: storage
    _aws(
        "aws-s3-storage",
        "S3 storage",
        "GB and month in S3 Standard",
        "s3",
        0.023,
        usage="every version that is kept counts; requests are charged besides",
    ),
    _aws(
        "aws-s3-copy",
        "S3 replication or AWS Backup",
        "GB and month of the copy",
        "s3",
        usage="requests and transfer are charged besides",
    ),
    # AWS: detection and posture
    _aws(
        "aws-guardduty",
        "GuardDuty",
        "million management events",
        "guardduty",
        4.0,
        usage="and $1.00 per GB of flow and DNS logs analyzed, less beyond 500 GB a month",
        source=PAGE,
        as_of="2026-10-07",
    ),
    _aws(
        "aws-guardduty-ai",
        "GuardDuty AI Protection",
        "GB of AI data events analyzed",
        "guardduty",
        1.0,
        source=PAGE,
        as_of="2026-10-07",
    ),
    _aws(
        "aws-guardduty-s3",
        "GuardDuty S3 Protection",
        "million S3 data events",
        "guardduty",
        0.8,
        source=PAGE,
        as_of="2026-10-07",
    ),
    _aws(
        "aws-guardduty-lambda",
        "GuardDuty Lambda Protection",
        "GB of network logs analyzed",
        "guardduty",
        1.0,
        source=PAGE,
        as_of="2026-10-07",
    ),
    _aws(
        "aws-guardduty-runtime",
        "GuardDuty Runtime Monitoring",
        "vCPU and month",
        "guardduty",
        1.5,
        source=PAGE,
        as_of="2026-10-07",
    ),
    _aws(
        "aws-macie",
        "Macie",
        "bucket and month",
        "macie",
        0.1,
        usage="and $0.01 per 100,000 objects watched, and $1.00 per GB inspected",
        source=PAGE,
        as_of="2026-10-07",
    ),
    _aws(
        "aws-inspector",
        "Inspector",
        "image scanned, scanned again, and per function and month",
        "inspector",
        usage="basic scanning on push by the registry is free",
    ),
    _aws("aws-config", "AWS Config", "configuration item recorded", "config", 0.003),
    _aws(
        "aws-security-hub",
        "Security Hub",
        "security check",
        "security-hub",
        usage="the recording by AWS Config is charged besides",
    ),
    _aws(
        "aws-access-analyzer",
        "IAM Access Analyzer, unused access",
        "role or user analyzed and month",
        "iam/access-analyzer",
        usage="the analyzer of external access is free",
    ),
    _aws("aws-automation", "Systems Manager Automation", "step run", "systems-manager"),
    # AWS: AI
    _aws("aws-guardrail-content", "Bedrock guardrail, content filters", _TEXT_UNITS, "bedrock"),
    _aws("aws-guardrail-topics", "Bedrock guardrail, denied topics", _TEXT_UNITS, "bedrock"),
    _aws(
        "aws-guardrail-personal-data",
        "Bedrock guardrail, sensitive information",
        _TEXT_UNITS,
        "bedrock",
        usage="patterns of your own are free",
    ),
    _aws("aws-guardrail-grounding", "Bedrock guardrail, contextual grounding", _TEXT_UNITS, "bedrock"),
    _aws(
        "aws-evaluation",
        "Bedrock evaluation",
        "token of the model under test and of the model that judges",
        "bedrock",
        usage="where people judge, their tasks",
    ),
    _aws("aws-agent-policy", "AgentCore Policy", "decision on a call", "bedrock/agentcore"),
    _aws("aws-processing", "SageMaker processing", "instance and hour of each execution", "sagemaker/ai"),
    _aws("aws-hosting", "SageMaker hosting", "instance and hour", "sagemaker/ai"),
    _aws(
        "aws-search-collection",
        "OpenSearch Serverless",
        "compute unit and hour",
        "opensearch-service",
        usage="a collection under a key of its own shares no units with others",
    ),
    # Azure
    _azure(
        "azure-private-endpoint",
        "Private endpoint",
        "endpoint and hour",
        "private-link",
        0.01,
        usage="and $0.01 per GB in and out",
        as_of="2026-09-17",
    ),
    _azure(
        "azure-key",
        "Key Vault key",
        "10,000 operations on an RSA key of 2,048 bits",
        "key-vault",
        0.03,
        region="East US",
        usage="and $1.00 per HSM-protected key and month, and $1.00 per automatic rotation",
    ),
    _azure(
        "azure-logs",
        "Log Analytics",
        "GB taken in",
        "monitor",
        2.99,
        usage="retention beyond what is included is charged besides",
        region="West Europe",
    ),
    _azure(
        "azure-logs-cluster",
        "Log Analytics dedicated cluster",
        "GB and day of the commitment, which has a minimum",
        "monitor",
    ),
    _azure(
        "azure-flow-logs",
        "Virtual network flow logs",
        "GB collected",
        "network-watcher",
        0.5,
        usage="the first 5 GB a month are free; their storage is charged",
        region="West Europe",
    ),
    _azure(
        "azure-storage", "Blob storage", "GB and month kept", "storage/blobs", usage="operations are charged besides"
    ),
    _azure(
        "azure-defender-ai",
        "Defender for AI Services",
        "1,000 tokens and month",
        "https://techcommunity.microsoft.com/blog/microsoftdefendercloudblog/-/4396277",
        0.0008,
        usage="the first 30 days are a free trial",
        source=ANNOUNCED,
        as_of="2025-08-01",
    ),
    # Google Cloud
    _gcp(
        "gcp-endpoint",
        "Private Service Connect endpoint",
        "endpoint and hour",
        "vpc/network-pricing",
        usage="Private Google Access is free",
    ),
    _gcp(
        "gcp-key",
        "Cloud KMS key version",
        "active version of a software key and month",
        "kms/pricing",
        0.06,
        usage="$1.00 for a key in an HSM, and $0.03 per 10,000 operations; rotated versions stay active until they are "
        "destroyed",
        source=PAGE,
        as_of="2025-03-17",
    ),
    _gcp(
        "gcp-logs",
        "Cloud Logging",
        "GiB stored, once",
        "stackdriver/pricing",
        0.5,
        usage="the first 50 GiB per project and month are free; $0.01 per GiB and month beyond 30 days",
        source=PAGE,
    ),
    _gcp(
        "gcp-flow-logs",
        "VPC flow logs",
        "GiB stored, once",
        "stackdriver/pricing",
        0.25,
        usage="the GiB generated are charged besides, as network telemetry",
        source=PAGE,
        as_of="2024-10-01",
    ),
    _gcp("gcp-bigquery", "BigQuery", "GiB written, and per GiB and month kept", "bigquery/pricing"),
    _gcp(
        "gcp-storage", "Cloud Storage", "GiB and month kept", "storage/pricing", usage="operations are charged besides"
    ),
    _gcp(
        "gcp-security-command-center",
        "Security Command Center",
        "use of the services it protects, or per subscription",
        "security-command-center/pricing",
    ),
    _gcp("gcp-model-armor", "Model Armor", "token checked", "security-command-center/docs/model-armor-overview"),
)

_BY_ID = {price.id: price for price in PRICES}


def price(price_id: str) -> Price:
    """KeyError if there is none of this id."""
    return _BY_ID[price_id]


__all__ = ["PRICES", "Price", "price"]
