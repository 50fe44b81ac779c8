"""Idle sessions of agents end within an hour."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    GenerativeDeployment,
    NoCounterpart,
    NotApplicable,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)

LONGEST = 3600


def evaluate(deployment: GenerativeDeployment) -> Verdict:
    seconds = deployment.session_seconds.value
    if seconds is None:
        return NotApplicable(f"{deployment.name} has no sessions whose length could be set")
    if seconds > LONGEST:
        return Fail(f"{deployment.name} keeps an idle session for {seconds} seconds")
    return Pass(f"{deployment.name} ends an idle session within an hour, after {seconds} seconds")


CHECK = Check(
    id="generative_deployment_session_bounded",
    title="Idle sessions of agents end within an hour",
    why=(
        "A session remembers what the last person told it. Whoever comes by its identifier while it lives can "
        "go on where that person stopped."
    ),
    severity=Severity.LOW,
    resource=GenerativeDeployment,
    needs=("session_seconds",),
    practice="ID-4.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Set the idle session timeout of the agent to an hour or less (Bedrock > Agents > the "
                "agent > Edit > Additional settings), and prepare it.",
                "https://docs.aws.amazon.com/bedrock/latest/userguide/agents-edit.html",
            )
        ),
        AZURE: NoCounterpart(
            "A deployment keeps no session. Each call carries the whole conversation.",
            "https://learn.microsoft.com/azure/ai-services/openai/how-to/chatgpt",
        ),
        GCP: NoCounterpart(
            "The Gemini API keeps no session. Each call carries the whole conversation.",
            "https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/send-chat-prompts-gemini",
        ),
    },
    examples=Examples(
        passes={"session_seconds": 600}, fails={"session_seconds": 86400}, not_applicable={"session_seconds": None}
    ),
)
