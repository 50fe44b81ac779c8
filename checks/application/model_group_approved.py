"""A version of each registered model is approved."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    ModelGroup,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(group: ModelGroup) -> Verdict:
    if group.empty.value:
        return NotApplicable(f"{group.name} holds no version")
    if not group.approved.value:
        return Fail(f"no version of {group.name} is approved")
    return Pass(f"a version of {group.name} is approved")


CHECK = Check(
    id="model_group_approved",
    title="Registered models have an approved version",
    why=(
        "A registry in which nothing is ever approved is a list of files. The decision on a version "
        "is what a pipeline can wait for."
    ),
    severity=Severity.MEDIUM,
    resource=ModelGroup,
    needs=("empty", "approved"),
    practice="APP-3.5",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Review the versions of the group, and set the status of the one that may be deployed to "
                "Approved. Let pipelines deploy nothing else.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-approve.html",
                command=(
                    "aws sagemaker update-model-package --model-package-arn VERSION_ARN --model-approval-status "
                    "Approved --region {location}"
                ),
            )
        ),
        AZURE: NotBuilt(
            "Azure Machine Learning has stages and tags on a version in place of an approval; this "
            "version does not read them."
        ),
        GCP: NotBuilt("Vertex AI Model Registry has aliases in place of an approval; this version does not read them."),
    },
    examples=Examples(
        passes={"empty": False, "approved": True},
        fails={"empty": False, "approved": False},
        not_applicable={"empty": True},
    ),
)
