"""APIs check what is sent to AI before they pass it on."""

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
    if door.validates.value is None:
        return NotApplicable(f"{door.name} is of a kind that cannot look at bodies; what it leads to has to")
    if not door.validates.value:
        return Fail(f"{door.name} passes bodies on to AI that were not checked against a schema")
    return Pass(f"{door.name} passes no body on to AI that was not checked against a schema")


CHECK = Check(
    id="front_door_validates_requests",
    title="APIs in front of AI validate requests",
    why=(
        "A schema at the door turns away oversized, malformed and extra fields before they reach a prompt, where "
        "code rarely looks at them again."
    ),
    severity=Severity.LOW,
    resource=FrontDoor,
    needs=("fronts_ai", "validates"),
    practice="APP-3.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                (
                    "Describe the bodies of the routes to AI with models that name every field and its length, "
                    "and attach a request validator that checks the body."
                ),
                "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html",
                command=(
                    "aws apigateway create-request-validator --rest-api-id API_ID --name body "
                    "--validate-request-body --region {location}"
                ),
            ),
        ),
        AZURE: NotBuilt(
            "The counterpart is Azure API Management in front of model endpoints; validate-content is written "
            "in policies of the API."
        ),
        GCP: NotBuilt(
            "The counterpart is API Gateway or Apigee in front of model endpoints; validation is part of "
            "proxy policies."
        ),
    },
    examples=Examples(
        passes={"fronts_ai": True, "validates": True},
        fails={"fronts_ai": True, "validates": False},
        not_applicable={"fronts_ai": False},
    ),
)
