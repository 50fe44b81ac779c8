"""No subnet is shared by training, inference and notebooks."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Network,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(network: Network) -> Verdict:
    if not network.ai_subnets.value:
        return NotApplicable(f"No AI workload runs in {network.name}")
    if network.mixed_subnets.value:
        shared = ", ".join(network.mixed_subnets.value)
        return Fail(f"Workloads of different classes share subnets of {network.name}: {shared}")
    return Pass(f"No subnet of {network.name} is shared by workloads of different classes")


CHECK = Check(
    id="network_ai_segmented",
    title="Training, inference and notebooks do not share subnets",
    why=(
        "A notebook runs whatever its user installs. In the subnet of production models it is one hop "
        "away from them, and no rule between subnets can stop it."
    ),
    severity=Severity.MEDIUM,
    resource=Network,
    needs=("ai_subnets", "mixed_subnets"),
    practice="NET-4.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Give training, inference and notebooks subnets of their own, with security groups and network "
                "ACLs between them, and create the workloads again in these.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/infrastructure-give-access.html",
            )
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is separate subnets for compute instances, clusters and private endpoints of a "
            "workspace; this version reads no subnets there."
        ),
        GCP: NotBuilt(
            "Google Cloud's counterpart is separate subnets for Workbench instances and for what is attached to "
            "training and serving; this version reads no subnets of workloads."
        ),
    },
    examples=Examples(
        passes={"ai_subnets": ("s",), "mixed_subnets": ()},
        fails={"ai_subnets": ("s",), "mixed_subnets": ("s",)},
        not_applicable={"ai_subnets": ()},
    ),
)
