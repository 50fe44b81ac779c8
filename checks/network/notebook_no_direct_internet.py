"""Notebooks have no public address and no way to the internet past the customer's network."""

from auditor import AWS, AZURE, GCP, Check, Examples, Fail, Notebook, Pass, Remediation, Severity, Supported, Verdict


def evaluate(notebook: Notebook) -> Verdict:
    if notebook.direct_internet.value:
        return Fail(f"{notebook.name} reaches the internet directly")
    return Pass(f"{notebook.name} has no direct internet access")


CHECK = Check(
    id="notebook_no_direct_internet",
    title="Notebooks have no direct internet access",
    why=(
        "A notebook runs arbitrary packages next to sensitive data. Its own way to the internet lets it "
        "be attacked, and lets it send data away unseen."
    ),
    severity=Severity.HIGH,
    resource=Notebook,
    needs=("direct_internet",),
    practice="NET-2.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "The setting is fixed at creation. Create the notebook instance again in a VPC subnet with "
                "DirectInternetAccess Disabled, and copy the work over.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/appendix-notebook-and-internet-access.html",
                command=(
                    "aws sagemaker create-notebook-instance --notebook-instance-name NEW_NOTEBOOK "
                    "--instance-type TYPE --role-arn ROLE_ARN --subnet-id SUBNET_ID --security-group-ids "
                    "GROUP_ID --direct-internet-access Disabled --region {location}"
                ),
            ),
            same_as=("Security Hub SageMaker.1",),
        ),
        AZURE: Supported(
            Remediation(
                "Turn on the workspace's managed network (Networking > Workspace managed outbound access), "
                "and create the compute again without a public IP.",
                "https://learn.microsoft.com/azure/machine-learning/how-to-managed-network",
                charges=("azure-private-endpoint",),
            )
        ),
        GCP: Supported(
            Remediation(
                "Create the Workbench instance again without an external IP, on a subnet with Private Google Access.",
                "https://cloud.google.com/vertex-ai/docs/workbench/instances/create",
                command=(
                    "gcloud workbench instances create NEW_INSTANCE --disable-public-ip --subnet=SUBNET "
                    "--location={location} --project={account}"
                ),
            )
        ),
    },
    examples=Examples(passes={"direct_internet": False}, fails={"direct_internet": True}),
)
