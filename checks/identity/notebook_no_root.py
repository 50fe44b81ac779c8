"""People who use a notebook cannot become root on it."""

from auditor import AWS, AZURE, GCP, Check, Examples, Fail, Notebook, Pass, Remediation, Severity, Supported, Verdict


def evaluate(notebook: Notebook) -> Verdict:
    if notebook.root_access.value:
        return Fail(f"{notebook.name} lets its users become root")
    return Pass(f"{notebook.name} gives its users no root access")


CHECK = Check(
    id="notebook_no_root",
    title="Notebook users cannot become root",
    why=(
        "Root on the machine can switch off logging and network rules, and read the credentials of "
        "everything that runs there."
    ),
    severity=Severity.HIGH,
    resource=Notebook,
    needs=("root_access",),
    practice="ID-2.6",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Stop the notebook instance, set root access to Disabled, and start it. Lifecycle scripts "
                "still run as root: review them.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/nbi-root-access.html",
                command=(
                    "aws sagemaker update-notebook-instance --notebook-instance-name {name} --root-access "
                    "Disabled --region {location}"
                ),
            ),
            same_as=("Security Hub SageMaker.3",),
        ),
        AZURE: Supported(
            Remediation(
                "Create the compute instance again with root access off (Security > Enable root access), and "
                "the cluster without an administrator password.",
                "https://learn.microsoft.com/azure/machine-learning/how-to-create-compute-instance",
            )
        ),
        GCP: Supported(
            Remediation(
                "Set the metadata entry notebook-disable-root to true, and enforce the policy "
                "ainotebooks.disableRootAccess.",
                "https://cloud.google.com/vertex-ai/docs/workbench/instances/manage-metadata",
                command=(
                    "gcloud workbench instances update {id} --metadata=notebook-disable-root=true "
                    "--location={location} --project={account}"
                ),
            )
        ),
    },
    examples=Examples(passes={"root_access": False}, fails={"root_access": True}),
)
