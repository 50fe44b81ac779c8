"""APIs that lead to AI write access logs."""

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
    if not door.access_logged.value:
        return Fail(f"{door.name} has a stage that writes no access log")
    return Pass(f"{door.name} has no stage without an access log")


CHECK = Check(
    id="front_door_access_logged",
    title="APIs in front of AI write access logs",
    why=(
        "The model's own logs show the function as the caller. Only the access log of the API says who asked, "
        "from where and how often."
    ),
    severity=Severity.HIGH,
    resource=FrontDoor,
    needs=("fronts_ai", "access_logged"),
    practice="APP-1.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                (
                    "Set a log group or delivery stream and a format for the access log of every stage; include "
                    "the caller, the address and the request id."
                ),
                "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html",
                command=(
                    "aws apigateway update-stage --rest-api-id API_ID --stage-name STAGE --patch-operations "
                    "op=replace,path=/accessLogSettings/destinationArn,value=LOG_GROUP_ARN --region {location}"
                ),
                charges=("aws-logs",),
            ),
            same_as=("Security Hub APIGateway.9",),
        ),
        AZURE: NotBuilt(
            "The counterpart is Azure API Management in front of model endpoints; its diagnostic settings "
            "(GatewayLogs) would have to be read."
        ),
        GCP: NotBuilt(
            "The counterpart is API Gateway or Apigee in front of model endpoints; API Gateway writes request "
            "logs to Cloud Logging unless they are excluded."
        ),
    },
    examples=Examples(
        passes={"fronts_ai": True, "access_logged": True},
        fails={"fronts_ai": True, "access_logged": False},
        not_applicable={"fronts_ai": False},
    ),
)
