"""Agent runtimes know who calls them."""

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
    callers = runtime.authentication.value
    if callers == "none":
        return Fail(f"{runtime.name} answers callers who prove nothing")
    if callers == "authenticated only":
        return Fail(f"{runtime.name} accepts any token of its issuer, whoever it was issued to and for whatever")
    return Pass(f"{runtime.name} knows its callers by a {callers}")


CHECK = Check(
    id="agent_runtime_authenticated",
    title="Agent runtimes know who calls them",
    why=(
        "An agent acts for whoever calls it, with its own rights. A token that only proves its issuer is "
        "held by everybody that issuer serves."
    ),
    severity=Severity.HIGH,
    resource=AgentRuntime,
    needs=("authentication",),
    practice="ID-1.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Limit the authorizer to the audiences, clients, scopes or claims of your own "
                "applications (UpdateAgentRuntime, customJWTAuthorizer), or remove it so that callers "
                "sign as an AWS identity.",
                "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-oauth.html",
            ),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is the agent service of Azure AI Foundry; this version does not list its agents."
        ),
        GCP: NotBuilt("Google Cloud's counterpart is Vertex AI Agent Engine; this version does not list its agents."),
    },
    examples=Examples(passes={"authentication": "cloud identity"}, fails={"authentication": "authenticated only"}),
)
