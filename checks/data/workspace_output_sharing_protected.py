"""Shared notebook output is off or encrypted with a named key."""

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
    if not workspace.output_protected.value:
        return Fail(f"{workspace.name} lets users share notebook output without a key of their own for it")
    return Pass(f"{workspace.name} shares no notebook output, or only under a named key")


CHECK = Check(
    id="workspace_output_sharing_protected",
    title="Shared notebook output is off or under a named key",
    why=(
        "Output cells show rows of the data a notebook worked on. Sharing a notebook with them copies these "
        "rows to a bucket that other people read."
    ),
    severity=Severity.LOW,
    resource=Workspace,
    needs=("output_protected",),
    practice="DATA-2.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Set NotebookOutputOption of the default sharing settings to Disabled, or name a KMS key in "
                "S3KmsKeyId, and do the same in user profiles that have sharing settings of their own.",
                "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_SharingSettings.html",
            ),
        ),
        AZURE: NoCounterpart(
            "Notebooks are files in the storage of the workspace, and there is no second copy with their output "
            "to be shared.",
            "https://learn.microsoft.com/azure/machine-learning/how-to-run-jupyter-notebooks",
        ),
        GCP: NoCounterpart(
            "Notebooks of Colab Enterprise are shared as they are by IAM; there is no copy of their output in a "
            "bucket.",
            "https://cloud.google.com/colab/docs/introduction",
        ),
    },
    examples=Examples(passes={"output_protected": True}, fails={"output_protected": False}),
)
