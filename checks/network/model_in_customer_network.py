"""Containers of a model run in a network of the customer's."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Model,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(model: Model) -> Verdict:
    if not model.runs_containers.value:
        return NotApplicable(f"{model.name} is run by the provider, in containers of its own")
    if not model.in_customer_network.value:
        return Fail(f"the containers of {model.name} run in a network of the provider's")
    return Pass(f"the containers of {model.name} run in a network of the customer's")


CHECK = Check(
    id="model_in_customer_network",
    title="Model containers run in a customer network",
    why=(
        "Routes, filters and flow logs of the organization apply only in networks of its own. A model "
        "elsewhere serves behind all of them."
    ),
    severity=Severity.MEDIUM,
    resource=Model,
    needs=("runs_containers", "in_customer_network"),
    practice="NET-2.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create the model again with VpcConfig: private subnets in two zones and security groups that "
                "let out what it needs. Then move the endpoint to it.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/host-vpc.html",
            )
        ),
        AZURE: NotBuilt(
            "A deployment runs in the managed network of its workspace; ai_service_private_endpoint "
            "judges the way to it, and the rest is not read in this version."
        ),
        GCP: NotBuilt(
            "A Vertex AI model has no network: endpoint_private_in_production judges that of its "
            "endpoint. Prediction containers themselves are not read."
        ),
    },
    examples=Examples(
        passes={"runs_containers": True, "in_customer_network": True},
        fails={"runs_containers": True, "in_customer_network": False},
        not_applicable={"runs_containers": False},
    ),
)
