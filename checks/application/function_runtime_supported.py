"""Functions that front AI run on supported runtimes."""

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
    if not function.runtime_supported.value:
        return Fail(f"{function.name} runs on a runtime that gets no more security updates")
    return Pass(f"{function.name} runs on a runtime that gets security updates, or brings its own in an image")


CHECK = Check(
    id="function_runtime_supported",
    title="Functions in front of AI run on supported runtimes",
    why=(
        "A deprecated runtime gets no more patches. Its known flaws stand open behind an address that takes "
        "prompts from strangers."
    ),
    severity=Severity.HIGH,
    resource=Function,
    needs=("fronts_ai", "runtime_supported"),
    practice="APP-1.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                ("Test the code on a supported version of the runtime, and change the runtime of the function to it."),
                "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
                command=(
                    "aws lambda update-function-configuration --function-name {name} --runtime RUNTIME --region "
                    "{location}"
                ),
            ),
            same_as=("Security Hub Lambda.2",),
        ),
        AZURE: NotBuilt(
            "The counterpart is Azure Functions whose managed identity may call a model; their stack versions "
            "would have to be compared with the end-of-support dates."
        ),
        GCP: NotBuilt(
            "The counterpart is Cloud Run functions whose service account may call a model; their runtime "
            "identifiers would have to be compared with the deprecation dates."
        ),
    },
    examples=Examples(
        passes={"fronts_ai": True, "runtime_supported": True},
        fails={"fronts_ai": True, "runtime_supported": False},
        not_applicable={"fronts_ai": False},
    ),
)
