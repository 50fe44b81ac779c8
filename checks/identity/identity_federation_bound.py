"""Tokens of other issuers are taken only if they were issued to workloads of one's own."""

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
    if not identity.federations.value:
        return NotApplicable(f"No token of another issuer opens {identity.name}")
    if identity.unbound_federations.value:
        return Fail(f"{identity.name} takes tokens of others from {', '.join(identity.unbound_federations.value)}")
    return Pass(f"Tokens that open {identity.name} are held to a subject or an audience of one's own")


CHECK = Check(
    id="identity_federation_bound",
    title="Tokens of other issuers are held to a subject of one's own",
    why=(
        "GitHub, GitLab and the like sign tokens for all their customers, and a cluster for all its pods. Without a "
        "subject the pipeline of a stranger, or a neighbor's pod, opens what deploys models just as well."
    ),
    severity=Severity.HIGH,
    resource=Identity,
    needs=("federations", "unbound_federations"),
    practice="ID-3.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Compare the subject claim in the role's trust policy (trust.json) with the organization, repository "
                "and branch that it is for, written out at least up to the organization: repo:ORG/REPO:*. For EKS "
                "write out namespace and service account.",
                "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html",
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
                "Let single identities of the pool, or those with an attribute of your own, impersonate the service "
                "account instead of the whole pool, and set an attribute condition on the provider of the pool.",
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
        passes={"federations": ("issuer",), "unbound_federations": ()},
        fails={"federations": ("issuer",), "unbound_federations": ("issuer",)},
        not_applicable={"federations": ()},
    ),
)
