"""APIs that lead to AI limit the rate of requests."""

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
    if not door.throttled.value:
        return Fail(f"{door.name} has a stage without a rate limit of its own, or a usage plan with limit and quota")
    return Pass(f"{door.name} has no stage without a rate limit")


CHECK = Check(
    id="front_door_throttled",
    title="APIs in front of AI limit the rate of requests",
    why=(
        "Model calls are slow and expensive. Without a limit one caller exhausts the capacity of all others, or "
        "asks until the model is copied."
    ),
    severity=Severity.MEDIUM,
    resource=FrontDoor,
    needs=("fronts_ai", "throttled"),
    practice="APP-2.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                (
                    "Set a throttling rate for all methods of every stage, or require API keys on every route and "
                    "give them a usage plan with a rate and a quota."
                ),
                "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html",
                command=(
                    "aws apigateway update-stage --rest-api-id API_ID --stage-name STAGE --patch-operations "
                    "op=replace,path=/*/*/throttling/rateLimit,value=RATE --region {location}"
                ),
            ),
        ),
        AZURE: NotBuilt(
            "The counterpart is Azure API Management in front of model endpoints; rate-limit and "
            "llm-token-limit are written in policies of the API."
        ),
        GCP: NotBuilt(
            "The counterpart is API Gateway or Apigee in front of model endpoints; quotas are part of the "
            "specification or of proxy policies."
        ),
    },
    examples=Examples(
        passes={"fronts_ai": True, "throttled": True},
        fails={"fronts_ai": True, "throttled": False},
        not_applicable={"fronts_ai": False},
    ),
)
