"""No identity has credentials that never expire."""

from auditor import AWS, AZURE, GCP, Check, Examples, Fail, Identity, Pass, Remediation, Severity, Supported, Verdict


def evaluate(identity: Identity) -> Verdict:
    if identity.long_lived_keys.value:
        return Fail(f"{identity.name} has long-lived keys: {', '.join(identity.long_lived_keys.value)}")
    return Pass(f"{identity.name} has no long-lived keys")


CHECK = Check(
    id="identity_no_long_lived_keys",
    title="Identities have no long-lived keys",
    why=(
        "A static key works from anywhere and outlives the person or job it was made for. It is the "
        "credential most often found in code and images."
    ),
    severity=Severity.HIGH,
    resource=Identity,
    needs=("long_lived_keys",),
    practice="ID-2.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Move the caller to a role (an attached role, IAM Identity Center or IAM Roles Anywhere), "
                "make the key inactive, and delete it once nothing breaks.",
                "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",
                command="aws iam update-access-key --user-name {name} --access-key-id KEY_ID --status Inactive",
            )
        ),
        AZURE: Supported(
            Remediation(
                "Move the caller to a managed identity or a federated credential, and remove the client "
                "secrets of the application (Microsoft Entra ID > App registrations > Certificates & "
                "secrets).",
                "https://learn.microsoft.com/entra/workload-id/workload-identity-federation",
            )
        ),
        GCP: Supported(
            Remediation(
                "Move the caller to an attached service account or to workload identity federation, disable "
                "the key, and delete it once nothing breaks.",
                "https://cloud.google.com/iam/docs/best-practices-for-managing-service-account-keys",
                command="gcloud iam service-accounts keys disable KEY_ID --iam-account={name} --project={account}",
            )
        ),
    },
    examples=Examples(passes={"long_lived_keys": ()}, fails={"long_lived_keys": ("AKIAEXAMPLE",)}),
)
