"""No key of the customer's is disabled or about to be deleted."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Key,
    NotApplicable,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(key: Key) -> Verdict:
    if not key.customer_managed.value:
        return NotApplicable(f"{key.name} is managed by the provider")
    if not key.enabled.value:
        return Fail(f"{key.name} cannot be used: it is disabled, incomplete or about to be deleted")
    return Pass(f"{key.name} can be used and is not about to be deleted")


CHECK = Check(
    id="key_enabled",
    title="Keys are neither disabled nor about to be deleted",
    why=(
        "Data under a deleted key is gone for good, models and backups included. Until then, a key that cannot be used "
        "is the warning that something is about to fail."
    ),
    severity=Severity.MEDIUM,
    resource=Key,
    needs=("customer_managed", "enabled"),
    practice="DATA-2.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Find out whether data is still encrypted with the key (CloudTrail shows its last use). If so, cancel "
                "the deletion and enable it; if not, let the deletion run its course.",
                "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html",
                command="aws kms cancel-key-deletion --key-id {id} --region {location}",
                charges=("aws-kms-key",),
            ),
            same_as=("Security Hub KMS.3",),
        ),
        AZURE: Supported(
            Remediation(
                "Enable the key again if anything is still encrypted with it (Key Vault > Keys > the key > the "
                "version > Enabled), and renew it if it has expired.",
                "https://learn.microsoft.com/azure/key-vault/keys/about-keys-details",
                command="az keyvault key set-attributes --vault-name VAULT --name {name} --enabled true",
                charges=("azure-key",),
            )
        ),
        GCP: Supported(
            Remediation(
                "Enable the primary version of the key again, or restore it if its destruction is scheduled.",
                "https://cloud.google.com/kms/docs/enable-disable",
                command="gcloud kms keys versions enable VERSION --key={id}",
                charges=("gcp-key",),
            )
        ),
    },
    examples=Examples(
        passes={"customer_managed": True, "enabled": True},
        fails={"customer_managed": True, "enabled": False},
        not_applicable={"customer_managed": False},
    ),
)
