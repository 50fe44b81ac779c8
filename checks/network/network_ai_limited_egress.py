"""No security group on an AI workload lets everything out to every address."""

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
    if not network.ai_groups.value:
        return NotApplicable(f"No AI workload in {network.name} has a security group")
    opened = sorted(set(network.ai_groups.value) & set(network.open_outbound_groups.value))
    if opened:
        return Fail(f"Security groups on AI workloads in {network.name} let everything out: {', '.join(opened)}")
    return Pass(f"No security group on an AI workload in {network.name} lets everything out")


CHECK = Check(
    id="network_ai_limited_egress",
    title="AI workloads reach only the addresses they need",
    why=(
        "Every security group starts with a rule that lets everything out. Replacing it by rules for "
        "endpoints and prefix lists leaves malicious code nowhere to send what it finds."
    ),
    severity=Severity.MEDIUM,
    resource=Network,
    needs=("ai_groups", "open_outbound_groups"),
    practice="NET-3.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Remove the outbound rule for all traffic (rule.json) from these security groups, and allow port "
                "443 to the security group of the VPC endpoints and to the prefix list of S3 instead.",
                "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
                command=(
                    "aws ec2 revoke-security-group-egress --group-id GROUP_ID --ip-permissions file://rule.json "
                    "--region {location}"
                ),
                charges=("aws-interface-endpoint",),
            )
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is the managed network of an Azure Machine Learning workspace that allows only "
            "approved outbound traffic; this version does not read its mode."
        ),
        GCP: NotBuilt(
            "Google Cloud's counterpart is egress firewall rules and VPC Service Controls around networks of AI "
            "workloads; this version reads neither."
        ),
    },
    examples=Examples(
        passes={"ai_groups": ("g",), "open_outbound_groups": ()},
        fails={"ai_groups": ("g",), "open_outbound_groups": ("g",)},
        not_applicable={"ai_groups": ()},
    ),
)
