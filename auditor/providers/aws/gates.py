"""Where the AWS collectors look for what stands around AI: gates over the services that show its presence."""

from __future__ import annotations

from auditor.providers.base import Gate

SAGEMAKER: Gate = frozenset({"sagemaker"})
BEDROCK: Gate = frozenset({"bedrock"})
"""Something of Bedrock exists in the region, or its models were called there."""
AGENTCORE: Gate = frozenset({"bedrock-agentcore-control"})
GENERATIVE: Gate = BEDROCK | AGENTCORE
AI: Gate = SAGEMAKER | GENERATIVE | {"comprehend", "kendra", "personalize", "qbusiness", "rekognition"}
"""Any AI resource."""
DATA: Gate = AI | {"s3"}
"""Any AI resource, or a bucket."""
LOGS: Gate = AI | {"cloudtrail"}
"""Any AI resource, or the home of a trail."""
