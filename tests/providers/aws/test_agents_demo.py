"""The demo answers about agents and oversight in the form that the API documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pytest

from auditor.demo import aws_agents, aws_oversight
from auditor.demo.aws_estate import REGIONS
from auditor.demo.aws_made import Made
from auditor.providers.aws import collectors
from tests.support.aws_shapes import check, operation

CALLS = {call.key: call for collector in collectors() for call in collector.calls()}
WRITERS = {**aws_agents.WRITERS, **aws_oversight.WRITERS}
OTHER_FORM = {"guardduty:GetDetector", "config:DescribeConfigurationRecorderStatus"}
"""Sent in other letters than the members of the model; the demo's findings show that they arrive."""
NAMES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "GetAgentRuntime": ("agentRuntimeId", ("claims_agent-Xk29fLmQ0a", "research_agent-Qp71sTzB3d")),
    "GetGateway": ("gatewayIdentifier", ("claims-tools-f6g7h8i9j0", "research-tools-k1l2m3n4o5")),
    "GetMemory": ("memoryId", ("claims_memory-Ab3dE6gH9j", "research_memory-Kl2mN5oP8q")),
    "GetBrowser": ("browserId", ("claims_portal-r6s7t8u9v0", "web_research-w1x2y3z4a5")),
    "GetCodeInterpreter": ("codeInterpreterId", ("claims_figures-b6c7d8e9f0",)),
    "GetResourcePolicy": (
        "resourceArn",
        (
            "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/claims_agent-Xk29fLmQ0a",
            "arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/research-tools-k1l2m3n4o5",
        ),
    ),
}


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("key", sorted(WRITERS.keys() - OTHER_FORM))
def test_an_answer_is_one_of_the_api(key: str, region: str) -> None:
    keys: dict[str, str] = defaultdict(lambda: "arn:aws:kms:us-east-1:123456789012:key/x")
    made = Made(keys=keys, subnets={"ml-production": ["subnet-1"]}, groups={"ml-production": "sg-1"})
    parameter, names = NAMES.get(key.partition(":")[2], ("none", ("",)))
    for name in names:
        answer: Any = WRITERS[key](made, region, {parameter: name})
        if isinstance(answer, dict):
            check(answer, operation(CALLS[key]).output_shape, key)
        else:
            assert (key, answer.status) == ("macie2:GetMacieSession", 403)
