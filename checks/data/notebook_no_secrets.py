"""Lifecycle scripts of notebooks hold no secrets."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    NotBuilt,
    Notebook,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(notebook: Notebook) -> Verdict:
    found = notebook.secrets.value
    if found:
        return Fail(f"{notebook.name} is started by scripts with what looks like a secret: {', '.join(found)}")
    return Pass(f"{notebook.name} is started by no script with anything that looks like a secret")


CHECK = Check(
    id="notebook_no_secrets",
    title="Lifecycle scripts of notebooks hold no secrets",
    why=(
        "Everyone who may describe a lifecycle configuration can read its scripts. A password or key written "
        "into one reaches all of them, and stays there after it should have changed."
    ),
    severity=Severity.HIGH,
    resource=Notebook,
    needs=("secrets",),
    practice="DATA-2.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Move the secret to AWS Secrets Manager, let the script fetch it with the role of the notebook, "
                "update the lifecycle configuration, and replace the secret.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-lifecycle-config.html",
                charges=("aws-secret",),
            ),
        ),
        AZURE: NotBuilt(
            "The counterpart is the setup scripts of a compute instance. This version does not read their content."
        ),
        GCP: NotBuilt(
            "The counterpart is the startup script in the metadata of a Workbench instance. This version does "
            "not read its content."
        ),
    },
    examples=Examples(passes={"secrets": ()}, fails={"secrets": ("x",)}),
)
