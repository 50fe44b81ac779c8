"""No group of model versions can be used by everybody."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    ModelGroup,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(group: ModelGroup) -> Verdict:
    if group.public.value:
        return Fail(f"the policy of {group.name} lets any principal use its versions")
    return Pass(f"the policy of {group.name} names who may use its versions, or there is none")


CHECK = Check(
    id="model_group_not_public",
    title="Registered models are not open to every principal",
    why=(
        "A version in a registry leads to weights, image and test data. A policy for everybody hands "
        "the whole recipe to any account of the provider."
    ),
    severity=Severity.CRITICAL,
    resource=ModelGroup,
    needs=("public",),
    practice="NET-1.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Remove from the group's policy (policy.json) every Allow statement whose principal is * and "
                "that has no condition on the caller's account or organization.",
                "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_PutModelPackageGroupPolicy.html",
                command=(
                    "aws sagemaker put-model-package-group-policy --model-package-group-name {name} "
                    "--resource-policy file://policy.json --region {location}"
                ),
            )
        ),
        AZURE: NotBuilt(
            "An Azure Machine Learning registry is shared by role assignments, which cannot name "
            "everybody; this version does not list registries."
        ),
        GCP: NotBuilt(
            "Vertex AI Model Registry follows the project's IAM policy; policies on single models are not "
            "read in this version."
        ),
    },
    examples=Examples(passes={"public": False}, fails={"public": True}),
)
