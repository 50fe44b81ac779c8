"""Containers of a model can make no network call of their own."""

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
    if not model.network_isolated.value:
        return Fail(f"the containers of {model.name} can make network calls")
    return Pass(f"the containers of {model.name} are cut off from every network")


CHECK = Check(
    id="model_network_isolated",
    title="Model containers have no network of their own",
    why=(
        "A serving container needs requests and artifacts, and the platform brings it both. Any other "
        "connection can carry data out."
    ),
    severity=Severity.MEDIUM,
    resource=Model,
    needs=("runs_containers", "network_isolated"),
    practice="NET-3.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create the model again with network isolation, unless its code has to call other services, "
                "and move the endpoint to it. Keep the settings of its container (container.json).",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html",
                command=(
                    "aws sagemaker create-model --model-name NEW_MODEL --primary-container file://container.json "
                    "--execution-role-arn ROLE_ARN --enable-network-isolation --region {location}"
                ),
            ),
            same_as=("Security Hub SageMaker.5",),
        ),
        AZURE: NotBuilt(
            "Outbound access is a setting of a managed online deployment and of its workspace's managed "
            "network; this version does not read it."
        ),
        GCP: NotBuilt(
            "Outbound access of a deployed model follows from the network of its endpoint and from VPC "
            "Service Controls, which this version does not read."
        ),
    },
    examples=Examples(
        passes={"runs_containers": True, "network_isolated": True},
        fails={"runs_containers": True, "network_isolated": False},
        not_applicable={"runs_containers": False},
    ),
)
