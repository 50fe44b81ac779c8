"""Whoever may call generative models cannot do so without a guardrail."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Identity,
    NoCounterpart,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(identity: Identity) -> Verdict:
    if not identity.invokes_generative.value:
        return NotApplicable(f"The policies of {identity.name} let it call no generative model")
    if identity.service_acts.value:
        return NotApplicable(f"{identity.name} calls models only through services that set the guardrail themselves")
    if not identity.invokes_unguarded.value:
        return Pass(f"{identity.name} may call generative models with a guardrail only")
    if identity.guardrail_mandated.value:
        return Pass(f"The organization puts a guardrail on every call of a model by {identity.name}")
    return Fail(f"{identity.name} may call generative models without a guardrail")


CHECK = Check(
    id="identity_invokes_guarded",
    title="Callers of generative models cannot leave the guardrail out",
    why=(
        "An application, or whoever took it over, can drop a parameter from a call. If the guardrail is a "
        "condition of access, such a call is refused."
    ),
    severity=Severity.HIGH,
    resource=Identity,
    needs=("invokes_generative", "service_acts", "invokes_unguarded", "guardrail_mandated"),
    practice="APP-4.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Add a Deny of bedrock:InvokeModel and bedrock:InvokeModelWithResponseStream with "
                "StringNotEquals on bedrock:GuardrailIdentifier to the identity's policies (policy.json), or "
                "enforce a guardrail by a Bedrock policy of the organization.",
                "https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions-id.html",
                command=(
                    "aws iam put-role-policy --role-name {name} --policy-name POLICY --policy-document "
                    "file://policy.json"
                ),
                charges=(
                    "aws-guardrail-content",
                    "aws-guardrail-topics",
                    "aws-guardrail-personal-data",
                    "aws-guardrail-grounding",
                ),
            ),
        ),
        AZURE: NoCounterpart(
            "Content filters belong to the deployment: a caller cannot leave them out, and "
            "generative_deployment_guarded judges them.",
            "https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter",
        ),
        GCP: NotBuilt(
            "Floor settings of Model Armor, which hold whatever a caller asks for, are read per project by "
            "generative_deployment_guarded only."
        ),
    },
    examples=Examples(
        passes={"invokes_generative": True, "service_acts": False, "invokes_unguarded": False},
        fails={
            "invokes_generative": True,
            "service_acts": False,
            "invokes_unguarded": True,
            "guardrail_mandated": False,
        },
        not_applicable={"invokes_generative": False},
    ),
)
