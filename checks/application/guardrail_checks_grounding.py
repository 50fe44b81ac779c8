"""Guardrails block answers that their sources do not support, where there are sources."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Guardrail,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(guardrail: Guardrail) -> Verdict:
    if not guardrail.retrieval.value:
        return NotApplicable(f"{guardrail.name} has no knowledge base in its region whose answers it could check")
    if not guardrail.grounding.value:
        return Fail(f"{guardrail.name} does not block answers that are grounded at less than 0.7")
    return Pass(f"{guardrail.name} blocks answers that are not grounded")


CHECK = Check(
    id="guardrail_checks_grounding",
    title="Guardrails block answers that their sources do not support",
    why=(
        "An invented answer looks just like a found one. Where documents are the source, a grounding check "
        "compares the two before anybody acts on it."
    ),
    severity=Severity.LOW,
    resource=Guardrail,
    needs=("retrieval", "grounding"),
    practice="APP-3.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Add the contextual grounding check with a threshold of 0.7 or more and the action BLOCK "
                "to guardrails of applications that answer from a knowledge base, and publish a version.",
                "https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-contextual-grounding-check.html",
                charges=("aws-guardrail-grounding",),
            )
        ),
        AZURE: NotBuilt(
            "The counterpart is a content filter of an Azure OpenAI account; its filters are read for each "
            "deployment, not judged one by one yet."
        ),
        GCP: NotBuilt(
            "The counterpart is a Model Armor template; templates are not listed yet, only the floor setting "
            "of the project is read."
        ),
    },
    examples=Examples(
        passes={"retrieval": True, "grounding": True},
        fails={"retrieval": True, "grounding": False},
        not_applicable={"retrieval": False},
    ),
)
