"""Services act as an AI workload's identity for known resources only, and nobody as whatever identity there is."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Identity,
    NoCounterpart,
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
    return Pass(f"Whoever may act as {identity.name} is held to a condition, as far as one can be asked for")


CHECK = Check(
    id="identity_trust_conditioned",
    title="Trust in AI workload identities is conditioned",
    why=(
        "A service acts for all its customers. If a trust policy does not say for whose resources, somebody else's "
        "workload there can borrow the identity."
    ),
    severity=Severity.MEDIUM,
    resource=Identity,
    needs=("runs_ai", "unconditioned_trust"),
    practice="ID-3.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Give each service that is named a statement of its own in the role's trust policy (trust.json), with "
                "a key that the evidence shows: aws:SourceAccount with this account, or aws:SourceArn. Leave services "
                "that are not named as they are: most of them send no such key and could not take the role any more.",
                "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
                command="aws iam update-assume-role-policy --role-name {name} --policy-document file://trust.json",
            )
        ),
        AZURE: NoCounterpart(
            "A managed identity belongs to the resources that it is assigned to, and no service takes it for others; "
            "tokens of other issuers are judged by identity_federation_bound.",
            "https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/overview",
        ),
        GCP: Supported(
            Remediation(
                "Bind roles that let somebody impersonate on the single service account, for members by name, instead "
                "of on the project or further up.",
                "https://cloud.google.com/iam/docs/best-practices-service-accounts",
                command=(
                    "gcloud iam service-accounts add-iam-policy-binding {name} --member=MEMBER "
                    "--role=roles/iam.serviceAccountUser --project={account}"
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
