"""Private endpoints do not let everybody do everything through them."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    NoCounterpart,
    Pass,
    PrivateEndpoint,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(endpoint: PrivateEndpoint) -> Verdict:
    if endpoint.open_policy.value:
        return Fail(f"{endpoint.name} lets any principal do anything through it")
    return Pass(f"{endpoint.name} restricts what passes through it")


CHECK = Check(
    id="private_endpoint_policy_restricted",
    title="Private endpoints restrict what passes through them",
    why=(
        "A default policy lets any principal reach any resource through the private link, an attacker's "
        "own bucket included."
    ),
    severity=Severity.MEDIUM,
    resource=PrivateEndpoint,
    needs=("open_policy",),
    practice="NET-3.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Replace the default endpoint policy by one (policy.json) that names the actions needed and "
                "requires aws:PrincipalOrgID and aws:ResourceOrgID.",
                "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
                command=(
                    "aws ec2 modify-vpc-endpoint --vpc-endpoint-id ENDPOINT_ID --policy-document "
                    "file://policy.json --region {location}"
                ),
            )
        ),
        AZURE: NoCounterpart(
            "An Azure private endpoint leads to exactly one resource and carries no access policy of its "
            "own; what may be done there is decided by that resource.",
            "https://learn.microsoft.com/azure/private-link/private-endpoint-overview",
        ),
        GCP: Supported(
            Remediation(
                "Point the endpoint at the vpc-sc bundle, which offers only APIs that VPC Service Controls "
                "can protect, instead of all-apis; a bundle is fixed at creation, so create a new forwarding "
                "rule.",
                "https://cloud.google.com/vpc/docs/configure-private-service-connect-apis",
                command=(
                    "gcloud compute forwarding-rules create NEW_RULE --global --network=NETWORK "
                    "--address=ADDRESS --target-google-apis-bundle=vpc-sc --project={account}"
                ),
                charges=("gcp-endpoint",),
            )
        ),
    },
    examples=Examples(passes={"open_policy": False}, fails={"open_policy": True}),
)
