"""A permissions boundary caps every identity that AI workloads run as."""

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


def evaluate(identity: Identity) -> Verdict:
    if not identity.runs_ai.value:
        return NotApplicable(f"No AI workload runs as {identity.name}")
    if identity.service_linked.value:
        return NotApplicable(f"{identity.name} belongs to a service of the provider, which fixes its rights")
    if identity.permissions_boundary.value is None:
        return Fail(f"{identity.name} runs AI workloads without a permissions boundary")
    return Pass(f"The rights of {identity.name} end at {identity.permissions_boundary.value}")


CHECK = Check(
    id="identity_has_permissions_boundary",
    title="A boundary caps the rights of AI workloads",
    why=(
        "Policies of workloads grow with every hurried fix. A boundary holds whatever is added later, and "
        "somebody else looks after it."
    ),
    severity=Severity.LOW,
    resource=Identity,
    needs=("runs_ai", "service_linked", "permissions_boundary"),
    practice="ID-3.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Write one policy with the most that AI workloads may ever need, and set it as the "
                "permissions boundary of the role (IAM > Roles > the role > Permissions boundary).",
                "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
                command="aws iam put-role-permissions-boundary --role-name {name} --permissions-boundary BOUNDARY_ARN",
            ),
        ),
        AZURE: NoCounterpart(
            "Azure role assignments have no ceiling per identity; deny assignments and policy hold for a scope.",
            "https://learn.microsoft.com/azure/role-based-access-control/deny-assignments",
        ),
        GCP: NotBuilt("Principal access boundary policies of the organization, the nearest thing, are not read."),
    },
    examples=Examples(
        passes={"runs_ai": True, "service_linked": False, "permissions_boundary": "boundary"},
        fails={"runs_ai": True, "service_linked": False, "permissions_boundary": None},
        not_applicable={"runs_ai": False},
    ),
)
