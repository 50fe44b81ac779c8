"""What was said to agents is forgotten within a year."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    AgentStore,
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

LIMIT = 365
"""Days."""


def evaluate(store: AgentStore) -> Verdict:
    if store.keeps.value != "memory":
        return NotApplicable(f"{store.name} keeps no conversations")
    days = store.expires_days.value
    if days is None:
        return Fail(f"{store.name} keeps conversations for ever")
    if days > LIMIT:
        return Fail(f"{store.name} keeps conversations for {days} days")
    return Pass(f"{store.name} deletes conversations after {days} days")


CHECK = Check(
    id="agent_store_expires",
    title="Agent memories forget within a year",
    why=(
        "Whatever an agent remembers can be drawn out of it again, and an instruction that was planted in "
        "its memory works until it is deleted."
    ),
    severity=Severity.LOW,
    resource=AgentStore,
    needs=("keeps", "expires_days"),
    practice="APP-4.5",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Set the event expiry of the memory to as few days as its use needs.",
                "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/memory.html",
                command=(
                    "aws bedrock-agentcore-control update-memory --memory-id {name} "
                    "--event-expiry-duration 90 --region {location}"
                ),
            ),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is the thread storage of Azure AI Foundry agents; this version does not list it."
        ),
        GCP: NotBuilt(
            "Google Cloud's counterpart is the Memory Bank of Vertex AI Agent Engine; this version does not list it."
        ),
    },
    examples=Examples(
        passes={"keeps": "memory", "expires_days": 30},
        fails={"keeps": "memory", "expires_days": 3650},
        not_applicable={"keeps": "credentials"},
    ),
)
