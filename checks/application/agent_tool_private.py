"""Browsers and code interpreters of agents stand in a network of the customer's."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    AgentTool,
    Check,
    Examples,
    Fail,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(tool: AgentTool) -> Verdict:
    kind = tool.tool.value
    if not tool.private.value:
        return Fail(f"{tool.name}, a {kind}, runs outside of the customer's networks")
    return Pass(f"{tool.name}, a {kind}, runs in a network of the customer's")


CHECK = Check(
    id="agent_tool_private",
    title="Browsers and code interpreters run in a customer network",
    why=(
        "These tools do what a model tells them, on pages and data it did not write. The network is what "
        "keeps a trick from becoming a leak."
    ),
    severity=Severity.MEDIUM,
    resource=AgentTool,
    needs=("tool", "private"),
    practice="APP-4.5",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create the browser or code interpreter again with network mode VPC, and use that "
                "one. Their network cannot be changed later.",
                "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/agentcore-vpc.html",
            ),
            same_as=("Security Hub BedrockAgentCore.5", "Security Hub BedrockAgentCore.7"),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is the tools of Azure AI Foundry agents; this version does not list them."
        ),
        GCP: NotBuilt(
            "Google Cloud's counterpart is the code execution of Vertex AI Agent Engine; this version does not list it."
        ),
    },
    examples=Examples(
        passes={"tool": "browser", "private": True}, fails={"tool": "code interpreter", "private": False}
    ),
)
