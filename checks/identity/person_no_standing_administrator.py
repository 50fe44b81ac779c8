"""Nobody signs in with administrator rights, or may take them on, at any time."""

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
    few,
)


def evaluate(identity: Identity) -> Verdict:
    if not identity.used_by_people.value:
        return NotApplicable(f"People do not sign in as {identity.name}")
    administrators = identity.standing_administrators.value
    if identity.id in administrators:
        return Fail(f"People who sign in as {identity.name} are administrators at any time")
    if administrators:
        names = few(administrators)
        return Fail(f"People who sign in as {identity.name} may take administrator rights at any time, as {names}")
    return Pass(f"People who sign in as {identity.name} may not act as administrator at any time")


CHECK = Check(
    id="person_no_standing_administrator",
    title="People are administrators for a time only",
    why=(
        "An administrator of the account can read every model and every prompt, and turn off what would tell of it. "
        "Rights that have to be asked for leave less to steal, and a record of who had them when."
    ),
    severity=Severity.MEDIUM,
    resource=Identity,
    needs=("used_by_people", "standing_administrators"),
    practice="ID-4.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Take AdministratorAccess, and every right to write policies or to assume such a role, away from what "
                "people sign in as, and assign it for a time on request: temporary elevated access in IAM Identity "
                "Center. Exempt a role that the identity provider itself opens for a limited time, and an emergency "
                "user whose sign-in raises an alarm.",
                "https://docs.aws.amazon.com/singlesignon/latest/userguide/temporary-elevated-access.html",
            )
        ),
        AZURE: NotBuilt(
            "The counterpart is an active, permanent assignment of Owner or User Access Administrator to a user or "
            "group; the schedules of Privileged Identity Management are not read."
        ),
        GCP: NotBuilt(
            "The counterpart is a binding of a user or group to roles/owner or an IAM administration role without a "
            "condition that ends it; the conditions of bindings are not judged, nor those above the project read."
        ),
    },
    examples=Examples(
        passes={"used_by_people": True, "standing_administrators": ()},
        fails={"used_by_people": True, "standing_administrators": ("arn:aws:iam::123456789012:role/admin",)},
        not_applicable={"used_by_people": False},
    ),
)
