"""What a check file may import. Standard library only: importing this must stay cheap."""

from auditor.model.check import (
    Check,
    Examples,
    Fail,
    Inherited,
    NoCounterpart,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)
from auditor.model.resources import (
    AccountSettings,
    AiService,
    AuditLog,
    Budget,
    Endpoint,
    GenerativeDeployment,
    Identity,
    Key,
    Model,
    Network,
    Notebook,
    PrivateEndpoint,
    Ref,
    Storage,
    ThreatDetection,
)
from auditor.model.scope import Provider

__version__ = "0.1.0"

AWS, AZURE, GCP = Provider.AWS, Provider.AZURE, Provider.GCP

__all__ = [
    "AWS",
    "AZURE",
    "GCP",
    "AccountSettings",
    "AiService",
    "AuditLog",
    "Budget",
    "Check",
    "Endpoint",
    "Examples",
    "Fail",
    "GenerativeDeployment",
    "Identity",
    "Inherited",
    "Key",
    "Model",
    "Network",
    "NoCounterpart",
    "NotApplicable",
    "NotBuilt",
    "Notebook",
    "Pass",
    "PrivateEndpoint",
    "Provider",
    "Ref",
    "Remediation",
    "Severity",
    "Storage",
    "Supported",
    "ThreatDetection",
    "Verdict",
    "__version__",
]
