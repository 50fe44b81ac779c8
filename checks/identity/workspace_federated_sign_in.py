"""People sign in to workspaces through the identity provider of the organization."""

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
    if not workspace.federated.value:
        return Fail(f"{workspace.name} lets people in by a presigned address, not by the organization's sign-in")
    return Pass(f"{workspace.name} signs people in through the organization's identity provider")


CHECK = Check(
    id="workspace_federated_sign_in",
    title="Workspaces use the organization's sign-in",
    why=(
        "A workspace that is opened by a presigned address belongs to whoever holds the address. Sign-in "
        "through the directory ties each session to a person, and ends with the person's account."
    ),
    severity=Severity.MEDIUM,
    resource=Workspace,
    needs=("federated",),
    practice="ID-2.5",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "The mode is fixed at creation. Create a new domain with authentication by IAM Identity Center "
                "(AuthMode SSO), assign its users and groups, and move the work.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/onboard-custom.html",
            ),
        ),
        AZURE: NoCounterpart(
            "A workspace of Azure Machine Learning lets in only identities of Microsoft Entra ID; it has no "
            "users of its own.",
            "https://learn.microsoft.com/azure/machine-learning/how-to-setup-authentication",
        ),
        GCP: NoCounterpart(
            "Vertex AI has no sign-in of its own: notebooks open for Google identities of the organization, by IAM.",
            "https://cloud.google.com/vertex-ai/docs/workbench/instances/manage-access-jupyterlab",
        ),
    },
    examples=Examples(passes={"federated": True}, fails={"federated": False}),
)
