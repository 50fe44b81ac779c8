"""Identities with AI permissions are in use."""

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
    if identity.service_linked.value:
        return NotApplicable(f"{identity.name} belongs to a service of the provider")
    if not identity.runs_ai.value and not identity.invokes.value:
        return NotApplicable(f"{identity.name} neither runs AI workloads nor may call models")
    used = identity.last_used.value
    if used == "recently":
        return Pass(f"{identity.name} was used or made in the last 90 days")
    since = "was never used" if used == "never" else "was not used in the last 90 days"
    return Fail(f"{identity.name} has AI permissions and {since}")


CHECK = Check(
    id="identity_recently_used",
    title="Identities with AI permissions are in use",
    why="Rights that nobody uses help only an attacker, and nobody notices when they are used again.",
    severity=Severity.MEDIUM,
    resource=Identity,
    needs=("service_linked", "runs_ai", "invokes", "last_used"),
    practice="ID-2.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Find out whether anything still needs the identity (IAM > the role or user > Last Accessed), "
                "then delete it. To be able to go back, take its permissions away first by attaching "
                "AWSDenyAll.",
                "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html",
                command="aws iam attach-role-policy --role-name {name} --policy-arn arn:aws:iam::aws:policy/AWSDenyAll",
            ),
        ),
        AZURE: NotBuilt(
            "The last sign-in of a service principal is in the sign-in logs of Microsoft Entra ID, which are not read."
        ),
        GCP: NotBuilt(
            "The last authentication of a service account comes from the Policy Analyzer API, which is not read."
        ),
    },
    examples=Examples(
        passes={"service_linked": False, "runs_ai": True, "last_used": "recently", "invokes": ()},
        fails={"service_linked": False, "runs_ai": True, "last_used": "long ago", "invokes": ()},
        not_applicable={"service_linked": True},
    ),
)
