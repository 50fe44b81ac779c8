"""Networks with AI workloads have private endpoints for the APIs these need."""

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
    if network.missing_private_paths.value:
        missing = ", ".join(network.missing_private_paths.value)
        return Fail(f"AI workloads in {network.name} have no private endpoint for {missing}")
    return Pass(f"AI workloads in {network.name} have private endpoints for the APIs they need")


CHECK = Check(
    id="network_ai_private_paths",
    title="AI networks have private endpoints for the APIs they need",
    why=(
        "Training data and images that are fetched over public addresses leave the network by a way that "
        "no endpoint policy sees. With a private way, the way to the internet can be closed."
    ),
    severity=Severity.MEDIUM,
    resource=Network,
    needs=("ai_subnets", "missing_private_paths"),
    practice="NET-2.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create a gateway endpoint for S3 in the route tables of the AI subnets, and interface endpoints "
                "with private DNS for the other APIs named here.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/infrastructure-give-access.html",
                command=(
                    "aws ec2 create-vpc-endpoint --vpc-id VPC_ID --service-name com.amazonaws.{location}.s3 --route-"
                    "table-ids ROUTE_TABLE_ID --region {location}"
                ),
                charges=("aws-interface-endpoint",),
            )
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is private endpoints for the storage, key vault and registry of a workspace in "
            "the networks that use it; this version reads those of AI services only."
        ),
        GCP: NotBuilt(
            "Google Cloud's counterpart is a Private Service Connect endpoint or Private Google Access in each "
            "network of AI workloads; which networks these are is not read yet."
        ),
    },
    examples=Examples(
        passes={"ai_subnets": ("s",), "missing_private_paths": ()},
        fails={"ai_subnets": ("s",), "missing_private_paths": ("s3",)},
        not_applicable={"ai_subnets": ()},
    ),
)
