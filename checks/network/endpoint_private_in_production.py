"""Production endpoints can be reached on private networks."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Endpoint,
    Examples,
    Fail,
    NotApplicable,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(endpoint: Endpoint) -> Verdict:
    if endpoint.environment.value != "production":
        return NotApplicable(f"{endpoint.name} is tagged {endpoint.environment.value}, not production")
    if not endpoint.private_access.value:
        return Fail(f"{endpoint.name} counts as production and has no private access")
    return Pass(f"{endpoint.name} counts as production and has private access")


CHECK = Check(
    id="endpoint_private_in_production",
    title="Production endpoints are private",
    why=(
        "A public inference address can be probed and flooded even where calls need a key. A private one "
        "answers only the networks that were chosen."
    ),
    severity=Severity.HIGH,
    resource=Endpoint,
    needs=("environment", "private_access"),
    practice="NET-2.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create the endpoint's models with a VPC configuration, and give the region an interface "
                "endpoint for the runtime API with private DNS (for Bedrock: bedrock-runtime).",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/interface-vpc-endpoint.html",
                command=(
                    "aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --vpc-id VPC_ID --subnet-ids "
                    "SUBNET_ID --security-group-ids GROUP_ID --service-name "
                    "com.amazonaws.{location}.sagemaker.runtime --private-dns-enabled --region {location}"
                ),
                charges=("aws-interface-endpoint",),
            )
        ),
        AZURE: Supported(
            Remediation(
                "Set the endpoint's public network access to Disabled; it then answers through the "
                "workspace's private endpoint.",
                "https://learn.microsoft.com/azure/machine-learning/how-to-secure-online-endpoint",
                command="az resource update --ids {id} --set properties.publicNetworkAccess=Disabled",
                charges=("azure-private-endpoint",),
            )
        ),
        GCP: Supported(
            Remediation(
                "The access type is fixed at creation. Create the endpoint again with Private Service Connect "
                "(privateServiceConnectConfig with a project allowlist) or in a VPC network, and deploy the "
                "model there.",
                "https://cloud.google.com/vertex-ai/docs/predictions/private-service-connect",
                charges=("gcp-endpoint",),
            )
        ),
    },
    examples=Examples(
        passes={"environment": "production", "private_access": True},
        fails={"environment": "production", "private_access": False},
        not_applicable={"environment": "development"},
    ),
)
