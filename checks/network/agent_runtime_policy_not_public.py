"""No policy lets everybody call an agent runtime."""

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
    if runtime.public_policy.value:
        if runtime.authentication.value == "token issuer":
            return Pass(f"{runtime.name} takes checked tokens only, so that its policy can name nobody but everyone")
        return Fail(f"{runtime.name} has a resource policy that lets any principal in")
    return Pass(f"{runtime.name} has no resource policy that lets any principal in")


CHECK = Check(
    id="agent_runtime_policy_not_public",
    title="Agent runtimes are not open to every principal",
    why=(
        "A resource policy that names everyone lets any cloud account in the world start sessions, at the "
        "cost and with the rights of the owner."
    ),
    severity=Severity.HIGH,
    resource=AgentRuntime,
    needs=("public_policy", "authentication"),
    practice="NET-1.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Name the principals in the resource policy, or add a condition on organization, "
                "account or network to the statement.",
                "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/resource-based-policies.html",
            ),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is the agent service of Azure AI Foundry; this version does not list its agents."
        ),
        GCP: NotBuilt("Google Cloud's counterpart is Vertex AI Agent Engine; this version does not list its agents."),
    },
    examples=Examples(
        passes={"public_policy": True, "authentication": "token issuer"},
        fails={"public_policy": True, "authentication": "cloud identity"},
    ),
)
