"""Volumes of workspaces are encrypted with a key the customer manages."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    NoCounterpart,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
    Workspace,
)


def evaluate(workspace: Workspace) -> Verdict:
    if not workspace.customer_key.value:
        return Fail(f"{workspace.name} keeps the files of its users under the provider's key")
    return Pass(f"{workspace.name} keeps the files of its users under a key the customer manages")


CHECK = Check(
    id="workspace_customer_key",
    title="Workspaces use a customer-managed key",
    why=(
        "The home folders of a workspace hold notebooks, samples of training data and their results. With the "
        "provider's key nobody can withdraw access to them at once."
    ),
    severity=Severity.MEDIUM,
    resource=Workspace,
    needs=("customer_key",),
    practice="DATA-2.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "The key is fixed at creation. Create a new domain with a customer-managed key (KmsKeyId), and "
                "move the users and their files.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/encryption-at-rest.html",
                charges=("aws-kms-key",),
            ),
        ),
        AZURE: NoCounterpart(
            "Files of people lie in the storage of the workspace and on the disks of compute instances; the "
            "workspace is judged by ai_service_customer_key, the storage by storage_customer_key.",
            "https://learn.microsoft.com/azure/machine-learning/concept-data-encryption",
        ),
        GCP: NotBuilt(
            "The counterpart is the key in runtime templates of Colab Enterprise, which this version does not "
            "list; Workbench instances are judged by notebook_customer_key."
        ),
    },
    examples=Examples(passes={"customer_key": True}, fails={"customer_key": False}),
)
