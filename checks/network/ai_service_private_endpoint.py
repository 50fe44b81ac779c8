"""Every AI service in use has a private endpoint."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    AiService,
    Check,
    Examples,
    Fail,
    NotApplicable,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(service: AiService) -> Verdict:
    if not service.in_use.value:
        return NotApplicable(f"{service.name} is not in use")
    if not service.private_endpoint.value:
        return Fail(f"{service.name} has no private endpoint that is available")
    return Pass(f"{service.name} has a private endpoint that is available")


CHECK = Check(
    id="ai_service_private_endpoint",
    title="AI services have a private endpoint",
    why=(
        "Without one, calls that carry prompts and training data use public addresses, and no network "
        "rule can tell them from another tenant's."
    ),
    severity=Severity.MEDIUM,
    resource=AiService,
    needs=("in_use", "private_endpoint"),
    practice="NET-2.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create an interface endpoint for the runtime API (SERVICE is bedrock-runtime or "
                "sagemaker.runtime) with private DNS in the networks that call it.",
                "https://docs.aws.amazon.com/bedrock/latest/userguide/vpc-interface-endpoints.html",
                command=(
                    "aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --vpc-id VPC_ID --subnet-ids "
                    "SUBNET_ID --security-group-ids GROUP_ID --service-name com.amazonaws.{location}.SERVICE "
                    "--private-dns-enabled --region {location}"
                ),
                charges=("aws-interface-endpoint",),
            )
        ),
        AZURE: Supported(
            Remediation(
                "Create a private endpoint for the resource (TARGET is account, or amlworkspace for a "
                "workspace), approve it, and link its private DNS zone.",
                "https://learn.microsoft.com/azure/ai-services/cognitive-services-virtual-networks",
                command=(
                    "az network private-endpoint create --name ENDPOINT --resource-group GROUP --vnet-name VNET "
                    "--subnet SUBNET --private-connection-resource-id {id} --group-id TARGET --connection-name "
                    "CONNECTION"
                ),
                charges=("azure-private-endpoint",),
            )
        ),
        GCP: Supported(
            Remediation(
                "Create a Private Service Connect endpoint for Google APIs, or turn on Private Google Access "
                "on every subnet that calls Vertex AI.",
                "https://cloud.google.com/vpc/docs/configure-private-google-access",
                command=(
                    "gcloud compute networks subnets update SUBNET --enable-private-ip-google-access "
                    "--region=REGION --project={account}"
                ),
                charges=("gcp-endpoint",),
            )
        ),
    },
    examples=Examples(
        passes={"in_use": True, "private_endpoint": True},
        fails={"in_use": True, "private_endpoint": False},
        not_applicable={"in_use": False},
    ),
)
