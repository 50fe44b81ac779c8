"""Functions that front AI may use a stated number of parallel runs at most."""

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
    if not function.concurrency_capped.value:
        return Fail(f"{function.name} may use all parallel runs of the account")
    return Pass(f"{function.name} may use only a stated number of parallel runs")


CHECK = Check(
    id="function_concurrency_capped",
    title="Functions in front of AI have a concurrency cap",
    why=(
        "Every parallel run can call the model. Without a cap, one flood of requests buys tokens as fast as the "
        "whole account can run."
    ),
    severity=Severity.MEDIUM,
    resource=Function,
    needs=("fronts_ai", "concurrency_capped"),
    practice="APP-2.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                (
                    "Reserve a number of concurrent executions for the function that normal load does not reach; "
                    "it is also the most it may use."
                ),
                "https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html",
                command=(
                    "aws lambda put-function-concurrency --function-name {name} --reserved-concurrent-executions "
                    "NUMBER --region {location}"
                ),
            ),
        ),
        AZURE: NotBuilt(
            "The counterpart is Azure Functions whose managed identity may call a model; their scale-out "
            "limit (functionAppScaleLimit) would have to be read."
        ),
        GCP: NotBuilt(
            "The counterpart is Cloud Run functions whose service account may call a model; their maximum "
            "number of instances would have to be read."
        ),
    },
    examples=Examples(
        passes={"fronts_ai": True, "concurrency_capped": True},
        fails={"fronts_ai": True, "concurrency_capped": False},
        not_applicable={"fronts_ai": False},
    ),
)
