"""No key can be used by everybody."""

from auditor import AWS, AZURE, GCP, Check, Examples, Fail, Key, Pass, Remediation, Severity, Supported, Verdict


def evaluate(key: Key) -> Verdict:
    if key.public.value:
        return Fail(f"{key.name} can be used by any principal")
    return Pass(f"{key.name} can be used by named principals only")


CHECK = Check(
    id="key_not_public",
    title="Keys are not open to every principal",
    why=(
        "A key that every principal may use protects nothing: whoever obtains the encrypted data can also decrypt it."
    ),
    severity=Severity.CRITICAL,
    resource=Key,
    needs=("public",),
    practice="DATA-3.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Remove from the key policy (policy.json) every Allow statement whose principal is * and that "
                "has no condition on the caller's account.",
                "https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html",
                command=(
                    "aws kms put-key-policy --key-id {id} --policy-name default --policy file://policy.json "
                    "--region {location}"
                ),
            )
        ),
        AZURE: Supported(
            Remediation(
                "Move the vault to role-based access control, and limit the roles that can use keys to the "
                "identities that need them (Key Vault > Access control).",
                "https://learn.microsoft.com/azure/key-vault/general/rbac-guide",
            )
        ),
        GCP: Supported(
            Remediation(
                "Remove allUsers and allAuthenticatedUsers from the IAM policies of the key and its key ring.",
                "https://cloud.google.com/kms/docs/iam",
                command="gcloud kms keys remove-iam-policy-binding {id} --member=allUsers --role=ROLE",
            )
        ),
    },
    examples=Examples(passes={"public": False}, fails={"public": True}),
)
