"""Whoever may act as an AI workload's identity has to meet a condition."""

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
    if identity.unconditioned_trust.value:
        return Fail(f"{identity.name} can be used without condition by {', '.join(identity.unconditioned_trust.value)}")
    return Pass(f"Everybody who may act as {identity.name} has to meet a condition")


CHECK = Check(
    id="identity_trust_conditioned",
    title="Trust in AI workload identities is conditioned",
    why=(
        "A role that trusts a whole service, account or token issuer can be borrowed by somebody else's "
        "workload there. A condition on the source closes that path."
    ),
    severity=Severity.MEDIUM,
    resource=Identity,
    needs=("runs_ai", "unconditioned_trust"),
    practice="ID-3.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Add aws:SourceAccount and aws:SourceArn for services, sts:ExternalId for other parties, and "
                "the subject claim for web identities to the role's trust policy (trust.json).",
                "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
                command="aws iam update-assume-role-policy --role-name {name} --policy-document file://trust.json",
            )
        ),
        AZURE: Supported(
            Remediation(
                "Give every federated credential of the identity an exact issuer and subject, without wildcards.",
                "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations",
                command=(
                    "az identity federated-credential update --identity-name {name} --name CREDENTIAL "
                    "--resource-group GROUP --issuer ISSUER --subject SUBJECT --audiences "
                    "api://AzureADTokenExchange"
                ),
            )
        ),
        GCP: Supported(
            Remediation(
                "Set an attribute condition on the workload identity provider, and bind impersonation roles "
                "on the single service account with a condition instead of on the project.",
                "https://cloud.google.com/iam/docs/best-practices-for-using-workload-identity-federation",
                command=(
                    "gcloud iam workload-identity-pools providers update-oidc PROVIDER "
                    "--workload-identity-pool=POOL --attribute-condition=CONDITION --location=global "
                    "--project={account}"
                ),
            )
        ),
    },
    examples=Examples(
        passes={"runs_ai": True, "unconditioned_trust": ()},
        fails={"runs_ai": True, "unconditioned_trust": ("sagemaker.amazonaws.com",)},
        not_applicable={"runs_ai": False},
    ),
)
