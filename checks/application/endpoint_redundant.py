"""No variant of an endpoint starts on a single machine."""

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
    single = endpoint.single_machines.value
    if single is None:
        return NotApplicable(f"{endpoint.name} has no machines to count: the provider scales it")
    if single:
        return Fail(f"{endpoint.name} starts on a single machine: {', '.join(single)}")
    return Pass(f"{endpoint.name} starts every variant on two machines or more")


CHECK = Check(
    id="endpoint_redundant",
    title="Endpoints start on more than one machine",
    why=(
        "With a single machine every new version takes all of the traffic at once, and every fault of "
        "the machine takes all of the answers."
    ),
    severity=Severity.LOW,
    resource=Endpoint,
    needs=("single_machines",),
    practice="APP-3.5",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create an endpoint configuration with an InitialInstanceCount of two or more for each "
                "variant (NEW_CONFIG), and update the endpoint to it.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-best-practices.html",
                command=(
                    "aws sagemaker update-endpoint --endpoint-name {name} --endpoint-config-name NEW_CONFIG "
                    "--region {location}"
                ),
                charges=("aws-hosting",),
            ),
            same_as=("Security Hub SageMaker.4",),
        ),
        AZURE: NotBuilt("An online deployment has an instance count of its own, which this version does not read."),
        GCP: NotBuilt("A deployed model names its least number of replicas, which this version does not read."),
    },
    examples=Examples(
        passes={"single_machines": ()}, fails={"single_machines": ("a",)}, not_applicable={"single_machines": None}
    ),
)
