"""Public APIs that lead to AI ask callers for credentials."""

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
    if not door.public.value:
        return NotApplicable(f"{door.name} can be reached from private networks only")
    if door.open_routes.value:
        return Fail(f"{door.name} asks for no credential on routes to AI: {', '.join(door.open_routes.value)}")
    return Pass(f"{door.name} asks for a credential on every route to AI")


CHECK = Check(
    id="front_door_authorized",
    title="Public APIs in front of AI authorize their callers",
    why=(
        "An open API hands the model to the internet: anyone can spend the budget, probe the guardrails and copy "
        "the answers. An API key only counts usage; it proves nobody's identity."
    ),
    severity=Severity.CRITICAL,
    resource=FrontDoor,
    needs=("fronts_ai", "public", "open_routes"),
    practice="ID-1.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                (
                    "Give every route an authorizer: IAM, a user pool or token issuer (JWT), or a Lambda function "
                    "that checks the caller; deploy the API afterwards."
                ),
                "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-to-api.html",
                command=(
                    "aws apigateway update-method --rest-api-id API_ID --resource-id RESOURCE_ID --http-method "
                    "METHOD --patch-operations op=replace,path=/authorizationType,value=AWS_IAM --region "
                    "{location}"
                ),
            ),
            same_as=("Security Hub APIGateway.8",),
        ),
        AZURE: NotBuilt(
            "The counterpart is Azure API Management in front of model endpoints; whether operations validate "
            "tokens is written in policies of the API."
        ),
        GCP: NotBuilt(
            "The counterpart is API Gateway or Apigee in front of model endpoints; security definitions are "
            "part of the deployed specification."
        ),
    },
    examples=Examples(
        passes={"fronts_ai": True, "public": True, "open_routes": ()},
        fails={"fronts_ai": True, "public": True, "open_routes": ("POST /chat",)},
        not_applicable={"fronts_ai": False},
    ),
)
