"""Functions that front AI are traced."""

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
    if not function.traced.value:
        return Fail(f"{function.name} does not trace its requests")
    return Pass(f"{function.name} traces its requests")


CHECK = Check(
    id="function_traced",
    title="Functions in front of AI are traced",
    why=(
        "Without a trace nobody can follow a request from the API through the function to the model, and slow or "
        "failing model calls stay unexplained."
    ),
    severity=Severity.LOW,
    resource=Function,
    needs=("fronts_ai", "traced"),
    practice="APP-2.5",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Turn on active tracing with AWS X-Ray, and let the role of the function write trace segments.",
                "https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html",
                command=(
                    "aws lambda update-function-configuration --function-name {name} --tracing-config Mode=Active "
                    "--region {location}"
                ),
                charges=("aws-traces",),
            ),
            same_as=("Security Hub Lambda.7",),
        ),
        AZURE: NotBuilt(
            "The counterpart is Azure Functions whose managed identity may call a model; their connection to "
            "Application Insights would have to be read from application settings."
        ),
        GCP: NotBuilt(
            "The counterpart is Cloud Run functions whose service account may call a model; Cloud Run samples "
            "traces on its own, and whether code exports more is not in the configuration."
        ),
    },
    examples=Examples(
        passes={"fronts_ai": True, "traced": True},
        fails={"fronts_ai": True, "traced": False},
        not_applicable={"fronts_ai": False},
    ),
)
