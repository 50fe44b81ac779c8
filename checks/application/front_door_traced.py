"""APIs that lead to AI are traced."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    FrontDoor,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(door: FrontDoor) -> Verdict:
    if not door.fronts_ai.value:
        return NotApplicable(f"{door.name} leads to no model and to no function that may call one")
    if door.traced.value is None:
        return NotApplicable(f"{door.name} is of a kind that cannot be traced; what it leads to can")
    if not door.traced.value:
        return Fail(f"{door.name} has a stage that is not traced")
    return Pass(f"{door.name} has no stage that is not traced")


CHECK = Check(
    id="front_door_traced",
    title="APIs in front of AI are traced",
    why=(
        "A trace that begins at the door ties a user's request to the model calls it caused. Without it, abuse "
        "and cost cannot be followed back to their origin."
    ),
    severity=Severity.LOW,
    resource=FrontDoor,
    needs=("fronts_ai", "traced"),
    practice="APP-2.5",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Turn on X-Ray tracing for every stage of the REST API.",
                "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-xray.html",
                command=(
                    "aws apigateway update-stage --rest-api-id API_ID --stage-name STAGE --patch-operations "
                    "op=replace,path=/tracingEnabled,value=true --region {location}"
                ),
                charges=("aws-traces",),
            ),
            same_as=("Security Hub APIGateway.3",),
        ),
        AZURE: NotBuilt(
            "The counterpart is Azure API Management in front of model endpoints; its Application Insights "
            "logger and diagnostics would have to be read."
        ),
        GCP: NotBuilt(
            "The counterpart is API Gateway or Apigee in front of model endpoints; tracing is part of the "
            "proxy's deployment settings."
        ),
    },
    examples=Examples(
        passes={"fronts_ai": True, "traced": True},
        fails={"fronts_ai": True, "traced": False},
        not_applicable={"fronts_ai": False},
    ),
)
