"""Guardrails block prompt attacks at high strength."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Guardrail,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(guardrail: Guardrail) -> Verdict:
    if not guardrail.prompt_attacks_blocked.value:
        return Fail(f"{guardrail.name} does not block prompt attacks at high strength")
    return Pass(f"{guardrail.name} blocks prompt attacks at high strength")


CHECK = Check(
    id="guardrail_blocks_prompt_attacks",
    title="Guardrails block prompt attacks at high strength",
    why=(
        "Jailbreaks and injected instructions come in every wording there is. A filter at low strength, or "
        "one that only reports, lets most of the rare ones through."
    ),
    severity=Severity.HIGH,
    resource=Guardrail,
    needs=("prompt_attacks_blocked",),
    practice="APP-3.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Set the prompt attack filter to HIGH with the action BLOCK, and publish a version. Tag "
                "user input in the calls, so that the filter does not take instructions of the "
                "application for attacks.",
                "https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-prompt-attack.html",
                charges=("aws-guardrail-content",),
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
    examples=Examples(passes={"prompt_attacks_blocked": True}, fails={"prompt_attacks_blocked": False}),
)
