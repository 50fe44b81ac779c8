"""Lifecycle scripts of workspaces hold no secrets."""

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
    found = workspace.secrets.value
    if found:
        return Fail(f"{workspace.name} has scripts at hand with what looks like a secret: {', '.join(found)}")
    return Pass(f"{workspace.name} has no script at hand with anything that looks like a secret")


CHECK = Check(
    id="workspace_no_secrets",
    title="Lifecycle scripts of workspaces hold no secrets",
    why=(
        "A lifecycle script runs in the applications of every user, who can print what it holds. A password in "
        "it is known to all of them and to everyone who may describe the script."
    ),
    severity=Severity.HIGH,
    resource=Workspace,
    needs=("secrets",),
    practice="DATA-2.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "A script cannot be changed. Move the secret to AWS Secrets Manager, create a new lifecycle "
                "configuration that fetches it, put it in the place of the old one, and replace the secret.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/jl-lcc.html",
                charges=("aws-secret",),
            ),
        ),
        AZURE: NoCounterpart(
            "Scripts belong to each compute instance, not to the workspace.",
            "https://learn.microsoft.com/azure/machine-learning/how-to-customize-compute-instance",
        ),
        GCP: NotBuilt(
            "The counterpart is post-startup scripts in runtime templates of Colab Enterprise, which this "
            "version does not list."
        ),
    },
    examples=Examples(passes={"secrets": ()}, fails={"secrets": ("x",)}),
)
