"""No two agents or flows act as the same identity."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    GenerativeDeployment,
    NoCounterpart,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(deployment: GenerativeDeployment) -> Verdict:
    if not deployment.own_identity.value:
        return Fail(f"{deployment.name} shares its identity with another agent or flow")
    return Pass(f"{deployment.name} acts as an identity of its own")


CHECK = Check(
    id="generative_deployment_own_identity",
    title="Agents and flows do not share an identity",
    why=(
        "Two agents with one role have the tools and data of both, whichever of them is tricked. The log "
        "cannot say which of them it was."
    ),
    severity=Severity.MEDIUM,
    resource=GenerativeDeployment,
    needs=("own_identity",),
    practice="ID-4.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Give each agent and each flow a service role of its own, with the models, knowledge "
                "bases and functions that it needs and no others.",
                "https://docs.aws.amazon.com/bedrock/latest/userguide/agents-permissions.html",
            )
        ),
        AZURE: NoCounterpart(
            "A deployment acts as nobody: it is called by others, and calls nothing itself.",
            "https://learn.microsoft.com/azure/ai-services/openai/how-to/managed-identity",
        ),
        GCP: NoCounterpart(
            (
                "The Gemini API acts as a service agent of the project, which Google keeps; nobody assigns it "
                "an identity."
            ),
            "https://cloud.google.com/vertex-ai/docs/general/access-control",
        ),
    },
    examples=Examples(passes={"own_identity": True}, fails={"own_identity": False}),
)
