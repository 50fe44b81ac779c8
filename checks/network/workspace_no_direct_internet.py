"""Applications of a workspace reach the internet only through the network of the customer."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    NoCounterpart,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
    Workspace,
)


def evaluate(workspace: Workspace) -> Verdict:
    if workspace.direct_internet.value:
        return Fail(f"{workspace.name} gives its applications internet access outside the networks of the account")
    return Pass(f"{workspace.name} sends the traffic of its applications through a network of the account")


CHECK = Check(
    id="workspace_no_direct_internet",
    title="Workspaces have no direct internet access",
    why=(
        "Everyone in a workspace runs code of their own next to shared data. A way to the internet that the "
        "provider opens goes around your filters, so data can leave unseen."
    ),
    severity=Severity.HIGH,
    resource=Workspace,
    needs=("direct_internet",),
    practice="NET-2.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Set the network access of the domain to VpcOnly. Give its subnets VPC endpoints for SageMaker "
                "and S3 first, and shut down all applications of the domain.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/onboard-vpc.html",
                command=(
                    "aws sagemaker update-domain --domain-id DOMAIN_ID --app-network-access-type VpcOnly "
                    "--region {location}"
                ),
                charges=("aws-interface-endpoint",),
            ),
        ),
        AZURE: NoCounterpart(
            "People work on compute instances of a workspace; each is judged by notebook_no_direct_internet.",
            "https://learn.microsoft.com/azure/machine-learning/concept-compute-instance",
        ),
        GCP: NotBuilt(
            "The counterpart is runtime templates of Colab Enterprise, which this version does not list; "
            "Workbench instances are judged by notebook_no_direct_internet."
        ),
    },
    examples=Examples(passes={"direct_internet": False}, fails={"direct_internet": True}),
)
