"""An identity serves AI workloads of one class only."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Identity,
    NotApplicable,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(identity: Identity) -> Verdict:
    if not identity.runs_ai.value:
        return NotApplicable(f"No AI workload runs as {identity.name}")
    if identity.shared_across_classes.value:
        return Fail(f"AI workloads of several classes run as {identity.name}")
    return Pass(f"AI workloads of one class at most run as {identity.name}")


CHECK = Check(
    id="identity_one_workload_class",
    title="Workload classes do not share an identity",
    why=(
        "If notebooks and inference share an identity, a weakness in one opens the other, and the logs "
        "cannot tell which of them acted."
    ),
    severity=Severity.MEDIUM,
    resource=Identity,
    needs=("runs_ai", "shared_across_classes"),
    practice="ID-2.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create one role for each class of workload (notebook, inference, agent), and set it on the "
                "resources of that class.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/role-manager.html",
            )
        ),
        AZURE: Supported(
            Remediation(
                "Create one user-assigned managed identity for each class of workload, and assign it to the "
                "compute, endpoints and accounts of that class.",
                "https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/managed-identity-best-practice-recommendations",
                command="az identity create --name NEW_IDENTITY --resource-group GROUP --location {location}",
            )
        ),
        GCP: Supported(
            Remediation(
                "Create one service account for each class of workload, and deploy the resources of that "
                "class with it.",
                "https://cloud.google.com/iam/docs/best-practices-service-accounts",
                command="gcloud iam service-accounts create NEW_ACCOUNT --project={account}",
            )
        ),
    },
    examples=Examples(
        passes={"runs_ai": True, "shared_across_classes": False},
        fails={"runs_ai": True, "shared_across_classes": True},
        not_applicable={"runs_ai": False},
    ),
)
