"""No workload may call every model, endpoint or agent there is."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Identity,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(identity: Identity) -> Verdict:
    if identity.used_by_people.value:
        return NotApplicable(f"People sign in as {identity.name}")
    if identity.administrator.value:
        return NotApplicable(f"{identity.name} is an administrator, which may do everything")
    if not identity.invokes.value:
        return NotApplicable(f"The policies of {identity.name} let it call no model, endpoint or agent")
    if identity.invokes_any.value:
        return Fail(f"{identity.name} may call all {' and all '.join(identity.invokes_any.value)}")
    return Pass(f"{identity.name} may call some models, endpoints or agents only")


CHECK = Check(
    id="identity_invokes_named_models",
    title="Workloads may call the models they need",
    why=(
        "A grant on every endpoint or model holds for the next one as well, before anybody has thought about who "
        "should reach it. With named ones a stolen workload identity stays with its own model and its own bill."
    ),
    severity=Severity.MEDIUM,
    resource=Identity,
    needs=("used_by_people", "administrator", "invokes", "invokes_any"),
    practice="ID-2.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Replace * and patterns such as endpoint/* and foundation-model/* in the statements that allow "
                "sagemaker:InvokeEndpoint, bedrock:InvokeModel and bedrock:InvokeAgent by the ARNs of what the "
                "workload calls, or by a condition on a tag of it (policy.json).",
                "https://docs.aws.amazon.com/bedrock/latest/userguide/security_iam_id-based-policy-examples.html",
                command=(
                    "aws iam put-role-policy --role-name {name} --policy-name POLICY --policy-document "
                    "file://policy.json"
                ),
            )
        ),
        AZURE: NotBuilt(
            "The counterpart is a role with data actions such as Cognitive Services OpenAI User that is assigned on a "
            "resource group or subscription; for callers that run no AI themselves, assignments are not read."
        ),
        GCP: NotBuilt(
            "The counterpart is a binding of roles/aiplatform.user on the project, which opens every endpoint and "
            "model of it; for callers that run no AI themselves, bindings are not read."
        ),
    },
    examples=Examples(
        passes={"used_by_people": False, "administrator": False, "invokes": ("arn",), "invokes_any": ()},
        fails={"used_by_people": False, "administrator": False, "invokes": ("*",), "invokes_any": ("endpoints",)},
        not_applicable={"used_by_people": True},
    ),
)
