"""No image repository lets everybody in."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    ImageRepository,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(repository: ImageRepository) -> Verdict:
    if repository.public.value:
        return Fail(f"The policy of {repository.name} lets any principal use it")
    return Pass(f"The policy of {repository.name} lets nobody in unconditionally")


CHECK = Check(
    id="image_repository_not_public",
    title="Image repositories are not public",
    why=(
        "An image holds code, dependencies and often credentials by mistake. A policy for everybody hands "
        "it to every AWS account, and one with push rights lets them replace it."
    ),
    severity=Severity.HIGH,
    resource=ImageRepository,
    needs=("public",),
    practice="NET-1.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Replace the wildcard principal in the repository policy (policy.json) by the accounts that "
                "pull, or tie it to the organization with aws:PrincipalOrgID.",
                "https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html",
                command=(
                    "aws ecr set-repository-policy --repository-name {name} --policy-text file://policy.json --region "
                    "{location}"
                ),
            )
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is anonymous pull of Azure Container Registry; this version does not list registries."
        ),
        GCP: NotBuilt(
            "Google Cloud's counterpart is allUsers in the IAM policy of Artifact Registry; this version does "
            "not list repositories."
        ),
    },
    examples=Examples(
        passes={"public": False},
        fails={"public": True},
    ),
)
