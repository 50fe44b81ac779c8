"""Functions that front AI run in a network of the customer's."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Function,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(function: Function) -> Verdict:
    if not function.fronts_ai.value:
        return NotApplicable(f"{function.name} may call no model or agent")
    if not function.in_customer_network.value:
        return Fail(f"{function.name} runs outside the customer's networks")
    return Pass(f"{function.name} runs in a network of the customer's")


CHECK = Check(
    id="function_in_customer_network",
    title="Functions in front of AI run in a customer network",
    why=(
        "Outside a VPC a function calls models and stores over public addresses, and nothing limits where "
        "hijacked code sends what it was given."
    ),
    severity=Severity.MEDIUM,
    resource=Function,
    needs=("fronts_ai", "in_customer_network"),
    practice="NET-2.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                (
                    "Attach the function to private subnets and a security group, and give that network endpoints "
                    "for the model APIs it calls."
                ),
                "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
                command=(
                    "aws lambda update-function-configuration --function-name {name} --vpc-config "
                    "SubnetIds=SUBNET_IDS,SecurityGroupIds=GROUP_ID --region {location}"
                ),
                charges=("aws-interface-endpoint",),
            ),
            same_as=("Security Hub Lambda.3",),
        ),
        AZURE: NotBuilt(
            "The counterpart is Azure Functions whose managed identity may call a model; their virtual "
            "network integration (virtualNetworkSubnetId) would have to be read."
        ),
        GCP: NotBuilt(
            "The counterpart is Cloud Run functions whose service account may call a model; their VPC "
            "connector or direct VPC egress would have to be read."
        ),
    },
    examples=Examples(
        passes={"fronts_ai": True, "in_customer_network": True},
        fails={"fronts_ai": True, "in_customer_network": False},
        not_applicable={"fronts_ai": False},
    ),
)
