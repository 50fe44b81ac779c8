"""No variable of an agent runtime holds a secret."""

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
    if runtime.secrets.value:
        return Fail(f"{runtime.name} has variables that look like secrets: {', '.join(runtime.secrets.value)}")
    return Pass(f"{runtime.name} has no variable that looks like a secret")


CHECK = Check(
    id="agent_runtime_no_secrets",
    title="Agent runtimes carry no secrets in variables",
    why=(
        "Whoever may describe a runtime reads its variables, and so does any prompt that makes the agent "
        "print its environment."
    ),
    severity=Severity.HIGH,
    resource=AgentRuntime,
    needs=("secrets",),
    practice="DATA-2.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Move the values to AgentCore Identity or AWS Secrets Manager, replace them there, "
                "and update the runtime without them.",
                "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/identity.html",
                charges=("aws-secret",),
            ),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is the agent service of Azure AI Foundry; this version does not list its agents."
        ),
        GCP: NotBuilt("Google Cloud's counterpart is Vertex AI Agent Engine; this version does not list its agents."),
    },
    examples=Examples(passes={"secrets": ()}, fails={"secrets": ("API_TOKEN (token)",)}),
)
