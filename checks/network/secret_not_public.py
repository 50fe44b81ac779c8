"""No secret can be read by everybody."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    NotBuilt,
    Pass,
    Remediation,
    Secret,
    Severity,
    Supported,
    Verdict,
)


def evaluate(secret: Secret) -> Verdict:
    if secret.public.value:
        return Fail(f"the policy of {secret.name} lets any principal use it")
    return Pass(f"the policy of {secret.name} names who may use it, or there is none")


CHECK = Check(
    id="secret_not_public",
    title="Secrets are not open to every principal",
    why=(
        "Workloads keep the passwords of feature stores, partners and tools in secrets. A policy for everybody "
        "gives any account of the provider a way in that looks like the workload's own."
    ),
    severity=Severity.CRITICAL,
    resource=Secret,
    needs=("public",),
    practice="NET-1.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Remove from the secret's policy (policy.json) every Allow statement whose principal is * and "
                "that has no condition on the caller's account or organization, then change the secret. With "
                "--block-public-policy Secrets Manager refuses a policy that is still open.",
                "https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html",
                command=(
                    "aws secretsmanager put-resource-policy --secret-id {id} --resource-policy file://policy.json "
                    "--block-public-policy --region {location}"
                ),
            )
        ),
        AZURE: NotBuilt(
            "Secrets in a Key Vault are opened by role assignments or access policies, which name no "
            "everybody; this version does not list them."
        ),
        GCP: NotBuilt("allUsers and allAuthenticatedUsers in the IAM policies of Secret Manager are not looked for."),
    },
    examples=Examples(passes={"public": False}, fails={"public": True}),
)
