"""Nobody outside the account and its organization may read what AI workloads keep in storage."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Storage,
    Supported,
    Verdict,
    few,
)


def evaluate(storage: Storage) -> Verdict:
    uses = storage.ai_uses.value
    if not uses:
        return NotApplicable(f"No AI workload that was read keeps anything in {storage.name}")
    outsiders = storage.read_across_accounts.value
    if outsiders:
        return Fail(f"{storage.name} ({', '.join(uses)}) may be read from outside the organization: {few(outsiders)}")
    return Pass(f"Nobody outside the account and its organization may read {storage.name} ({', '.join(uses)})")


CHECK = Check(
    id="storage_readers_in_account",
    title="Data and models of AI workloads are read from within the organization",
    why=(
        "A bucket policy that names another account, or a role that one may take on, hands over data and weights for "
        "good: what has been copied cannot be called back."
    ),
    severity=Severity.MEDIUM,
    resource=Storage,
    needs=("ai_uses", "read_across_accounts"),
    practice="NET-4.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Remove the other account from the bucket policy and from the policy of its key, or hold both to your "
                "organization with aws:PrincipalOrgID (policy.json); do the same with the trust policies of roles that "
                "may read the bucket. A resource control policy does it for all buckets.",
                "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html",
                command="aws s3api put-bucket-policy --bucket {name} --policy file://policy.json",
            )
        ),
        AZURE: NotBuilt(
            "The counterpart is object replication to another tenant and SAS tokens of the storage account; neither "
            "is read."
        ),
        GCP: NotBuilt(
            "The counterpart is a binding of members outside the organization to a role with storage.objects.get; "
            "bindings above the project are not read."
        ),
    },
    examples=Examples(
        passes={"ai_uses": ("training data",), "read_across_accounts": ()},
        fails={"ai_uses": ("model artifacts",), "read_across_accounts": ("account 210987654321",)},
        not_applicable={"ai_uses": ()},
    ),
)
