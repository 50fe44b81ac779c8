"""Subnets with AI workloads have a network ACL that filters what comes in."""

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
    unfiltered = sorted(set(network.ai_subnets.value) & set(network.open_acl_subnets.value))
    if unfiltered:
        return Fail(f"The network ACL of AI subnets in {network.name} lets everything in: {', '.join(unfiltered)}")
    return Pass(f"The network ACLs of all AI subnets in {network.name} filter what comes in")


CHECK = Check(
    id="network_ai_acl_filters",
    title="AI subnets have a network ACL that filters",
    why=(
        "Security groups are changed by every team that deploys. A network ACL at the edge of the subnet "
        "is a second line that holds when one of them is opened by mistake."
    ),
    severity=Severity.LOW,
    resource=Network,
    needs=("ai_subnets", "open_acl_subnets"),
    practice="NET-4.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create a network ACL that allows only the traffic these subnets need, return traffic included, "
                "and associate the subnets with it. The one that subnets start with lets everything through.",
                "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html",
                command=(
                    "aws ec2 replace-network-acl-association --association-id ASSOCIATION_ID --network-acl-id ACL_ID "
                    "--region {location}"
                ),
            )
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is a network security group on the subnets that AI compute is attached to; this "
            "version reads no subnets there."
        ),
        GCP: NotBuilt(
            "Google Cloud's counterpart is a hierarchical or network firewall policy over the subnets of AI "
            "workloads; this version reads no firewall policies."
        ),
    },
    examples=Examples(
        passes={"ai_subnets": ("s",), "open_acl_subnets": ()},
        fails={"ai_subnets": ("s",), "open_acl_subnets": ("s",)},
        not_applicable={"ai_subnets": ()},
    ),
)
