"""Notebooks run as a cloud identity, so that no keys have to be stored in them."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Notebook,
    Pass,
    Provider,
    Ref,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(notebook: Notebook) -> Verdict:
    if not notebook.identity.value:
        return Fail(f"{notebook.name} has no identity, so its code needs stored keys")
    return Pass(f"{notebook.name} runs as {', '.join(str(ref) for ref in notebook.identity.value)}")


CHECK = Check(
    id="notebook_has_identity",
    title="Notebooks run as a cloud identity",
    why=(
        "Without an identity, people paste access keys into notebooks, where anyone who opens or copies "
        "the file finds them."
    ),
    severity=Severity.MEDIUM,
    resource=Notebook,
    needs=("identity",),
    practice="ID-1.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Stop the notebook instance, set an execution role (Edit > Permissions and encryption > IAM "
                "role), and start it.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html",
                command=(
                    "aws sagemaker update-notebook-instance --notebook-instance-name {name} --role-arn ROLE_ARN "
                    "--region {location}"
                ),
            )
        ),
        AZURE: Supported(
            Remediation(
                "Assign a managed identity to the compute in Azure Machine Learning studio (Compute > the "
                "compute > Managed identity); a compute instance gets one only when it is created.",
                "https://learn.microsoft.com/azure/machine-learning/how-to-identity-based-service-authentication",
            )
        ),
        GCP: Supported(
            Remediation(
                "Create the Workbench instance again with a service account made for it (Details > IAM and "
                "security), and copy the work over.",
                "https://cloud.google.com/vertex-ai/docs/workbench/instances/create",
                command=(
                    "gcloud workbench instances create NEW_INSTANCE "
                    "--service-account-email=SERVICE_ACCOUNT_EMAIL --location={location} --project={account}"
                ),
            )
        ),
    },
    examples=Examples(
        passes={
            "identity": (Ref("Identity", Provider.AWS, "123456789012", "arn:aws:iam::123456789012:role/inference"),)
        },
        fails={"identity": ()},
    ),
)
