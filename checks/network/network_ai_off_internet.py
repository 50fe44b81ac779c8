"""No subnet with AI workloads has a route to an internet gateway."""

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
    routed = sorted(set(network.ai_subnets.value) & set(network.internet_subnets.value))
    if routed:
        return Fail(f"AI workloads in {network.name} run in subnets with a route to the internet: {', '.join(routed)}")
    return Pass(f"No AI workload in {network.name} runs in a subnet with a route to the internet")


CHECK = Check(
    id="network_ai_off_internet",
    title="AI subnets have no route to an internet gateway",
    why=(
        "A route to the internet is what a poisoned package or an injected prompt needs to send data "
        "away. A subnet that hosts training or inference has no use for one."
    ),
    severity=Severity.HIGH,
    resource=Network,
    needs=("ai_subnets", "internet_subnets"),
    practice="NET-3.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Remove the route to the internet gateway from the route table of these subnets, or associate "
                "them with a route table that has none; reach AWS APIs by VPC endpoints.",
                "https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html",
                command=(
                    "aws ec2 replace-route-table-association --association-id ASSOCIATION_ID --route-table-id "
                    "PRIVATE_ROUTE_TABLE --region {location}"
                ),
                charges=("aws-interface-endpoint",),
            )
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is default outbound access of the subnets that AI compute is attached to; this "
            "version reads no subnets there."
        ),
        GCP: NotBuilt(
            "Google Cloud's counterpart is a default route to the internet gateway in networks that AI workloads "
            "are attached to; this version reads no routes there."
        ),
    },
    examples=Examples(
        passes={"ai_subnets": ("s",), "internet_subnets": ()},
        fails={"ai_subnets": ("s",), "internet_subnets": ("s",)},
        not_applicable={"ai_subnets": ()},
    ),
)
