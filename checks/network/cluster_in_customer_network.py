"""Training clusters run in a network of the customer."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Cluster,
    Examples,
    Fail,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(cluster: Cluster) -> Verdict:
    if not cluster.in_customer_network.value:
        return Fail(f"{cluster.name} runs in a network of the provider, outside every network of the account")
    return Pass(f"{cluster.name} runs in a network of the account")


CHECK = Check(
    id="cluster_in_customer_network",
    title="Training clusters run in a network of the customer",
    why=(
        "A cluster stands for months and reads whole training sets. In a network of the provider none of your "
        "routes, filters and flow logs sees its traffic."
    ),
    severity=Severity.MEDIUM,
    resource=Cluster,
    needs=("in_customer_network",),
    practice="NET-2.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "The network is fixed at creation. Create the cluster again, with its groups of machines in "
                "groups.json, and with VpcConfig naming subnets and security groups of a VPC of yours.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-hyperpod-prerequisites.html",
                command=(
                    "aws sagemaker create-cluster --cluster-name NEW_CLUSTER --instance-groups "
                    "file://groups.json --vpc-config SecurityGroupIds=GROUP_ID,Subnets=SUBNET_ID --region "
                    "{location}"
                ),
            ),
        ),
        AZURE: NotBuilt(
            "The counterpart is the subnet or managed network of a compute cluster. This version reads only "
            "what decides on direct internet access, by notebook_no_direct_internet."
        ),
        GCP: NotBuilt(
            "The counterpart is the network of a persistent resource of Vertex AI training. This version does "
            "not list persistent resources."
        ),
    },
    examples=Examples(passes={"in_customer_network": True}, fails={"in_customer_network": False}),
)
