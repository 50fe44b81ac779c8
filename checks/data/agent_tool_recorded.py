"""What agents do in a browser is recorded."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    AgentTool,
    Check,
    Examples,
    Fail,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(tool: AgentTool) -> Verdict:
    recorded = tool.recorded.value
    if recorded is None:
        return NotApplicable(f"{tool.name} is of a kind that cannot be recorded")
    if not recorded:
        return Fail(f"{tool.name} leaves no recording of its sessions")
    return Pass(f"{tool.name} records its sessions to storage")


CHECK = Check(
    id="agent_tool_recorded",
    title="Browser sessions of agents are recorded",
    why=(
        "An agent in a browser clicks, types and signs in like a person. Only a recording shows "
        "afterwards what it did on which page."
    ),
    severity=Severity.LOW,
    resource=AgentTool,
    needs=("recorded",),
    practice="DATA-2.5",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create the browser again with recording enabled and an S3 location, and use that one.",
                "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/browser-session-recording.html",
                charges=("aws-s3-storage",),
            ),
            same_as=("Security Hub BedrockAgentCore.6",),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is the tools of Azure AI Foundry agents; this version does not list them."
        ),
        GCP: NotBuilt(
            "Google Cloud's counterpart is the code execution of Vertex AI Agent Engine; this version does not list it."
        ),
    },
    examples=Examples(passes={"recorded": True}, fails={"recorded": False}, not_applicable={"recorded": None}),
)
