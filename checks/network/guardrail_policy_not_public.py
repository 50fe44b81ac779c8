"""Policies of guardrails name who may use them."""

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
    if guardrail.public_policy.value:
        return Fail(f"{guardrail.name} has a policy that lets any principal use it")
    return Pass(f"{guardrail.name} has no policy that lets any principal use it")


CHECK = Check(
    id="guardrail_policy_not_public",
    title="Policies of guardrails do not let everyone use them",
    why=(
        "A policy that lets any principal apply a guardrail lets strangers probe it until they know what gets "
        "through. It also lets them spend its quota."
    ),
    severity=Severity.MEDIUM,
    resource=Guardrail,
    needs=("public_policy",),
    practice="NET-1.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Name the accounts or the organization (aws:PrincipalOrgID) in the guardrail's policy "
                "(policy.json), or take the policy away.",
                "https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-resource-based-policies.html",
                command=(
                    "aws bedrock put-resource-policy --resource-arn {id} --resource-policy file://policy.json "
                    "--region {location}"
                ),
            )
        ),
        AZURE: NoCounterpart(
            "A content filter has no policy; it can be used by deployments of its own account only.",
            "https://learn.microsoft.com/azure/ai-services/openai/how-to/content-filters",
        ),
        GCP: NoCounterpart(
            (
                "A Model Armor template has no policy of its own; who may use it follows from the IAM policy "
                "of its project."
            ),
            "https://cloud.google.com/security-command-center/docs/model-armor-overview",
        ),
    },
    examples=Examples(passes={"public_policy": False}, fails={"public_policy": True}),
)
