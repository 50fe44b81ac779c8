"""Agent runtimes stand in a network of the customer's."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    AgentRuntime,
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


def evaluate(runtime: AgentRuntime) -> Verdict:
    if not runtime.private.value:
        return Fail(f"{runtime.name} runs outside of the customer's networks, with a way to the internet")
    return Pass(f"{runtime.name} runs in a network of the customer's")


CHECK = Check(
    id="agent_runtime_private",
    title="Agent runtimes run in a customer network",
    why=(
        "A misled agent sends what it knows wherever it can reach. In a network of the customer's, that "
        "is decided by the customer's own rules."
    ),
    severity=Severity.MEDIUM,
    resource=AgentRuntime,
    needs=("private",),
    practice="APP-4.5",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Update the runtime with networkMode VPC, and give it subnets and security groups "
                "that reach only what it needs.",
                "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/agentcore-vpc.html",
            ),
            same_as=("Security Hub BedrockAgentCore.1",),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is the agent service of Azure AI Foundry; this version does not list its agents."
        ),
        GCP: NotBuilt("Google Cloud's counterpart is Vertex AI Agent Engine; this version does not list its agents."),
    },
    examples=Examples(passes={"private": True}, fails={"private": False}),
)
