"""The metadata service of agent runtimes asks for a session token."""

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
    if not runtime.metadata_v2.value:
        return Fail(f"{runtime.name} has a metadata service that gives out credentials without a session token")
    return Pass(f"{runtime.name} has a metadata service that asks for a session token")


CHECK = Check(
    id="agent_runtime_metadata_needs_token",
    title="The metadata service of agent runtimes asks for a session token",
    why=(
        "An agent that can be talked into fetching an address can be talked into fetching its own "
        "credentials. Version 2 of the metadata service takes more than one plain request."
    ),
    severity=Severity.MEDIUM,
    resource=AgentRuntime,
    needs=("metadata_v2",),
    practice="ID-2.6",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Update the runtime with requireMMDSV2 set to true in metadataConfiguration.",
                "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-troubleshooting.html",
            ),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is the agent service of Azure AI Foundry; this version does not list its agents."
        ),
        GCP: NotBuilt("Google Cloud's counterpart is Vertex AI Agent Engine; this version does not list its agents."),
    },
    examples=Examples(passes={"metadata_v2": True}, fails={"metadata_v2": False}),
)
