"""Notebooks stand in a network of the customer."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    NoCounterpart,
    NotBuilt,
    Notebook,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(notebook: Notebook) -> Verdict:
    if not notebook.in_customer_network.value:
        return Fail(f"{notebook.name} stands in a network of the provider, outside every network of the account")
    return Pass(f"{notebook.name} stands in a network of the account")


CHECK = Check(
    id="notebook_in_customer_network",
    title="Notebooks stand in a network of the customer",
    why=(
        "A notebook outside your networks passes by your routes, filters and flow logs. Nobody can see or limit "
        "where its code connects to."
    ),
    severity=Severity.HIGH,
    resource=Notebook,
    needs=("in_customer_network",),
    practice="NET-2.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "The network is fixed at creation. Create the notebook instance again in a subnet and a "
                "security group of a VPC of yours, and copy the work over.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/appendix-notebook-and-internet-access.html",
                command=(
                    "aws sagemaker create-notebook-instance --notebook-instance-name NEW_NOTEBOOK "
                    "--instance-type TYPE --role-arn ROLE_ARN --subnet-id SUBNET_ID --security-group-ids "
                    "GROUP_ID --direct-internet-access Disabled --region {location}"
                ),
            ),
            same_as=("Security Hub SageMaker.2",),
        ),
        AZURE: NotBuilt(
            "The counterpart is the subnet of a compute instance, or the managed network of its workspace. This "
            "version reads only what decides on direct internet access."
        ),
        GCP: NoCounterpart(
            "A Workbench instance is a virtual machine, and the network interface of one always stands in a VPC "
            "network of the project or of a shared host project.",
            "https://cloud.google.com/vertex-ai/docs/workbench/instances/create",
        ),
    },
    examples=Examples(passes={"in_customer_network": True}, fails={"in_customer_network": False}),
)
