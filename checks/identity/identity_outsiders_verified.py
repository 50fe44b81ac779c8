"""Other accounts that are trusted are held to an external id, an organization, or principals by name."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Identity,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(identity: Identity) -> Verdict:
    if not identity.outsiders.value:
        return NotApplicable(f"Nobody outside of the account is trusted with {identity.name}")
    if identity.unverified_outsiders.value:
        return Fail(
            f"{identity.name} trusts {', '.join(identity.unverified_outsiders.value)} without an external id, an "
            f"organization or principals by name, and nothing shows that to be of the same organization"
        )
    return Pass(f"Whoever acts as {identity.name} from outside of the account is told from others there")


CHECK = Check(
    id="identity_outsiders_verified",
    title="Trust in other accounts is held to whom it is meant for",
    why=(
        "An account that is trusted as a whole hands the role to whomever its administrators choose, and a provider's "
        "account to any customer of the provider who names the role. Identities are judged whatever they are for: "
        "which of them reaches data and models of AI is seldom plain from their policies."
    ),
    severity=Severity.HIGH,
    resource=Identity,
    needs=("outsiders", "unverified_outsiders"),
    practice="ID-3.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "In the trust policy (trust.json) ask a provider for the sts:ExternalId that it gave you, accounts of "
                "your own for aws:PrincipalOrgID, or name the roles that may act instead of the account.",
                "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
                command="aws iam update-assume-role-policy --role-name {name} --policy-document file://trust.json",
            )
        ),
        AZURE: NotBuilt(
            "The counterpart is access from other tenants: Azure Lighthouse delegations and service principals of "
            "applications that another tenant owns, which are not told from one's own."
        ),
        GCP: NotBuilt(
            "The counterpart is members of other organizations that may impersonate a service account, which are not "
            "told from one's own; everyone is judged by identity_trust_conditioned."
        ),
    },
    examples=Examples(
        passes={"outsiders": ("999999999999",), "unverified_outsiders": ()},
        fails={"outsiders": ("999999999999",), "unverified_outsiders": ("999999999999",)},
        not_applicable={"outsiders": ()},
    ),
)
