"""Networks record all their traffic in flow logs."""

from auditor import AWS, AZURE, GCP, Check, Examples, Fail, Network, Pass, Remediation, Severity, Supported, Verdict


def evaluate(network: Network) -> Verdict:
    if not network.flow_logs.value:
        return Fail(f"{network.name} does not record all its traffic in flow logs")
    return Pass(f"{network.name} records all its traffic in flow logs")


CHECK = Check(
    id="network_flow_logs",
    title="Networks write flow logs",
    why=(
        "Training hosts live for hours and take their evidence with them. Flow logs keep a record of whom "
        "they talked to."
    ),
    severity=Severity.MEDIUM,
    resource=Network,
    needs=("flow_logs",),
    practice="NET-2.5",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create a flow log on the VPC with traffic type ALL (VPC > Your VPCs > Flow logs).",
                "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html",
                command=(
                    "aws ec2 create-flow-logs --resource-type VPC --resource-ids VPC_ID --traffic-type ALL "
                    "--log-destination-type s3 --log-destination BUCKET_ARN --region {location}"
                ),
                charges=("aws-logs-vended",),
            )
        ),
        AZURE: Supported(
            Remediation(
                "Create a virtual network flow log in Network Watcher.",
                "https://learn.microsoft.com/azure/network-watcher/vnet-flow-logs-overview",
                command=(
                    "az network watcher flow-log create --name FLOW_LOG --location {location} --vnet {id} "
                    "--storage-account STORAGE_ACCOUNT_ID"
                ),
                charges=("azure-flow-logs", "azure-storage"),
            )
        ),
        GCP: Supported(
            Remediation(
                "Turn on flow logs on each subnet of the network.",
                "https://cloud.google.com/vpc/docs/using-flow-logs",
                command=(
                    "gcloud compute networks subnets update SUBNET --enable-flow-logs --region=REGION "
                    "--project={account}"
                ),
                charges=("gcp-flow-logs",),
            )
        ),
    },
    examples=Examples(passes={"flow_logs": True}, fails={"flow_logs": False}),
)
