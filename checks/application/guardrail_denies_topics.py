"""Guardrails deny the topics that an application has no business with."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Guardrail,
    NoCounterpart,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(guardrail: Guardrail) -> Verdict:
    if not guardrail.denied_topics.value:
        return Fail(f"{guardrail.name} denies no topic")
    return Pass(f"{guardrail.name} denies at least one topic")


CHECK = Check(
    id="guardrail_denies_topics",
    title="Guardrails deny topics that are out of scope",
    why=(
        "An assistant for claims has no reason to talk about medicine or about its own instructions. A denied "
        "topic says so where no prompt can argue with it."
    ),
    severity=Severity.LOW,
    resource=Guardrail,
    needs=("denied_topics",),
    practice="APP-3.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Describe topics that the application must not discuss, its own instructions among them, "
                "as denied topics, and publish a version.",
                "https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-denied-topics.html",
                charges=("aws-guardrail-topics",),
            )
        ),
        AZURE: NoCounterpart(
            (
                "A content filter has no denied topics. Blocklists of words are the nearest thing, and they "
                "do not understand a topic."
            ),
            "https://learn.microsoft.com/azure/ai-services/openai/how-to/use-blocklists",
        ),
        GCP: NoCounterpart(
            (
                "A Model Armor template has no denied topics; its filters are those for responsible AI, "
                "sensitive data, injection and links."
            ),
            "https://cloud.google.com/security-command-center/docs/model-armor-overview",
        ),
    },
    examples=Examples(passes={"denied_topics": True}, fails={"denied_topics": False}),
)
