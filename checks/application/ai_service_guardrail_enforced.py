"""A guardrail is enforced on every call of a foundation model."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    AiService,
    Check,
    Examples,
    Fail,
    NoCounterpart,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(service: AiService) -> Verdict:
    if not service.in_use.value:
        return NotApplicable(f"{service.name} is not in use")
    if not service.generative.value:
        return NotApplicable(f"{service.name} serves no foundation models directly")
    if not service.guardrail_enforced.value:
        return Fail(f"{service.name} answers calls that no guardrail checks in full")
    return Pass(f"{service.name} applies a guardrail to all of every call")


CHECK = Check(
    id="ai_service_guardrail_enforced",
    title="A guardrail is enforced on every call of a foundation model",
    why=(
        "A guardrail that the caller names can be left out by the caller. One that the account enforces is "
        "applied to calls that never heard of it."
    ),
    severity=Severity.HIGH,
    resource=AiService,
    needs=("in_use", "generative", "guardrail_enforced"),
    practice="APP-4.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Enforce a guardrail version at the level of the account (Bedrock > Guardrails > "
                "Enforcement configurations), for all models and comprehensively (guardrail.json). A "
                "policy of the organization that enforces one is judged apart.",
                "https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-enforcements.html",
                command=(
                    "aws bedrock put-enforced-guardrail-configuration --guardrail-inference-config "
                    "file://guardrail.json --region {location}"
                ),
                charges=(
                    "aws-guardrail-content",
                    "aws-guardrail-topics",
                    "aws-guardrail-personal-data",
                    "aws-guardrail-grounding",
                ),
            )
        ),
        AZURE: NotBuilt(
            "The counterpart is an Azure Policy that denies deployments without an approved content filter; "
            "such assignments are not read yet."
        ),
        GCP: NoCounterpart(
            (
                "A Model Armor floor setting applies to every call of the project's Gemini API, and "
                "generative_deployment_guarded judges it."
            ),
            "https://cloud.google.com/security-command-center/docs/set-up-model-armor-floor-settings",
        ),
    },
    examples=Examples(
        passes={"in_use": True, "generative": True, "guardrail_enforced": True},
        fails={"in_use": True, "generative": True, "guardrail_enforced": False},
        not_applicable={"in_use": False},
    ),
)
