"""Users of a workspace cannot run containers, or only from trusted accounts."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    NoCounterpart,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
    Workspace,
)


def evaluate(workspace: Workspace) -> Verdict:
    if not workspace.containers_restricted.value:
        return Fail(f"{workspace.name} lets its users run any container image with Docker")
    return Pass(f"{workspace.name} runs no container images of its users, or only those of trusted accounts")


CHECK = Check(
    id="workspace_containers_restricted",
    title="Workspaces restrict containers that users start",
    why=(
        "Docker in a workspace starts images that nobody has looked at, with the credentials of the user's role "
        "within reach. Images from accounts you trust are the exception that can be checked."
    ),
    severity=Severity.MEDIUM,
    resource=Workspace,
    needs=("containers_restricted",),
    practice="ID-2.6",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Set EnableDockerAccess of the domain to DISABLED, or put the domain into VpcOnly mode and list "
                "the accounts whose images are trusted in VpcOnlyTrustedAccounts.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-local-get-started.html",
                command=(
                    "aws sagemaker update-domain --domain-id DOMAIN_ID --domain-settings-for-update "
                    "DockerSettings={{EnableDockerAccess=DISABLED}} --region {location}"
                ),
            ),
        ),
        AZURE: NoCounterpart(
            "Docker comes with every compute instance and follows from the rights of its users there, which "
            "notebook_no_root judges.",
            "https://learn.microsoft.com/azure/machine-learning/concept-compute-instance",
        ),
        GCP: NoCounterpart(
            "Docker comes with every Workbench instance and follows from the rights of its users there, which "
            "notebook_no_root judges.",
            "https://cloud.google.com/vertex-ai/docs/workbench/instances/introduction",
        ),
    },
    examples=Examples(passes={"containers_restricted": True}, fails={"containers_restricted": False}),
)
