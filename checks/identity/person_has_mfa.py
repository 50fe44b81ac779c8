"""Everybody who signs in with a password also needs a second factor."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Identity,
    Inherited,
    NotApplicable,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(identity: Identity) -> Verdict:
    if not identity.person.value:
        return NotApplicable(f"{identity.name} is not an identity that people sign in with")
    if not identity.mfa.value:
        return Fail(f"{identity.name} can sign in without a second factor")
    return Pass(f"{identity.name} needs a second factor to sign in")


CHECK = Check(
    id="person_has_mfa",
    title="People sign in with MFA",
    why=(
        "Passwords are phished and reused. A second factor is what keeps a stolen one from opening "
        "notebooks, models and training data."
    ),
    severity=Severity.HIGH,
    resource=Identity,
    needs=("person", "mfa"),
    practice="ID-1.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Assign an MFA device to the user (IAM > Users > the user > Security credentials), or remove "
                "the console password and let the person sign in through IAM Identity Center.",
                "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_enable.html",
                command=(
                    "aws iam enable-mfa-device --user-name {name} --serial-number MFA_DEVICE_ARN "
                    "--authentication-code1 CODE1 --authentication-code2 CODE2"
                ),
            )
        ),
        AZURE: Inherited(
            "Microsoft requires a second factor from everybody who signs in to the Azure portal, the "
            "Entra admin center or the Intune admin center, and from everybody who creates, changes or "
            "deletes resources through Azure Resource Manager (CLI, PowerShell, mobile app, SDKs, "
            "infrastructure as code, REST).",
            "https://learn.microsoft.com/entra/identity/authentication/concept-mandatory-multifactor-authentication",
            limits=(
                "Portals since October 2024. Resource Manager since October 1, 2025, tenant by tenant: a tenant "
                "could postpone it to July 1, 2026, and Microsoft support can lift it for a time on request. "
                "Public Azure cloud only. Not covered: reading outside the portals, sign-ins to the data planes "
                "of models and storage, and workload identities. Guests and emergency access accounts are "
                "covered; a federated identity provider has to send the MFA claim. Whether enforcement is on in "
                "this tenant is not read."
            ),
        ),
        GCP: Supported(
            Remediation(
                "Enforce 2-Step Verification for the person's organizational unit (Admin console > Security > "
                "Authentication > 2-step verification > Enforcement). Enrolling is not enough: who is not made to "
                "use it may turn it off. Where people sign in through another identity provider, Google's 2-Step "
                "Verification does not apply by default: require the second factor there, too.",
                "https://support.google.com/a/answer/9176657",
            )
        ),
    },
    examples=Examples(
        passes={"person": True, "mfa": True}, fails={"person": True, "mfa": False}, not_applicable={"person": False}
    ),
)
