"""No model can be used by everybody."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Model,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(model: Model) -> Verdict:
    public = model.public_policy.value
    if public is None:
        return NotApplicable(f"{model.name} is of a kind that has no policy of its own")
    if public:
        return Fail(f"the policy of {model.name} lets any principal use it")
    return Pass(f"the policy of {model.name} names who may use it, or there is none")


CHECK = Check(
    id="model_policy_not_public",
    title="Models are not open to every principal",
    why=(
        "A customized model repeats what it was trained on. A policy that lets everybody use or copy "
        "it gives the training data away by question and answer."
    ),
    severity=Severity.CRITICAL,
    resource=Model,
    needs=("public_policy",),
    practice="NET-1.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Remove from the model's policy (policy.json) every Allow statement whose principal is * and "
                "that has no condition on the caller's account or organization.",
                "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_PutResourcePolicy.html",
                command=(
                    "aws bedrock put-resource-policy --resource-arn {id} --resource-policy file://policy.json "
                    "--region {location}"
                ),
            )
        ),
        AZURE: NotBuilt(
            "A registered model has no access rules of its own: roles on the workspace or registry apply, "
            "which cannot name everybody, and shared registries are not read."
        ),
        GCP: NotBuilt(
            "Access to a Vertex AI model is granted on the project or by an IAM policy on the model, "
            "which this version does not read."
        ),
    },
    examples=Examples(
        passes={"public_policy": False}, fails={"public_policy": True}, not_applicable={"public_policy": None}
    ),
)
