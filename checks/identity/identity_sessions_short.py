"""Sessions as an AI workload's identity end after four hours at the latest."""

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
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)

MAX_HOURS = 4
"""Half a working day: long enough for anybody who works as the role by hand."""


def evaluate(identity: Identity) -> Verdict:
    if not identity.runs_ai.value:
        return NotApplicable(f"No AI workload runs as {identity.name}")
    hours = identity.session_hours.value
    if hours is None:
        return NotApplicable(f"{identity.name} has no sessions")
    if hours > MAX_HOURS:
        return Fail(f"Sessions as {identity.name} can last {hours} h, which is more than {MAX_HOURS} h")
    return Pass(f"Sessions as {identity.name} last {hours} h at most")


CHECK = Check(
    id="identity_sessions_short",
    title="Sessions as AI workload identities are short",
    why=(
        "Credentials copied out of a notebook or a log work until the session ends. Services renew their own, "
        "so a short limit costs a workload nothing."
    ),
    severity=Severity.LOW,
    resource=Identity,
    needs=("runs_ai", "session_hours"),
    practice="ID-4.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Set the maximum session duration of the role to four hours or less; one hour is the default "
                "(IAM > Roles > the role > Edit).",
                "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-settings.html",
                command="aws iam update-role --role-name {name} --max-session-duration 3600",
            ),
        ),
        AZURE: NoCounterpart(
            "Microsoft Entra ID sets how long tokens of a managed identity live; the customer cannot change it.",
            "https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/managed-identities-faq",
        ),
        GCP: NotBuilt(
            "The organization policy that lets tokens of a service account live up to twelve hours instead of "
            "one is not read."
        ),
    },
    examples=Examples(
        passes={"runs_ai": True, "session_hours": 1},
        fails={"runs_ai": True, "session_hours": 12},
        not_applicable={"runs_ai": False},
    ),
)
