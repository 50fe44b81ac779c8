"""No security group on an AI workload lets every address in."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Network,
    NoCounterpart,
    NotApplicable,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(network: Network) -> Verdict:
    if not network.ai_groups.value:
        return NotApplicable(f"No AI workload in {network.name} has a security group")
    opened = sorted(set(network.ai_groups.value) & set(network.open_inbound_groups.value))
    if opened:
        return Fail(f"Security groups on AI workloads in {network.name} let every address in: {', '.join(opened)}")
    return Pass(f"No security group on an AI workload in {network.name} lets every address in")


CHECK = Check(
    id="network_ai_closed_inbound",
    title="AI workloads are closed to inbound traffic from everywhere",
    why=(
        "Nothing outside has to open a connection to a training host or a model container. A rule for all "
        "addresses waits for the day on which a route or a public address is added."
    ),
    severity=Severity.HIGH,
    resource=Network,
    needs=("ai_groups", "open_inbound_groups"),
    practice="NET-1.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Remove the inbound rules with source 0.0.0.0/0 or ::/0 from these security groups (EC2 > "
                "Security groups > Inbound rules); let members reach each other by a rule that names the group "
                "itself.",
                "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
                command=(
                    "aws ec2 revoke-security-group-ingress --group-id GROUP_ID --protocol PROTOCOL --port PORT --cidr "
                    "0.0.0.0/0 --region {location}"
                ),
            ),
            same_as=(
                "Security Hub EC2.18",
                "Security Hub EC2.19",
            ),
        ),
        AZURE: NoCounterpart(
            "AI compute that stands in a network of the customer's is instances and clusters of Azure Machine "
            "Learning, and each of them is asked by notebook_no_open_inbound; what Azure serves models with "
            "stands in networks of Microsoft.",
            "https://learn.microsoft.com/azure/machine-learning/how-to-network-security-overview",
        ),
        GCP: NoCounterpart(
            "AI compute that stands in a network of the customer's is Workbench instances, and each of them is "
            "asked by notebook_no_open_inbound; training and serving run in networks of Google that are peered, "
            "where firewall rules of the customer protect nothing.",
            "https://cloud.google.com/vertex-ai/docs/general/vpc-peering",
        ),
    },
    examples=Examples(
        passes={"ai_groups": ("g",), "open_inbound_groups": ()},
        fails={"ai_groups": ("g",), "open_inbound_groups": ("g",)},
        not_applicable={"ai_groups": ()},
    ),
)
