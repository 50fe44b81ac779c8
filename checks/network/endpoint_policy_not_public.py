"""No endpoint can be called by everybody."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Endpoint,
    Examples,
    Fail,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(endpoint: Endpoint) -> Verdict:
    public = endpoint.public_policy.value
    if public is None:
        return NotApplicable(f"{endpoint.name} is of a kind that has no policy of its own")
    if public:
        return Fail(f"the policy of {endpoint.name} lets any principal call it")
    return Pass(f"the policy of {endpoint.name} names who may call it, or there is none")


CHECK = Check(
    id="endpoint_policy_not_public",
    title="Endpoints are not open to every principal",
    why=(
        "The policy of an endpoint lets other accounts send it requests. One that names everybody hands the model to "
        "strangers, at the owner's cost."
    ),
    severity=Severity.CRITICAL,
    resource=Endpoint,
    needs=("public_policy",),
    practice="NET-1.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Name the accounts in the policy of the endpoint (policy.json), each with the inference router that "
                "its requests come through.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/inference-router-cross-account.html",
                command=(
                    "aws sagemaker put-endpoint-policy --endpoint-name {name} --resource-policy file://policy.json "
                    "--region {location}"
                ),
            )
        ),
        AZURE: NotBuilt(
            "An online endpoint has no policy of its own: roles on it apply, which name identities of the tenant. "
            "Whether it asks for any credential is judged by endpoint_not_anonymous."
        ),
        GCP: NotBuilt(
            "The counterpart is a binding of allUsers in the IAM policy of a Vertex AI endpoint, which this version "
            "does not read."
        ),
    },
    examples=Examples(
        passes={"public_policy": False}, fails={"public_policy": True}, not_applicable={"public_policy": None}
    ),
)
